"""A place's own template: tried before it holds, never above the law of the frame, and taken back."""

from __future__ import annotations

import pytest

from linli.base.errors import Conflict, Invalid, NotYours, Refusal
from linli.documents import overriding
from linli.documents.conftest import ADDRESS
from linli.documents.overriding import own_part, replace, take_back, tried, versions_of
from linli.documents.setting import paper_of
from linli.documents.wordings import template_named, wording_of
from linli.ledger.models import Entry

pytestmark = pytest.mark.django_db
OWN = "#head()\n#parts()\n#quiet[本县另行提示]\n#closing()\n#signing()\n#verification()\n"


@pytest.fixture
def template():
    return template_named("matters.result")


def test_an_own_text_holds_for_new_documents_and_the_older_keep_theirs(world, template, notice, issue):
    replace(template, OWN, by=world.by("administrator"))
    newer = issue()
    assert newer.wording_id != notice.wording_id
    assert "本县另行提示" in newer.wording.text
    assert paper_of(newer, ADDRESS).startswith(b"%PDF-")
    entry = Entry.objects.get(name="documents.replace")
    assert entry.facts == {"template": template.name, "version": 1, "wording": newer.wording_id}


def test_taking_it_back_lets_the_one_before_hold_again(world, template, issue):
    by = world.by("administrator")
    replace(template, OWN, by=by)
    replace(template, OWN + "#quiet[二]", by=by)
    take_back(template, by=by)
    assert issue().wording_id == wording_of(OWN).digest
    take_back(template, by=by)
    assert issue().wording_id == wording_of(template.own_text).digest
    with pytest.raises(Conflict, match="no text of your own"):
        take_back(template, by=by)
    assert [row.version for row in versions_of(template, by.post.division)] == [2, 1]


def test_the_same_text_twice_is_one(world, template):
    replace(template, OWN, by=world.by("administrator"))
    with pytest.raises(Conflict, match="in force already"):
        replace(template, OWN, by=world.by("administrator"))


def test_only_the_administrator_of_the_place_replaces(world, template):
    with pytest.raises(NotYours):
        replace(template, OWN, by=world.by("county_clerk"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "#head()",
        OWN + '#import "@preview/x:1.0.0"',
        OWN + '#include "other.typ"',
        OWN + '#eval("1")',
        OWN + "#panic()",
        OWN + "#nothing()",
        OWN + "#let x = (",
        OWN + '#read("/etc/passwd")',
        OWN + '#read("../main.typ")',
        OWN + "x" * 70_000,
    ],
)
def test_a_text_that_cannot_hold_is_refused_and_nothing_changes(world, template, text):
    with pytest.raises(Refusal):
        replace(template, text, by=world.by("administrator"))
    assert versions_of(template, world.county) == []


def test_an_endless_text_is_stopped(template, monkeypatch):
    monkeypatch.setattr(overriding, "SECONDS", 3)
    with pytest.raises(Invalid):
        tried(template, OWN + "#for x in range(100000000) { let y = calc.pow(x, 2) }")


def test_what_is_shown_to_be_changed_is_without_the_frame(template):
    assert own_part(wording_of(OWN).text) == OWN
