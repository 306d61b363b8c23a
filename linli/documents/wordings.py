"""Templates: those that kinds bring along (`kinds/*/papers/papers.yaml`), and which text holds for a case's place.

The house's frame (page, numbers, verification, signing places) stands in front of every text, so a template, and a
place's own one too, is one text without imports, known by one digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from linli.base.errors import NotFound
from linli.base.generations import Cached
from linli.base.yamls import read_yaml
from linli.cases.kinds import kind_of
from linli.cases.procedure import Words
from linli.documents.models import Override, Wording

FAMILY = "documents"
_HERE = Path(__file__).resolve().parent
_KINDS_FOLDER = _HERE.parent / "kinds"
_FRAME = _HERE / "papers" / "frame.typ"


@dataclass(frozen=True)
class Template:
    """A template as its kind brings it.

    `audience`: relations to the case that may read it, besides staff who see the whole case; `personal`: staff who
    open such a document leave an entry; `denial`: the step by which a party says that a signature is not theirs;
    `meaning`: what signing it says, where that is more than having received it; `special`: whoever signs it for a party
    by a power of attorney needs a special one (特别授权).
    """

    name: str
    kind: str
    label: Words
    own_text: str
    sample: Mapping[str, Any]
    audience: frozenset[str] = frozenset()
    personal: bool = True
    denial: str = ""
    meaning: Words | None = None
    special: bool = False


_templates: dict[str, Template] = {}


def load_papers() -> None:
    """Read every kind's papers; called when the app starts."""
    for kind in settings.KINDS:
        folder = _KINDS_FOLDER / kind / "papers"
        listed = folder / "papers.yaml"
        if listed.is_file():
            for name, raw in read_yaml(listed).items():
                text = (folder / f"{name}.typ").read_text(encoding="utf-8")
                known = Template(
                    f"{kind}.{name}",
                    kind,
                    Words(**raw["label"]),
                    text,
                    raw["sample"],
                    frozenset(raw.get("audience", ())),
                    raw.get("personal", True),
                    raw.get("denial", ""),
                    Words(**raw["meaning"]) if "meaning" in raw else None,
                    raw.get("special", False),
                )
                _templates[known.name] = known


def template_named(name: str) -> Template:
    """A template by `kind.name`; NotFound for any other."""
    if name not in _templates:
        raise NotFound(_("There is no such template here."))
    return _templates[name]


def all_templates() -> list[Template]:
    """Every template, kind by kind."""
    return sorted(_templates.values(), key=lambda each: each.name)


def kind_label(template: Template) -> str:
    """The kind a template belongs to, in words."""
    return str(kind_of(template.kind).procedure.label)


def framed(text: str) -> str:
    """A template's whole text: the house's frame, then its own."""
    return f"{_FRAME.read_text(encoding='utf-8')}\n{text}"


def wording_of(text: str) -> Wording:
    """The unsaved row of a template's own text."""
    whole = framed(text)
    return Wording(digest=hashlib.sha256(whole.encode()).hexdigest(), text=whole)


def wording_for(template: Template, code: int) -> Wording:
    """The text that holds at a place (17-digit code): the own one of the smallest area around it, else the kind's."""
    around = [row for row in _in_force(template.name) if row.division.span[0] <= code < row.division.span[1]]
    if not around:
        return wording_of(template.own_text)
    return min(around, key=lambda row: row.division.span[1] - row.division.span[0]).wording


def _read(name: str) -> list[Override]:
    rows = Override.objects.filter(template=name, taken_back_at=None).select_related("division", "wording")
    newest = {row.division_id: row for row in rows.order_by("version")}
    return list(newest.values())


_in_force: Cached[list[Override]] = Cached(FAMILY, _read)
