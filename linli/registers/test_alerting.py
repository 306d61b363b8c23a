"""Alert rules: what they can be about, when they call, when they fall silent, and who saw it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.models import Case, Notice
from linli.cases.moving import move
from linli.cases.notices import WAITS, send_waiting, stuck_within
from linli.cases.sight import unless_kept
from linli.divisions.successions import How, Successor
from linli.kinds.complaints.actions import complain
from linli.ledger.models import Entry
from linli.portals.command.alerts import RuleForm
from linli.portals.desk.conftest import reported
from linli.posts.actor import PartyActor
from linli.registers.actions.alerting import (
    About,
    acknowledge,
    counts_of,
    end_rule,
    look_at_rules,
    set_rule,
)
from linli.registers.models import Alert, AlertRule

pytestmark = pytest.mark.django_db
# Kind, area, body, count and clock: a rule about anything else would be a watch-list.
MAY_SAY = {"division", "kind", "body", "stands", "count"}
KEPT_BESIDE = {"id", "centre", "since", "until", "alerts"}


def overdue(world, count=1):
    matters = [reported(world) for _each in range(count)]
    keys = [matter.pk for matter in matters]
    Case.everywhere.filter(pk__in=keys).update(due=timezone.now() - timedelta(days=1))
    return keys


def rule(world, **given):
    about = {"division": world.county, "stands": "overdue", "count": 2, **given}
    return set_rule(About(**about), by=world.by("county_head"))


def raised_long_ago():
    Alert.objects.update(raised_at=timezone.now() - timedelta(hours=1))


def test_a_rule_can_say_kind_area_body_count_and_clock_and_nothing_else(world):
    said = {field.name for field in AlertRule._meta.get_fields()}
    assert said - KEPT_BESIDE == MAY_SAY
    assert set(RuleForm(world.by("county_head")).fields) == MAY_SAY
    assert set(About.__dataclass_fields__) == MAY_SAY


def test_a_rule_calls_when_its_number_is_reached(world):
    made = rule(world)
    overdue(world)
    assert look_at_rules() == 0
    overdue(world)
    assert look_at_rules() == 1
    assert Alert.objects.get(rule=made).counted == 2
    assert Entry.objects.get(name="registers.alert_raised").facts["count"] == 2


def test_an_alert_is_raised_once_however_often_it_is_looked_at(world):
    rule(world)
    overdue(world, 3)
    assert [look_at_rules() for _turn in range(3)] == [1, 0, 0]


def test_the_most_that_were_counted_are_remembered(world):
    rule(world)
    overdue(world, 2)
    look_at_rules()
    overdue(world, 2)
    look_at_rules()
    assert (Alert.objects.get().counted, Alert.objects.get().most) == (2, 4)


def test_one_less_does_not_clear_it(world):
    made = rule(world, count=6)
    keys = overdue(world, 6)
    look_at_rules()
    raised_long_ago()
    Case.everywhere.filter(pk=keys[0]).update(due=timezone.now() + timedelta(days=9))
    assert look_at_rules() == 0
    assert Alert.objects.get(rule=made).cleared_at is None


def test_at_four_fifths_it_is_cleared_but_not_in_the_first_minutes(world):
    rule(world, count=5)
    keys = overdue(world, 5)
    look_at_rules()
    Case.everywhere.filter(pk=keys[0]).update(due=timezone.now() + timedelta(days=9))
    assert look_at_rules() == 0
    raised_long_ago()
    assert look_at_rules() == 1
    assert Alert.objects.get().cleared_at is not None


def test_what_was_just_cleared_does_not_call_again_at_once(world):
    rule(world)
    keys = overdue(world, 2)
    look_at_rules()
    raised_long_ago()
    Case.everywhere.filter(pk__in=keys).update(due=timezone.now() + timedelta(days=9))
    look_at_rules()
    Case.everywhere.filter(pk__in=keys).update(due=timezone.now() - timedelta(days=1))
    assert look_at_rules() == 0
    Alert.objects.update(cleared_at=timezone.now() - timedelta(hours=1))
    assert look_at_rules() == 1
    assert Alert.objects.count() == 2


def test_an_alert_is_acknowledged_by_a_post_and_once(world):
    rule(world)
    overdue(world, 2)
    look_at_rules()
    alert = Alert.objects.get()
    acknowledge(alert.pk, by=world.by("county_dispatcher"))
    assert Alert.objects.get().seen_by == world.posts["county_dispatcher"]
    with pytest.raises(Conflict):
        acknowledge(alert.pk, by=world.by("county_head"))


def test_the_centre_of_a_town_finds_no_alert_of_the_county(world):
    rule(world)
    overdue(world, 2)
    look_at_rules()
    with pytest.raises(NotFound):
        acknowledge(Alert.objects.get().pk, by=world.by("chengguan_dispatcher"))


def test_a_rule_that_has_ended_calls_no_more(world):
    made = rule(world)
    end_rule(made.pk, by=world.by("county_head"))
    overdue(world, 3)
    assert look_at_rules() == 0


def test_the_same_rule_does_not_stand_twice(world):
    rule(world)
    with pytest.raises(Conflict, match="already"):
        rule(world, count=9)


def test_who_does_not_lead_the_centre_sets_no_rule(world):
    with pytest.raises(NotYours):
        set_rule(About(world.county, "overdue", 2), by=world.by("county_dispatcher"))


def test_a_rule_about_another_area_is_not_there(world):
    with pytest.raises(NotFound):
        set_rule(About(world.county.parent, "overdue", 2), by=world.by("county_head"))


def test_a_body_with_fewer_than_three_holders_is_not_watched(world):
    with pytest.raises(Invalid, match="three holders"):
        rule(world, body=world.posts["power"].organisation)


def test_a_rule_about_complaints_is_refused_and_none_counts_them(world):
    with pytest.raises(Invalid):
        rule(world, kind="complaints")
    everything = rule(world, stands="open", count=1)
    complain(
        by=PartyActor("reporter"),
        organisation=world.posts["power"].organisation,
        post=world.posts["power"],
        text="值班人员态度很差，说完就挂电话。",
    )
    assert counts_of([everything], timezone.now())[everything.pk] == 0


def test_however_many_rules_are_counted_in_one_statement(world):
    rules = [rule(world, stands=stands, count=3) for stands in ("open", "overdue", "soon")]
    rules += [rule(world, division=world.place(name), count=3) for name in ("柳河镇", "青石镇")]
    with CaptureQueriesContext(connection) as seen:
        counts_of(rules, timezone.now())
    assert len(seen) == 1


# --- telling ------------------------------------------------------------------------------------------------


def with_address(world, key, address="duty@example.cn"):
    account = world.by(key).holding.account
    account.email = address
    account.save(update_fields=["email"])


def rung(world):
    rule(world)
    overdue(world, 2)
    assert look_at_rules() == 1
    Notice.objects.exclude(channel="alert").delete()


def test_who_watches_in_the_centre_and_gave_an_address_is_told_of_an_alert_once(world, mailoutbox):
    with_address(world, "county_dispatcher")
    with_address(world, "call_taker", "calls@example.cn")
    with_address(world, "chengguan_dispatcher", "town@example.cn")
    rung(world)
    assert (send_waiting(), send_waiting()) == (1, 0)
    assert [mail.to for mail in mailoutbox] == [["duty@example.cn"]]
    assert "云溪县" in mailoutbox[0].subject


def test_a_letter_says_what_the_rule_says_and_nothing_of_any_case(world, mailoutbox):
    with_address(world, "county_head")
    rung(world)
    send_waiting()
    case = Case.everywhere.first()
    for said in (case.number, case.summary, "李小芳"):
        assert said not in mailoutbox[0].subject + mailoutbox[0].body


def test_what_was_acknowledged_meanwhile_is_not_told_any_more(world, mailoutbox):
    with_address(world, "county_head")
    rung(world)
    acknowledge(Alert.objects.get().pk, by=world.by("county_head"))
    send_waiting()
    assert mailoutbox == []


def test_a_letter_that_cannot_be_sent_is_tried_again_with_pauses_and_then_left(world, settings, mailoutbox):
    settings.EMAIL_BACKEND = "no.such.Backend"
    with_address(world, "county_head")
    rung(world)
    for _each in range(len(WAITS) + 1):
        assert send_waiting() == 0
        Notice.objects.update(next_try=timezone.now())
    notice = Notice.objects.get(channel="alert")
    assert (notice.state, notice.attempts) == ("stuck", len(WAITS) + 1)
    assert notice in unless_kept(stuck_within(world.county.span), world.by("administrator"))


def test_a_rule_goes_with_its_area_when_that_is_merged(world):
    """Else it would count a place in which nothing lies any more, and be silent for ever."""
    town = world.place("城关街道")
    rule = set_rule(About(town, "open", 1), by=world.by("county_head"))
    reported(world)
    follows = move(
        town,
        Successor("990101009", "新城街道"),
        on=timezone.localdate(),
        how=How.MERGED,
        by=world.by("administrator"),
    )
    assert look_at_rules() == 1
    assert AlertRule.objects.get(pk=rule.pk).division == follows
    assert Alert.objects.get().counted == 1
