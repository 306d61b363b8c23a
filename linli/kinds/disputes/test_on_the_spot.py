"""Settled on the spot: one form opens the dispute with both sides and records what they agreed, in one transaction."""

from __future__ import annotations

from typing import Any

import pytest

from linli.base.errors import Conflict, Invalid, NotYours
from linli.cases.models import Case, Notice
from linli.cases.opening import Origin
from linli.cases.parties import parties_of
from linli.cases.steps import open_and_take
from linli.documents.models import Document
from linli.kinds.disputes.actions import agreeing
from linli.kinds.disputes.conftest import Way, head_of_home, in_days, mediator
from linli.kinds.disputes.models import Form, Obligation, Safety
from linli.ledger.models import Entry

TYPED = {
    "name": "李小芳",
    "other_name": "四楼张师傅",
    "facts": "楼道堆放鞋柜。",
    "agreed": "张师傅明天搬走鞋柜，双方互相道歉。",
    "calm": "on",
    "manner": "present",
    "confirmable": "on",
}


def settled_at_once(by: Any = None, origin: Origin | None = None, **more: str) -> Way:
    data = {**TYPED, **more}
    opened = open_and_take("disputes", "settle_orally", data, by=by or mediator("范德顺"), origin=origin)
    return Way(None, opened.case)


@pytest.fixture
def at_once_settled(committee) -> Way:
    return settled_at_once()


def test_one_form_makes_a_dispute_that_is_agreed_and_binds(at_once_settled):
    dispute = at_once_settled.dispute
    assert (dispute.case.stage, dispute.form, dispute.safety) == ("performing", Form.ORAL, Safety.CALM)
    assert dispute.effective_at is not None
    assert dispute.confirmable


def test_what_it_was_about_is_asked_once_and_stands_on_the_paper(at_once_settled):
    [paper] = at_once_settled.papers("oral")
    assert at_once_settled.dispute.text == TYPED["facts"] == paper["parts"][2]["paragraphs"][0]


def test_a_side_that_is_known_by_a_word_only_stands_on_the_paper_by_it(at_once_settled):
    assert len(parties_of(at_once_settled.case)) == 1
    names = [row["value"] for part in at_once_settled.papers("oral")[0]["parts"] for row in part["rows"]]
    assert {"李小芳", "四楼张师傅"} <= set(names)


def test_both_steps_are_in_the_ledger(at_once_settled):
    entries = Entry.objects.filter(about=at_once_settled.key).order_by("pk").values_list("name", flat=True)
    assert list(entries) == ["disputes.apply", "disputes.settle_orally"]


def test_a_day_by_which_it_is_to_be_kept_is_due(committee):
    way = settled_at_once(by_day=in_days(3).isoformat())
    assert Obligation.objects.get(dispute=way.key).on == in_days(3)


@pytest.mark.parametrize("field", ["name", "other_name", "facts", "agreed", "calm"])
def test_nothing_that_the_record_must_say_is_left_out(committee, field):
    before = Case.everywhere.count()
    with pytest.raises(Invalid) as refused:
        settled_at_once(**{field: ""})
    assert field in refused.value.facts["fields"]
    assert Case.everywhere.count() == before


def test_what_the_step_refuses_opens_no_dispute(committee):
    counts = [table.objects.count() for table in (Document, Notice, Entry)]
    before = Case.everywhere.count()
    with pytest.raises(Invalid):
        settled_at_once(by_day=in_days(-3).isoformat())
    assert Case.everywhere.count() == before
    assert [table.objects.count() for table in (Document, Notice, Entry)] == counts


def test_a_fault_in_the_step_takes_the_opening_back(committee, monkeypatch):
    before = Case.everywhere.count()
    monkeypatch.setattr(agreeing, "carry_on", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        settled_at_once()
    assert Case.everywhere.count() == before


def test_a_form_that_is_sent_twice_is_one_dispute_and_one_agreement(committee):
    origin = Origin.of("desk", "key", b"body")
    first, second = settled_at_once(origin=origin), settled_at_once(origin=origin)
    assert first.key == second.key
    assert Document.objects.filter(case=first.key).count() == 1


def test_the_same_key_with_other_words_is_refused(committee):
    settled_at_once(origin=Origin.of("desk", "key", b"body"))
    with pytest.raises(Conflict):
        settled_at_once(origin=Origin.of("desk", "key", b"another"))


def test_only_who_mediates_records_what_was_agreed(committee):
    with pytest.raises(NotYours):
        settled_at_once(by=head_of_home())


def test_the_page_asks_five_things_and_folds_the_rest(committee, client):
    client.force_login(mediator("范德顺").holding.account)
    page = client.get("/desk/report/disputes/settle_orally/").content.decode()
    shown, folded = page.split('<details class="more"')[-2:]
    for name in ("name", "other_name", "facts", "agreed", "calm"):
        assert f'name="{name}"' in shown
    for name in ("phone", "by_day", "manner", "category"):
        assert f'name="{name}"' in folded
    assert 'name="text"' not in page
    assert 'type="file"' not in page


def test_a_clerk_has_no_such_page(world, client):
    client.force_login(world.by("chengguan_clerk").holding.account)
    assert client.get("/desk/report/disputes/settle_orally/").status_code == 403
    assert "settle_orally" not in client.get("/desk/report/disputes/").content.decode()
