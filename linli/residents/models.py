"""The only tables with names, numbers and addresses of people, the log of who read them, the keys that open them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.ids import uuid7
from linli.divisions.models import Division
from linli.residents.duty_models import Assessment, Consent, Extract, Grace, Guardianship, Mandate

__all__ = [
    "Access",
    "Assessment",
    "Consent",
    "Contact",
    "DataKey",
    "Erasure",
    "Extract",
    "FieldRule",
    "Grace",
    "Guardianship",
    "Household",
    "How",
    "Inspection",
    "Involvement",
    "Mandate",
    "Member",
    "Merge",
    "Pair",
    "Person",
    "Reader",
    "Residence",
    "Resident",
    "SealedRow",
]


class Contact(models.Model):
    """How to reach somebody who raised a case. Sealed; read only through `residents.reading.read`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name_sealed = models.BinaryField(default=b"")
    phone_sealed = models.BinaryField(default=b"")
    address_sealed = models.BinaryField(default=b"")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    key_version = models.SmallIntegerField(default=1)
    language = models.CharField(max_length=10, default="zh-hans")


class Reader(models.IntegerChoices):
    """What kind of reader it was."""

    POST = 1
    PARTY = 2
    SYSTEM = 3


class How(models.IntegerChoices):
    """In which way a record was read."""

    VIEW = 1
    LIST = 2
    HIT = 3
    ANSWER = 4
    EXPORT = 5
    PRINT = 6
    MESSAGE = 7
    DEVICE = 8  # handed to a device that works without signal; what happens there afterwards nobody sees


class Access(models.Model):
    """One reading of one person's record: who, why, which matter, what, how. Append-only; the person can see it.

    `contact` is empty where somebody raised a matter without leaving one: they find it by `about`, their matter.
    `activity` is a number of the register (`residents.purposes`), `classes` the sum of `reading.CLASSES`, `count` how
    many people that reading showed, `trace` the same number for all of them. Narrow, because there are many.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="accesses", db_index=False)
    person = models.ForeignKey("Person", models.PROTECT, null=True, related_name="accesses", db_index=False)
    at = models.DateTimeField()
    about = models.UUIDField(null=True)
    reader = models.SmallIntegerField(choices=Reader.choices)
    relation = models.CharField(max_length=30, blank=True)
    post = models.BigIntegerField(null=True)
    unit = models.BigIntegerField(null=True)
    holding = models.BigIntegerField(null=True)
    activity = models.SmallIntegerField()
    classes = models.IntegerField()
    how = models.SmallIntegerField(choices=How.choices)
    count = models.IntegerField(default=1)
    trace = models.BigIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["contact", "id"], condition=Q(contact__isnull=False), name="access_contact"),
            models.Index(fields=["person", "id"], condition=Q(person__isnull=False), name="access_person"),
            models.Index(
                fields=["about", "id"], condition=Q(contact=None, person=None), name="access_nameless"
            ),
            models.Index(fields=["post", "id"], condition=Q(post__isnull=False), name="access_post"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(contact=None) | Q(person=None), name="access_of_one"),
        ]


class Inspection(models.Model):
    """Somebody looked at what a post had read: one level, never a log of itself. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    inspected = models.BigIntegerField()
    post = models.BigIntegerField()
    holding = models.BigIntegerField()
    reason = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["inspected", "id"], name="inspection_post")]


class Resident(models.Model):
    """An account that somebody opened with a telephone number; what it raised is found by that contact."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="resident")
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="resident")
    phone_verified = models.BooleanField(default=False)


class DataKey(models.Model):
    """A key of the ring, wrapped by the installation's data key: a version's number, or the name of one that lasts.

    A retired version keeps its row and loses its key.
    """

    name = models.CharField(max_length=40, primary_key=True)
    wrapped = models.BinaryField(default=bytes)
    made_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)


class SealedRow(models.Model):
    """What rows of people have in common: nothing in one is sealed with an older key than `key_version` says."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key_version = models.SmallIntegerField(default=1)

    class Meta:
        abstract = True


class Person(SealedRow):
    """A resident. `division` is where the actual residence lies: who may open the record follows from it.

    Sealed, and read only through `people.reading`. The three indexes have a key of their own each, and none is that
    of a contact: a person's cases cannot be found by joining tables. A record that turned out to be somebody's second
    one points to the first and is kept as it was.
    """

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    name_sealed = models.BinaryField(default=bytes)
    phone_sealed = models.BinaryField(default=bytes)
    document_sealed = models.BinaryField(default=bytes)
    birth_sealed = models.BinaryField(default=bytes)
    language_sealed = models.BinaryField(default=bytes)
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    document_index = models.CharField(max_length=64, blank=True, db_index=True)
    likeness_index = models.CharField(max_length=64, blank=True, db_index=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    ended_on = models.DateField(null=True)
    end_sealed = models.BinaryField(default=bytes)  # died, or moved away
    erased_at = models.DateTimeField(null=True)  # everything is past its period

    class Meta:
        indexes = [models.Index(fields=["ended_on"], condition=Q(erased_at=None), name="person_to_erase")]


class Household(SealedRow):
    """Those who live together at one address, registered there or not."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    address_sealed = models.BinaryField(default=bytes)
    address_index = models.CharField(max_length=64, blank=True, db_index=True)


class Member(SealedRow):
    """A person in a household from a day until a day; in one at a time."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    relation_sealed = models.BinaryField(default=bytes)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(until=None), name="in_one_household_at_a_time"
            )
        ]


class Residence(SealedRow):
    """Where a person lives (`actual`, in a household here) or is registered (`registered`, any code, sealed).

    One of each at a time, from a day up to but without another. The registered place decides nothing here; it is
    sealed, so that nobody can sort residents by it.
    """

    class Kind(models.TextChoices):
        """Living there, or registered there."""

        ACTUAL = "actual", _("lives here")
        REGISTERED = "registered", _("registered here")

    person = models.ForeignKey(Person, models.PROTECT, related_name="residences")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    region_sealed = models.BinaryField(default=bytes)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(until=None), name="one_residence_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")), name="residence_ends_after_it_begins"
            ),
        ]


class Involvement(models.Model):
    """A case that a person's record was opened for. Read from case to person, never to list a person's cases."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="involvements")
    about = models.UUIDField(db_index=True)
    relation = models.CharField(max_length=20)


class FieldRule(models.Model):
    """What a place decided about a field, from a day: to ask for it at all, why, and how long to keep it."""

    division = models.ForeignKey(Division, models.PROTECT, related_name="+")
    field = models.CharField(max_length=20)
    asked = models.BooleanField()
    basis = models.CharField(max_length=100)
    months = models.PositiveSmallIntegerField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Pair(models.Model):
    """Two records that may be of one person; `first` is the older one. Decided once, by somebody who looked at both."""

    class State(models.TextChoices):
        """What was decided."""

        OPEN = "open"
        MERGED = "merged"
        APART = "apart"  # two people, or contested: both are kept, and the pair is not proposed again

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.CharField(max_length=10)  # which index they share
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="pair_once")]


class Merge(models.Model):
    """One record taken up by another, and what is needed to take it back: what moved, which fields were filled."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    pair = models.ForeignKey(Pair, models.PROTECT, related_name="merges")
    kept = models.ForeignKey(Person, models.PROTECT, related_name="+")
    taken = models.ForeignKey(Person, models.PROTECT, related_name="+")
    moved = models.JSONField(default=list)  # ids of involvements
    filled = models.JSONField(default=list)  # names of fields that were empty
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["taken"], condition=Q(undone_at=None), name="merged_once_at_a_time"
            )
        ]


class Erasure(models.Model):
    """Proof that a batch of fields was erased: which field, how many, when, and a digest of the ids. Append-only.

    `left` is how many of them still held something afterwards, read again from the database: always 0.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now)
    table = models.CharField(max_length=40)
    field = models.CharField(max_length=20)
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    left = models.PositiveIntegerField()
