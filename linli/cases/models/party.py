"""Who else a case is between (对方当事人): further parties beside whoever raised it (docs/adr/0021)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from linli.base.ids import uuid7
from linli.cases.models.case import Case
from linli.posts.actor import Agency, Side
from linli.residents.models import Contact


class Basis(models.TextChoices):
    """By what somebody acts for a party."""

    NONE = "", "—"
    GUARDIAN = "guardian", _("Guardian, by law")
    ATTORNEY = "attorney", _("By a power of attorney")


class Party(models.Model):
    """One party of a case, by one contact, from a moment until another.

    `nr` is theirs in the case for good: 1, 2 ...; the reporter is 0, and has a row only after a new number was put in
    for them. Whoever gets a new number gets a new row, and with it another follow code: the old one opens nothing.
    `acts_for`: the number of the party somebody only acts for, by which `basis`, from which day until which (both
    included; empty: no end is known); `special`: also for what needs a special power (docs/adr/0038).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="parties", db_index=False)
    role = models.CharField(max_length=30)
    nr = models.SmallIntegerField()
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="parties")
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    acts_for = models.SmallIntegerField(null=True)
    basis = models.CharField(max_length=10, choices=Basis.choices, default="", blank=True)
    special = models.BooleanField(default=False)
    acts_from = models.DateField(null=True)
    acts_until = models.DateField(null=True)

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

    @property
    def agency(self) -> Agency | None:
        """By what somebody acts for another party by this row; None for a party itself."""
        if self.acts_for is None:
            return None
        by_law = self.basis == Basis.GUARDIAN
        return Agency(self.pk, self.nr, self.special or by_law, by_law, self.acts_from, self.acts_until)

    @property
    def powers(self) -> str:
        """By what and how far somebody acts for another, in words."""
        if self.basis == Basis.GUARDIAN:
            return str(Basis.GUARDIAN.label)
        return str(_("Special power") if self.special else _("General power"))
