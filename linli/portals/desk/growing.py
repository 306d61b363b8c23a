"""A case of another kind that grows out of one on the desk: linked from the start, with what is known filled in."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from linli.base.errors import NotFound
from linli.cases.forms import StepForm
from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case, areas_see
from linli.cases.offering import kinds_to_open
from linli.cases.reading import case_for
from linli.divisions.codes import Level
from linli.posts.actor import PostActor

FIELD = "from"
_SAME = ("text", "landmark", "longitude", "latitude")  # what kinds call alike


def source_of(request: HttpRequest, by: PostActor, kind: Kind) -> Case | None:
    """The case it grows out of, if one is named; NotFound when the actor may not see it or no link may lead there.

    A link from what an area sees to what only tasks give sight of would tell that there is one; where the procedure
    says that it `grows`, nothing of it stands in the one it grows out of, and only who sees both sees the link.
    """
    number = (request.POST if request.method == "POST" else request.GET).get(FIELD, "")
    if not number:
        return None
    found = case_for(by, number)
    if kind not in kinds_beside(found, by):
        raise NotFound
    return found


def kinds_beside(case: Case, by: PostActor) -> list[Kind]:
    """The kinds of which the actor may open a case that grows out of this one."""
    if not areas_see(case.kind) or _answered_by_steps(case):
        return []
    offered = [each for each in kinds_to_open(by) if areas_see(each.name) or each.procedure.grows]
    return [each for each in offered if each.name != case.kind]


def _answered_by_steps(case: Case) -> bool:
    """Whether places answer in steps of their own, which open what they find: nothing grows past such an answer."""
    return any(step.alongside for step in kind_of(case.kind).procedure.steps.values())


def grown(form: StepForm, source: Case | None) -> StepForm:
    """The opening form with the source at hand, and what is known of it filled in as long as nobody has typed."""
    form.grown_from = source  # type: ignore[attr-defined]
    if source is None or form.is_bound:
        return form
    detail = kind_of(source.kind).detail_of(source)
    known = {name: getattr(detail, name, None) for name in _SAME if name in form.fields}
    form.initial.update({name: value for name, value in known.items() if value not in {None, ""}})
    if "text" in form.fields:
        form.initial.setdefault("text", source.summary)
    if "division" in form.fields and (place := _place(form.fields["division"], source)):
        form.initial["division"] = form.fields["division"].initial = place
    return form


def _place(field: forms.Field, source: Case) -> str:
    """The code of its place, or of the one above, as far as the form offers it."""
    line = [
        place for place in (source.division, source.division.parent) if place and place.level >= Level.VILLAGE
    ]
    codes = [place.trimmed for place in line]
    if not isinstance(field.widget, forms.Select):
        return next(iter(codes), "")
    offered: set[str] = set()
    for value, label in field.widget.choices:
        offered |= {str(code) for code, _name in label} if isinstance(label, list) else {str(value)}
    return next((code for code in codes if code in offered), "")
