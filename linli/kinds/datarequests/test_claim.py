from uuid import uuid4

import pytest

from linli.base.errors import Conflict, Invalid, NotFound
from linli.cases.models import Case, Clock
from linli.cases.steps import open_case, steps_open_to
from linli.kinds.datarequests import actions
from linli.kinds.datarequests.conftest import NAME, PHONE, by_code, claimed, looked, state_of
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact


def test_asking_why_goes_to_the_inspector_with_five_working_days(asked_why, world):
    assert state_of(asked_why) == ("received", "", ["县督查员"])
    clock = Clock.objects.get(case=asked_why.pk)
    assert (clock.name, clock.amount, clock.unit) == ("answer", 5, "working_days")
    assert asked_why.about == world.posts["chengguan_clerk"]


def test_other_requests_have_fifteen_working_days(own_case):
    clock = Clock.objects.get(case=claimed(by_code(own_case), "deletion").pk)
    assert (clock.amount, clock.unit) == (15, "working_days")


def test_the_post_that_looked_and_its_superior_find_nothing(asked_why, world):
    for key in ("chengguan_clerk", "county_head", "county_clerk", "administrator"):
        with pytest.raises(NotFound):
            actions.decide(asked_why, by=world.by(key), seen=1, answer="granted")


def test_whoever_steps_aside_hands_it_on(own_case, world):
    look = looked(own_case, world.by("chengguan_clerk"))
    request = claimed(by_code(own_case), "ask_why", look=look.pk)
    actions.recuse(request, by=world.by("inspector"), seen=1, reason="亲属")
    assert state_of(request)[2] == ["系统管理员"]


def test_somebody_elses_look_cannot_be_asked_about(own_case, world):
    with pytest.raises(Invalid):
        claimed(by_code(own_case), "ask_why", look=uuid4())
    with pytest.raises(Invalid):
        claimed(by_code(own_case), "ask_why")


def test_by_code_a_look_at_another_report_of_the_same_number_is_not_shown(own_case, world):
    said = {"text": "别的事", "division": world.place("东门社区").trimmed, "name": NAME, "phone": PHONE}
    other = Case.everywhere.get(pk=open_case("matters", said, by=PartyActor("reporter")).case)
    look = looked(other, world.by("call_taker"))
    with pytest.raises(Invalid):
        claimed(by_code(own_case), "ask_why", look=look.pk)
    account = PartyActor("reporter", person=own_case.reporter_id, proof="account")
    assert claimed(account, "ask_why", look=look.pk).about == world.posts["call_taker"]


def test_nobody_asks_without_showing_who_they_are(world):
    with pytest.raises(Invalid, match="whose data"):
        open_case("datarequests", {"wanted": "copy"}, by=PartyActor("reporter"))
    assert not Case.everywhere.filter(kind="datarequests").exists()


def test_at_the_window_the_identity_document_is_seen_and_recorded(world):
    by = world.by("chengguan_clerk")
    with pytest.raises(Invalid) as refused:
        open_case("datarequests", {"wanted": "copy", "name": NAME, "phone": PHONE}, by=by)
    assert "document" in refused.value.facts["fields"]
    said = {"wanted": "copy", "name": NAME, "phone": PHONE, "document": "id_card"}
    opened = open_case("datarequests", said, by=by)
    request = Case.everywhere.get(pk=opened.case).data_request
    assert (request.proof, request.document, request.whole) == ("window", "id_card", True)


def test_at_the_window_words_say_which_look_it_was(world):
    given = GivenContact(NAME, PHONE)
    request = claimed(
        world.by("county_clerk"), "ask_why", text="上周二有人打来", document="id_card", contact=given
    )
    assert (request.about, request.look) == (None, None)
    assert "hear" not in {step.name for step in steps_open_to(world.by("inspector"), request.case)}
    with pytest.raises(Conflict):
        actions.hear(request, by=world.by("inspector"), seen=1, question="x")


def test_a_correction_says_what_should_stand_there(own_case):
    with pytest.raises(Invalid) as refused:
        open_case("datarequests", {"wanted": "correction"}, by=by_code(own_case))
    assert "right_name" in refused.value.facts["fields"]


def test_lists_and_messages_hold_neither_words_nor_name(own_case):
    request = claimed(by_code(own_case), "deletion", text="不想再留")
    assert "不想" not in request.case.summary
    assert request.words() == ""
