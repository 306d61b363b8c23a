"""The only tables with names, telephone numbers and addresses of people, and the log of who read them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from linli.base.ids import uuid7
from linli.residents.crypto import KEY_VERSION
from linli.residents.duty_models import Assessment, Consent, Extract, Mandate

__all__ = ["Access", "Assessment", "Consent", "Contact", "Extract", "Mandate", "Resident"]


class Contact(models.Model):
    """How to reach somebody who raised a case. Sealed; read only through `residents.reading.read`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name_sealed = models.BinaryField(default=b"")
    phone_sealed = models.BinaryField(default=b"")
    address_sealed = models.BinaryField(default=b"")
    phone_index = models.CharField(max_length=64, blank=True, db_index=True)
    key_version = models.SmallIntegerField(default=KEY_VERSION)
    language = models.CharField(max_length=10, default="zh-hans")


class Access(models.Model):
    """One reading of one person's data: who, why, what, when. Append-only; the person can see it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="accesses", db_index=False)
    at = models.DateTimeField()
    purpose = models.CharField(max_length=30)
    about = models.UUIDField(null=True)
    actor = models.CharField(max_length=10)
    post = models.BigIntegerField(null=True)
    holding = models.BigIntegerField(null=True)
    relation = models.CharField(max_length=30, blank=True)
    fields = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["contact", "id"], name="access_contact")]


class Resident(models.Model):
    """An account that somebody opened with a telephone number; what it raised is found by that contact."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="resident")
    contact = models.OneToOneField(Contact, models.PROTECT, related_name="resident")
    phone_verified = models.BooleanField(default=False)
