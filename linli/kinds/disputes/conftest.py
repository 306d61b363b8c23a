"""Disputes in each state, for the tests of every step: named for what has happened to them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from linli.cases.models import Case, Category
from linli.cases.parties import parties_of
from linli.documents.making import data_of
from linli.documents.models import Document, Manner
from linli.documents.signing import Signing, sign
from linli.kinds.disputes import actions
from linli.kinds.disputes.clauses import Clause, Payment, Sort
from linli.kinds.disputes.models import Dispute
from linli.kinds.disputes.rounds import sides_of
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Account, Holding, Post, PostKind
from linli.registers.models import Body, Mediator
from linli.residents.keeping import GivenContact

HOME = "东门社区第一网格"
LEAK = "楼上漏水泡坏了吊顶，协商赔偿没有结果。"


class Way:
    """Takes one step after the other, always with the version it finds."""

    def __init__(self, world: Any, key: Any) -> None:
        self.world, self.key = world, key
        self.head, self.fan = head_of_home(), mediator("范德顺")

    def go(self, who: Any, step: str, /, **given: Any) -> Way:
        """Take a step as somebody."""
        case = Case.everywhere.get(pk=self.key)
        getattr(actions, step)(Dispute(case=case), by=who, seen=case.version, **given)
        return self

    @property
    def case(self) -> Case:
        """The case as it is now."""
        return Case.everywhere.select_related("category", "reporter").get(pk=self.key)

    @property
    def dispute(self) -> Dispute:
        """The dispute as it is now."""
        return Dispute.objects.select_related("case", "handler", "chair").get(pk=self.key)

    @property
    def stage(self) -> str:
        """Where it stands."""
        return self.case.stage

    @property
    def applicant(self) -> PartyActor:
        """Who asked for mediation."""
        return PartyActor("reporter", self.key)

    @property
    def respondent(self) -> PartyActor:
        """The first on the other side."""
        return self.party(1)

    def party(self, nr: int) -> PartyActor:
        """A party by its number."""
        found = next(each for each in parties_of(self.case) if each.nr == nr)
        return PartyActor(found.role, self.key, side=found.side)

    @property
    def second(self) -> PostActor:
        """A mediator of the county who serves this place as well."""
        return mediator("崔兰")

    @property
    def soon(self) -> datetime:
        """The day after tomorrow."""
        return timezone.now() + timedelta(days=2)

    def sides(self) -> list[int]:
        """The numbers of the sides."""
        return [side.nr for side in sides_of(self.case)]

    def another(self) -> Way:
        """A second dispute of the same applicant, looked at for safety."""
        second = applied_in(self.world)
        return second.go(second.head, "triage", safety="calm", crime=False)

    def papers(self, name: str) -> list[dict[str, Any]]:
        """What the documents of a template say, the newest first."""
        rows = Document.objects.filter(case=self.key, template=f"disputes.{name}").order_by("-version")
        return [data_of(each) for each in rows]

    def tasks(self) -> list[int]:
        """The posts with an open task."""
        return sorted(self.case.tasks.filter(closed_at=None).values_list("post", flat=True))


def mediator(called: str) -> PostActor:
    """A mediator of the demo county."""
    found = Mediator.objects.select_related("holding__post__division").get(holding__account__called=called)
    return PostActor(found.holding)


def head_of_home() -> PostActor:
    """The head of the committee of 东门社区."""
    found = Holding.objects.select_related("post__division").filter(post__title="调委会主任").first()
    assert found is not None
    return PostActor(found)


@pytest.fixture(autouse=True)
def _counts_anew() -> None:
    """Tries are counted by number, and each test's first dispute has the same."""
    cache.clear()


@pytest.fixture
def committee(world: Any) -> Post:
    """The committee of 东门社区 has a head."""
    return committee_of_home()


def committee_of_home() -> Post:
    """The post of its head, held by somebody."""
    found = Post.objects.filter(title="调委会主任").first()
    if found:
        return found
    body = Body.objects.get(organisation__name="东门社区人民调解委员会")
    post = Post.objects.create(
        title="调委会主任", kind=PostKind.HEAD, organisation=body.organisation, division=body.division
    )
    Holding.objects.create(account=Account.objects.create_user("tiaojie-head", called="季明"), post=post)
    return post


@pytest.fixture
def picture() -> bytes:
    """A photo of a signed paper, as the form hands it on."""
    return b"JPEG"


@pytest.fixture
def applied(world: Any, committee: Post) -> Way:
    return applied_in(world)


def applied_in(world: Any) -> Way:
    """Somebody has asked for mediation."""
    opened = actions.apply(
        by=PartyActor("reporter"),
        text=LEAK,
        category=Category.objects.get(kind="disputes", code="D02"),
        division=world.place(HOME),
        contact=GivenContact("李小芳", "13912345678"),
    )
    return Way(world, opened.case)


@pytest.fixture
def triaged(applied: Way) -> Way:
    return applied.go(applied.head, "triage", safety="calm", crime=False)


@pytest.fixture
def invited(triaged: Way) -> Way:
    """Both sides are known and asked."""
    triaged.go(triaged.head, "name_side", contact=GivenContact("王强", "13887654321"))
    return triaged.go(triaged.head, "invite")


@pytest.fixture
def consented(invited: Way) -> Way:
    return invited.go(invited.applicant, "consent").go(invited.respondent, "consent")


@pytest.fixture
def mediating(consented: Way) -> Way:
    return consented.go(consented.head, "appoint", to=consented.fan.post)


def a_scan(size: int = 1000) -> SimpleUploadedFile:
    """A PDF of so many bytes, as far as anybody here looks at it."""
    begin, end = b"%PDF-1.7\n", b"\n%%EOF\n"
    return SimpleUploadedFile("卷宗.pdf", begin + b"0" * (size - len(begin + end)) + end, "application/pdf")


def in_days(days: int) -> date:
    """That many days from today."""
    return timezone.localdate() + timedelta(days=days)


def money() -> tuple[Clause, ...]:
    """Twelve thousand yuan in two parts, from the other side to the applicant."""
    parts = (Payment(in_days(30), 600_000), Payment(in_days(60), 600_000))
    return (Clause(Sort.MONEY, who=1, whom=0, fen=1_200_000, how="transfer", payments=parts),)


def agreement_of(way: Way) -> Document:
    """The agreement in its newest version."""
    return Document.objects.select_related("case", "wording").get(pk=way.dispute.document)


def sign_as(way: Way, relation: str, document: Document | None = None) -> None:
    """Let a side, or the mediator, sign the agreement."""
    document = document or agreement_of(way)
    by = {"reporter": way.applicant, "mediator": way.fan}.get(relation) or way.respondent
    seat = 1 if relation == "respondent" else 0
    sign(document, Signing(relation, Manner.CODE, seat=seat), digest=document.digest, by=by)


@pytest.fixture
def drafted(mediating: Way) -> Way:
    return mediating.go(mediating.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())


@pytest.fixture
def signed(drafted: Way) -> Way:
    for relation in ("reporter", "respondent", "mediator"):
        sign_as(drafted, relation)
    return drafted


@pytest.fixture
def sealed(signed: Way) -> Way:
    return signed.go(signed.fan, "seal")
