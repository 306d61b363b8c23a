"""A kind whose cases are between several people, for tests: matters, with roles and two steps more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django import forms
from django.utils import timezone

from linli.cases import kinds
from linli.cases.follow import ways_into
from linli.cases.forms import StepForm
from linli.cases.models import Case, Notice, Party
from linli.cases.models import case as case_module
from linli.cases.notices import send_waiting
from linli.cases.procedure import PARTIES, REPORTER, Role, Step, Words
from linli.cases.taking import taking
from linli.kinds.matters import actions
from linli.kinds.matters import forms as matter_forms
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.ledger.names import Redaction, register
from linli.posts.actor import Actor, PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.models import Contact

ROLES = {
    REPORTER: Role(REPORTER, Words("申请人", "Applicant"), named=True),
    "respondent": Role("respondent", Words("被申请人", "Respondent"), named=True, most=3),
    "witness": Role("witness", Words("证人", "Witness")),
}
TOLD = Words("【邻里】{number} 有新进展，查询码 {code}。", "Linli: news of {number}, code {code}.")
STEPS = {
    "invite": Step(
        "invite",
        Words("通知参加", "Invite"),
        leaves=frozenset({"reported"}),
        tasked=frozenset({"next"}),
        notice=TOLD,
        tells=frozenset({PARTIES}),
    ),
    "object": Step(
        "object",
        Words("提出异议", "Object"),
        leaves=frozenset({"reported"}),
        parties=frozenset({"respondent"}),
    ),
    "swear": Step(
        "swear",
        Words("作证", "Testify"),
        leaves=frozenset({"reported"}),
        parties=frozenset({"witness"}),
        in_person=True,
    ),
}
LI, WANG, ZHAO = "13912345678", "13812345678", "13712345678"
CLERK = "chengguan_clerk"
RESPONDENT = ("respondent", GivenContact("王强", WANG, "东门街 5 号"))
WITNESS = ("witness", GivenContact("赵敏", ZHAO))
SENT: list[tuple[str, str]] = []


class SayForm(StepForm):
    """What a party writes."""

    words = forms.CharField(max_length=200)


def let_matters_have_parties(patch: pytest.MonkeyPatch) -> None:
    """For the time of a test, a matter is between an applicant, respondents and witnesses."""
    kind = kinds.kind_of("matters")
    steps = {**kind.procedure.steps, **STEPS}
    procedure = replace(kind.procedure, roles=ROLES, steps=steps)
    patch.setitem(kinds._kinds, "matters", replace(kind, procedure=procedure))
    patch.setitem(case_module._named, "matters", procedure.named)
    for name, step in STEPS.items():
        register(f"matters.{name}", label=lambda step=step: str(step.label), redaction=Redaction.ERASE)
        patch.setattr(matter_forms, name.title(), SayForm, raising=False)
    for function in (invite, object_, swear):
        patch.setattr(actions, function.__name__.rstrip("_"), function, raising=False)


def invite(matter: Matter, *, by: Actor, seen: int, at: Any = None, **given: Any) -> None:
    """Let others take part, by role and contact in `joins`; `leaves` are the numbers of those who are let go."""
    with taking("invite", matter, by=by, seen=seen, at=at) as now:
        for nr in given.get("leaves", ()):
            now.let_go(nr)
        for role, contact in given.get("joins", ()):
            now.add_party(role, contact)
        if "tells" in given:
            now.tell(*given["tells"])


def object_(matter: Matter, *, words: str = "", by: Actor, seen: int, at: Any = None) -> None:
    """A respondent says no."""
    with taking("object", matter, by=by, seen=seen, at=at) as now:
        now.words(reason=words)


def swear(matter: Matter, *, words: str = "", by: Actor, seen: int) -> None:
    """A witness says what they saw."""
    with taking("swear", matter, by=by, seen=seen) as now:
        now.words(reason=words)


def dispute(world: Any, *joins: tuple[str, GivenContact]) -> Case:
    """A matter raised by Li; Wang is the respondent, and who else is named."""
    opened = actions.report(
        by=PartyActor(REPORTER),
        text="楼上半夜敲墙",
        division=world.place("东门社区第一网格"),
        contact=GivenContact("李小芳", LI, "东门街 3 号"),
    )
    case = Case.everywhere.get(pk=opened.case)
    everybody = joins or (RESPONDENT,)
    invite(kinds.kind_of("matters").reference(case), by=world.by(CLERK), seen=1, joins=everybody)
    return Case.everywhere.select_related("reporter").get(pk=opened.case)


def code_of(case: Case, nr: int) -> str:
    """The code of a party now."""
    return next(way.code for way in ways_into(case) if way.by.nr == nr)


def actor_of(case: Case, nr: int) -> PartyActor:
    """A party as an actor."""
    return next(way.by for way in ways_into(case) if way.by.nr == nr)


def matter(case: Case) -> Matter:
    """The case's own row, as the database has it now."""
    return Matter.objects.select_related("case").get(pk=case.pk)


def version(case: Case) -> int:
    """The version now."""
    return Case.everywhere.get(pk=case.pk).version


def invited(case: Case, world: Any, **given: Any) -> None:
    """The clerk changes who takes part."""
    invite(matter(case), by=world.by(CLERK), seen=version(case), **given)


def entry(case: Case) -> Entry:
    """The newest entry of a case."""
    return Entry.objects.filter(about=case.pk).latest("id")


def contact_of(case: Case, nr: int) -> Contact:
    """By which contact a party is reached now."""
    return Party.objects.get(case=case, nr=nr, left_at=None).contact


def messages_of(settings: Any) -> Callable[[], list[tuple[str, str]]]:
    """Sends what waits and gives it: (number, text)."""
    settings.SMS_BACKEND = f"{__name__}.Pocket"
    SENT.clear()

    def sent() -> list[tuple[str, str]]:
        Notice.objects.update(next_try=timezone.now())
        send_waiting()
        return list(SENT)

    return sent


class Pocket:
    """Keeps text messages instead of sending them."""

    def send(self, phone: str, text: str) -> None:
        """Keep one."""
        SENT.append((phone, text))
