"""A document is data, in versions; the step that makes it does not depend on paper."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.utils import timezone

from linli.base.errors import Conflict
from linli.cases.replaying import Past, PastStep, replay_many
from linli.cases.taking import taking
from linli.documents import wordings
from linli.documents.contents import Contents, Place
from linli.documents.making import count_as, data_of, erase, make
from linli.documents.models import Document, Printed, Signature, State
from linli.documents.setting import opened
from linli.documents.showing import papers_of
from linli.documents.signing import Signing, sign
from linli.documents.wordings import template_named
from linli.kinds.matters import actions
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor

pytestmark = pytest.mark.django_db


def test_the_step_that_makes_it_says_which_version_with_which_digest(notice):
    facts = Entry.objects.get(about=notice.case_id, name="matters.issue").facts
    assert facts["document"] == str(notice.pk)
    assert (facts["document_version"], facts["document_digest"]) == (1, notice.digest)


def test_what_it_says_is_kept_sealed_and_without_whoever_reported_it(notice):
    stored = bytes(Document.objects.get().data_sealed)
    assert "路灯".encode() not in stored
    said = str(data_of(notice))
    assert "路灯" in said
    assert "李小芳" not in said
    assert "13912345678" not in said


def test_a_newer_version_replaces_the_one_before(notice, issue):
    newer = issue("已修复。")
    notice.refresh_from_db()
    assert (newer.version, newer.state) == (2, State.FINAL)
    assert notice.state == State.REPLACED
    assert notice.replaced_at is not None
    assert newer.digest != notice.digest


def test_the_same_words_have_another_digest_in_another_document(notice, issue):
    """Nobody finds out what a paper says by trying words."""
    assert issue().digest != notice.digest


def test_data_that_were_changed_in_the_store_are_not_shown(notice, issue):
    newer = issue("已修复。")
    Document.objects.filter(pk=notice.pk).update(digest=newer.digest)
    with pytest.raises(Conflict, match="not what was recorded"):
        data_of(Document.objects.get(pk=notice.pk))


def test_erasing_leaves_that_it_was_there_and_nothing_of_what_it_said(notice, reporter):
    sign(notice, Signing("reporter", "code"), digest=notice.digest, by=reporter)
    assert erase(notice.case) == 1
    left = Document.objects.get()
    assert data_of(left) == {}
    assert left.salt == ""
    assert left.digest == notice.digest
    assert not Printed.objects.exclude(content_sealed=b"").exists()
    assert Signature.objects.exists()


def test_no_word_of_the_paper_is_in_the_entries(notice):
    for entry in Entry.objects.filter(about=notice.case_id):
        assert "物业" not in str(entry.facts)


def test_without_the_power_none_is_issued(world, refused):
    with pytest.raises(Exception, match="may not take this step"):
        actions.issue(refused, by=world.by("chengguan_team"), seen=2, result="x", remedy="x")
    assert not Document.objects.exists()


def test_a_step_of_the_past_makes_no_paper_of_ours(world):
    place = world.place("东门社区第一网格")
    at = timezone.now() - timedelta(days=400)
    told = {"result": "已修复。", "remedy": "可要求重办。"}
    steps = (
        PastStep("refuse", at + timedelta(days=1), world.by("chengguan_clerk"), {"reason": "不属于"}),
        PastStep("issue", at + timedelta(days=2), world.by("chengguan_clerk"), told),
    )
    past = Past("matters", at, {"text": "灯坏了", "division": place}, PartyActor("reporter"), steps=steps)
    (key,) = replay_many([past])
    assert "document" not in Entry.objects.get(about=key, name="matters.issue").facts
    assert not Document.objects.exists()


def test_a_draft_is_finished_once_and_stays_what_was_read(world, refused):
    by = world.by("chengguan_clerk")
    contents = Contents("告知书", "1", signing=(Place("收件人", "reporter"),))
    with taking("issue", refused, by=by, seen=2) as now:
        draft = make(now, "result", contents, state=State.DRAFT)
    reporter = PartyActor("reporter", refused.pk)
    with taking("issue", refused, by=by, seen=3) as now:
        count_as(now, draft, State.FINAL)
    assert [each.document.digest for each in papers_of(refused.case, by=reporter)] == [draft.digest]
    with pytest.raises(Conflict, match="finished already"), taking("issue", refused, by=by, seen=4) as now:
        count_as(now, draft, State.FINAL)


def test_who_opens_a_document_with_personal_data_leaves_an_entry(world, notice, monkeypatch):
    by = world.by("chengguan_clerk")
    opened(notice, by=by)
    assert not Entry.objects.filter(name="documents.read").exists()
    personal = replace(template_named(notice.template), personal=True)
    monkeypatch.setitem(wordings._templates, notice.template, personal)
    opened(notice, by=by)
    entry = Entry.objects.get(name="documents.read")
    assert (entry.about, entry.post, entry.facts) == (
        notice.case_id,
        by.post.pk,
        {"document": str(notice.pk)},
    )


def test_what_stands_side_by_side_does_not_replace_each_other(world, refused):
    by = world.by("chengguan_clerk")
    made = []
    for part, seen in ((1, 2), (2, 3), (2, 4)):
        with taking("issue", refused, by=by, seen=seen) as now:
            made.append(make(now, "result", Contents("告知书", "1", part=part)))
    states = [Document.objects.get(pk=each.pk).state for each in made]
    assert states == [State.FINAL, State.REPLACED, State.FINAL]
    assert [each.version for each in made] == [1, 1, 2]


def test_what_is_for_one_party_is_not_shown_to_another(world, refused):
    with taking("issue", refused, by=world.by("chengguan_clerk"), seen=2) as now:
        make(now, "result", Contents("告知书", "1", only=[1]))
    assert papers_of(refused.case, by=PartyActor("reporter", refused.pk)) == []
    assert len(papers_of(refused.case, by=world.by("chengguan_clerk"))) == 1


@pytest.mark.parametrize("kind", settings.KINDS)
def test_every_template_that_a_kind_lists_is_made_by_a_step(kind):
    folder = Path(__file__).parent.parent / "kinds" / kind
    listed = folder / "papers" / "papers.yaml"
    names = set(yaml.safe_load(listed.read_text(encoding="utf-8"))) if listed.is_file() else set()
    calls = [
        node
        for path in [*folder.glob("*.py"), *folder.glob("actions/*.py")]
        if not path.name.startswith("test_")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "make"
    ]
    assert names - {call.args[1].value for call in calls} == set()
