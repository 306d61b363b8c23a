"""The catalogue (权责清单) of each kind: the tree on the left, a table on the right, edits that can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.base.errors import NotFound, NotYours, Refusal
from linli.base.sheets import Cell
from linli.cases.catalogue import below, open_cases_under
from linli.cases.cells import Ground
from linli.cases.comparing import Complaint, Plan, compare
from linli.cases.editing import carry_out, decide, require_editing, undo
from linli.cases.kinds import Kind, all_kinds, kind_of
from linli.cases.models import Category, Responsibility, Revision
from linli.cases.models.catalogue import RowState
from linli.cases.tables import TABLES, Table, table_named
from linli.portals.desk.catalogue_forms import FilterForm, RowForm
from linli.portals.desk.catalogue_rows import COLUMNS, shown, state_of
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor
from linli.posts.may import covers

MOST_SHOWN = 300
MOST_REVISIONS = 50


def may_edit(by: PostActor, table: Table) -> bool:
    """Whether to offer editing at all."""
    try:
        require_editing(by, table)
    except Refusal:
        return False
    return True


def rows_shown(kind: str, table: Table, by: PostActor) -> QuerySet[Any]:
    """The rows of the actor's area and of the areas around it."""
    rows = table.rows(kind)
    if not table.dated:
        return rows
    low, high = by.post.division.span
    around, place = [], by.post.division
    while place.parent:
        place = place.parent
        around.append(place.pk)
    return rows.filter(Q(division__code__gte=low, division__code__lt=high) | Q(division__in=around))


@require_safe
@seated
def catalogues(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The first kind's responsibilities; the page leads on to the other kinds."""
    return redirect("desk:catalogue", all_kinds()[0].name, "rows")


@require_safe
@seated
def catalogue(request: HttpRequest, by: PostActor, kind: str, table: str) -> HttpResponse:
    """One table of a kind, narrowed by the tree and the filter."""
    found, listed = kind_of(kind), table_named(table)
    form = FilterForm(request.GET)
    form.full_clean()
    here = _category(kind, request.GET.get("category", ""))
    rows = _narrowed(rows_shown(kind, listed, by), listed, form.cleaned_data, here)
    showing = [shown(row, listed, by) for row in rows[: MOST_SHOWN + 1]]
    context = {
        **_frame(found, listed, by),
        "form": form,
        "headings": [label for label, _say, _short in COLUMNS[listed.name]],
        "rows": showing[:MOST_SHOWN],
        "more": len(showing) > MOST_SHOWN,
        "here": here,
        "above": _above(here),
        "below": Category.objects.filter(kind=kind, parent=here).order_by("code"),
        "proposals": _proposals(kind, by) if listed.name == "rows" else [],
    }
    return render(request, "desk/catalogue.html", context)


def _frame(kind: Kind, table: Table, by: PostActor) -> dict[str, Any]:
    return {
        "kind": kind,
        "kinds": all_kinds(),
        "table": table,
        "tables": TABLES.values(),
        "may_edit": may_edit(by, table),
    }


def _category(kind: str, code: str) -> Category | None:
    return Category.objects.filter(kind=kind, code=code).select_related("parent").first() if code else None


def _above(category: Category | None) -> list[Category]:
    line: list[Category] = []
    while category and category not in line:
        line.append(category)
        category = category.parent
    return line[::-1]


def _narrowed(
    rows: QuerySet[Any], table: Table, given: dict[str, str], here: Category | None
) -> QuerySet[Any]:
    if here:
        rows = rows.filter(**{("category__in" if table.dated else "pk__in"): below(here)})
    if not given.get("ended"):
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=timezone.localdate()))
    if given.get("area") and table.dated:
        area = Ground("").place(given["area"].strip())
        rows = rows.filter(division=area) if area else rows.none()
    if given.get("words"):
        rows = rows.filter(_with_words(table, given["words"].strip()))
    order = ("category__code", "division__code", "condition", "valid_from")
    return rows.order_by(
        *{"rows": order, "categories": ("code",), "admissions": ("key", "division__code")}[table.name]
    )


def _with_words(table: Table, words: str) -> Q:
    fields = {
        "rows": (
            "category__code",
            "category__name_zh",
            "category__name_en",
            "condition",
            "post__title",
            "source",
        ),
        "categories": ("code", "name_zh", "name_en"),
        "admissions": ("key", "title", "source", "category__code", "category__name_zh"),
    }[table.name]
    found = Q()
    for name in fields:
        found |= Q(**{f"{name}__icontains": words})
    return found


def _proposals(kind: str, by: PostActor) -> list[Responsibility]:
    low, high = by.post.division.span
    rows = Responsibility.objects.filter(category__kind=kind, state=RowState.PROPOSED)
    rows = rows.filter(division__code__gte=low, division__code__lt=high)
    return list(
        rows.select_related("category", "division", "post__organisation", "ruling").order_by("-pk")[
            :MOST_REVISIONS
        ]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def add(request: HttpRequest, by: PostActor, kind: str, table: str) -> HttpResponse:
    """A new row."""
    found, listed = kind_of(kind), table_named(table)
    require_editing(by, listed)
    return _row_page(request, by, (found, listed), None)


@require_http_methods(["GET", "HEAD", "POST"])
@seated
def edit(request: HttpRequest, by: PostActor, *, kind: str, table: str, row: int) -> HttpResponse:
    """One row: what a change would lie over, the form, and ending it."""
    found, listed = kind_of(kind), table_named(table)
    stored = rows_shown(kind, listed, by).filter(pk=row).first()
    if stored is None:
        raise NotFound
    require_editing(by, listed)
    if listed.dated and not covers(by, stored.division.code):
        raise NotYours(
            _("This row belongs to a larger area. Add a row for your own area; it goes first there.")
        )
    return _row_page(request, by, (found, listed), stored)


def _row_page(request: HttpRequest, by: PostActor, of: tuple[Kind, Table], stored: Any) -> HttpResponse:
    found, table = of
    ground = Ground(found.name)
    form = RowForm(table, ground, stored, request.POST if request.method == "POST" else None)
    if request.method == "POST":
        cells = _ended_today(table, stored) if "end" in request.POST and stored else form.cells()
        plan = compare(table, ground, [(0, cells)], by=by, today=timezone.localdate())
        _keep_to_the_row(plan, stored)
        if not plan.faults:
            revision = carry_out(plan, by=by)
            said = (
                _("Saved. It can be taken back under “History”.") if revision else _("Nothing was changed.")
            )
            messages.success(request, said)
            return redirect("desk:catalogue", found.name, table.name)
        form.blame(plan)
    lies_over = _lies_over(stored)
    context = {
        **_frame(found, table, by),
        "form": form,
        "row": stored,
        "lies_over": lies_over,
        "state": state_of(stored) if stored else "",
    }
    return render(request, "desk/catalogue_row.html", context, status=422 if form.is_bound else 200)


def _ended_today(table: Table, stored: Any) -> dict[str, Any]:
    cells = dict(zip((column.name for column in table.columns), table.cells_of(stored), strict=True))
    today = timezone.localdate()
    cells["valid_to"] = today
    return {name: _as_text(value) for name, value in cells.items()}


def _as_text(value: Cell) -> str:
    return value.isoformat() if isinstance(value, date) else str(value if value is not None else "")


def _keep_to_the_row(plan: Plan, stored: Any) -> None:
    """A page about one row touches no other: not one with the same code, and not by becoming another row."""
    for change in plan.changes:
        if stored is None and change.old is not None and not plan.table.dated:
            sentence = _("There is a category with this code already. Open it to change it.")
            plan.faults.append(Complaint(0, "", "", sentence))
        if stored is not None and (change.old is None or change.old.pk != stored.pk):
            names = _(", ").join(str(plan.table.column(name).label) for name in plan.table.key)
            sentence = _("%(names)s make this row what it is. To change them, end it and add a new row.")
            plan.faults.append(Complaint(0, "", "", sentence % {"names": names}))


def _lies_over(stored: Any) -> int:
    if isinstance(stored, Responsibility):
        return open_cases_under(stored.category, stored.division)
    return 0


@require_safe
@seated
def history(request: HttpRequest, by: PostActor, kind: str) -> HttpResponse:
    """The latest edits of a kind's catalogue, each with a way back."""
    found = kind_of(kind)
    require_editing(by, TABLES["rows"])
    revisions = (
        Revision.objects.filter(kind=kind).select_related("post", "undone_by", "undoes").order_by("-pk")
    )
    context = {
        **_frame(found, TABLES["rows"], by),
        "revisions": [_told(each) for each in revisions[:MOST_REVISIONS]],
    }
    return render(request, "desk/catalogue_history.html", context)


def _told(revision: Revision) -> dict[str, Any]:
    words = {
        "added": _("added"),
        "changed": _("changed"),
        "ended": _("ended"),
        "adopted": _("adopted"),
        "declined": _("declined"),
        "rows": _("put back"),
    }
    said = [f"{words[name]} {count}" for name, count in revision.counts.items() if count and name in words]
    return {
        "revision": revision,
        "table": TABLES[revision.table].label,
        "counts": " · ".join(said),
        "undone": hasattr(revision, "undone_by"),
    }


@require_POST
@seated
def take_back(request: HttpRequest, by: PostActor, kind: str, revision: int) -> HttpResponse:
    """Take an edit back."""
    found = Revision.objects.filter(kind=kind, pk=revision).first()
    require_editing(by, TABLES["rows"])
    if found is None:
        raise NotFound
    undo(found, by=by)
    messages.success(request, _("Taken back. Every row is what it was before."))
    return redirect("desk:catalogue_history", kind)


@require_POST
@seated
def decide_proposal(request: HttpRequest, by: PostActor, kind: str, row: int) -> HttpResponse:
    """Adopt or decline what a ruling proposed."""
    require_editing(by, TABLES["rows"])
    found = (
        Responsibility.objects.filter(category__kind=kind, pk=row)
        .select_related("division", "category")
        .first()
    )
    if found is None:
        raise NotFound
    adopted = request.POST.get("answer") == "adopt"
    decide(found, adopted=adopted, by=by)
    said = (
        _("Adopted from today on; the ruling is cited with it.")
        if adopted
        else pgettext("catalogue", "Declined.")
    )
    messages.success(request, said)
    return redirect("desk:catalogue", kind, "rows")
