"""Nobody reads unseen: whoever's words, name, number or photo is in an answer has a new access row, and nobody else.

Every case of the world gets marks of its own, in its words and in its reporter's name and number; then every visitor is
sent to every address, by GET and by POST, and what an answer holds is compared with the rows that were written for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from linli.cases.attachments import path_of
from linli.cases.exports import Wanted, answer, ask
from linli.cases.follow import follow_code
from linli.cases.kinds import all_kinds, kind_of
from linli.cases.models import Attachment, Case, Notice
from linli.cases.search import fold
from linli.exchange.models import Foreign
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence_all
from linli.portals.api.conftest import _no_limits  # noqa: F401  a walk is faster than people
from linli.portals.open311.conftest import key, source  # noqa: F401  an outside system with its key
from linli.posts import tokens
from linli.posts.actor import PartyActor, SystemActor
from linli.residents.accounts import first_sign_in
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Access, Person, Reader
from linli.residents.people.fields import put
from linli.residents.words import Words
from tests.scenes import a_case
from tests.test_sight import SOUGHT, a_document_of, requests, said

pytestmark = [pytest.mark.thorough, pytest.mark.once]

STAFF = ("chengguan_clerk", "东门社区第一网格", "county_head", "call_taker", "administrator")
FURTHER = ("chengguan_team", "county_clerk", "liuhe_clerk")  # at night: the same powers, elsewhere
CALLS = "/desk/calls/"
HINT = "文中提到："
Request = tuple[str, str, dict[str, str]]
Scene = tuple[Case, list[Request]]


@dataclass
class Marks:
    """Which mark belongs to which case, or to which resident's record.

    A picture is known by its bytes; on a caller's page the number tells enough.
    """

    texts: dict[str, UUID] = field(default_factory=dict)
    numbers: dict[str, UUID] = field(default_factory=dict)
    pictures: dict[bytes, UUID] = field(default_factory=dict)

    def plant(self) -> None:
        """Mark every case; those that are nobody's record are marked too, and their marks belong to nobody."""
        for number, case in enumerate(Case.everywhere.select_related("reporter").order_by("pk")):
            words = f"记{number:05d}号{SOUGHT}"
            Case.everywhere.filter(pk=case.pk).update(summary=words)
            kind_of(case.kind).model._default_manager.filter(pk=case.pk).update(text=words)
            if case.whose:
                self.numbers[case.number] = case.pk
                self.numbers |= dict.fromkeys(case.foreign.values_list("number", flat=True), case.pk)
                self.texts |= dict.fromkeys((words[:7], *_named(case, number)), case.pk)
        for photo in Attachment.objects.filter(case__in=self.texts.values()):
            self._picture(photo)
        for number, person in enumerate(Person.objects.select_related("division").order_by("pk")):
            put(person, person.division, name=f"民{number:05d}氏")
            person.save()
            self.texts[f"民{number:05d}氏"] = person.pk

    def _picture(self, photo: Attachment) -> None:
        picture = path_of(photo.digest).read_bytes() + photo.pk.bytes
        digest = sha256(picture).hexdigest()
        path_of(digest).parent.mkdir(parents=True, exist_ok=True)
        path_of(digest).write_bytes(picture)
        Attachment.objects.filter(pk=photo.pk).update(digest=digest)
        self.pictures[picture] = photo.case_id

    def in_answer(self, response: Any, *, to: Request | None = None) -> set[UUID]:
        """The cases, and the records, whose people an answer shows; what the asker wrote is not news to the asker."""
        content = b"".join(response) if response.streaming else response.content
        if content in self.pictures:
            return {self.pictures[content]}
        text = content.decode(errors="ignore") if response.streaming else said(response)
        if to and (to[1] == CALLS or "/returned/" in to[1]):  # there the number says what somebody raised
            return {case for number, case in self.numbers.items() if number in text}
        own = set(to[2].values()) if to else set()
        found = {case for mark, case in self.texts.items() if mark in text and mark not in own}
        if to and HINT in text:  # it says words of the report whose form it is
            found |= {case for number, case in self.numbers.items() if number in to[1]}
        return found


def _named(case: Case, number: int) -> tuple[str, ...]:
    """A name and a number that nobody else has."""
    if case.reporter is None:
        return ()
    name = f"名{number:05d}氏"
    contact = sealed_contact(GivenContact(name, _phone(number)))
    contact.save(force_insert=True)
    Case.everywhere.filter(pk=case.pk).update(reporter=contact)
    Notice.objects.filter(case=case).update(contact=contact)
    return name, _phone(number)


def _phone(number: int) -> str:
    return f"1397{number:07d}"


@pytest.fixture
def scene(world: Any) -> Scene:
    """Cases of every sort, and everything staff can ask for, of the first of them above all."""
    case = Case.everywhere.get(number=a_case(world)["number"])
    place = world.place("东门社区第一网格")
    actions.report(by=PartyActor("reporter"), text="谁也没有留下", division=place)
    actions.report(by=world.by("东门社区第一网格"), text="巡查时发现", division=place)
    away = GivenContact("远处的人", "13700000000")
    actions.report(by=PartyActor("reporter"), text="别处的事", division=world.place("杨庄村"), contact=away)
    Notice.objects.create(
        case=case, step="accept", channel="sms", state="stuck", next_try=case.at, contact=case.reporter
    )
    a_document_of(case)
    return case, [*requests(case, world), *_asked_rightly(case, world)]


def _asked_rightly(case: Case, world: Any) -> Iterator[Request]:
    """What is shown only to whoever asks for it in the right way."""
    export = ask(
        Wanted("area", "", "x", "csv"), "call_back_many", "x", [case], by=world.by("chengguan_clerk")
    )
    answer(export.pk, yes=True, words="", by=world.by("county_head"))
    yield "post", f"/desk/exports/{export.pk}/file/", {}
    yield "post", f"/desk/cases/{case.number}/contact/", {"purpose": "call_back"}
    yield "post", f"/desk/cases/{case.number}/file/", {"form": "page", "notes": "1"}
    yield "post", CALLS, {"act": "find", "phone": _phone(0)}
    yield "post", CALLS, {"act": "kind", "kind": "matters", "found": case.number}


def planted() -> Marks:
    """Marks in everything there is, and all of it can be searched for."""
    marks = Marks()
    marks.plant()
    sequence_all()
    while fold():
        pass
    return marks


@dataclass
class Walk:
    """What came of asking for everything."""

    different: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def go(self, marks: Marks, asked: Callable[[Request], Any], walked: list[Request]) -> Walk:
        """Ask for each by itself; note where what was shown and what was written down are not the same people."""
        for each in walked:
            cache.clear()
            with transaction.atomic():
                before = set(Access.objects.values_list("pk", flat=True))
                response = asked(each)
                assert response.status_code < 500, each
                shown = marks.in_answer(response, to=each)
                rows = Access.objects.exclude(pk__in=before).exclude(reader=Reader.SYSTEM)
                written = {person or about for person, about in rows.values_list("person", "about")}
                transaction.set_rollback(True)
            if shown != written:
                self.different.append(f"{each}: unseen {len(shown - written)}, extra {len(written - shown)}")
            if shown:
                self.told.add(f"{each[0]} {each[1]}")
        return self


def as_staff(key_of_post: str, scene: Scene, world: Any) -> Walk:
    """A post walks everything, with a session at the desk and a token at the API."""
    by, marks, desk = world.by(key_of_post), planted(), Client()
    machine = {"authorization": f"Bearer {tokens.issue(by.holding, 'test', by=SystemActor('test'))}"}
    desk.force_login(by.holding.account)

    def asked(each: Request) -> Any:
        method, address, data = each
        headers = machine if address.startswith("/api/") else {}
        return getattr(desk, method)(address, data, headers=headers)

    return Walk().go(marks, asked, scene[1])


@pytest.mark.parametrize(
    "key_of_post", [*STAFF, *(pytest.param(each, marks=pytest.mark.nightly) for each in FURTHER)]
)
def test_what_staff_are_shown_is_what_is_written_down(key_of_post: str, scene: Scene, world: Any) -> None:
    assert as_staff(key_of_post, scene, world).different == []


def test_the_walk_meets_people_at_every_sort_of_page_and_would_notice(
    scene: Scene, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("linli.residents.words.show", lambda *_whose: None)
    number = scene[0].number
    found = as_staff("chengguan_clerk", scene, world)
    assert {
        "get /desk/",
        "get /desk/area/",
        f"get /desk/cases/{number}/",
        "get /api/v1/matters",
    } <= found.told
    for told in (f"/desk/cases/{number}/contact/", f"/desk/cases/{number}/file/", "/desk/exports/make/"):
        assert f"post {told}" in found.told
    assert len(found.different) > 20


def test_what_the_reporter_is_shown_is_written_down_too(scene: Scene) -> None:
    case, marks = scene[0], planted()
    number, browser = case.number, Client()
    browser.post("/follow/", {"number": number, "code": follow_code(case.pk)})
    picture = Attachment.objects.filter(case=case).values_list("pk", flat=True)[0]
    own = f"/follow/{number}/"
    walked: list[Request] = [
        *(("get", f"{own}{each}", {}) for each in ("", "data/", "data/?own=1", "data/?sheet=1")),
        *(("get", each, {}) for each in ("/", "/follow/", "/mine/", "/receipt/", f"/photos/{picture}/")),
        ("post", f"{own}data/", {}),
        ("post", f"{own}withdraw/", {"version": "9"}),
        ("post", "/follow/forget/", {}),
    ]
    found = Walk().go(marks, lambda each: getattr(browser, each[0])(each[1], each[2]), walked)
    assert found.different == []
    assert {f"get {own}", f"post {own}data/", "get /follow/", f"get /photos/{picture}/"} <= found.told


def test_what_the_signed_in_resident_is_shown_is_written_down_too(scene: Scene) -> None:
    marks, browser = planted(), Client()
    browser.force_login(first_sign_in(_phone(0)))
    walked: list[Request] = [
        ("get", address, {}) for address in ("/mine/", "/mine/data/", "/mine/data/?own=1")
    ]
    found = Walk().go(marks, lambda each: browser.get(each[1]), walked)
    assert found.different == []


def test_what_the_source_of_a_case_reads_is_written_down_too(
    scene: Scene,
    key: str,  # noqa: F811  the fixture
    source: Any,  # noqa: F811
) -> None:
    case = scene[0]
    Foreign.objects.create(source=source, number="S-9", case=case)
    marks, machine, address = planted(), Client(), f"/open311/v2/requests/{case.number}.json"
    before = set(Access.objects.values_list("pk", flat=True))  # the scene registers residents
    assert marks.in_answer(machine.get(address, {"api_key": key})) == {case.pk}
    row = Access.objects.exclude(pk__in=before).get()
    assert (row.about, row.relation) == (case.pk, source.code)
    assert marks.in_answer(machine.get(address)) == set()
    assert Access.objects.count() == len(before) + 1


def test_what_residents_write_stands_in_columns_that_tell() -> None:
    """In every kind that a resident can raise; a leak is told by posts and the clock only, in their own words."""
    raised = [
        kind
        for kind in all_kinds()
        if any(each.opens and each.parties for each in kind.procedure.steps.values())
    ]
    assert {"complaints", "datarequests", "matters"} <= {kind.name for kind in raised}
    for kind in raised:
        columns = {each.name: each for each in kind.model._meta.get_fields()}
        assert isinstance(columns.get("text", Words()), Words), kind.name
