"""Every name the ledger can hold reads well in both languages and says what becomes of its words."""

from __future__ import annotations

import ast

import pytest
from django.utils.translation import override

from linli.ledger.names import Redaction, all_names, known
from tests.reading import modules


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_name_has_a_label_and_a_message(language: str) -> None:
    with override(language):
        for name in all_names():
            assert str(name.label()).strip(), name.name
            assert str(name.message()).strip(), name.name


def test_every_name_has_a_redaction_rule() -> None:
    assert all_names()
    assert all(isinstance(name.redaction, Redaction) for name in all_names())


def test_every_name_written_in_the_code_is_registered() -> None:
    written = [
        str(call.args[0].value)
        for tree in modules().values()
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Line" and call.args
        if isinstance(call.args[0], ast.Constant)
    ]
    assert written
    for name in written:
        assert known(name)


def test_labels_are_chinese_for_chinese_readers() -> None:
    with override("zh-hans"):
        english = [
            n.name
            for n in all_names()
            if not n.name.startswith("test.")  # those of the ledger's own tests
            and not any("\u4e00" <= letter <= "\u9fff" for letter in str(n.label()))
        ]
    assert english == []
