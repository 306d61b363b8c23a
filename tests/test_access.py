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
from linli.cases.exports import answer as answer_export
from linli.cases.follow import follow_code
from linli.cases.kinds import kind_of
from linli.cases.models import Attachment, Case, Export, Notice
from linli.cases.search import fold
from linli.exchange.models import Foreign
from linli.kinds.complaints import actions as complaints
from linli.kinds.matters import actions
from linli.ledger.sequencing import sequence_all
from linli.portals.api.conftest import _no_limits  # noqa: F401  a walk is faster than people
from linli.portals.open311.conftest import key, source  # noqa: F401  an outside system with its key
from linli.posts import tokens
from linli.posts.actor import PartyActor, SystemActor
from linli.residents.accounts import first_sign_in
from linli.residents.keeping import GivenContact, sealed_contact
from linli.residents.models import Access
from tests.doors import DOORS, ours
from tests.scenes import a_case
from tests.test_sight import SOUGHT, requests, said

STAFF = (
    *("chengguan_clerk", "chengguan_dispatcher", "chengguan_team", "东门社区第一网格", "county_head", "county_clerk"),
    *("call_taker", "administrator", "liuhe_clerk", "power"),
)
Request = tuple[str, str, dict[str, str]]


@dataclass
class Marks:
    """Which mark belongs to which case. A picture is known by its bytes, paper by the case it was asked for."""

    texts: dict[str, UUID] = field(default_factory=dict)
    pictures: dict[bytes, UUID] = field(default_factory=dict)

    def plant(self) -> None:
        """Mark every case that is somebody's record."""
        for number, case in enumerate(Case.everywhere.select_related("reporter")):
            words = f"记{number:05d}号{SOUGHT}"
            Case.everywhere.filter(pk=case.pk).update(summary=words)
            kind_of(case.kind).model._default_manager.filter(pk=case.pk).update(text=words)
            if case.whose:
                self.texts |= dict.fromkeys((words[:7], *self._name(case, number)), case.pk)
        for photo in Attachment.objects.filter(case__in=self.texts.values()):
            self._picture(photo)

    def _name(self, case: Case, number: int) -> tuple[str, ...]:
        if case.reporter is None:
            return ()
        name, phone = f"名{number:05d}氏", f"1397{number:07d}"
        contact = sealed_contact(GivenContact(name, phone))
        contact.save(force_insert=True)
        Case.everywhere.filter(pk=case.pk).update(reporter=contact)
        Notice.objects.filter(case=case).update(contact=contact)
        return name, phone

    def _picture(self, photo: Attachment) -> None:
        picture = path_of(photo.digest).read_bytes() + photo.pk.bytes
        digest = sha256(picture).hexdigest()
        path_of(digest).parent.mkdir(parents=True, exist_ok=True)
        path_of(digest).write_bytes(picture)
        Attachment.objects.filter(pk=photo.pk).update(digest=digest)
        self.pictures[picture] = photo.case_id

    def in_answer(self, response: Any) -> set[UUID]:
        """The cases whose people an answer shows something of."""
        content = b"".join(response) if response.streaming else response.content
        if content in self.pictures:
            return {self.pictures[content]}
        text = said(response) if not response.streaming else content.decode(errors="ignore")
        return {case for mark, case in self.texts.items() if mark in text}


@pytest.fixture
def scene(world: Any) -> tuple[Case, list[Request]]:
    """Cases of every sort, and everything staff can ask for, of the first of them above all."""
    number = a_case(world)["number"]
    case = Case.everywhere.get(number=number)
    place = world.place("东门社区第一网格")
    actions.report(by=PartyActor("reporter"), text="谁也没有留下", division=place)
    actions.report(by=world.by("东门社区第一网格"), text="巡查时发现", division=place)
    away = GivenContact("远处的人", "13700000000")
    actions.report(by=PartyActor("reporter"), text="别处的事", division=world.place("杨庄村"), contact=away)
    Notice.objects.create(
        case=case, step="accept", channel="sms", state="stuck", next_try=case.at, contact=case.reporter
    )
    asked = list(requests(case, world))
    return case, asked


def planted() -> Marks:
    """Marks in everything there is, and all of it can be searched for."""
    marks = Marks()
    marks.plant()
    sequence_all()
    while fold():
        pass
    return marks


def differences(marks: Marks, asked: Callable[[Request], Any], walked: list[Request]) -> Iterator[str]:
    """Each address at which what was shown and what was written down are not the same people."""
    for each in walked:
        cache.clear()
        with transaction.atomic():
            before = set(Access.objects.values_list("pk", flat=True))
            response = asked(each)
            assert response.status_code < 500, each
            shown = marks.in_answer(response)
            rows = Access.objects.exclude(pk__in=before).exclude(reader=3)
            written = {row.about for row in rows}
            transaction.set_rollback(True)
        if shown != written:
            yield f"{each}: unseen {len(shown - written)}, too many {len(written - shown)}"
        elif shown:
            _told.append(f"{each[0]} {each[1]}")


_told: list[str] = []


@pytest.mark.parametrize("key_of_post", STAFF)
def test_what_staff_are_shown_is_what_is_written_down(
    key_of_post: str, scene: tuple[Case, list[Request]], world: Any
) -> None:
    _case, walked = scene
    by, marks, desk = world.by(key_of_post), planted(), Client()
    machine = {"authorization": f"Bearer {tokens.issue(by.holding, 'test', by=SystemActor('test'))}"}
    desk.force_login(by.holding.account)

    def asked(each: Request) -> Any:
        method, address, data = each
        headers = machine if address.startswith("/api/") else {}
        return getattr(desk, method)(address, data, headers=headers)

    assert list(differences(marks, asked, walked)) == []
