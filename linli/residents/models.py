"""The only tables with names, telephone numbers and addresses of people, and the log of who read them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from linli.base.ids import uuid7
from linli.residents.crypto import KEY_VERSION


class Contact(models.Model):
    """How to reach somebody who raised a case. Sealed; read only through `residents.reading.read`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name_sealed = models.BinaryField(default=b"")
    phone_sealed = models.BinaryField(default=b"")
    address_sealed = models.BinaryField(default=b"")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    key_version = models.SmallIntegerField(default=KEY_VERSION)
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


class Access(models.Model):
    """One reading of one person's record: who, why, which matter, what, how. Append-only; the person can see it.

    `contact` is empty where somebody raised a matter without leaving one: they find it by `about`, their matter.
    `activity` is a number of the register (`residents.purposes`), `classes` the sum of `reading.CLASSES`, `count` how
    many people that reading showed, `trace` the same number for all of them. Narrow, because there are many.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, related_name="accesses", db_index=False)
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
            models.Index(fields=["about", "id"], condition=Q(contact=None), name="access_nameless"),
            models.Index(fields=["post", "id"], condition=Q(post__isnull=False), name="access_post"),
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
