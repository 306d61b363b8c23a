"""Faults with real commits: what happens in one moment has one winner, and a process may be killed anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connections

from linli.base.errors import Conflict, Refusal
from linli.cases.models import Clock
from linli.documents.models import Document, Printed
from linli.documents.setting import paper_of
from linli.documents.signing import missing
from linli.kinds.disputes.conftest import (
    Way,
    agreement_of,
    applied_in,
    committee_of_home,
    mediator,
    money,
    sign_as,
)
from linli.kinds.disputes.models import Said, Yes
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from tests import databases, servers

ADDRESS = "https://linli.example/verify/ABC/"


@pytest.fixture
def draft(committed_world):
    """An agreement to be signed, where commits are real."""
    committee_of_home()
    way = applied_in(committed_world)
    way.go(way.head, "triage", safety="calm", crime=False)
    way.go(way.head, "name_side", contact=GivenContact("王强", "13887654321")).go(way.head, "invite")
    way.go(way.applicant, "consent").go(way.respondent, "consent").go(way.head, "appoint", to=way.fan.post)
    return way.go(way.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())


def bound(draft: Way, at: object = None) -> Way:
    for relation in ("reporter", "respondent", "mediator"):
        sign_as(draft, relation)
    return draft.go(draft.fan, "seal", **({"at": at} if at else {}))


def test_both_sign_in_one_moment_and_both_have_signed(draft, at_once):
    ends = at_once([lambda who=who: sign_as(draft, who) for who in ("reporter", "respondent", "reporter")])
    assert sum(isinstance(each, Conflict) for each in ends) == 1
    assert [each["relation"] for each in missing(agreement_of(draft))] == ["mediator"]


def test_a_version_that_changes_while_somebody_signs_is_signed_by_nobody_or_replaced(draft, at_once):
    old = agreement_of(draft)
    change = {"facts": "漏水赔偿，另有误工。", "clauses": money()}
    ends = at_once(
        [lambda: sign_as(draft, "reporter", old), lambda: draft.go(draft.fan, "draft_agreement", **change)]
    )
    assert all(each is None or isinstance(each, Refusal | Way) for each in ends)
    assert len(missing(agreement_of(draft))) == 3


def test_sealing_and_denying_in_one_moment_leave_one_of_the_two(draft, at_once):
    for relation in ("reporter", "respondent", "mediator"):
        sign_as(draft, relation)
    version = draft.case.version
    deny = {"reason": "不是我签的"}
    ends = at_once(
        [lambda: draft.go(draft.fan, "seal"), lambda: draft.go(draft.respondent, "deny_signature", **deny)]
    )
    assert all(isinstance(each, Refusal | Way) for each in ends)
    won = sum(isinstance(each, Way) for each in ends)
    assert draft.case.version == version + won
    running = Clock.objects.filter(case=draft.key, name="confirm", stopped_at=None).exists()
    assert running == (draft.stage == "performing")


def test_the_head_names_a_mediator_while_a_side_stops_it(committed_world, at_once):
    committee_of_home()
    way = applied_in(committed_world)
    way.go(way.head, "triage", safety="calm", crime=False)
    way.go(way.head, "name_side", contact=GivenContact("王强", "13887654321")).go(way.head, "invite")
    way.go(way.applicant, "consent").go(way.respondent, "consent")
    head, side, post = way.head, way.respondent, way.fan.post
    ends = at_once([lambda: way.go(head, "appoint", to=post), lambda: way.go(side, "halt")])
    assert sum(isinstance(each, Way) for each in ends) >= 1
    assert way.stage in {"mediating", "ended"}
    if way.stage == "ended":
        assert not Clock.objects.filter(case=way.key, stopped_at=None).exists()
        assert way.tasks() == []


def test_both_ask_the_court_in_the_last_moment_and_one_application_is_made(draft, at_once):
    bound(draft)
    last = Clock.objects.get(case=draft.key, name="confirm", stopped_at=None).due_at
    sides = (draft.applicant, draft.respondent)

    def ask(side: PartyActor) -> None:
        for _try in range(5):  # whoever was a moment late reads the page again and presses once more
            try:
                draft.go(side, "ask_confirmation", at=last)
            except Conflict:
                continue
            return

    at_once([lambda side=side: ask(side) for side in sides])
    assert Yes.objects.filter(dispute=draft.key, to=Said.COURT).count() == 2
    assert len(draft.papers("confirmation")) == 1


def test_at_midnight_one_is_in_time_and_the_other_is_not(draft, at_once):
    bound(draft)
    last = Clock.objects.get(case=draft.key, name="confirm", stopped_at=None).due_at
    late = last + timedelta(seconds=1)
    applicant, respondent = draft.applicant, draft.respondent
    ends = at_once(
        [
            lambda: draft.go(applicant, "ask_confirmation", at=last),
            lambda: draft.go(respondent, "ask_confirmation", at=late),
        ]
    )
    assert isinstance(ends[1], Conflict)
    assert not Yes.objects.filter(dispute=draft.key, to=Said.COURT, side=1).exists()
    assert not draft.papers("confirmation")


# --- a process that is killed

# What a process of its own does before it is killed: a fork would inherit whatever the threads of this one hold.
SEALS = 'way.go(way.fan, "seal")'
DRAFTS = 'way.go(way.fan, "draft_agreement", facts="另有误工。", clauses=money())'
WHILE_WRITTEN = "agreeing.carry_on = die"
PROCESS = """
import os, signal, sys, uuid
import django; django.setup()
from linli.kinds.disputes.actions import agreeing
from linli.kinds.disputes.conftest import Way, money
way = Way(None, uuid.UUID(sys.argv[1]))
def die(*_given):
    print("dies", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
{}
die()
"""


def killed(draft: Way, database: str, *lines: str) -> None:
    """Run lines in a process of its own, which is killed after them or where they say."""
    connections.close_all()
    told = {**os.environ, "DATABASE_URL": databases.url_of(database), "PYTHONPATH": str(servers.REPOSITORY)}
    command = [sys.executable, "-c", PROCESS.format("\n".join(lines)), str(draft.key)]
    done = subprocess.run(command, env=told, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "dies\n"), done.stderr


def test_killed_between_step_and_paper_the_agreement_stands_and_the_paper_follows(draft, fresh_database):
    for relation in ("reporter", "respondent", "mediator"):
        sign_as(draft, relation)
    killed(draft, fresh_database, SEALS)
    assert (draft.stage, Printed.objects.filter(document__case=draft.key).count()) == ("performing", 0)
    assert paper_of(agreement_of(draft), ADDRESS).startswith(b"%PDF-")


def test_killed_while_the_paper_is_written_down_there_is_neither_step_nor_paper(draft, fresh_database):
    before, papers = draft.case.version, Document.objects.count()
    killed(draft, fresh_database, WHILE_WRITTEN, DRAFTS)
    assert (draft.case.version, Document.objects.count()) == (before, papers)
    assert Entry.objects.filter(about=draft.key, name="disputes.draft_agreement").count() == 1
    draft.go(draft.fan, "draft_agreement", facts="另有误工。", clauses=money())
    assert mediator("范德顺").post.pk in draft.tasks()
