"""What outside apps are offered: the categories of kinds that anybody may open and that say how (`OPEN311`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, NotFound
from linli.cases.catalogue import categories_of, conditions_of, in_force, is_sensitive, line_of
from linli.cases.kinds import Kind, all_kinds
from linli.cases.models import Category, Revision
from linli.cases.models.catalogue import Audience
from linli.cases.procedure import ANYONE
from linli.portals.open311.rendering import Node

CONDITION = "condition"


@dataclass(frozen=True)
class Service:
    """A category of a kind, as something that can be asked for."""

    kind: Kind
    category: Category

    @property
    def code(self) -> str:
        """Stays the same whatever other kinds are installed."""
        return code_of(self.kind.name, self.category)

    @property
    def conditions(self) -> list[str]:
        """The opening conditions to choose from; the time limit may depend on them."""
        return conditions_of(self.category, timezone.localdate())


def code_of(kind: str, category: Category | None) -> str:
    """The service_code of a category."""
    return f"{kind}.{category.code}" if category else kind


def argument_names(kind: Kind) -> Mapping[str, str]:
    """Argument of Open311 -> field of the kind's opening form; empty for a kind that is not offered."""
    names: Mapping[str, str] = getattr(kind.api, "OPEN311", {})
    return names if ANYONE in kind.procedure.opening.parties else {}


def offered_kinds() -> list[Kind]:
    """The kinds that outside apps may open and read."""
    return [kind for kind in all_kinds() if argument_names(kind)]


def services() -> list[Service]:
    """All that may be asked for today."""
    today = timezone.localdate()
    return [
        Service(kind, category)
        for kind in offered_kinds()
        for category in categories_of(kind.name)
        if _for_everyone(category, today)
    ]


def _for_everyone(category: Category, today: date) -> bool:
    return category.audience == Audience.EVERYONE and in_force(category, today)


def service_of(code: str) -> Service:
    """The service with a code; Invalid without one, NotFound for any other."""
    if not code:
        raise Invalid(fields={"service_code": [_("Say what it is about: a service_code from the list.")]})
    for each in services():
        if each.code == code:
            return each
    raise NotFound(_("There is no such service_code here. Take one from the list of services."))


def open_to_all() -> Q:
    """The cases anybody may know of: of a category for everyone that is not sensitive, nor anything above it."""
    found = Q(pk__in=[])
    for kind in offered_kinds():
        public = [
            category.pk
            for category in categories_of(kind.name)
            if category.audience == Audience.EVERYONE and not is_sensitive(category)
        ]
        found |= Q(kind=kind.name, category__in=public)
    return found


def listed(service: Service) -> Node:
    """A service in the list."""
    line = line_of(service.category)
    return {
        "service_code": service.code,
        "service_name": str(service.category),
        "description": " / ".join(str(each) for each in reversed(line)),
        "metadata": bool(service.conditions),
        "type": "realtime",
        "keywords": ", ".join(dict.fromkeys(name for each in line for name in (each.name_zh, each.name_en))),
        "group": str(line[1] if line[1:] else service.kind.procedure.label),
    }


def definition(service: Service) -> Node:
    """What may be asked beside the arguments everybody knows."""
    return {"service_code": service.code, "attributes": [_condition(service)] if service.conditions else []}


def _condition(service: Service) -> Node:
    return {
        "variable": True,
        "code": CONDITION,
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": _("One of the list, or nothing"),
        "order": 1,
        "description": _("Which of these fits best?"),
        "values": [{"key": each, "name": each} for each in service.conditions],
    }


def changed_at() -> str:
    """When what is offered last changed, so that it can be compared as text."""
    newest = Revision.objects.filter(kind__in=[kind.name for kind in offered_kinds()]).order_by("-id").first()
    if newest:
        return timezone.localtime(newest.at).strftime("%Y-%m-%d %H:%M")
    days = [each.category.valid_from for each in services()]
    return max(days, default=date.min).isoformat() + " 00:00"
