"""A request's own columns: what is wanted, of which look or fields, how the requester was known, and the answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from linli.cases.models import Case
from linli.posts.models import Post
from linli.residents.looks import Look, look_with
from linli.residents.models import Contact, Person
from linli.residents.people.warding import Guard, guards, guards_of, is_contested
from linli.residents.words import Words


class Wanted(models.TextChoices):
    """What somebody may ask for."""

    ASK_WHY = "ask_why", _("Why was my data looked at?")
    ACCESS = "access", _("See everything that is kept about me")
    COPY = "copy", _("A copy of it as a file")
    CORRECTION = "correction", _("Put right what is wrong")
    DELETION = "deletion", _("Delete it")
    WITHDRAWAL = "withdrawal", _("Take back what I agreed to")
    OBJECTION = "objection", _("I object to how it is used")


class Proof(models.TextChoices):
    """How the requester was known."""

    ACCOUNT = "account", _("signed in with their number")
    CODE = "code", _("with number and code of one report")
    WINDOW = "window", _("at the window, identity document seen")


class Answer(models.TextChoices):
    """What came of it."""

    GRANTED = "granted", _("Granted")
    PARTLY = "partly", _("Granted in part")
    REFUSED = "refused", _("Refused")


class DataRequest(models.Model):
    """What somebody wants with their own data. Who asks is the case's contact; right values lie sealed in `right`.

    `ward`: whose record it is about, where a guardian asks; `about`: the post that looked; `look`: the line of the list
    of looks; `fields`: those to be put right.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="data_request")
    wanted = models.CharField(max_length=15, choices=Wanted.choices)
    text = Words(blank=True)
    proof = models.CharField(max_length=10, choices=Proof.choices)
    document = models.CharField(max_length=20, blank=True)
    look = models.UUIDField(null=True)
    about = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    fields = models.CharField(max_length=40, blank=True)
    ward = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    right = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="+")
    handler = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    question = models.TextField(blank=True)
    answer = models.CharField(max_length=10, choices=Answer.choices, blank=True)
    reasons = models.TextField(blank=True)
    turn_to = models.TextField(blank=True)
    done = models.TextField(blank=True)

    @property
    def whole(self) -> bool:
        """Whether it is about all that was given with one number, or about one report only."""
        return self.proof != Proof.CODE

    @property
    def wrong(self) -> list[str]:
        """The fields to be put right."""
        return [name for name in self.fields.split(",") if name]

    @property
    def asked_look(self) -> Look | None:
        """The look it asks about, in words."""
        return look_with(self.look) if self.look else None

    @property
    def guard(self) -> Guard | None:
        """By which guardianship it is asked for the ward, as it holds now; None where it does not any more."""
        return guards(self.case.reporter, self.ward) if self.ward and self.case.reporter else None

    @property
    def contested(self) -> bool:
        """Whether the ward's guardians disagree: whoever answers hears both first."""
        return self.ward is not None and is_contested(guards_of(self.ward))

    @property
    def copy_granted(self) -> bool:
        """Whether a copy can be fetched after this answer."""
        return self.wanted in {Wanted.ACCESS, Wanted.COPY} and self.answer in {Answer.GRANTED, Answer.PARTLY}

    def words(self) -> str:
        """Nothing: what people ask about their own data is found by nobody's search."""
        return ""

    def sheet(self) -> list[tuple[str, object]]:
        """What its printed file says, as labels and values; empty values are left out."""
        return [
            (gettext("What is wanted"), Wanted(self.wanted).label),
            (gettext("In their words"), self.text),
            (gettext("How the requester was known"), Proof(self.proof).label),
            (gettext("Asked as guardian"), self.guard and self.guard.tie_words),
            (gettext("Post it asks about"), self.about and self.about.with_body),
            (gettext("Who deals with it"), self.handler and self.handler.with_body),
            (gettext("The answer"), Answer(self.answer).label if self.answer else ""),
            (gettext("Reasons"), self.reasons),
            (gettext("What was carried out"), self.done),
            (gettext("Where to turn"), self.turn_to),
        ]
