"""The parties of a case at the desk: reached for a reason, by whoever carries it through; another number put in."""

from __future__ import annotations

from typing import Any

import pytest

from linli.cases.follow import ways_into
from linli.cases.models import Case, Party
from linli.residents.models import Access
from tests import parties
from tests.parties import WANG, ZHAO, code_of, dispute

CLERK = "chengguan_clerk"


@pytest.fixture(autouse=True)
def _matters_have_parties(monkeypatch: pytest.MonkeyPatch) -> None:
    parties.let_matters_have_parties(monkeypatch)


@pytest.fixture
def between(world: Any) -> Case:
    """A case with a respondent."""
    return dispute(world)


def test_the_page_names_the_parties_by_role_only(between: Case, sign_in: Any) -> None:
    shown = sign_in(CLERK).get(f"/desk/cases/{between.number}/").content.decode()
    assert "被申请人" in shown
    assert "王强" not in shown


def test_a_party_is_reached_for_a_listed_reason_and_sees_who_did(between: Case, sign_in: Any) -> None:
    address = f"/desk/cases/{between.number}/contact/?party=1"
    client = sign_in(CLERK)
    assert WANG not in client.get(address).content.decode()
    assert WANG in client.post(address, {"purpose": "carry"}).content.decode()
    contact = Party.objects.get(case=between, nr=1).contact
    assert Access.objects.filter(contact=contact, post__isnull=False).exists()


@pytest.mark.parametrize("party", ["2", "x", "-1", ""])
def test_a_party_that_is_none_is_not_found(between: Case, sign_in: Any, party: str) -> None:
    assert sign_in(CLERK).get(f"/desk/cases/{between.number}/contact/?party={party}").status_code == 404


def test_a_post_without_the_task_reaches_no_party_to_carry_the_case(between: Case, sign_in: Any) -> None:
    sent = sign_in("call_taker").post(f"/desk/cases/{between.number}/contact/?party=1", {"purpose": "carry"})
    assert sent.status_code in {403, 404, 422}
    assert WANG not in sent.content.decode()


def test_another_number_is_put_in_and_the_old_code_is_over(between: Case, sign_in: Any) -> None:
    code, seen = code_of(between, 1), Party.objects.get(case=between, nr=1).contact_id
    address = f"/desk/cases/{between.number}/parties/1/number/"
    client = sign_in(CLERK)
    assert client.get(address).status_code == 200
    sent = client.post(address, {"phone": ZHAO, "proof": "本人到场，核对身份证", "seen": str(seen)})
    assert sent.status_code == 302
    assert code not in {way.code for way in ways_into(between)}
    assert "换了电话" in client.get(f"/desk/cases/{between.number}/").content.decode()


def test_sent_twice_the_second_is_told_that_it_was_done(between: Case, sign_in: Any) -> None:
    seen = Party.objects.get(case=between, nr=1).contact_id
    address, client = f"/desk/cases/{between.number}/parties/1/number/", sign_in(CLERK)
    given = {"phone": ZHAO, "proof": "本人到场，核对身份证", "seen": str(seen)}
    assert [client.post(address, given).status_code for _time in range(2)] == [302, 422]
    assert len(ways_into(between)) == 2


def test_without_proof_nothing_is_put_in(between: Case, sign_in: Any) -> None:
    sent = sign_in(CLERK).post(
        f"/desk/cases/{between.number}/parties/1/number/", {"phone": ZHAO, "proof": " "}
    )
    assert sent.status_code == 422
    assert Party.objects.filter(case=between).count() == 1


def test_a_post_that_only_sees_the_case_may_not(between: Case, sign_in: Any) -> None:
    address = f"/desk/cases/{between.number}/parties/1/number/"
    assert sign_in("chengguan_dispatcher").get(address).status_code == 403
