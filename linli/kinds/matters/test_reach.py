"""Speaking with the reporter: only after a yes, only this body, only in this case, and only until it is taken back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, NotYours
from linli.cases.steps import steps_open_to
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import reload
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor
from linli.residents.consents import agreed_by, withdraw
from linli.residents.models import Access, Consent
from linli.residents.purposes import purpose_named
from linli.residents.reading import read
from linli.residents.rights import scope_of


def reporter(matter):
    return PartyActor("reporter", matter.pk)


@pytest.fixture
def asked(world, dispatched_matter):
    actions.ask_reach(dispatched_matter, by=world.by("power"), seen=3, reason="需要约时间上门")
    return reload(dispatched_matter)


@pytest.fixture
def allowed(asked):
    actions.allow_reach(asked, by=reporter(asked), seen=4)
    return reload(asked)


def reached(matter, by):
    case = matter.case
    return read(case.reporter, "reach", case, by=by)


def open_to(matter):
    return {step.name for step in steps_open_to(reporter(matter), matter.case)}


def test_without_a_yes_nobody_reads(world, asked):
    with pytest.raises(NotYours, match="no yes"):
        reached(asked, world.by("power"))
    assert not Access.objects.filter(contact=asked.case.reporter_id).exists()


def test_nobody_is_asked_before_somebody_wants_it(dispatched_matter, asked):
    assert {"allow_reach", "refuse_reach"} <= open_to(asked)
    assert "recall_reach" not in open_to(asked)


def test_after_a_yes_its_body_reads_and_it_is_in_the_list_of_looks(world, allowed):
    assert reached(allowed, world.by("power")).phone == "13912345678"
    row = Access.objects.get(contact=allowed.case.reporter_id)
    assert (row.activity, row.post) == (purpose_named("reach").nr, world.posts["power"].pk)


def test_another_body_does_not(world, allowed):
    for key in ("water", "chengguan_team"):
        with pytest.raises(NotYours):
            reached(allowed, world.by(key))


def test_another_case_of_the_same_person_stays_shielded(world, allowed, reported_matter):
    other = Consent.objects.get()
    Consent.objects.filter(pk=other.pk).update(about=other.pk)
    with pytest.raises(NotYours):
        reached(allowed, world.by("power"))


def test_what_was_said_yes_to_is_kept_by_version(allowed):
    row = Consent.objects.get()
    assert (row.text, row.how, row.body) == ("reach/1", "own", allowed.case.lead.organisation_id)
    assert Entry.objects.get(about=allowed.pk, name="matters.allow_reach").facts["text"] == "reach.1"


def test_a_no_stays_a_no_and_the_matter_goes_on(world, asked):
    actions.refuse_reach(asked, by=reporter(asked), seen=4)
    with pytest.raises(NotYours):
        reached(asked, world.by("power"))
    actions.handle(asked, by=world.by("power"), seen=5, result="已修复")
    assert reload(asked).case.stage == "handled"


def test_taking_it_back_ends_it_at_once(world, allowed):
    actions.recall_reach(allowed, by=reporter(allowed), seen=5)
    with pytest.raises(NotYours):
        reached(allowed, world.by("power"))


def test_taking_it_back_on_the_own_page_ends_it_too(world, allowed):
    contacts = set(scope_of(allowed.case.reporter, whole=True).values_list("pk", flat=True))
    [row] = agreed_by(contacts)
    assert row.going
    withdraw(row.consent.pk, contacts, by=reporter(allowed))
    with pytest.raises(NotYours):
        reached(allowed, world.by("power"))
    assert not agreed_by(contacts)[0].going
    with pytest.raises(Conflict):
        actions.recall_reach(allowed, by=reporter(allowed), seen=5)


def test_it_ends_by_itself_after_thirty_days_and_with_the_case(world, allowed):
    allowed.case.closed_at = timezone.now()
    with pytest.raises(NotYours):
        reached(allowed, world.by("power"))
    Consent.objects.update(until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(NotYours):
        reached(reload(allowed), world.by("power"))


def test_a_handler_cannot_say_yes_for_the_reporter(world, asked):
    with pytest.raises(NotYours):
        actions.allow_reach(asked, by=world.by("power"), seen=4)


def test_on_paper_a_clerk_needs_the_signed_sheet_which_is_sealed(world, asked):
    by = world.by("chengguan_clerk")
    with pytest.raises(Conflict, match="signed sheet"):
        actions.allow_reach(asked, by=by, seen=4)
    actions.allow_reach(asked, by=by, seen=4, sheet=b"JPEG")
    row = Consent.objects.get()
    assert row.how == "paper"
    assert b"JPEG" not in bytes(row.paper_sealed)


def test_an_old_question_cannot_be_answered(asked):
    asked.case.clocks.filter(name="reach").update(due_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Conflict):
        actions.allow_reach(asked, by=reporter(asked), seen=4)


def test_with_the_end_of_the_case_nothing_of_it_goes_on_running(world, allowed):
    actions.handle(allowed, by=world.by("power"), seen=5, result="已修复")
    actions.check(reload(allowed), by=world.by("chengguan_checker"), seen=6)
    actions.confirm(reload(allowed), by=reporter(allowed), seen=7)
    running = allowed.case.clocks.filter(stopped_at=None).values_list("name", flat=True)
    assert list(running) == ["reopen"]
