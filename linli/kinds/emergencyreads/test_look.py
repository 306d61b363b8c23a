"""Breaking the glass: allowed, loud, told, reviewed; or nothing is read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from linli.base.errors import Invalid, NotFound, NotYours
from linli.cases.emergency import break_glass, may_break_glass
from linli.cases.models import Case, Clock, Copy, Notice
from linli.cases.sight import Sight, sight_of
from linli.cases.steps import open_case
from linli.kinds.emergencyreads import actions
from linli.kinds.emergencyreads.conftest import READER, REASON, SAID, a_source, read_by
from linli.kinds.emergencyreads.models import EmergencyRead
from linli.ledger.models import Entry
from linli.posts.actions import end
from linli.posts.actor import SystemActor
from linli.residents.access import names_of
from linli.residents.models import Access
from linli.residents.purposes import purpose_numbered
from linli.residents.reading import read


def test_it_shows_name_number_and_address_and_leaves_the_access_row(world: Any) -> None:
    source = a_source(world)
    person, _opened = break_glass(source, SAID, by=world.by(READER))
    assert (person.name, person.phone) == ("李小芳", "13912345678")
    row = Access.objects.get()
    purpose = purpose_numbered(row.activity)
    assert purpose
    assert (purpose.name, row.about, row.post) == ("life_at_risk", source.pk, world.posts[READER].pk)
    assert names_of(row.classes) == ["name", "phone", "address"]


def test_the_review_opens_with_it_and_goes_to_another_line(world: Any, looked: EmergencyRead) -> None:
    task = looked.case.tasks.get()
    assert (looked.reviewer, task.post) == (world.posts["inspector"], world.posts["inspector"])
    assert (looked.reader, looked.reason) == (world.posts[READER], REASON)
    assert sight_of(looked.case, by=world.by("inspector")) is Sight.WHOLE


def test_it_has_twenty_four_hours_on_the_clock_and_by_day_and_night(looked: EmergencyRead) -> None:
    clock = Clock.objects.get(case=looked.case)
    assert clock.due_at - clock.started_at == timedelta(hours=24)


def test_the_person_is_told_at_once(looked: EmergencyRead) -> None:
    notice = Notice.objects.get(case=looked.case)
    assert (notice.channel, notice.contact) == ("sms", looked.of_case.reporter)
    assert notice.next_try <= timezone.now()


def test_the_story_of_the_case_says_it_too(looked: EmergencyRead) -> None:
    grew = Entry.objects.get(about=looked.of_case_id, name="cases.grew")
    assert grew.facts["other"] == looked.case.number


def test_the_reason_stands_in_no_entry(looked: EmergencyRead) -> None:
    entry = Entry.objects.get(about=looked.pk, name="emergencyreads.look")
    assert REASON not in str(entry.facts)
    assert REASON not in looked.case.summary


def test_the_heads_are_told(world: Any) -> None:
    made = read_by(world, "东门社区第一网格")
    told = set(Copy.objects.filter(case=made.case).values_list("post", flat=True))
    assert told == {world.posts["head_东门社区"].pk}
    assert sight_of(made.case, by=world.by("head_东门社区")) is Sight.PUBLISHED


@pytest.mark.parametrize(
    "said",
    [{}, {"reason": REASON}, {"sure": "on"}, {"reason": "急", "sure": "on"}, {"reason": " ", "sure": "on"}],
)
def test_without_reason_and_yes_nothing_is_read(world: Any, said: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        break_glass(a_source(world), said, by=world.by(READER))
    assert not Access.objects.exists()
    assert not EmergencyRead.objects.exists()


def test_outside_ones_area_there_is_nothing_to_break(world: Any) -> None:
    with pytest.raises(NotFound):
        break_glass(a_source(world), SAID, by=world.by("liuhe_clerk"))
    assert not may_break_glass(world.by("liuhe_clerk"), a_source(world))


def test_an_administrator_deals_with_no_case_and_has_none(world: Any) -> None:
    with pytest.raises(NotYours):
        break_glass(a_source(world), SAID, by=world.by("administrator"))


def test_an_ended_appointment_reads_nothing(world: Any) -> None:
    by = world.by(READER)
    end(by.holding, by=SystemActor("test"))
    with pytest.raises(NotYours):
        break_glass(a_source(world), SAID, by=by)
    assert not EmergencyRead.objects.exists()


def test_what_cannot_be_logged_leaves_no_review_either(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.residents.reading.log", lambda *_args, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        break_glass(a_source(world), SAID, by=world.by(READER))
    assert not EmergencyRead.objects.exists()


def test_what_cannot_be_reviewed_is_not_read(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linli.kinds.emergencyreads.actions.open_one", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        break_glass(a_source(world), SAID, by=world.by(READER))
    assert not Access.objects.exists()


def test_nobody_opens_one_by_itself(world: Any) -> None:
    with pytest.raises(NotYours):
        open_case("emergencyreads", SAID, by=world.by(READER))
    with pytest.raises(NotYours):
        actions.look(by=world.by(READER), reason=REASON)


def test_the_purpose_is_no_way_round_the_review(world: Any) -> None:
    source = a_source(world)
    with pytest.raises(NotYours):
        read(source.reporter, "life_at_risk", source, by=world.by(READER))


def test_where_a_message_would_endanger_somebody_it_waits_and_the_row_does_not(world: Any) -> None:
    made = read_by(world, why_later="家庭暴力，手机由施暴者保管。")
    held = Notice.objects.get(case=made.case).next_try - timezone.now()
    assert timedelta(days=2, hours=23) < held <= timedelta(days=3)
    assert Access.objects.filter(contact=made.of_case.reporter).count() == 1
    actions.justify(made, by=world.by("inspector"), seen=1, findings="情况属实。")
    assert all(each.next_try == made.told_from for each in Notice.objects.filter(case=made.case))


def test_the_inspector_is_reviewed_by_the_head(world: Any) -> None:
    assert read_by(world, "inspector").reviewer == world.posts["county_head"]


def test_where_nobody_may_review_it_is_said_and_read_all_the_same(world: Any) -> None:
    for key in ("inspector", "county_head", "head_东门社区"):
        end(world.by(key).holding, by=SystemActor("test"))
    made = read_by(world)
    assert (made.reviewer, made.case.stage, made.case.outcome) == (None, "unreviewed", "unreviewed")
    assert not Case.everywhere.get(pk=made.pk).tasks.exists()
    assert Notice.objects.filter(case=made.case, step="escalate", channel="sms").exists()
