"""The map of a source: which column of its sheets is what. Made on a page, kept in versions, exchanged as YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml
from django.db.models import Max
from django.utils.translation import gettext as _

from linli.base.coordinates import Datum
from linli.base.errors import Conflict, Invalid
from linli.base.writing import writing
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.models import Category
from linli.exchange.models import SheetMap, Source
from linli.exchange.sheets.moments import ORDERS
from linli.exchange.sheets.roles import INCOMING, Role
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require

DATUMS = [each.value for each in Datum if each is not Datum.NONE]
MOST_VALUES = 300
LONGEST = 200
_LARGEST_FILE = 200_000


@dataclass(frozen=True)
class Body:
    """What a map says. `columns`: role to heading; `categories`: value in the sheet to our code, '' = left open."""

    kind: str
    columns: dict[str, str]
    order: str = "ymd"
    datum: str = Datum.WGS84.value
    categories: dict[str, str] = field(default_factory=dict)


def body_of(kept: SheetMap) -> Body:
    """The map as values, its columns in the order of the roles: a database need not keep the order of names."""
    said = kept.body["columns"]
    columns = {role.name: said[role.name] for role in INCOMING if role.name in said}
    return Body(**{**kept.body, "columns": columns})


def kinds_by_sheet() -> list[Kind]:
    """The kinds whose cases can be taken in by sheet."""
    return [kind for kind in all_kinds() if kind.draft is not None]


def roles_of(kind: str) -> list[Role]:
    """What a column can be for a kind: what its opening form asks, and what stands beside the case."""
    found = kind_of(kind)
    asked = found.form(found.procedure.opening).base_fields
    return [role for role in INCOMING if not role.field or role.field in asked]


def categories_offered(kind: str, by: PostActor) -> list[Category]:
    """The categories that the kind's opening form takes today."""
    found = kind_of(kind)
    asked: Any = found.form(found.procedure.opening)(by=by).fields.get("category")
    return list(asked.queryset.order_by("code")) if asked else []


def latest(source: Source) -> SheetMap | None:
    """The version in force."""
    return SheetMap.objects.filter(source=source).order_by("-version").first()


def save_map(source: Source, body: Body, *, by: PostActor) -> SheetMap:
    """Keep a new version; the same as the present one makes none. What came in before keeps its version."""
    require(by, "exchange.sheets", within=source.division.code)
    checked(body, by)
    with writing():
        _require_going(source)
        kept = latest(source)
        if kept and kept.body == asdict(body):
            return kept
        last = SheetMap.objects.filter(source=source).aggregate(last=Max("version"))["last"] or 0
        made = SheetMap.objects.create(source=source, version=last + 1, by_post=by.post, body=asdict(body))
        facts = {"source": source.code, "version": made.version}
        record(Line("exchange.map_sheets", by.by(), source.division.code, facts=facts))
    return made


def _require_going(source: Source) -> None:
    """Lock the source, so that versions are numbered one after the other; an ended one takes nothing more."""
    if Source.objects.select_for_update().filter(pk=source.pk, until=None).first() is None:
        raise Conflict(_("This outside system has been ended."))


def checked(body: Body, by: PostActor) -> None:
    """Raise Invalid with everything that is wrong with a map."""
    if body.kind not in {kind.name for kind in kinds_by_sheet()}:
        raise Invalid(_("Cases of this kind are not taken in by sheet."))
    wrong = [*_wrong_columns(body), *_wrong_words(body, by)]
    if wrong:
        raise Invalid(" ".join(wrong))


def _wrong_columns(body: Body) -> list[str]:
    roles = {role.name: role for role in roles_of(body.kind)}
    wrong = [
        _("Say which column is “%(role)s”.") % {"role": role.label}
        for role in roles.values()
        if role.needed and not body.columns.get(role.name)
    ]
    wrong += [
        _("A map knows no “%(role)s”.") % {"role": name[:40]} for name in body.columns if name not in roles
    ]
    headings = [heading for heading in body.columns.values() if heading]
    wrong += [
        _("The column “%(column)s” cannot be two things.") % {"column": heading}
        for heading in sorted({each for each in headings if headings.count(each) > 1})
    ]
    if ("longitude" in body.columns) != ("latitude" in body.columns):
        wrong.append(_("A point needs both longitude and latitude."))
    return wrong


def _wrong_words(body: Body, by: PostActor) -> list[str]:
    wrong = []
    if body.order not in ORDERS:
        wrong.append(_("Say in which order dates are written."))
    if body.datum not in DATUMS:
        wrong.append(_("Say in which system the coordinates are."))
    if len(body.categories) > MOST_VALUES:
        wrong.append(
            _("A map can hold at most %(most)d values of the category column.") % {"most": MOST_VALUES}
        )
    known = {category.code for category in categories_offered(body.kind, by)}
    wrong += [
        _("There is no category with the code “%(code)s” that reports may have.") % {"code": code[:20]}
        for code in sorted({each for each in body.categories.values() if each} - known)
    ]
    return wrong


def as_yaml(kept: SheetMap) -> str:
    """The map as a file for another place that exchanges with the same system."""
    return str(yaml.safe_dump(asdict(body_of(kept)), allow_unicode=True, sort_keys=False))


def from_yaml(content: bytes) -> Body:
    """A map from such a file; Invalid for anything else."""
    if len(content) > _LARGEST_FILE or b"&" in content:  # no aliases: they could unfold without end
        raise Invalid(_not_a_map())
    try:
        said = yaml.safe_load(content.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as trouble:
        raise Invalid(_not_a_map()) from trouble
    if not isinstance(said, dict) or set(said) - set(Body.__dataclass_fields__):
        raise Invalid(_not_a_map())
    texts = {name: said.get(name, "") for name in ("kind", "order", "datum")}
    columns, categories = said.get("columns") or {}, said.get("categories") or {}
    if not (all(isinstance(each, str) for each in texts.values()) and _plain(columns) and _plain(categories)):
        raise Invalid(_not_a_map())
    return Body(
        texts["kind"], dict(columns), texts["order"] or "ymd", texts["datum"] or DATUMS[0], dict(categories)
    )


def _plain(table: Any) -> bool:
    if not isinstance(table, Mapping):
        return False
    return all(isinstance(each, str) and len(each) <= LONGEST for pair in table.items() for each in pair)


def _not_a_map() -> str:
    return _("This file is not a map. Take one that was saved on this page (.yaml).")
