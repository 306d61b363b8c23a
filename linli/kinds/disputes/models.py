"""A dispute's own rows: how safe it is, who mediates, what each side said, sessions, and what was agreed is due when.

Names and numbers of the sides stand in their contacts; here they are known by relation and number only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from linli.cases.devices import choice_of
from linli.cases.models import Case, Party
from linli.cases.parties import agents_in, parties_in, reporter_stands, role_words, rows_of_parties
from linli.documents.models import Document
from linli.documents.signing import missing
from linli.kinds.disputes.outlook import NEXT
from linli.kinds.disputes.routing import ways_of
from linli.kinds.disputes.sums import digits
from linli.posts.models import Organisation, Post
from linli.registers.models import Mediator
from linli.registers.suggesting import LawfulWay
from linli.residents.words import Words

ENDS_SOON = timedelta(days=14)


class Source(models.TextChoices):
    """From where a dispute came."""

    SELF = "self", _("from one of the sides")
    GRID = "grid", _("found by a grid worker")
    COURT = "court", _("referred by the court")
    POLICE = "police", _("referred by the police")
    PETITION = "petition", _("referred by the petition office")
    OTHER = "other", _("referred by another body")


class Safety(models.TextChoices):
    """Whether the sides may sit at one table."""

    OPEN = "", _("not yet looked at")
    CALM = "calm", _("Nothing speaks against sitting together")
    APART = "apart", _("Violence or threat: only apart, one side after the other")


class Said(models.TextChoices):
    """What a side can say yes to, each for itself."""

    CONSENT = "consent", _("agrees to mediation")
    PROLONG = "prolong", _("agrees to go on longer")
    COURT = "court", _("wants the court to confirm")
    SETTLED = "settled", _("says that it is settled")


class Manner(models.TextChoices):
    """How a side said it."""

    OWN = "own", _("themselves, by their own code or account")
    AGENT = "agent", _("by who acts for them")
    PAPER = "paper", _("on paper, before a witness")
    SPOKEN = "spoken", _("by word of mouth, before a witness")


class Form(models.TextChoices):
    """In which form an agreement was made."""

    NONE = "", "—"
    WRITTEN = "written", _("in writing")
    ORAL = "oral", _("by word of mouth")


class AtCourt(models.TextChoices):
    """How far the court's confirmation is."""

    NONE = "", "—"
    FILED = "filed", _("handed to the court")
    ACCEPTED = "accepted", _("accepted by the court")
    CONFIRMED = "confirmed", _("confirmed by the court")
    REJECTED = "rejected", _("not confirmed by the court")


@dataclass(frozen=True)
class Agent:
    """Who acts for a side, as its page says it: for whom, how far, until when, and how near that is."""

    called: str
    powers: str
    until: date | None
    state: str = ""

    @classmethod
    def by(cls, row: Party, called: str) -> Agent:
        """As a row of the case says it today."""
        today = timezone.localdate()
        begun = row.acts_from is None or row.acts_from <= today
        ends = row.acts_until
        over, soon = ends is not None and ends < today, ends is not None and ends <= today + ENDS_SOON
        state = "over" if over else "soon" if soon else "" if begun else "later"
        return cls(called, row.powers, ends, state)


class Dispute(models.Model):
    """What people are at odds about, how it is mediated, and what came of it.

    `chair`: the post of the body that names the mediator; `handler`: the mediator's. `turn`: which attempt this is;
    what was said in an earlier one does not count. `wishes`: mediators' posts by the number of the side that
    wishes for them; `refused`: those that will not do. `ways`: the lawful ways as they were shown with the offer.
    `agreed`: an oral agreement; of a written one the `document` says it, and `clauses` keeps what is due when.
    `denied_in`: the stage in which the signature was denied that is being looked into. `died`: the numbers of sides
    that died; `heirs`: whose heir a side is, both by number; `rested_in`: the stage in which mediation came to rest.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="dispute")
    text = Words()
    source = models.CharField(max_length=10, choices=Source.choices, default=Source.SELF)
    source_number = models.CharField(max_length=60, blank=True)
    safety = models.CharField(max_length=5, choices=Safety.choices, blank=True)
    crime = models.BooleanField(default=False)
    reported_at = models.DateTimeField(null=True)
    advice = models.TextField(blank=True)
    chair = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    wishes = models.JSONField(default=dict)
    refused = models.JSONField(default=list)
    next_owner = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    ways = models.JSONField(default=list)
    ways_at = models.DateTimeField(null=True)
    options = models.TextField(blank=True)
    question = models.TextField(blank=True)
    opinion = models.TextField(blank=True)
    why_ended = models.TextField(blank=True)
    turn = models.PositiveSmallIntegerField(default=1)
    form = models.CharField(max_length=10, choices=Form.choices, blank=True)
    agreed = Words(blank=True)
    clauses = models.JSONField(default=list)
    document = models.UUIDField(null=True)
    effective_at = models.DateTimeField(null=True)
    confirmable = models.BooleanField(default=False)
    denied_in = models.CharField(max_length=30, blank=True)
    died = models.JSONField(default=list)
    heirs = models.JSONField(default=dict)
    rested_in = models.CharField(max_length=30, blank=True)
    at_court = models.CharField(max_length=10, choices=AtCourt.choices, blank=True)
    court = models.CharField(max_length=100, blank=True)
    court_number = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["effective_at"], condition=models.Q(effective_at__isnull=False), name="dispute_agreed"
            )
        ]

    def words(self) -> str:
        """Nothing: what people are at odds about is found by nobody's search."""
        return ""

    def sheet(self) -> list[tuple[str, object]]:
        """What its printed file says, as labels and values; empty values are left out."""
        return [
            (gettext("What it is about"), self.text),
            (gettext("Where it came from"), Source(self.source).label),
            (gettext("Number there"), self.source_number),
            (gettext("Safety"), Safety(self.safety).label),
            (gettext("Mediator"), self.handler and self.handler.with_body),
            (gettext("What was agreed"), self.agreed),
            (gettext("Why it ended"), self.why_ended),
        ]

    @property
    def other_ways(self) -> list[LawfulWay]:
        """The lawful ways beside mediation as they are today; they stand on every page of a dispute."""
        return ways_of(self.case)

    @property
    def what_next(self) -> str:
        """What comes next, as both sides read it."""
        return str(NEXT.get(self.case.stage, ""))

    @property
    def mediator(self) -> str:
        """Who mediates, by name and body; an office that everybody may know the holder of."""
        found = Mediator.objects.filter(holding__post=self.handler_id, holding__until=None)
        row = found.select_related("holding__account", "holding__post__organisation").first()
        if row is None:
            return self.handler.with_body if self.handler else ""
        return f"{row.holding.account.called} · {row.holding.post.organisation.name}"

    @property
    def unsigned(self) -> list[str]:
        """Who has still to sign the agreement, as its places are called."""
        found = Document.objects.filter(pk=self.document).first() if self.document else None
        return [str(each["label"]) for each in missing(found)] if found else []

    @property
    def coming(self) -> list[Session]:
        """The sessions that are still to be held, the earliest first."""
        return list(self.sessions.filter(held_at=None, at__gt=timezone.now()).order_by("at"))

    @property
    def owed(self) -> list[tuple[Obligation, str]]:
        """What is due under the agreement that is in force, the earliest first, each with who owes it to whom."""
        parties = rows_of_parties(self.case)
        return [
            (
                row,
                " → ".join(
                    role_words(self.case, nr, parties) for nr in (row.who, row.whom) if nr is not None
                ),
            )
            for row in self.obligations.filter(turn=self.turn)
        ]

    @property
    def agents(self) -> list[Agent]:
        """Who acts for which side, how far and until when; what ends within two weeks is marked."""
        rows = rows_of_parties(self.case)
        return [Agent.by(row, role_words(self.case, row.nr, rows)) for row in agents_in(rows)]

    @property
    def next_due(self) -> Obligation | None:
        """What is due next of what is not kept yet; None when nothing is, or no agreement is in force."""
        if self.case.stage not in {"performing", "confirming"}:
            return None
        return self.obligations.filter(turn=self.turn).exclude(state=Obligation.State.KEPT).first()

    @property
    def hushed(self) -> bool:
        """Whether no screen may show that there is news: with violence, or where nobody has looked yet."""
        return self.safety != Safety.CALM

    @property
    def unsafe(self) -> bool:
        """Whether messages may say neither what it is nor by which number and code it is seen."""
        return self.safety == Safety.APART

    @property
    def untold(self) -> list[str]:
        """The sides that no message reaches: without a number, or who wanted none; somebody has to speak with them."""
        rows = rows_of_parties(self.case)
        parties: dict[int, Party | None] = {0: None} if reporter_stands(rows) else {}
        parties |= {each.nr: each for each in parties_in(rows)}
        return [role_words(self.case, nr, rows) for nr, party in parties.items() if not self._reached(party)]

    def _reached(self, party: Party | None) -> bool:
        contact, choice = party.contact if party else self.case.reporter, choice_of(self.case, party)
        by_text = choice.sms and contact is not None and bool(contact.phone_sealed)
        return by_text or bool(choice.asked and not self.hushed)

    @property
    def joint(self) -> bool:
        """Whether the sides may sit at one table."""
        return self.safety == Safety.CALM


class Yes(models.Model):
    """A yes of one side (its number in the case, 0: the applicant), in one attempt: to what, how, before which post,
    and on which photographed paper.
    """

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="yeses")
    turn = models.PositiveSmallIntegerField()
    side = models.PositiveSmallIntegerField()
    to = models.CharField(max_length=10, choices=Said.choices)
    manner = models.CharField(max_length=10, choices=Manner.choices)
    witness = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    paper = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispute", "turn", "to", "side"], name="yes_once_per_side")
        ]


class Session(models.Model):
    """A session: when, where or by which link, together or apart; `minutes`: the document of what was said."""

    class How(models.TextChoices):
        """How the sides meet."""

        JOINT = "joint", _("together in one room")
        APART = "apart", _("apart: one side after the other, or in two rooms")
        VIDEO = "video", _("by video, together")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="sessions")
    at = models.DateTimeField()
    how = models.CharField(max_length=10, choices=How.choices)
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=300, blank=True)
    held_at = models.DateTimeField(null=True)
    minutes = models.UUIDField(null=True)


class Obligation(models.Model):
    """Something a side has to do by a day under the agreement: pay a sum (in fen), or what a clause says.

    `who` owes it and `whom` it is owed to: numbers of the sides; empty: all alike. `said_by`: who reported on it last.
    """

    class State(models.TextChoices):
        """How far it is kept."""

        OPEN = "open", _("nobody has reported on it yet")
        SAID = "said", _("reported as kept; the other side has not answered")
        PARTLY = "partly", pgettext_lazy("performance", "kept in part")
        BROKEN = "broken", _("reported as not kept")
        KEPT = "kept", _("kept, as both sides say")
        CONTESTED = "contested", _("the sides do not agree whether it was kept")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="obligations")
    turn = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    who = models.PositiveSmallIntegerField(null=True)
    whom = models.PositiveSmallIntegerField(null=True)
    on = models.DateField()
    fen = models.BigIntegerField(default=0)
    act = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    said_by = models.PositiveSmallIntegerField(null=True)
    reminded_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["on", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dispute", "turn", "number"], name="obligation_number_once")
        ]

    @property
    def late(self) -> bool:
        """Whether its day has passed and it was not said to be kept."""
        kept = self.state in {self.State.SAID, self.State.KEPT}
        return not kept and self.on < timezone.localdate()

    @property
    def sum(self) -> str:
        """The sum as people write it; empty where none is owed."""
        return digits(self.fen) if self.fen else ""
