"""Lists in a form that another authority prescribes: a map file says which column holds what, in whose codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.utils.translation import gettext as _

from linli.base.errors import Invalid, NotFound
from linli.base.yamls import read_yaml
from linli.cases.kinds import Kind
from linli.cases.models import Case
from linli.cases.procedure import Words


@dataclass(frozen=True)
class Value:
    """What one case says in a column: in words, and by our code where there is one."""

    words: str
    code: str = ""


@dataclass(frozen=True)
class Column:
    """A column: its heading, which of the kind's values it holds, and their codes by ours; without codes the words."""

    heading: str
    source: str
    codes: Mapping[str, str] = field(default_factory=dict)

    def cell(self, value: Value) -> str:
        """What stands in the cell; empty where the map has no code for it."""
        return self.codes.get(value.code, "") if self.codes else value.words


@dataclass(frozen=True)
class Form:
    """A prescribed list of one kind."""

    name: str
    label: Words
    columns: Sequence[Column]


def forms_of(kind: Kind) -> list[Form]:
    """The lists of a kind: those it brings along, and those a place put into its home, which win by name."""
    if kind.returned is None:
        return []
    own = Path(kind.returned.__file__ or "").parent / "returns"
    files = {path.stem: path for folder in (own, _home(kind)) for path in sorted(folder.glob("*.yaml"))}
    return [_read(path, kind) for path in files.values()]


def form_named(kind: Kind, name: str) -> Form:
    """One list of a kind; NotFound for any other name."""
    found = next((form for form in forms_of(kind) if form.name == name), None)
    if found is None:
        raise NotFound
    return found


def _home(kind: Kind) -> Path:
    return Path(settings.RETURNS_ROOT) / kind.name


def _read(path: Path, kind: Kind) -> Form:
    wrong = _("The map file %(file)s cannot be used: %(what)s. Please tell whoever runs Linli here.")
    try:
        raw = read_yaml(path)
        columns = [_column(each) for each in raw["columns"]]
        form = Form(path.stem, Words(**raw["label"]), columns)
    except (yaml.YAMLError, OSError, UnicodeDecodeError, KeyError, TypeError, AttributeError) as trouble:
        raise Invalid(wrong % {"file": path.name, "what": str(trouble)[:200]}) from trouble
    known = kind.returned.VALUES if kind.returned else {}
    if strange := [each.source for each in columns if each.source not in known]:
        raise Invalid(wrong % {"file": path.name, "what": ", ".join(strange)})
    return form


def _column(raw: Mapping[str, Any]) -> Column:
    codes = {str(ours): str(theirs) for ours, theirs in (raw.get("codes") or {}).items()}
    return Column(str(raw["heading"]), str(raw["from"]), codes)


def rows_in(form: Form, kind: Kind, cases: Iterable[Case]) -> Iterator[list[str]]:
    """The rows of a list, one for each case."""
    returned: Any = kind.returned
    for detail in returned.details(cases):
        yield [each.cell(returned.VALUES[each.source](detail)) for each in form.columns]
