"""The updates extension: what became of a source's own cases, and what their reporters say to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from linli.base.errors import Conflict, Invalid, NotFound, fields_called
from linli.base.text import half_width, tidy
from linli.cases.forms import PhotosField, StepForm, TidyText
from linli.cases.kinds import kind_of, power
from linli.cases.models import Case
from linli.cases.procedure import REPORTER, Procedure, Step
from linli.cases.reading import numbered
from linli.cases.steps import steps_open_to, take
from linli.exchange.sources import count_request
from linli.ledger.models import Entry
from linli.portals.open311.asking import SPAN, Wanted, readable
from linli.portals.open311.door import Asker
from linli.portals.open311.posting import photos_of, require_form
from linli.portals.open311.reading import names_opening, names_told, own_among, told
from linli.portals.open311.rendering import Node
from linli.posts.actor import PartyActor
from linli.web.times import instant

OPEN, FIXED, CLOSED, NOTHING_MORE, REOPEN = "OPEN", "FIXED", "CLOSED", "NO_FURTHER_ACTION", "REOPEN"
SAYS_SOLVED = {FIXED, CLOSED}
SAYS_UNSOLVED = {OPEN, REOPEN}
# What FixMyStreet adds when somebody writes to a report that its own staff gave a finer state: words, no verdict.
SAYS_NEITHER = {
    "IN_PROGRESS",
    "INVESTIGATING",
    "ACTION_SCHEDULED",
    "DUPLICATE",
    "INTERNAL_REFERRAL",
    "NOT_COUNCILS_RESPONSIBILITY",
    NOTHING_MORE,
}


def updates(asker: Asker, wanted: Wanted) -> list[Node]:
    """The published steps of the source's own cases, oldest first; of the last 90 days unless it says which."""
    start = wanted.start or timezone.now() - SPAN
    sent = Case.objects.within(asker.span).filter(foreign__source=asker.known)
    going_on = sent.filter(Q(closed_at=None) | Q(closed_at__gte=start - timedelta(days=1)))
    entries = Entry.objects.filter(
        about__in=going_on.values("pk"), name__in=set(names_told()) - names_opening(), recorded_at__gte=start
    )
    if wanted.end:
        entries = entries.filter(recorded_at__lte=wanted.end)
    found = list(entries.select_related("detail").order_by("recorded_at", "id")[wanted.rows])
    cases = sent.in_bulk({entry.about for entry in found})
    return [_update(entry, cases[entry.about]) for entry in found if entry.about]


def _update(entry: Entry, case: Case) -> Node:
    procedure = kind_of(case.kind).procedure
    stage = str(entry.facts.get("to") or case.stage)
    return {
        "update_id": str(entry.pk),
        "service_request_id": case.number,
        "status": status_in(procedure, stage),
        "updated_datetime": instant(entry.recorded_at),
        "description": told(entry),
        "external_status_code": stage,
        "media_url": None,
    }


def status_in(procedure: Procedure, stage: str) -> str:
    """How a stage stands for the reporter: FIXED while it waits for the reporter's word, CLOSED only after it."""
    last_words = [step for step in procedure.steps.values() if _is_last_word(procedure, step)]
    if procedure.stages[stage].ends:
        return CLOSED if any(stage in step.targets for step in last_words) else NOTHING_MORE
    return FIXED if any(stage in step.leaves for step in last_words) else OPEN


def _is_last_word(procedure: Procedure, step: Step) -> bool:
    """Whether the reporter ends the case with this step: it is solved."""
    return REPORTER in step.parties and any(procedure.stages[each].ends for each in step.targets)


@dataclass(frozen=True)
class Said:
    """What the reporter says through the source: the state the case should be in, the words, and photos."""

    status: str
    words: str
    photos: list[Any]


def take_update(asker: Asker) -> Node:
    """Take the step that an update means: confirm, contest, reopen, or add something; else refuse with a sentence."""
    source = asker.known
    require_form(asker.request)
    given = {name: tidy(str(value)) for name, value in asker.request.POST.items()}
    case = _own_case(asker, given.get("service_request_id", ""))
    status = given.get("status", "").upper().replace(" ", "_")
    said = Said(status, given.get("description", ""), photos_of(asker.request))
    if said.status not in SAYS_SOLVED | SAYS_UNSOLVED | SAYS_NEITHER:
        raise Invalid(fields={"status": [_("Send OPEN, REOPEN, FIXED or CLOSED.")]})
    entry = _said_before(case, said)
    notice = (
        _("Links are not opened; send photos as files named “media”.") if given.get("media_url") else None
    )
    if entry is None:
        if not _take(case, said):
            notice = _("The photos were not kept: this step takes none.")
        entry = _newest_word(case)
        count_request(source, taken=1)
    else:
        count_request(source, known=1)
    return {"update_id": str(entry.pk) if entry else None, "service_notice": notice}


def _own_case(asker: Asker, number: str) -> Case:
    if not number:
        raise Invalid(fields={"service_request_id": [_("Say which request this is about.")]})
    found = numbered(number) if readable(half_width(number)) else None
    if found is None or not own_among(asker.known, [found]):
        raise NotFound(_("You sent no request with this service_request_id."))
    return found


def _newest_word(case: Case) -> Entry | None:
    """The reporter's last step; the one that opened the case does not count."""
    opening = power(case.kind, kind_of(case.kind).procedure.opening)
    words = Entry.objects.filter(about=case.pk, relation=REPORTER).exclude(name=opening)
    return words.select_related("detail").order_by("-id").first()


def _said_before(case: Case, said: Said) -> Entry | None:
    """The reporter's last step, when it says exactly this: an update that is sent again. Photos alone say nothing."""
    entry, words = _newest_word(case), said.words
    if entry is None or (said.photos and not words):
        return None
    detail = getattr(entry, "detail", None)
    written = [each for each in ((detail.words or {}) if detail else {}).values() if each]
    return entry if written == ([words] if words else []) else None


def _take(case: Case, said: Said) -> bool:
    """Take the step that is meant; whether its photos were kept."""
    by = PartyActor(REPORTER, case.pk)
    kind = kind_of(case.kind)
    step = _step_meant(kind.procedure, steps_open_to(by, case), said)
    if step is None:
        stage = kind.procedure.stages[case.stage].label
        raise Conflict(
            _("%(number)s is now “%(stage)s”; the reporter can add nothing to it in this way.")
            % {"number": case.number, "stage": stage}
        )
    names = _names(kind.form(step))
    files = MultiValueDict({names[PhotosField]: said.photos}) if PhotosField in names else None
    with fields_called({names[TidyText]: "description", names.get(PhotosField, ""): "media"}):
        take(case, step.name, {names[TidyText]: said.words}, by=by, seen=case.version, files=files)
    return files is not None or not said.photos


def _step_meant(procedure: Procedure, steps: list[Step], said: Said) -> Step | None:
    """The one step that fits: the last word where it is solved, one that has it go on where not, else one that adds."""
    fitting: list[Step] = []
    if said.status in SAYS_SOLVED:
        fitting = [step for step in steps if _is_last_word(procedure, step)]
    elif said.status in SAYS_UNSOLVED:
        fitting = [step for step in steps if step.targets and not _is_last_word(procedure, step)]
    adding = [step for step in steps if not step.targets and not step.start and not step.stop]
    return next(iter(fitting or adding), None)


def _names(form: type[StepForm]) -> dict[type, str]:
    """What a step's form calls the words, and the photos where it takes some."""
    fields = reversed(form.base_fields.items())
    return {
        kind: name for name, field in fields for kind in (TidyText, PhotosField) if isinstance(field, kind)
    }
