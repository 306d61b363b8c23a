"""A kind with `sight: tasks`: a post that has no task in a case finds it nowhere, at no address and by no word.

Here matters are made such a kind, because they have every page a case can have; so the whole desk is walked.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from linli.base.errors import Conflict, NotFound, NotYours
from linli.cases import lists
from linli.cases.call_figures import queue_of
from linli.cases.copying import copy_to
from linli.cases.duplicates import relate_to
from linli.cases.handover import give_up_post
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case, Export, ExportState, Link, Notice, Task
from linli.cases.models.attachment import PICTURE, SCAN
from linli.cases.narrowing import Narrowing
from linli.cases.notices import stuck_within
from linli.cases.procedure import ASKED
from linli.cases.reading import case_for
from linli.cases.search import fold
from linli.cases.sight import Sight, keep_from, keep_no_longer, sight_of
from linli.cases.steps import steps_open_to
from linli.documents.contents import Contents
from linli.documents.making import digest_of
from linli.documents.models import Document
from linli.documents.wordings import template_named, wording_of
from linli.exchange.models import Foreign, Reply, ReplyForm, Return, Source
from linli.exchange.sheets.conftest import REPLY_COLUMNS, reply_book
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence_all
from linli.portals.api.conftest import _no_limits  # noqa: F401  a walk is faster than people
from linli.posts import tokens
from linli.posts.actor import PartyActor, SystemActor
from linli.residents.crypto import seal
from tests.doors import DOORS, ours
from tests.scenes import a_case

pytestmark = pytest.mark.once

SOUGHT, SECRET = "石榴树下", "丙寅乙丑"
# Beside whoever has the task, below, above, from another town, for the whole county, and with power over its settings.
STRANGERS = (
    *("chengguan_dispatcher", "东门社区第一网格", "county_head", "liuhe_clerk", "call_taker"),
    "administrator",
)
FURTHER = ("chengguan_checker", "chengguan_team", "head_东门社区", "county_clerk", "county_dispatcher")
FILES = {"csv", "xlsx"}


@pytest.fixture
def by_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Area gives no sight of any kind."""
    monkeypatch.setattr("linli.cases.models.case._seen_by_area", set())


@pytest.fixture
def hidden(by_tasks: None, world: Any) -> Case:
    """A case with a photo, a stuck notice and a link, in the hands of 城关街道's clerk."""
    given = a_case(world)
    case = Case.everywhere.get(number=given["number"])
    text = f"{SOUGHT}{SECRET}"
    Case.everywhere.filter(pk=case.pk).update(summary=text)
    case.matter.text = text
    case.matter.save()
    other = Case.everywhere.get(number=a_case(world)["number"])
    Link.objects.create(source=other, target=case, relation="related")
    Notice.objects.create(case=case, step="accept", channel="sms", state="stuck", next_try=timezone.now())
    sequence_all()
    while fold():
        pass
    case.refresh_from_db()
    a_document_of(case)
    return case


def a_document_of(case: Case) -> None:
    """A document of the case that says its secret."""
    wording = wording_of(template_named("matters.result").own_text)
    wording.save()
    document = Document(case=case, template="matters.result", wording=wording, version=1, state="final")
    document.salt, document.code, document.made_at = "00" * 16, "ACDEFGHJKMNP", case.at
    data = Contents(title=SECRET, number=case.number).as_data()
    document.data_sealed = seal(json.dumps(data), f"documents_document/{document.pk}/data")
    document.digest = digest_of(document, data)
    document.save(force_insert=True)


def an_export_of(case: Case, world: Any) -> Export:
    """A list with telephone numbers into which the case has come all the same."""
    by, now = world.by("chengguan_clerk"), timezone.now()
    return Export.objects.create(
        post=by.post, holding=by.holding, listing="to_do", form="csv", state=ExportState.ASKED, rows=1,
        purpose="call_back_many", reason="x", cases=[str(case.pk)], asked_at=now, until=now + timedelta(days=1),
    )  # fmt: skip


def a_return_of(case: Case, world: Any) -> dict[str, Any]:
    """A source that sent the case in, waits for more about it, and got an interim answer."""
    by = world.by("administrator").post
    code = f"sent-{Source.objects.count()}"
    source = Source.objects.create(code=code, name="12345", division=world.county)
    foreign = Foreign.objects.create(source=source, number="S-1", case=case)
    form = ReplyForm.objects.create(
        source=source, version=1, by_post=by, content=reply_book(), heading=2, columns=REPLY_COLUMNS
    )
    back = Return.objects.create(source=source, form=form, by_post=by)
    Reply.objects.create(back=back, foreign=foreign, final=False, text=SECRET, answered_at=case.at)
    return {"code": code, "key": back.pk}


def parameters(case: Case, world: Any, route: str) -> dict[str, Any]:
    """What fills an address: the hidden case wherever one is asked for, else what the table of doors has."""
    picture, scan = (Attachment.objects.get(case=case, media_type=each).pk for each in (PICTURE, SCAN))
    own = {"number": case.number, "other": case.number, "kind": "matters", "step": "accept"}
    own |= {"photo": picture, "scan": scan}
    own["party"] = 0
    own["paper"] = Document.objects.get(case=case).pk
    if "<" not in route or "<str:number>" in route or route.startswith(("photos/", "api/")):
        return {**own, "key": picture, "note": picture}
    if "exports/<uuid:key>" in route:
        return {"key": an_export_of(case, world).pk}
    if "returned/" in route or route.endswith("owed/"):
        return a_return_of(case, world)
    if "<uuid:notice>" in route:
        return {"notice": Notice.objects.get(case=case, state="stuck").pk}
    return {
        **DOORS[route].fill(world),
        **({"post": world.posts["chengguan_clerk"].pk} if "post" in route else {}),
    }


def requests(case: Case, world: Any) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, address and data of everything staff can ask for."""
    for route in ours():
        if not route.startswith(("desk/", "field/", "photos/", "api/")):
            continue
        filled = parameters(case, world, route)
        address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found, filled=filled: str(filled[found[1]]), route)
        yield "get", address, {}
        yield "post", address, {**dict(DOORS[route].data), "seen": "1", "version": "1"}
    for query in ({"words": SOUGHT}, {"stage": "matters"}, {"stage": "matters.reported"}, {"state": "open"}):
        for name in lists.LISTS:
            yield "get", "/desk/" if name == "to_do" else f"/desk/{name}/", query
            for form in FILES:
                yield "post", "/desk/exports/make/", {"list": name, "form": form, **query}
        yield "get", "/desk/exports/contacts/", {"list": "area", **query}
    yield "get", "/desk/area/", {"words": case.number}
    yield "get", f"/desk/cases/{a_case(world)['number']}/similar/", {"other": case.number}
    yield "post", "/desk/bulk/", {"step": "matters.accept", "pick": f"{case.number}:1", "confirmed": "1"}
    yield "get", "/api/v1/matters", {"words": SOUGHT}


def said(response: Any) -> str:
    """Everything in an answer, also inside a workbook."""
    content = b"".join(response) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            content = b"".join(book.read(name) for name in book.namelist())
    return content.decode(errors="ignore")


def tellers(key: str, case: Case, world: Any) -> set[str]:
    """The addresses that tell a post of the case."""
    by, found = world.by(key), set()
    desk, token = Client(), tokens.issue(by.holding, "test", by=SystemActor("test"))
    desk.force_login(by.holding.account)
    machine = {"authorization": f"Bearer {token}"}
    picture = str(Attachment.objects.get(case=case, media_type=PICTURE).pk)
    for method, address, data in list(requests(case, world)):
        cache.clear()
        headers = machine if address.startswith("/api/") else {}
        response = getattr(desk, method)(address, data, headers=headers)
        assert response.status_code < 500, (method, address)
        asked = case.number in address or case.number in str(data)
        words = said(response)
        if (
            SECRET in words
            or (case.number in words and not asked)
            or response.headers["Content-Type"] == "image/jpeg"
            or ("/scans/" in address and response.status_code == 200)
        ):
            found.add(f"{method} {address}".replace(case.number, "N").replace(picture, "P"))
    return found


@pytest.mark.thorough
@pytest.mark.parametrize(
    "key", [*STRANGERS, *(pytest.param(each, marks=pytest.mark.nightly) for each in FURTHER)]
)
def test_a_post_without_a_task_finds_it_nowhere(key: str, hidden: Case, world: Any) -> None:
    assert tellers(key, hidden, world) == set()


@pytest.mark.thorough
def test_the_walk_would_notice(hidden: Case, world: Any) -> None:
    """The post that has the task meets it at each of these, but never in a list of its area."""
    found = tellers("chengguan_clerk", hidden, world)
    assert {"get /desk/", "get /desk/cases/N/", "get /photos/P/", "get /api/v1/matters/N"} <= found
    assert {"post /desk/exports/make/", "get /desk/cases/N/file/"} <= found
    assert not [each for each in found if "area" in each]


@pytest.mark.thorough
def test_where_area_gives_sight_the_same_walk_finds_it(world: Any, hidden: Case, monkeypatch: Any) -> None:
    monkeypatch.setattr("linli.cases.models.case._seen_by_area", {"matters"})
    found = tellers("county_head", hidden, world)
    assert "get /desk/area/" in found
    assert [each for each in found if each.endswith("/owed/")]
    assert [each for each in found if "/returned/" in each]


# --- who sees it, and how much -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("by_tasks")
def test_only_those_who_work_on_it_see_all_of_it(hidden: Case, world: Any) -> None:
    clerk, asked, told = (world.by(key) for key in ("chengguan_clerk", "power", "water"))
    Task.objects.create(
        case=hidden, post=asked.post, stage="reported", role=ASKED,
        opened_at=timezone.now(), pressing_at=timezone.now(), closed_at=timezone.now(),
    )  # fmt: skip
    copy_to(hidden, [told.post], by=clerk)
    seen = [sight_of(hidden, by=by) for by in (clerk, asked, told, world.by("county_head"))]
    assert seen == [Sight.WHOLE, Sight.PUBLISHED, Sight.PUBLISHED, Sight.NOTHING]


def test_a_task_that_is_done_still_gives_sight(hidden: Case, world: Any) -> None:
    hidden.tasks.update(closed_at=timezone.now())
    assert case_for(world.by("chengguan_clerk"), hidden.number) == hidden


def test_whoever_was_only_told_neither_tells_others_nor_writes_notes(hidden: Case, world: Any) -> None:
    copy_to(hidden, [world.posts["water"]], by=world.by("chengguan_clerk"))
    with pytest.raises(NotYours):
        copy_to(hidden, [world.posts["power"]], by=world.by("water"))


def test_whoever_took_it_in_finds_it_among_the_raised(by_tasks: None, world: Any) -> None:
    by = world.by("call_taker")
    opened = actions.report(by=by, text=SECRET, division=world.place("东门社区"))
    assert [case.pk for case in lists.raised(by).rows] == [opened.case]
    assert lists.in_area(by, Narrowing(state="open")).rows == []
    keep_from(Case.everywhere.get(pk=opened.case), [by.post.pk])
    assert lists.raised(by).rows == []
    assert lists.counts(by)["raised"] == 0


def test_what_is_kept_from_a_post_is_kept_from_its_holder_on_any_post(hidden: Case, world: Any) -> None:
    """一肩挑: the clerk's holder also sits on the post it is kept from."""
    clerk, other = world.by("chengguan_clerk"), world.by("chengguan_team")
    other.holding.account = clerk.holding.account
    other.holding.save()
    keep_from(hidden, [other.post.pk])
    for name in ("to_do", "done", "copied", "raised", "area"):
        assert hidden not in [getattr(row, "case", row) for row in lists.LISTS[name](clerk).rows]
    assert queue_of(clerk, kind_of("matters")).waiting == lists.counts(clerk)["to_do"]
    with pytest.raises(NotFound):
        actions.refuse(hidden.matter, by=clerk, seen=1, reason="x")
    keep_no_longer(hidden, [other.post.pk])
    assert sight_of(hidden, by=clerk) is Sight.WHOLE


def test_no_task_goes_to_a_post_it_is_kept_from(hidden: Case, world: Any) -> None:
    keep_from(hidden, [world.posts["chengguan_dispatcher"].pk])
    category = a_case(world) and hidden.category
    with pytest.raises(Conflict, match=r"kept from|回避"):
        actions.accept(hidden.matter, by=world.by("chengguan_clerk"), seen=1, category=category)
    assert Case.everywhere.get(pk=hidden.pk).version == 1


def test_nor_is_it_copied_to_one(hidden: Case, world: Any) -> None:
    keep_from(hidden, [world.posts["power"].pk])
    with pytest.raises(Conflict):
        copy_to(hidden, [world.posts["power"]], by=world.by("chengguan_clerk"))


def test_area_gives_no_step_of_it(hidden: Case, world: Any) -> None:
    assert steps_open_to(world.by("county_clerk"), hidden) == []
    with pytest.raises(NotFound):
        actions.refuse(hidden.matter, by=world.by("county_clerk"), seen=1, reason="x")


def test_it_is_not_linked_with_a_case_that_others_read(hidden: Case, world: Any, monkeypatch: Any) -> None:
    other = Case(kind="lostfound", number="x")
    with pytest.raises(Conflict):
        relate_to(other, hidden, "related")


def test_giving_a_post_up_does_not_tell_which_cases_it_works_on(hidden: Case, world: Any) -> None:
    clerk, county = world.posts["chengguan_clerk"], world.posts["county_clerk"]
    keep_from(hidden, [county.pk])
    with pytest.raises(Conflict) as refused:
        give_up_post(clerk, by=world.by("administrator"), to=county)
    assert hidden.number not in refused.value.sentence


def test_a_stuck_notice_of_it_can_be_sent_again_by_somebody_who_does_not_learn_of_it(
    hidden: Case, world: Any
) -> None:
    assert stuck_within(world.county.span).count() == 1
    page = Client()
    page.force_login(world.by("administrator").holding.account)
    notice = stuck_within(world.county.span).get()
    assert page.post(f"/desk/notices/{notice.pk}/").status_code == 302
    notice.refresh_from_db()
    assert notice.state == "waiting"


def test_whom_it_is_kept_from_sees_no_stuck_notice_of_it(hidden: Case, world: Any) -> None:
    by, page = world.by("administrator"), Client()
    page.force_login(by.holding.account)
    notice = stuck_within(world.county.span).get()
    assert str(notice.pk) in page.get("/desk/notices/").text
    keep_from(hidden, [by.post.pk])
    assert str(notice.pk) not in page.get("/desk/notices/").text
    assert page.post(f"/desk/notices/{notice.pk}/").status_code == 404


def test_the_reporter_follows_it_as_any_case(hidden: Case) -> None:
    assert [step.name for step in steps_open_to(PartyActor("reporter", hidden.pk), hidden)] == ["add"]
