"""Writing the catalogue: proposals, edits of single rows and of whole workbooks, and taking them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.generations import bump
from linli.base.writing import writing
from linli.cases.catalogue import suggestion
from linli.cases.clocks import Term, term_of
from linli.cases.comparing import Change, Plan
from linli.cases.models import Case, Category, Responsibility, Revision, Upload
from linli.cases.models.catalogue import RowState
from linli.cases.tables import ROWS, Table, Values, table_named
from linli.divisions.models import Division
from linli.ledger.models import Entry
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import Actor, PostActor, SystemActor
from linli.posts.may import Decision, covers, may, require
from linli.posts.models import Holding, Post, PostKind


def propose(
    kind: str, category: Category, division: Division, post: Post, *, source: str, case: Case, by: Actor
) -> Responsibility:
    """Make a proposed row of an arbitration ruling (裁定): who deals with this category in this area from now on.

    It suggests nothing until an administrator adopts it; then it is cited with the case's number. Limits are those
    of the row that holds there now, else the kind's own.
    """
    today = timezone.localdate()
    known = suggestion(category, division.code, today)
    term = known.term if known else _own_limit(kind)
    with writing():
        row = Responsibility.objects.create(
            category=category,
            division=division,
            post=post,
            condition=known.row.condition if known else "",
            closing=known.row.closing if known else "",
            unit=term.unit,
            amount=term.amount,
            milestones=known.row.milestones if known else [],
            source=source,
            valid_from=today,
            state=RowState.PROPOSED,
            ruling=case,
        )
        bump("catalogue")
        facts = {"row": row.pk, "category": category.code, "post": post.pk}
        record(Line("catalogue.propose", by.by(), division.code, case.pk, facts=facts))
    return row


def _own_limit(kind: str) -> Term:
    return term_of(kind, "promise", timezone.localdate())


def require_editing(by: Actor, table: Table) -> None:
    """Raise the refusal of whoever may not edit a table; the category tree is edited at the top of the place only."""
    if isinstance(by, SystemActor):
        return
    if not isinstance(by, PostActor):
        raise NotYours
    within = by.post.division.code if table.dated else top_area()
    if may(by, "catalogue.edit", within=within) is not Decision.ALLOWED:
        raise NotYours
    require(by, "catalogue.edit", within=within)


def top_area() -> int:
    """The widest area that has an administrator: the whole place."""
    posts = Post.objects.filter(kind=PostKind.ADMINISTRATOR, until=None).select_related("division")
    areas = sorted((post.division for post in posts), key=lambda area: area.span[0] - area.span[1])
    return areas[0].code if areas else 0


def carry_out(plan: Plan, *, by: Actor) -> Revision | None:
    """Write what a plan says, all or nothing; None if it changes nothing. Raises Invalid while anything is wrong."""
    require_editing(by, plan.table)
    if plan.faults:
        raise Invalid(plan.faults[0].sentence)
    if not plan.effective:
        return None
    with writing():
        made = [step for change in plan.effective for step in _carry_out(plan, change)]
        if not plan.table.dated:
            _set_parents(plan)
        return _record(_Edit(plan.kind, plan.table, made, plan.counts), "catalogue.edit", by=by)


@dataclass(frozen=True)
class _Edit:
    """Changes of single rows, each as what some fields were and became."""

    kind: str
    table: Table
    steps: list[dict[str, Any]]
    counts: dict[str, int]
    undoes: Revision | None = None


def _record(edit: _Edit, name: str, *, by: Actor) -> Revision:
    post = by.post if isinstance(by, PostActor) else None
    revision = Revision.objects.create(
        kind=edit.kind,
        table=edit.table.name,
        at=timezone.now(),
        post=post,
        changes=edit.steps,
        undoes=edit.undoes,
        counts=edit.counts,
    )
    bump("catalogue")
    facts = {"revision": revision.pk, "table": edit.table.name, "kind": edit.kind, **edit.counts}
    record(Line(name, by.by(), post.division.code if post else 0, facts=facts))
    return revision


def _carry_out(plan: Plan, change: Change) -> list[dict[str, Any]]:
    if not plan.table.dated:
        return [_write_category(plan.kind, change)]
    if change.old is not None and list(change.fields) == ["valid_to"]:
        return [_set(change.old, valid_to=change.values["valid_to"])]
    steps = []
    if change.old is not None:
        ends = change.old.valid_from if change.replaces else change.values["valid_from"]
        steps.append(_set(change.old, valid_to=ends))
    return [*steps, _create(plan.table, change.values)]


def _create(table: Table, values: Values) -> dict[str, Any]:
    """A new row; taken back, it ends on the day it begins, so that whatever refers to it still finds it."""
    several = {name: values[name] for name in table.many}
    row: Any = table.model._default_manager.create(
        **{name: value for name, value in values.items() if name not in table.many}
    )
    for name, found in several.items():
        getattr(row, name).set(found)
    return _step(row, {"valid_to": row.valid_from}, {"valid_to": row.valid_to})


def _set(row: Any, **values: Any) -> dict[str, Any]:
    before = {name: getattr(row, name) for name in values}
    type(row)._default_manager.filter(pk=row.pk).update(**values)
    return _step(row, before, values)


def _step(row: Any, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {"row": row.pk, "before": _stored(before), "after": _stored(after)}


def _stored(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _write_category(kind: str, change: Change) -> dict[str, Any]:
    values = {name: value for name, value in change.values.items() if name != "parent"}
    known = Category.objects.filter(kind=kind, code=values["code"]).first()
    if known is None:
        row = Category.objects.create(kind=kind, **values)
        return _step(row, {"valid_to": row.valid_from}, {"valid_to": row.valid_to})
    step = _set(known, **values)
    parent = (
        Category.objects.filter(kind=kind, code=change.values["parent"]).values_list("pk", flat=True).first()
    )
    step["before"]["parent_id"], step["after"]["parent_id"] = known.parent_id, parent
    return step


def _set_parents(plan: Plan) -> None:
    """Once all new ones are there."""
    keys = dict(Category.objects.filter(kind=plan.kind).values_list("code", "pk"))
    for change in plan.effective:
        Category.objects.filter(pk=keys[change.values["code"]]).update(
            parent=keys.get(change.values["parent"])
        )


def undo(revision: Revision, *, by: Actor) -> Revision:
    """Take an edit back: every row becomes what it was. Raises Conflict where one has been changed again since."""
    table = table_named(revision.table)
    require_editing(by, table)
    with writing():
        revision = Revision.objects.select_for_update().get(pk=revision.pk)
        if Revision.objects.filter(undoes=revision).exists():
            raise Conflict(_("This edit has been taken back already."))
        _check_untouched(table, revision)
        for step in reversed(revision.changes):
            table.model._default_manager.filter(pk=step["row"]).update(**step["before"])
        steps = [
            {"row": each["row"], "before": each["after"], "after": each["before"]}
            for each in reversed(revision.changes)
        ]
        counts = {"rows": len(steps)}
        return _record(_Edit(revision.kind, table, steps, counts, revision), "catalogue.undo", by=by)


def _check_untouched(table: Table, revision: Revision) -> None:
    rows: dict[int, Any] = table.model._default_manager.in_bulk([step["row"] for step in revision.changes])
    for step in revision.changes:
        row = rows[step["row"]]
        if _stored({name: getattr(row, name) for name in step["after"]}) != step["after"]:
            raise Conflict(_("One of these rows was edited again later. Take the later edit back first."))


def decide(row: Responsibility, *, adopted: bool, by: Actor) -> Revision:
    """Adopt a proposed row from today on, ending the one it replaces, or decline it; Conflict if that was done."""
    require_editing(by, ROWS)
    if isinstance(by, PostActor) and not covers(by, row.division.code):
        raise NotFound
    today = timezone.localdate()
    with writing():
        row = Responsibility.objects.select_for_update(of=("self",)).select_related("category").get(pk=row.pk)
        if row.state != RowState.PROPOSED:
            raise Conflict(_("This proposal has been decided already."))
        if isinstance(by, PostActor) and _proposed(row, by):
            raise NotYours(_("Nobody decides on their own proposal. Somebody else has to do this."))
        steps = []
        if adopted:
            steps = [_set(old, valid_to=max(today, old.valid_from)) for old in _replaced(row, today)]
        state = RowState.ADOPTED if adopted else RowState.DECLINED
        steps.append(_set(row, state=state.value, valid_from=today))
        counts = {"adopted": int(adopted), "declined": int(not adopted), "row": row.pk}
        return _record(_Edit(row.category.kind, ROWS, steps, counts), "catalogue.decide", by=by)


def _proposed(row: Responsibility, by: PostActor) -> bool:
    """Whether the same person made the ruling that proposes a row, on whatever post."""
    own = Holding.objects.filter(account=by.holding.account_id).values("pk")
    ruled = Entry.objects.filter(about=row.ruling_id, name="catalogue.propose", holding__in=own)
    return row.ruling_id is not None and ruled.exists()


def _replaced(row: Responsibility, today: date) -> list[Responsibility]:
    rows = Responsibility.objects.filter(
        category=row.category, division=row.division, condition=row.condition, state=RowState.ADOPTED
    )
    return [each for each in rows if each.valid_to is None or each.valid_to > today]


def rows_of(post: Post) -> list[Responsibility]:
    """The rows, in force or coming, that name a post as leading or helping; proposed ones too."""
    today = timezone.localdate()
    rows = Responsibility.objects.filter(
        Q(post=post) | Q(co_posts=post), Q(valid_to=None) | Q(valid_to__gt=today)
    )
    rows = rows.exclude(state=RowState.DECLINED).select_related("category").distinct()
    return list(rows.prefetch_related("co_posts"))


def hand_rows_over(post: Post, to: Post, *, by: Actor) -> None:
    """From today on `to` stands in every row where `post` stood; the old rows end and stay readable."""
    steps: dict[str, list[dict[str, Any]]] = {}
    for row in rows_of(post):
        starts = max(timezone.localdate(), row.valid_from)
        old = {**ROWS.values_of(row), "valid_from": starts, "state": row.state, "ruling": row.ruling}
        lead = to if row.post_id == post.pk else row.post
        helping = [to if each.pk == post.pk else each for each in old["co_posts"]]
        old |= {"post": lead, "co_posts": [each for each in helping if each.pk != lead.pk]}
        made = steps.setdefault(row.category.kind, [])
        made += [_set(row, valid_to=starts), _create(ROWS, old)]
    for kind, made in steps.items():
        _record(_Edit(kind, ROWS, made, {"changed": len(made) // 2}), "catalogue.edit", by=by)


def drop_upload(upload: Upload) -> None:
    """Forget an upload that was carried out."""
    upload.delete()


def register_entries() -> None:
    """Make this module's ledger names known; called when the app starts."""
    for name, label in (
        ("catalogue.propose", lambda: gettext("Catalogue row proposed by a ruling")),
        ("catalogue.edit", lambda: gettext("Catalogue edited")),
        ("catalogue.decide", lambda: gettext("Proposed catalogue row decided")),
        ("catalogue.undo", lambda: gettext("Catalogue edit taken back")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
