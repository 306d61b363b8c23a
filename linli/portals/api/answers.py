"""What the API answers: plain values in JSON, instants with the place's offset, codes as trimmed strings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from linli.cases.kinds import Kind, kind_of
from linli.cases.models import Case
from linli.cases.opening import Opened
from linli.cases.procedure import Step
from linli.cases.sight import Sight, sight_of
from linli.cases.steps import steps_open_to
from linli.cases.story import Happening, story_for_reporter, story_for_staff
from linli.cases.walking import Page
from linli.documents.showing import Shown, papers_of
from linli.posts.actor import Actor, PartyActor, PostActor
from linli.residents.access import MATTERS
from linli.residents.models import How
from linli.residents.purposes import OVERSEE, WORK
from linli.residents.showing import reading_as, show
from linli.web.times import instant


def as_json(content: Mapping[str, Any], *, status: int = 200) -> JsonResponse:
    """An answer; Chinese stays readable."""
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})


def receipt(request: HttpRequest, kind: str, opened: Opened) -> JsonResponse:
    """What the sender of a new case keeps; 200 instead of 201 when the same request had come before.

    Who said that it is the same as another one also gets the number it `follows`; null if that one has just ended.
    """
    address = f"{request.scheme}://{request.get_host()}{request.path_info}/{opened.number}"
    content = {
        "number": opened.number,
        "follow_code": opened.follow_code,
        "status_url": address,
        "promised_by": instant(opened.promised_by),
    }
    if opened.follows is not None:
        content["follows"] = opened.follows or None
    response = as_json(content, status=200 if opened.again else 201)
    response["Location"] = address
    return response


def state(case: Case, *, by: Actor) -> JsonResponse:
    """A case as it is now and as the asker may see it, with the version in `version` and ETag."""
    kind = kind_of(case.kind)
    detail = kind.detail_of(case)
    case = detail.case
    show(case.whose, MATTERS)
    if isinstance(by, PostActor):
        reading_as(WORK if by.post.pk in {case.lead_id, case.opened_by_id} else OVERSEE, How.ANSWER)
    told = story_for_staff(case, by=by) if isinstance(by, PostActor) else story_for_reporter(case, _nr(by))
    content = {
        **row(case),
        "recorded_at": instant(case.recorded_at),
        "detail": _shown(kind, detail, by),
        "story": [_happening(each) for each in told],
        "steps": [_open_step(case, step) for step in steps_open_to(by, case)],
    }
    response = as_json(content)
    response["ETag"] = f'"{case.version}"'
    return response


def _nr(by: Actor) -> int:
    return by.nr if isinstance(by, PartyActor) else 0


def listed(page: Page) -> JsonResponse:
    """One page of a list; `next` is the key of the following one."""
    return as_json({"cases": [row(case) for case in page.rows], "next": page.next_key or None})


def row(case: Case) -> dict[str, Any]:
    """What is common to every case."""
    procedure = kind_of(case.kind).procedure
    return {
        "number": case.number,
        "kind": case.kind,
        "stage": case.stage,
        "label": str(procedure.stages[case.stage].label),
        "version": case.version,
        "summary": case.summary,
        "place": {"code": case.division.trimmed, "name": case.division.name},
        "at": instant(case.at),
        "promised_by": instant(case.due),
        "closed_at": instant(case.closed_at),
        "outcome": case.outcome or None,
        "outcome_label": str(procedure.outcomes[case.outcome]) if case.outcome else None,
    }


def _happening(each: Happening) -> dict[str, Any]:
    return {
        "step": each.step,
        "label": each.label,
        "at": instant(each.at),
        "by": each.post or each.relation,
        "next": each.facts.get("next_post_title") or None,
        "words": each.words,
    }


def _open_step(case: Case, step: Step) -> dict[str, str]:
    address = reverse("api:step", args=(case.kind, case.number, step.name))
    return {"step": step.name, "label": str(step.label), "url": address}


def papers(case: Case, *, by: Actor) -> JsonResponse:
    """The documents of a case that the asker may read, the newest first."""
    return as_json({"papers": [_paper(case, each) for each in papers_of(case, by=by)]})


def _paper(case: Case, shown: Shown) -> dict[str, Any]:
    document = shown.document
    return {
        "template": document.template,
        "title": shown.title,
        "version": document.version,
        "state": document.state,
        "at": instant(document.made_at),
        "digest": document.digest,
        "verification_code": shown.code,
        "url": reverse("api:paper", args=(case.kind, case.number, document.pk)),
    }


def _shown(kind: Kind, detail: Any, by: Actor) -> dict[str, Any]:
    """What the kind's api.py shows of its own row, less of it to a post that does not see the whole case."""
    shown: dict[str, str] = getattr(kind.api, "SHOWN", {})
    if isinstance(by, PostActor) and sight_of(detail.case, by=by) is not Sight.WHOLE:
        shown = {name: shown[name] for name in getattr(kind.api, "PUBLISHED", ())}
    return {name: plain(_followed(detail, path)) for name, path in shown.items()}


def _followed(detail: Any, path: str) -> Any:
    return reduce(lambda found, name: getattr(found, name, None), path.split("."), detail)


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
