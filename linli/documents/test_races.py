"""Signing and setting at the same moment, with real commits."""

from __future__ import annotations

from linli.base.errors import Conflict
from linli.documents.conftest import ADDRESS
from linli.documents.models import Document, Manner, Printed, Signature
from linli.documents.setting import paper_of
from linli.documents.signing import Signing, sign
from linli.ledger.models import Entry
from tests.scenes import a_paper


def made(world):
    return Document.objects.select_related("case", "wording").get(pk=a_paper(world)["paper"])


def test_of_four_that_sign_one_place_in_the_same_moment_one_wins(committed_world, at_once):
    notice = made(committed_world)
    by = committed_world.by("chengguan_clerk")
    signing = Signing("reporter", Manner.CODE)
    ends = at_once([lambda: sign(notice, signing, digest=notice.digest, by=by)] * 4)
    assert sum(isinstance(each, Signature) for each in ends) == 1
    assert sum(isinstance(each, Conflict) for each in ends) == 3
    assert Entry.objects.filter(name="documents.sign").count() == 1


def test_whoever_opens_it_at_the_same_moment_gets_the_same_file(committed_world, at_once):
    notice = made(committed_world)
    files = at_once([lambda: paper_of(notice, ADDRESS)] * 4)
    assert len(set(files)) == 1
    assert files[0].startswith(b"%PDF-")
    assert Printed.objects.count() == 1
    assert Entry.objects.filter(name="documents.set").count() == 1
