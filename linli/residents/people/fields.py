"""The table of fields: what is kept about residents, what for, on what basis, how long. What is not in it is not kept.

`months` count from the day somebody died or moved away (for a household: from the day the last one left it). A place
may ask for less and keep it shorter, by dated rows of its own; longer than here it cannot. A field that is not
`asked` needs such a row first, with the purpose that needs it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.base.errors import Invalid
from linli.base.text import tidy
from linli.base.writing import writing
from linli.divisions.models import Division
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require
from linli.residents.crypto import seal
from linli.residents.models import FieldRule, Guardianship, SealedRow
from linli.residents.sealing import place_of

RULES = "residents.rules"
_DUTY = "个人信息保护法 13(3)、34"  # a statutory duty, within statutory limits
_CONSENT = "个人信息保护法 13(1)"
_GUARDED = "民法典 27-36；个人信息保护法 28、31"


@dataclass(frozen=True)
class Field:
    """One row of the table."""

    name: str
    table: str
    label: Callable[[], str]
    purpose: Callable[[], str]
    basis: str
    months: int
    asked: bool = True


_FIELDS = {
    field.name: field
    for field in (
        Field(
            "name",
            "person",
            lambda: pgettext("personal data", "name"),
            lambda: _("To know whom a service is for"),
            _DUTY,
            24,
        ),
        Field(
            "phone",
            "person",
            lambda: pgettext("personal data", "telephone number"),
            lambda: _("To reach you, and to find your record when you call or come in"),
            _CONSENT,
            6,
        ),
        Field(
            "document",
            "person",
            lambda: pgettext("personal data", "identity document"),
            lambda: _("To tell you from others of the same name, where a service demands it"),
            _DUTY,
            12,
        ),
        Field(
            "birth",
            "person",
            lambda: pgettext("personal data", "date of birth"),
            lambda: _("For services that depend on age"),
            _DUTY,
            12,
            asked=False,
        ),
        Field(
            "language",
            "person",
            lambda: pgettext("personal data", "language"),
            lambda: _("To speak with you in the language you choose"),
            _CONSENT,
            6,
        ),
        Field(
            "end",
            "person",
            lambda: pgettext("personal data", "why the record ended"),
            lambda: _("So that nobody is written to who has died or moved away"),
            _DUTY,
            24,
        ),
        Field(
            "address",
            "household",
            lambda: pgettext("personal data", "address"),
            lambda: _("To know where you live, for visits and emergencies"),
            _DUTY,
            24,
        ),
        Field(
            "relation",
            "member",
            lambda: pgettext("personal data", "place in the household"),
            lambda: _("To know whom to ask when somebody of the household needs help"),
            _CONSENT,
            24,
        ),
        Field(
            "region",
            "residence",
            lambda: pgettext("personal data", "registered residence"),
            lambda: _("For services that the place of registration pays for; it decides nothing here"),
            _CONSENT,
            24,
        ),
        Field(
            "guardian",
            "guardianship",
            lambda: pgettext("personal data", "name of a guardian"),
            lambda: _("To know who acts for a child, or for somebody a court has found unable to"),
            _GUARDED,
            36,
        ),
        Field(
            "number",
            "guardianship",
            lambda: pgettext("personal data", "telephone number of a guardian"),
            lambda: _("So that a guardian who signs in is known"),
            _GUARDED,
            6,
        ),
        Field(
            "born",
            "guardianship",
            lambda: pgettext("personal data", "date of birth of somebody with guardians"),
            lambda: _("So that a guardian agrees below fourteen, and nobody acts for them from eighteen on"),
            _GUARDED,
            12,
        ),
        Field(
            "terms",
            "guardianship",
            lambda: pgettext("personal data", "why somebody has a guardian, and who it is"),
            lambda: _("To show from which paper it is known, and when it ends"),
            _GUARDED,
            36,
        ),
    )
}


def all_fields() -> list[Field]:
    """Every field, as the product has it."""
    return list(_FIELDS.values())


def field_named(name: str) -> Field:
    """A row of the table; ValueError for a field without one: it may not be stored."""
    if name not in _FIELDS:
        raise ValueError(f"{name!r} is not in the table of fields: no purpose, no basis, no period.")
    return _FIELDS[name]


def rule_of(name: str, division: Division, on: date | None = None) -> Field:
    """The row that holds at a place on a day: the nearest of the place's own, never longer than the product's."""
    field = field_named(name)
    own = own_rule(name, division, on or timezone.localdate())
    if own is None:
        return field
    return replace(field, asked=own.asked, basis=own.basis, months=min(own.months, field.months))


def own_rule(name: str, division: Division, day: date) -> FieldRule | None:
    """What the nearest place around has decided about something kept, as of a day; None where none has."""
    in_force = Q(valid_to=None) | Q(valid_to__gt=day)
    rows = FieldRule.objects.filter(in_force, field=name, valid_from__lte=day).select_related("division")
    around = [row for row in rows if row.division.contains(division)]
    return max(around, key=lambda row: (row.division.level, row.pk), default=None)


def put(row: SealedRow | Guardianship, division: Division, **texts: str) -> None:
    """Seal texts into a row's columns, each by its row in the table; Invalid for what this place does not ask for."""
    for name, text in texts.items():
        field = rule_of(name, division)
        if text and not field.asked:
            raise Invalid(
                _("%(field)s is not kept here: no service of this place needs it.") % {"field": field.label()}
            )
        setattr(row, f"{name}_sealed", seal(text, place_of(row, name)))


@dataclass(frozen=True)
class Decided:
    """What a place decides about a field."""

    field: str
    asked: bool
    basis: str
    months: int
    valid_from: date


def set_rule(division: Division, decided: Decided, *, by: PostActor) -> FieldRule:
    """Ask for a field or stop asking, and keep it shorter, from a day; what was decided before ends there."""
    require(by, RULES, within=division.code)
    field = field_named(decided.field)
    if decided.months > field.months:
        raise Invalid(
            fields={"months": [_("It may be kept for at most %(count)d months.") % {"count": field.months}]}
        )
    return write_rule(division, decided, by=by)


def write_rule(division: Division, decided: Decided, *, by: PostActor) -> FieldRule:
    """Keep what a place has decided; whoever calls this has checked the months and who decides."""
    basis = tidy(decided.basis)
    if not basis:
        raise Invalid(fields={"basis": [_("Name the article that allows it, or the service that needs it.")]})
    with writing():
        before = FieldRule.objects.filter(division=division, field=decided.field, valid_to=None)
        before.filter(valid_from__gte=decided.valid_from).delete()
        before.update(valid_to=decided.valid_from)
        row = FieldRule.objects.create(
            division=division,
            field=decided.field,
            asked=decided.asked,
            basis=basis[:100],
            months=decided.months,
            valid_from=decided.valid_from,
        )
        facts = {"field": decided.field, "asked": decided.asked, "months": decided.months, "rule": row.pk}
        record(Line("residents.set_field", by.by(), division.code, facts=facts))
    return row
