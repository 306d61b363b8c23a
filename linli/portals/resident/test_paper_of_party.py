"""A dispute's papers on a party's phone: what signing one says, whose place it is, how a signature is denied."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from linli.base.generations import refresh
from linli.cases.models import Case, Category
from linli.documents.making import data_of
from linli.documents.models import Document, Signature
from linli.documents.setting import paper_of
from linli.kinds.disputes.conftest import Way, agreement_of, applied_in, committee_of_home, money
from linli.posts.actor import SystemActor
from linli.residents import rotating
from linli.residents.accounts import first_sign_in
from linli.residents.keeping import GivenContact
from linli.residents.mandates import Terms, give
from linli.residents.sealing import sealed_tables
from tests.parties import ZHAO, code_of

WANG = "13887654321"
STROKES = json.dumps([[[x * 20, 60 + x % 3 * 40] for x in range(12)]])


@pytest.fixture
def drafted(world: Any) -> Way:
    return drafted_in(world)


def drafted_in(world: Any) -> Way:
    """An agreement to be signed, between Li, Wang and a second respondent."""
    committee_of_home()
    way = applied_in(world)
    way.go(way.head, "triage", safety="calm", crime=False)
    way.go(way.head, "name_side", contact=GivenContact("王强", WANG))
    way.go(way.head, "name_side", contact=GivenContact("王梅", "13887654399")).go(way.head, "invite")
    for side in (way.applicant, way.respondent, way.party(2)):
        way.go(side, "consent")
    way.go(way.head, "appoint", to=way.fan.post)
    return way.go(way.fan, "draft_agreement", facts="漏水赔偿。", clauses=money())


def on_phone(way: Way, nr: int) -> tuple[Client, str]:
    """The phone of a party, with the case open, and the address of the agreement."""
    client = Client()
    client.post("/follow/", {"number": way.case.number, "code": code_of(way.case, nr)})
    return client, f"/follow/{way.case.number}/papers/{agreement_of(way).pk}/"


def sent(way: Way, nr: int, **more: str) -> Any:
    client, address = on_phone(way, nr)
    return client.post(address, {"digest": agreement_of(way).digest, **more}, follow=True)


def places() -> list[tuple[str, int]]:
    return sorted(Signature.objects.filter(denied_at=None).values_list("relation", "seat"))


def test_the_page_of_an_agreement_says_that_signing_it_binds(drafted: Way) -> None:
    client, address = on_phone(drafted, 1)
    shown = client.get(address).content.decode()
    assert "同意协议的全部内容" in shown
    assert "不表示同意" not in shown


def test_two_of_one_role_sign_each_in_its_own_place(drafted: Way) -> None:
    sent(drafted, 2, strokes=STROKES)
    assert places() == [("respondent", 2)]
    sent(drafted, 1, strokes=STROKES)
    assert places() == [("respondent", 1), ("respondent", 2)]


def test_the_code_typed_as_a_signature_is_that_of_the_party_itself(drafted: Way) -> None:
    assert sent(drafted, 1, code=code_of(drafted.case, 2)).status_code == 422
    assert sent(drafted, 1, code=code_of(drafted.case, 0)).status_code == 422
    assert places() == []
    sent(drafted, 1, code=code_of(drafted.case, 1))
    assert places() == [("respondent", 1)]


def test_a_signature_under_what_binds_is_denied_by_the_step_that_lets_the_agreement_wait(
    drafted: Way,
) -> None:
    sent(drafted, 1, strokes=STROKES)
    client, address = on_phone(drafted, 1)
    step = f"/follow/{drafted.case.number}/deny_signature/"
    assert step in client.get(address).content.decode()
    assert client.post(address, {"deny": "1", "reason": "不是我签的"}).status_code == 409
    assert places() == [("respondent", 1)]
    client.post(step, {"version": drafted.case.version, "reason": "不是我签的"})
    assert (drafted.stage, places()) == ("reviewing", [])


def test_who_acts_for_a_party_reads_its_papers_and_signs_none_in_its_name(drafted: Way) -> None:
    give(first_sign_in(WANG).resident, Terms(ZHAO, 30))
    client = Client()
    client.force_login(first_sign_in(ZHAO))
    address = f"/follow/{drafted.case.number}/papers/{agreement_of(drafted).pk}/"
    shown = client.get(address)
    assert shown.status_code == 200
    assert "壹万贰仟元整" in shown.content.decode()
    client.post(address, {"digest": agreement_of(drafted).digest, "strokes": STROKES})
    assert places() == []


def test_a_party_finds_its_case_by_number_and_by_code_before_while_and_after_keys_are_changed(
    committed_world: Any,
) -> None:
    way = drafted_in(committed_world)
    calm = Category.objects.get(code="0201")  # what is sensitive stands in no list of an old session
    Case.everywhere.filter(pk=way.key).update(category=calm)
    code, account = code_of(way.case, 1), first_sign_in(WANG)

    def found() -> bool:
        refresh()
        signed_in, by_code = Client(), Client()
        signed_in.force_login(account)
        by_code.post("/follow/", {"number": way.case.number, "code": code})
        shown = signed_in.get("/mine/").content.decode()
        return way.case.number in shown and by_code.get(f"/follow/{way.case.number}/").status_code == 200

    assert found()
    rotating.begin(secrets.token_bytes(32), by=SystemActor("test"))
    assert found()
    for table in sealed_tables():
        for _done in rotating.renew(table):
            pass
    assert found()
    rotating.retire(by=SystemActor("test"))
    assert found()


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def test_papers_are_in_chinese_whatever_language_the_mediator_reads(drafted: Way, english: None) -> None:
    drafted.go(drafted.fan, "hold", how="joint", present=[0, 1, 2], text="双方陈述。")
    drafted.go(drafted.fan, "fail", reason="双方差距较大")
    for document in Document.objects.filter(case=drafted.key).select_related("case", "wording"):
        data = data_of(document)
        told = json.dumps(
            [data["title"], data["parts"], [each["label"] for each in data["signing"]]], ensure_ascii=False
        )
        english_words = set(re.findall(r"[A-Za-z]{3,}", told)) - {
            "heading",
            "paragraphs",
            "rows",
            "label",
            "value",
        }
        assert not english_words, document.template
        assert paper_of(document, "https://linli.example/verify/A/").startswith(b"%PDF-")
