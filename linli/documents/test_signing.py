"""Signing is bound to one version and one place; denying it leaves both on record."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from linli.base.errors import Conflict, Invalid, NotFound
from linli.documents.conftest import ADDRESS
from linli.documents.making import erase, written_in
from linli.documents.models import Manner, Printed, Signature, Witness
from linli.documents.setting import paper_of
from linli.documents.showing import page_of
from linli.documents.signing import (
    Beside,
    Signing,
    deny,
    drawn,
    mark_of,
    missing,
    sign,
    standing,
    wanted_from,
    witnessed,
)
from linli.ledger.models import Entry
from linli.posts.actor import Side

pytestmark = pytest.mark.django_db
STROKES = json.dumps([[[x * 20, 60 + x % 3 * 40] for x in range(12)], [[300, 40], [320, 180], [340, 60]]])
BY_CODE = Signing("reporter", Manner.CODE)


def test_signing_binds_the_version_that_was_read(notice, reporter):
    signature = sign(
        notice, Signing("reporter", Manner.STROKES, drawn(STROKES)), digest=notice.digest, by=reporter
    )
    assert signature.digest == notice.digest
    assert mark_of(signature).startswith(b"<svg")
    assert missing(notice) == []
    entry = Entry.objects.get(name="documents.sign")
    assert (entry.relation, entry.facts["digest"]) == ("reporter", notice.digest)


def test_signing_a_version_that_was_replaced_is_refused(notice, issue, reporter):
    issue("已修复。")
    with pytest.raises(Conflict, match="newer one has replaced it"):
        sign(notice, BY_CODE, digest=notice.digest, by=reporter)
    assert not Signature.objects.exists()


def test_signing_with_the_digest_of_another_version_is_refused(notice, issue, reporter):
    newer = issue("已修复。")
    with pytest.raises(Conflict, match="not the version you read"):
        sign(newer, BY_CODE, digest=notice.digest, by=reporter)


def test_signing_twice_is_refused(notice, reporter):
    sign(notice, BY_CODE, digest=notice.digest, by=reporter)
    with pytest.raises(Conflict, match="signed already"):
        sign(notice, BY_CODE, digest=notice.digest, by=reporter)
    assert Signature.objects.count() == 1


def test_nobody_signs_where_there_is_no_place_for_it(notice, reporter):
    with pytest.raises(Conflict, match="no place"):
        sign(notice, Signing("mediator", Manner.CODE), digest=notice.digest, by=reporter)
    with pytest.raises(Conflict, match="no place"):
        sign(notice, Signing("reporter", Manner.CODE, seat=1), digest=notice.digest, by=reporter)


def test_a_denied_signature_stays_on_record_and_its_place_is_free_again(notice, reporter):
    first = sign(notice, BY_CODE, digest=notice.digest, by=reporter)
    deny(first, "手机丢了，不是我签的", by=reporter)
    assert standing(notice) == []
    with pytest.raises(Conflict, match="denied already"):
        deny(first, "再说一次", by=reporter)
    sign(notice, BY_CODE, digest=notice.digest, by=reporter)
    assert Signature.objects.count() == 2
    entry = Entry.objects.get(name="documents.deny")
    assert "手机" not in str(entry.facts)


def test_the_paper_carries_the_mark_and_is_another_file(notice, reporter):
    before = paper_of(notice, ADDRESS)
    sign(notice, Signing("reporter", Manner.STROKES, drawn(STROKES)), digest=notice.digest, by=reporter)
    after = paper_of(notice, ADDRESS)
    assert after != before
    assert Printed.objects.count() == 2


@pytest.mark.parametrize(
    "strokes",
    [
        *("", "{}", "[]", "null", "[[]]", "[[1,2]]", '[["a","b"]]', "[[[1,1]]]"),
        *("[[[0,0],[700,0]]]", "[[[1,true]]]", "[" * 3000, "NaN", json.dumps([[[1, 1]] * 9])),
        json.dumps([[[i % 600, i % 240] for i in range(7000)]]),
    ],
)
def test_what_is_no_signature_is_refused_in_a_sentence(strokes):
    with pytest.raises(Invalid, match=r"sign again|your finger"):
        drawn(strokes)
    with pytest.raises(Invalid):
        drawn('[[[1e999,1],["<script>",2]]]')


def test_a_party_signs_in_its_own_place_only(notice, reporter):
    stranger = replace(reporter, side=Side(notice.case_id, "reporter", 2))
    with pytest.raises(NotFound):
        sign(notice, BY_CODE, digest=notice.digest, by=stranger)
    assert not wanted_from(notice, stranger)
    assert wanted_from(notice, reporter)


def test_nobody_denies_the_signature_of_another_party(notice, reporter):
    signature = sign(notice, BY_CODE, digest=notice.digest, by=reporter)
    with pytest.raises(NotFound):
        deny(signature, "不是我签的", by=replace(reporter, side=Side(notice.case_id, "reporter", 2)))
    assert standing(notice) == [signature]


BESIDE = Beside("慕容大娘", Manner.STROKES, drawn(STROKES))
ON_PAPER = Signing("reporter", Manner.SCAN, b"jpeg", beside=BESIDE)


def test_a_witness_from_outside_signs_beside_a_party_and_the_paper_names_them(notice, world):
    signature = sign(notice, ON_PAPER, digest=notice.digest, by=world.by("chengguan_clerk"))
    assert witnessed(signature) == BESIDE
    assert list(page_of(notice)["beside"].values()) == ["慕容大娘"]
    assert "慕容大娘".encode() not in bytes(Witness.objects.get().name_sealed)
    assert Entry.objects.get(name="documents.sign").facts["witnessed"] is True


def test_with_the_file_the_witness_goes_too(notice, world):
    signature = sign(notice, ON_PAPER, digest=notice.digest, by=world.by("chengguan_clerk"))
    erase(notice.case)
    assert witnessed(signature) is None
    assert written_in(notice.case) == 0


@pytest.mark.parametrize("beside", [replace(BESIDE, name=" "), replace(BESIDE, mark=b"")])
def test_a_witness_who_is_only_named_or_has_no_name_is_none(notice, world, beside):
    with pytest.raises(Invalid):
        sign(notice, replace(ON_PAPER, beside=beside), digest=notice.digest, by=world.by("chengguan_clerk"))
    assert not Signature.objects.exists()


def test_nobody_names_a_witness_who_signs_alone(notice, reporter):
    alone = replace(ON_PAPER, manner=Manner.STROKES)
    with pytest.raises(Conflict, match="before a post"):
        sign(notice, alone, digest=notice.digest, by=reporter)
    assert not Signature.objects.exists()
