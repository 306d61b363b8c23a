"""Documents of cases, the texts of their templates, the PDF files made of them, and who signed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from linli.base.ids import uuid7
from linli.cases.models import Case
from linli.divisions.models import Division
from linli.posts.models import Post


class State(models.TextChoices):
    """Whether a version counts: not yet, now, not any more without a newer one, or not beside a newer one."""

    DRAFT = "draft", pgettext_lazy("document", "Not in force")
    FINAL = "final", pgettext_lazy("document", "In force")
    VOID = "void", pgettext_lazy("document", "Void")
    REPLACED = "replaced", _("Replaced")

    @property
    def open(self) -> bool:
        """Whether somebody may still sign it."""
        return self in {State.DRAFT, State.FINAL}


class Manner(models.TextChoices):
    """How somebody signed."""

    STROKES = "strokes", _("drawn on the screen")
    SCAN = "scan", _("on paper, photographed")
    CODE = "code", _("by follow code")


class Wording(models.Model):
    """The whole text of a template as documents were set with it; kept by its SHA-256, never changed."""

    digest = models.CharField(max_length=64, primary_key=True)
    text = models.TextField()


class Override(models.Model):
    """A place's own text of a template, in versions; the newest that was not taken back holds there and below."""

    template = models.CharField(max_length=60)
    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+")
    since = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["template", "division", "version"], name="override_version_once")
        ]


class Document(models.Model):
    """One version of one document of a case. `digest` is salted and binds template, version and data together.

    `salt` and `data_sealed` are the part that can be erased; without them nothing can be guessed from the digest.
    `part`: which of several that stand side by side, such as the minutes of the third session; versions are counted in
    each. `only`: the parties it is for, by their numbers in the case; empty for all whom its template is for.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="documents")
    template = models.CharField(max_length=60)
    wording = models.ForeignKey(Wording, models.PROTECT, related_name="+")
    part = models.PositiveSmallIntegerField(default=0)
    version = models.PositiveSmallIntegerField()
    only = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=State.choices)
    data_sealed = models.BinaryField()
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64)
    code = models.CharField(max_length=12, unique=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "template", "part", "version"], name="document_version_once"
            ),
            models.UniqueConstraint(
                fields=["case", "template", "part"],
                condition=~Q(state=State.REPLACED),
                name="document_in_force_once",
            ),
        ]


class Printed(models.Model):
    """A PDF made of a document, sealed. `marks` says with which signatures on it; empty before any."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="printed")
    marks = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    archival = models.BooleanField()
    content_sealed = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "marks"], name="printed_once_per_marks")
        ]


class Signature(models.Model):
    """Who signed which version, by relation to the case and seat (of several parties), never by name.

    `digest` is that of the version signed. A denied one stays; its seat can sign again. `agent`: the number in the case
    of whoever signed for the party, where it did not sign itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="signatures")
    digest = models.CharField(max_length=64)
    relation = models.CharField(max_length=30)
    seat = models.PositiveSmallIntegerField(default=0)
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    agent = models.SmallIntegerField(null=True)
    manner = models.CharField(max_length=10, choices=Manner.choices)
    mark_sealed = models.BinaryField(default=b"")
    at = models.DateTimeField()
    denied_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "relation", "seat"],
                condition=Q(denied_at=None),
                name="signature_once_per_seat",
            )
        ]


class Witness(models.Model):
    """Somebody from outside who stood beside a party that signed on paper (见证人): name and mark, sealed; no account.

    It goes with the signature: where that is denied, or the file is erased, so it is with the witness.
    """

    signature = models.OneToOneField(Signature, models.PROTECT, primary_key=True, related_name="witness")
    name_sealed = models.BinaryField(default=b"")
    mark_sealed = models.BinaryField(default=b"")
    manner = models.CharField(max_length=10, choices=Manner.choices)
