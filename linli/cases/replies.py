"""Reply templates (答复模板): who may keep them, which fields they are for, and who is offered which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.forms import Textarea
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound
from linli.base.generations import Cached, bump
from linli.base.writing import writing
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import ReplyTemplate
from linli.cases.procedure import Step
from linli.divisions.models import Division
from linli.ledger.names import Redaction, register
from linli.ledger.records import Line, record
from linli.posts.actor import PostActor
from linli.posts.may import require

PLACEHOLDERS = ("number", "category", "place", "due")
_PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")
POWER = "templates.edit"


@dataclass(frozen=True)
class Target:
    """A field of a step that can be filled: its key `kind.step.field` and the words of step and field."""

    key: str
    label: str


def register_entries() -> None:
    """Make these names known to the ledger; called when the app starts."""
    register("templates.add", label=lambda: gettext("Reply template added"), redaction=Redaction.NO_WORDS)
    register(
        "templates.retire", label=lambda: gettext("Reply template retired"), redaction=Redaction.NO_WORDS
    )


def targets() -> list[Target]:
    """Every field of free text that staff fill in when they take a step."""
    found = []
    for kind in all_kinds():
        for step in kind.procedure.steps.values():
            if step.opens or (step.system and not step.posts):
                continue
            for name, field in kind.form(step).base_fields.items():
                if isinstance(field.widget, Textarea):
                    found.append(Target(f"{kind.name}.{step.name}.{name}", f"{step.label} · {field.label}"))
    return found


def _read(kind: str) -> list[ReplyTemplate]:
    rows = ReplyTemplate.objects.filter(kind=kind, until=None)
    return list(rows.select_related("division", "organisation").order_by("title", "pk"))


_templates: Cached[list[ReplyTemplate]] = Cached("templates", _read)


def offered(kind: str, step: Step, *, by: PostActor) -> list[ReplyTemplate]:
    """The templates for a step that this post is offered: of its area or one around it, of its body or of all."""
    return [each for each in _templates(kind) if each.step == step.name and _is_for(each, by)]


def _is_for(template: ReplyTemplate, by: PostActor) -> bool:
    low, high = template.division.span
    return low <= by.post.division.code < high and template.organisation_id in {None, by.post.organisation_id}


def kept_by(by: PostActor) -> list[ReplyTemplate]:
    """The templates of the actor's own area, for the page that keeps them."""
    rows = [row for kind in all_kinds() for row in _templates(kind.name)]
    return [row for row in rows if row.division_id == by.post.division_id]


def filled(text: str, values: dict[str, str]) -> str:
    """The text with its placeholders replaced; a value that is not known leaves a gap people see."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1]) or "____", text)


def add(key: str, title: str, text: str, *, own_body: bool, by: PostActor) -> ReplyTemplate:
    """Keep a template for the actor's area, or for the actor's own body alone."""
    require(by, POWER, within=by.post.division.code)
    if key not in {target.key for target in targets()}:
        raise Invalid(_("Choose a step and a field from the list."))
    unknown = [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]
    if unknown:
        raise Invalid(_("There is no placeholder {%(name)s}.") % {"name": unknown[0]})
    kind, step, field = key.split(".")
    body = by.post.organisation if own_body else None
    with writing():
        place = Division.objects.select_for_update().get(pk=by.post.division_id)
        if ReplyTemplate.objects.filter(
            division=place, kind=kind, step=step, title=title, until=None
        ).exists():
            raise Conflict(
                _("There is a template of this name already. Retire it first, or choose another name.")
            )
        row = ReplyTemplate.objects.create(
            division=place, organisation=body, kind=kind, step=step, field=field, title=title, text=text
        )
        bump("templates")
        record(
            Line("templates.add", by.by(), place.code, facts={"template": row.pk, "step": f"{kind}.{step}"})
        )
    return row


def retire(key: int, *, by: PostActor) -> None:
    """Stop offering a template; what was written with it stays as it is."""
    with writing():
        row = (
            ReplyTemplate.objects.select_for_update(of=("self",))
            .select_related("division")
            .filter(pk=key)
            .first()
        )
        if row is None or row.division_id != by.post.division_id:
            raise NotFound
        require(by, POWER, within=row.division.code)
        if row.until is not None:
            raise Conflict(_("This template has been retired already."))
        row.until = timezone.now()
        row.save(update_fields=["until"])
        bump("templates")
        record(Line("templates.retire", by.by(), row.division.code, facts={"template": row.pk}))


def label_of(template: ReplyTemplate) -> str:
    """The step a template is for, in words."""
    return str(kind_of(template.kind).procedure.steps[template.step].label)
