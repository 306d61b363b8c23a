"""Who else a case is between (对方当事人): further parties beside whoever raised it (docs/adr/0021)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from linli.base.ids import uuid7
from linli.cases.models.case import Case
from linli.posts.actor import Side
from linli.residents.models import Contact


class Party(models.Model):
    """One party of a case, by one contact, from a moment until another.

    `nr` is theirs in the case for good: 1, 2 ...; the reporter is 0, and has a row only after a new number was put in
    for them. Whoever gets a new number gets a new row, and with it another follow code: the old one opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="parties", db_index=False)
    role = models.CharField(max_length=30)
    nr = models.SmallIntegerField()
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="parties")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "nr"], name="party_case")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "nr"], condition=Q(left_at=None), name="party_once"),
            models.UniqueConstraint(fields=["case", "contact"], name="party_contact"),
        ]

    @property
    def side(self) -> Side:
        """As an actor carries it."""
        return Side(self.pk, self.role, self.nr)
