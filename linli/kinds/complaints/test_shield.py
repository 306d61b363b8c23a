"""Who sees a complaint, and how much: from every role around the post it is about, at every stage."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from linli.base.errors import Conflict, NotFound, NotYours
from linli.cases import lists
from linli.cases.copying import copy_to
from linli.cases.follow import follow_code
from linli.cases.narrowing import Narrowing
from linli.cases.reading import case_for
from linli.cases.search import fold
from linli.cases.sight import Sight, sight_of
from linli.cases.steps import steps_open_to
from linli.kinds.complaints import actions
from linli.kinds.complaints.conftest import (
    ABOUT,
    NAME,
    PHONE,
    QUESTION,
    TEXT,
    complained,
    reload_key,
    reporter_of,
)
from linli.ledger.sequencing import sequence_all
from linli.portals.demo.people import Sitter
from linli.portals.demo.world import FOUNDER, seat
from linli.posts import tokens
from linli.posts.actions import appoint, end
from linli.posts.actor import PostActor
from linli.posts.models import Holding, PostKind
from linli.residents.reading import read

GRID = "东门社区第一网格"
# For a complaint about the clerk of 城关街道: the clerk, the superior, colleagues, and everybody over them.
AROUND = (
    *(ABOUT, "county_head", "chengguan_dispatcher", "chengguan_team", "county_dispatcher", "county_clerk"),
    *("administrator", "call_taker", "head_东门社区", GRID, "liuhe_clerk"),
)
SECRETS = (NAME, PHONE, TEXT[:8])


@pytest.fixture
def second_inspector(world: Any) -> Any:
    seat(
        world,
        Sitter("second", "何正", PostKind.INSPECTOR, "二号督查员", "云溪县监察室", "云溪县"),
        world.county,
    )
    return world.by("second")


def index() -> None:
    sequence_all()
    while fold():
        pass


def stands_in(by: Any, complaint: Any) -> set[str]:
    """The lists of a post in which a complaint stands, also when it is searched for."""
    found = set()
    for name, listed in lists.LISTS.items():
        for narrowing in (
            Narrowing(),
            Narrowing(kind="complaints"),
            Narrowing(words=complaint.case.number),
            Narrowing(words="投诉"),
            Narrowing(words=TEXT[:4]),
        ):
            if complaint.pk in [getattr(row, "case_id", row.pk) for row in listed(by, narrowing).rows]:
                found.add(name)
    return found


def pages(by: Any, complaint: Any) -> str:
    """Everything the desk and the API answer a post about a complaint, in one text."""
    client = Client()
    client.force_login(by.holding.account)
    bearer = {"authorization": f"Bearer {tokens.issue(by.holding, 'test', by=FOUNDER)}"}
    case = f"/desk/cases/{complaint.case.number}/"
    asked: list[tuple[str, str, dict[str, str]]] = [
        *(
            ("get", f"{case}{page}", {})
            for page in ("", "file/", "similar/", "contact/", "note/", "answer/", "decide/")
        ),
        ("post", f"{case}file/", {"notes": "1"}),
        ("post", f"{case}contact/", {"purpose": "call_back"}),
        *(("get", f"/desk/{page}", {}) for page in ("", "done/", "area/", "copied/", "raised/", "notices/")),
        *(("post", "/desk/exports/make/", {"list": name, "form": "xlsx"}) for name in lists.LISTS),
        ("get", f"/api/v1/complaints/{complaint.case.number}", {}),
        ("get", "/api/v1/complaints", {}),
    ]
    said = ""
    for method, address, data in asked:
        cache.clear()
        response = getattr(client, method)(address, data, headers=bearer if "/api/" in address else {})
        content = b"".join(response) if response.streaming else response.content
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as book:
                content = b"".join(book.read(name) for name in book.namelist())
        said += content.decode(errors="ignore")
    return said


@pytest.mark.parametrize("key", AROUND)
@pytest.mark.parametrize("stage", ["received", "inquiring"])
def test_until_it_is_heard_nobody_around_the_post_finds_it(
    stage: str, key: str, world: Any, request: Any
) -> None:
    complaint = request.getfixturevalue(stage)
    index()
    by = world.by(key)
    assert stands_in(by, complaint) == set()
    assert sight_of(complaint.case, by=by) is Sight.NOTHING
    assert steps_open_to(by, complaint.case) == []
    with pytest.raises(NotFound):
        case_for(by, complaint.case.number)
    said = pages(by, complaint)
    assert not [secret for secret in (*SECRETS, "投诉：城关街道受理员") if secret in said]


def test_another_inspector_of_the_county_does_not_find_it_either(world: Any, second_inspector: Any) -> None:
    complaint = complained(world)
    index()
    assert sight_of(complaint.case, by=second_inspector) is Sight.NOTHING
    assert stands_in(second_inspector, complaint) == set()
    assert not [secret for secret in SECRETS if secret in pages(second_inspector, complaint)]


def test_a_grid_worker_and_the_own_superior_see_nothing_of_a_complaint_about_the_worker(world: Any) -> None:
    complaint = complained(world, GRID)
    index()
    for key in (GRID, "head_东门社区"):
        assert stands_in(world.by(key), complaint) == set()
        assert not [secret for secret in SECRETS if secret in pages(world.by(key), complaint)]


def test_whoever_sat_on_the_post_reads_it_from_no_other_post_either(world: Any) -> None:
    """The clerk complained about is made inspector: the complaint does not come along."""
    complaint, left = complained(world), world.by("chengguan_clerk").holding
    for holding in (left, world.by("inspector").holding):
        end(holding, by=FOUNDER)
    moved = appoint(left.account, world.posts["inspector"], by=FOUNDER)
    by = PostActor(Holding.objects.with_post().get(pk=moved.pk))
    assert sight_of(complaint.case, by=by) is Sight.NOTHING
    assert stands_in(by, complaint) == set()
    later = complained(world)  # about whoever sits there by now
    assert sight_of(later.case, by=by) is Sight.WHOLE


def test_the_inspector_reads_the_complaint_and_never_who_complained(world: Any, inquiring: Any) -> None:
    index()
    by = world.by("inspector")
    assert "to_do" in stands_in(by, inquiring)
    assert "area" not in stands_in(by, inquiring)
    said = pages(by, inquiring)
    assert TEXT[:8] in said
    assert NAME not in said
    assert PHONE not in said
    with pytest.raises(NotYours):
        read(inquiring.case.reporter, "call_back", inquiring.case, by=by)


@pytest.mark.parametrize("stage", ["hearing", "answered", "decided", "closed"])
def test_the_post_that_is_heard_reads_the_question_and_neither_the_words_nor_the_name(
    stage: str, world: Any, request: Any
) -> None:
    complaint = request.getfixturevalue(stage)
    index()
    said = pages(world.by(ABOUT), complaint)
    assert QUESTION in said
    assert not [secret for secret in SECRETS if secret in said]


def test_what_was_found_asked_and_added_is_not_read_by_the_post_that_is_heard(
    world: Any, inquiring: Any
) -> None:
    by = world.by("inspector")
    actions.inquire(inquiring, by=by, seen=2, found="走访了三号楼")
    actions.ask(inquiring, by=by, seen=3, question="您当时带了谁一起去")
    actions.add(inquiring, by=reporter_of(inquiring), seen=4, more="和我母亲一起")
    actions.hear(inquiring, by=by, seen=5, question=QUESTION)
    said = pages(world.by(ABOUT), inquiring)
    assert QUESTION in said
    for secret in ("走访了三号楼", "您当时带了谁一起去", "和我母亲一起"):
        assert secret in pages(by, inquiring)
        assert secret not in said


def test_the_superior_still_sees_nothing_when_the_post_is_heard(world: Any, hearing: Any) -> None:
    index()
    assert stands_in(world.by("county_head"), hearing) == set()
    assert QUESTION not in pages(world.by("county_head"), hearing)


def test_the_post_that_is_heard_tells_nobody_through_linli(world: Any, hearing: Any) -> None:
    with pytest.raises(NotYours):
        copy_to(hearing.case, [world.posts["county_head"]], by=world.by(ABOUT))


def test_the_inspector_does_not_tell_the_line_before_it_is_heard(world: Any, inquiring: Any) -> None:
    with pytest.raises(Conflict):
        copy_to(inquiring.case, [world.posts["county_head"]], by=world.by("inspector"))


def test_the_call_taker_who_asks_back_reaches_the_person_and_does_not_read_the_complaint(
    world: Any, decided: Any
) -> None:
    said = pages(world.by("call_taker"), decided)
    assert PHONE in said
    assert "窗口统一使用告知单" in said
    assert TEXT[:8] not in said


def test_a_call_taker_who_took_it_in_and_turns_out_to_be_meant_does_not_see_it(world: Any) -> None:
    opened = actions.complain(by=world.by("call_taker"), text=TEXT, named="昨天接电话的人")
    complaint = reload_key(opened.case)
    assert "raised" in stands_in(world.by("call_taker"), complaint)
    actions.accept(complaint, by=world.by("inspector"), seen=1, about=world.posts["call_taker"])
    assert stands_in(world.by("call_taker"), complaint) == set()
    with pytest.raises(NotFound):
        actions.withdraw(complaint, by=world.by("call_taker"), seen=2)


def test_the_complainant_follows_it_with_number_and_code(world: Any, decided: Any) -> None:
    client = Client()
    cache.clear()
    unlocked = client.post("/follow/", {"number": decided.case.number, "code": follow_code(decided.pk)})
    said = client.get(unlocked.url).content.decode()
    for words in (TEXT[:8], "属实", "窗口统一使用告知单", "认可处理决定", "不认可，请上级复查"):
        assert words in said
    assert QUESTION in said, "what the post was asked is no secret to the complainant"
    assert "当天人多" not in said, "what the post answered goes into the decision"
