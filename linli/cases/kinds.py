"""The kinds that are installed, found by their folders. The one place where the core looks upward, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from linli.base.errors import NotFound, NotYours
from linli.cases.counted import Counted
from linli.cases.models import Case, let_areas_see, let_be_named, let_people_raise
from linli.cases.procedure import BY_AREA, Procedure, Step, read_procedure
from linli.ledger.names import Redaction, register
from linli.posts.powers import allow

_KINDS_FOLDER = Path(__file__).resolve().parent.parent / "kinds"


@dataclass(frozen=True)
class Kind:
    """One kind of case: its procedure, and the modules of its folder, imported when first needed."""

    name: str
    procedure: Procedure

    @cached_property
    def actions(self) -> ModuleType:
        """The module with one function per step."""
        return import_module(f"linli.kinds.{self.name}.actions")

    @cached_property
    def forms(self) -> ModuleType:
        """The module with one form per step."""
        return import_module(f"linli.kinds.{self.name}.forms")

    @cached_property
    def model(self) -> type[models.Model]:
        """The detail model: the one in models.py that has the case as its primary key."""
        module = import_module(f"linli.kinds.{self.name}.models")
        found: type[models.Model] = next(each for each in vars(module).values() if _is_detail(each))
        return found

    @cached_property
    def api(self) -> ModuleType | None:
        """What the kind says to the doors for machines, if its folder has an api.py."""
        name = f"linli.kinds.{self.name}.api"
        return import_module(name) if find_spec(name) else None

    @cached_property
    def _conditions(self) -> ModuleType | None:
        name = f"linli.kinds.{self.name}.conditions"
        return import_module(name) if find_spec(name) else None

    def condition(self, step: Step) -> Callable[[Any], str] | None:
        """What says why a step cannot be taken now, from the conditions.py of the kind; None for most steps."""
        found: Callable[[Any], str] | None = getattr(self._conditions, step.name, None)
        return found

    def reference(self, case: Case) -> Any:
        """A stand-in for the detail row, enough to hand to a step, which re-reads it under the lock."""
        return self.model(case=case)

    def detail_of(self, case: Case) -> Any:
        """The detail row of a case, and with it the case as it is now."""
        rows = self.model._default_manager.select_related(
            "case__category", "case__lead", "case__reporter", "case__division"
        )
        return rows.defer("case__division__outline").get(pk=case.pk)

    @cached_property
    def draft(self) -> Any:
        """What makes a case that is opened together with many others; None where cases open one by one only."""
        name = f"linli.kinds.{self.name}.drafting"
        return import_module(name).draft if find_spec(name) else None

    @cached_property
    def figures(self) -> tuple[Counted, ...]:
        """What is counted of its cases beyond what is counted of every kind; empty without a figures.py."""
        name = f"linli.kinds.{self.name}.figures"
        return tuple(import_module(name).FIGURES) if find_spec(name) else ()

    @cached_property
    def returned(self) -> ModuleType | None:
        """What lists in another authority's form may say of its cases; None without a returned.py."""
        name = f"linli.kinds.{self.name}.returned"
        return import_module(name) if find_spec(name) else None

    @cached_property
    def unnamed(self) -> Any:
        """What tells of a case of this kind without its people; None where nothing can."""
        name = f"linli.kinds.{self.name}.unnamed"
        return import_module(name).unnamed if find_spec(name) else None

    def function(self, step: Step) -> Any:
        """The action behind a step: same name."""
        return getattr(self.actions, step.name)

    def form(self, step: Step) -> Any:
        """The form of a step: same name in capitals, e.g. send_back -> SendBack; NotYours where only Linli takes it."""
        if step.system and not hasattr(self.forms, _capitals(step.name)):
            raise NotYours(_("Nobody takes this step by hand: Linli takes it on its day."))
        return getattr(self.forms, _capitals(step.name))

    def whole_form(self, step: Step) -> Any:
        """The form that opens a case and takes a step as well, e.g. ApplyAndSettleOrally."""
        return getattr(self.forms, _capitals(f"{self.procedure.opening.name}_and_{step.name}"))


def _capitals(name: str) -> str:
    return name.title().replace("_", "")


def _is_detail(each: object) -> bool:
    if not (isinstance(each, type) and issubclass(each, models.Model)):
        return False
    key = each._meta.pk
    return isinstance(key, models.OneToOneField) and key.related_model is Case


_kinds: dict[str, Kind] = {}


def load_kinds() -> None:
    """Read every procedure.yaml, fill the power table and the ledger's names; called when the app starts."""
    for name in settings.KINDS:
        procedure = read_procedure(_KINDS_FOLDER / name / "procedure.yaml")
        _kinds[name] = Kind(name, procedure)
        if procedure.sight == BY_AREA:
            let_areas_see(name)
        if procedure.has_parties:
            let_be_named(name, procedure.named)
        if procedure.opening.parties:
            let_people_raise(name)
        for step in procedure.steps.values():
            label = partial(str, step.label)
            allow(power(name, step), step.posts, label=label)
            register(power(name, step), label=label, redaction=Redaction.ERASE)


def power(kind: str, step: Step) -> str:
    """The name shared by the power, the ledger entry and the URL: `matters.dispatch`."""
    return f"{kind}.{step.name}"


def steps_from_above() -> list[str]:
    """The names of the steps by which a level makes a case its part that it saw figures of only."""
    return [
        power(kind.name, step)
        for kind in _kinds.values()
        for step in kind.procedure.steps.values()
        if step.from_above
    ]


def kind_of(name: str) -> Kind:
    """An installed kind; NotFound for any other name."""
    if name not in _kinds:
        raise NotFound(_("There is no such kind of case here."))
    return _kinds[name]


def all_kinds() -> list[Kind]:
    """Every installed kind by name, those that everybody in the area works with first."""
    return sorted(_kinds.values(), key=lambda kind: (kind.procedure.sight != BY_AREA, kind.name))


def step_of(kind: str, step: str) -> Step:
    """A step of a kind; NotFound for any other name."""
    steps = kind_of(kind).procedure.steps
    if step not in steps:
        raise NotFound(_("There is no such step in this procedure."))
    return steps[step]
