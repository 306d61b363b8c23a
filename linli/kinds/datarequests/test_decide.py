import base64
import json
from datetime import time, timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound
from linli.cases.devices import choose, tell_on
from linli.cases.held_data import everything_about
from linli.cases.lapses import lapse_due
from linli.cases.notices import send_waiting
from linli.cases.steps import open_case
from linli.kinds.datarequests import actions
from linli.kinds.datarequests.conftest import (
    NAME,
    PHONE,
    answered,
    by_code,
    claimed,
    reload,
    requester_of,
    state_of,
)
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.mailbox import Mailbox
from linli.residents.models import Access, Contact
from linli.residents.reading import read
from linli.residents.rights import extract_of
from linli.residents.webpush import Subscription


def own(case):
    contact = Contact.objects.get(pk=case.reporter_id)
    return read(contact, "own", case, by=PartyActor("reporter", case.pk))


def test_why_is_answered_only_after_the_post_was_heard(asked_why, world):
    with pytest.raises(Conflict, match="explain first"):
        actions.decide(asked_why, by=world.by("inspector"), seen=1, answer="granted", reasons="回访")
    actions.hear(asked_why, by=world.by("inspector"), seen=1, question="某日查阅某件联系方式的原因？")
    actions.explain(asked_why, by=world.by("chengguan_clerk"), seen=2, reply="回访是否解决。")
    request = answered(reload(asked_why), world, reasons="为回访而查阅。")
    assert state_of(request) == ("decided", "", ["热线话务员"])


def test_a_post_that_stays_silent_does_not_hold_the_answer_up(asked_why, world):
    actions.hear(asked_why, by=world.by("inspector"), seen=1, question="原因？")
    assert lapse_due(timezone.now() + timedelta(days=15)) == 1
    assert answered(reload(asked_why), world, reasons="该岗位未说明，已按违规查阅移送。").answer == "granted"


def test_a_no_says_why_and_where_to_turn(own_case, world):
    request = claimed(by_code(own_case), "deletion")
    with pytest.raises(Invalid) as refused:
        actions.decide(request, by=world.by("inspector"), seen=1, answer="refused")
    assert set(refused.value.facts["fields"]) == {"reasons", "turn_to"}
    assert answered(request, world, "refused", reasons="仍在办理", turn_to="网信部门").turn_to == "网信部门"
    assert own(own_case).phone == PHONE


def test_a_copy_holds_everything_of_the_requester_and_each_look_is_a_row(own_case, world):
    request = answered(claimed(by_code(own_case), "copy"), world)
    before = Access.objects.count()
    kept = everything_about(extract_of(request.pk), request.case)
    said = json.dumps(kept, ensure_ascii=False)
    for each in (own_case.number, NAME, PHONE, own_case.matter.text):
        assert each in said
    assert Access.objects.count() == before + len(kept["reports"])


def test_a_copy_says_how_one_is_told_of_news_on_how_many_devices_and_in_which_mailbox(
    own_case, world, settings
):
    settings.PUSH_KEY = base64.b64encode(bytes(range(32))).decode()
    choose(own_case, sms=False, quiet=(time(22), time(7)))
    tell_on(own_case, Subscription("https://push.example.net/push/1", "p256dh", "auth"))
    tell_on(own_case, Mailbox.of("li@example.cn"))
    request = answered(claimed(by_code(own_case), "copy"), world)
    kept = everything_about(extract_of(request.pk), request.case)["reports"]
    report = next(each for each in kept if each["number"] == own_case.number)
    assert report["told"] == {
        "text_messages": False,
        "devices": ["en"],
        "mailboxes": ["li@example.cn"],
        "quiet_hours": "22:00–07:00",
    }


def test_a_copy_by_code_holds_one_report_only(own_case, world):
    said = {"text": "别的事", "division": world.place("东门社区").trimmed, "name": NAME, "phone": PHONE}
    other = open_case("matters", said, by=PartyActor("reporter"))
    request = answered(claimed(by_code(own_case), "copy"), world)
    assert other.number not in json.dumps(everything_about(extract_of(request.pk), request.case))


def test_a_copy_ends(own_case, world, settings):
    request = answered(claimed(by_code(own_case), "copy"), world)
    extract = extract_of(request.pk)
    type(extract).objects.filter(pk=extract.pk).update(until=timezone.now())
    assert extract_of(request.pk) is None


def test_a_correction_replaces_the_sealed_value_and_the_entry_names_the_field_only(own_case, world):
    request = claimed(by_code(own_case), "correction", right={"name": "李晓芳"})
    before = bytes(Contact.objects.get(pk=own_case.reporter_id).name_sealed)
    right = request.right_id
    done = answered(request, world)
    assert (own(own_case).name, own(own_case).phone) == ("李晓芳", PHONE)
    assert bytes(Contact.objects.get(pk=own_case.reporter_id).name_sealed) != before
    entry = Entry.objects.filter(about=request.pk, name="datarequests.decide").get()
    assert entry.facts["corrected"] == ["name"]
    assert "李晓芳" not in json.dumps(entry.facts) + done.done
    actions.confirm(done, by=requester_of(done), seen=2)
    assert bytes(Contact.objects.get(pk=right).name_sealed) == b""


@pytest.mark.parametrize("end", ["withdraw", "lapse"])
def test_right_values_that_were_not_used_go_too(own_case, world, end):
    request = claimed(by_code(own_case), "correction", right={"name": "李晓芳", "address": "一号楼"})
    right = request.right_id
    if end == "withdraw":
        actions.withdraw(request, by=requester_of(request), seen=1)
    else:
        answered(request, world, "refused", reasons="x", turn_to="y")
        lapse_due(timezone.now() + timedelta(days=30))
    assert not bytes(Contact.objects.get(pk=right).name_sealed)
    assert own(own_case).name == NAME


def test_the_upper_level_puts_right_what_was_left(own_case, world):
    request = claimed(by_code(own_case), "correction", right={"name": "李晓芳", "address": "一号楼"})
    request = answered(request, world, "partly", parts=["address"], reasons="x", turn_to="y")
    actions.contest(request, by=requester_of(request), seen=2, reason="姓名也错了")
    actions.conclude(request, by=world.by("county_head"), seen=3, answer="granted")
    assert (own(own_case).name, own(own_case).address) == ("李晓芳", "一号楼")


def test_only_what_the_requester_named_is_put_right(own_case, world):
    request = claimed(by_code(own_case), "correction", right={"name": "李晓芳", "address": "一号楼"})
    answered(request, world, "partly", parts=["address"], reasons="姓名与证件不符", turn_to="网信部门")
    assert (own(own_case).name, own(own_case).address) == (NAME, "一号楼")
    other = claimed(by_code(own_case), "correction", right={"name": "李晓芳"})
    with pytest.raises(Invalid):
        actions.decide(other, by=world.by("inspector"), seen=1, answer="granted", parts=["phone"])


def test_a_deletion_leaves_what_is_still_needed_and_says_why(own_case, world):
    done = answered(claimed(by_code(own_case), "deletion"), world)
    assert "still open" in done.done
    assert own(own_case).phone == PHONE


def test_a_deletion_takes_bytes_and_index_of_what_is_over(own_case, world):
    type(own_case).everywhere.filter(pk=own_case.pk).update(closed_at=timezone.now(), stage="closed")
    own_case.clocks.update(stopped_at=timezone.now())
    request = claimed(
        world.by("county_clerk"), "deletion", document="id_card", contact=GivenContact(NAME, PHONE)
    )
    answered(request, world)
    gone = Contact.objects.get(pk=own_case.reporter_id)
    assert (bytes(gone.name_sealed), bytes(gone.phone_sealed), gone.phone_index) == (b"", b"", "")
    assert Entry.objects.get(about=request.pk, name="datarequests.decide").facts["deleted"] == 1
    assert own(request.case).phone == PHONE
    actions.confirm(request, by=requester_of(request), seen=2)
    assert own(request.case).phone == ""


def test_by_code_the_one_report_is_emptied_when_the_request_is_closed(own_case, world):
    type(own_case).everywhere.filter(pk=own_case.pk).update(closed_at=timezone.now(), stage="closed")
    own_case.clocks.update(stopped_at=timezone.now())
    request = answered(claimed(by_code(own_case), "deletion"), world)
    assert own(own_case).phone == PHONE
    assert lapse_due(timezone.now() + timedelta(days=30)) == 1
    assert own(own_case).phone == ""
    assert send_waiting(100) == 0 or state_of(request)[0] == "closed"


def test_the_upper_level_may_grant_what_was_refused(own_case, world):
    request = answered(claimed(by_code(own_case), "copy"), world, "refused", reasons="x", turn_to="y")
    actions.contest(request, by=requester_of(request), seen=2, reason="这是我自己的信息")
    assert state_of(request) == ("reviewing", "", ["中心主任"])
    with pytest.raises(NotFound):
        actions.conclude(request, by=world.by("county_clerk"), seen=3, answer="granted")
    actions.conclude(request, by=world.by("county_head"), seen=3, answer="granted")
    assert state_of(request)[:2] == ("closed", "reviewed")
    assert extract_of(request.pk)


def test_silence_closes_as_unconfirmed(own_case, world):
    request = answered(claimed(by_code(own_case), "objection"), world)
    assert lapse_due(timezone.now() + timedelta(days=30)) >= 1
    assert state_of(request)[:2] == ("closed", "unconfirmed")


def test_the_requester_may_take_it_back(own_case, world):
    request = claimed(by_code(own_case), "deletion")
    actions.withdraw(request, by=requester_of(request), seen=1)
    assert state_of(request) == ("withdrawn", "withdrawn", [])
