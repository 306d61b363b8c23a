"""A kept sentence is said again in the language of whoever reads it, with the same values."""

from __future__ import annotations

import pytest
from django.utils.translation import gettext as active_wording
from django.utils.translation import override

from linli.base.retelling import retold

BAD_PHONE = "Write one telephone number here, as 13912345678 or 0517-12345678, or leave the cell empty."
LATE = "%(moment)s cannot be a deadline: more than three years ahead or before 2000."


def in_chinese(message: str, **values: object) -> str:
    with override("zh-hans"):
        return active_wording(message) % values


@pytest.mark.parametrize("message", [BAD_PHONE, LATE % {"moment": "2099-01-01 00:00"}])
def test_what_is_in_the_readers_language_already_stays(message):
    with override("en"):
        assert retold(message) == message


def test_values_and_the_lines_around_a_sentence_stay():
    kept = "\n".join([in_chinese(BAD_PHONE), f"办理时限: {in_chinese(LATE, moment='2099-01-01 00:00')}"])
    with override("en"):
        assert retold(kept) == f"{BAD_PHONE}\n办理时限: {LATE % {'moment': '2099-01-01 00:00'}}"


@pytest.mark.parametrize(
    "strange", ["", "电话", "时间: 电话", "没有写地点", "POST requests.json", "100% (%s)", "a: b: c"]
)
def test_what_is_no_sentence_of_ours_stays_as_it_is(strange):
    for language in ("zh-hans", "en"):
        with override(language):
            assert retold(strange) == strange
