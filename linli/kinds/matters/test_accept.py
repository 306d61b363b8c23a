import pytest

from linli.base.errors import NotFound, NotYours, Stale
from linli.cases.models import Case, Category, Clock
from linli.kinds.matters import actions
from linli.kinds.matters.conftest import state_of
from linli.kinds.matters.forms import Accept
from linli.posts.actor import PartyActor
from linli.residents.keeping import GivenContact
from linli.residents.showing import sheet


def test_accepting_fixes_the_category_and_hands_on_to_the_dispatcher(accepted_matter):
    assert accepted_matter.case.category.code == "0201"
    assert state_of(accepted_matter) == ("accepted", 2, ["城关街道派遣员"])


def test_the_category_fixes_the_limit(accepted_matter):
    running = Clock.objects.get(case=accepted_matter.case, stopped_at=None)
    assert (running.name, running.amount, running.source.split(":")[0]) == ("promise", 3, "responsibility")
    assert accepted_matter.case.due == running.due_at


def test_the_clerk_of_another_town_finds_nothing(world, reported_matter):
    with pytest.raises(NotFound):
        actions.accept(reported_matter, by=world.by("liuhe_clerk"), seen=1, category=Category.objects.first())
    assert state_of(reported_matter)[:2] == ("reported", 1)


def test_a_dispatcher_inside_the_area_lacks_the_power(world, reported_matter):
    with pytest.raises(NotYours):
        actions.accept(reported_matter, by=world.by("chengguan_dispatcher"), seen=1)


def test_the_reporter_of_another_matter_finds_nothing(world, reported_matter):
    with pytest.raises(NotFound):
        actions.accept(reported_matter, by=PartyActor("reporter"), seen=1)


def test_a_stale_version_is_told_the_newer_one(world, accepted_matter):
    with pytest.raises(Stale) as stale:
        actions.accept(accepted_matter, by=world.by("chengguan_clerk"), seen=1)
    assert stale.value.facts == {"version": 2}


def test_where_no_category_was_chosen_the_clerk_is_told_what_the_words_may_be_about_and_none_is_chosen(
    world, reported_matter
):
    form = Accept(case=reported_matter.case, by=world.by("chengguan_clerk"))
    assert "0201" in form.fields["category"].help_text
    assert "category" not in form.initial


def test_a_sensitive_category_is_not_proposed_to_a_clerk(world, reported_matter):
    reported_matter.case.summary = "广场舞的音响太吵"
    assert not Accept(case=reported_matter.case, by=world.by("chengguan_clerk")).fields["category"].help_text


@pytest.mark.parametrize(("text", "noted"), [("有一件小事", False), ("路灯坏了", True)])
def test_a_report_is_read_by_the_form_where_words_of_it_are_shown(world, text, noted):
    left, where = GivenContact("张三", "13912345678"), world.place("东门社区第一网格")
    opened = actions.report(by=PartyActor("reporter"), text=text, division=where, contact=left)
    case = Case.everywhere.get(pk=opened.case)
    with sheet() as shown:
        form = Accept(case=case, by=world.by("chengguan_clerk"))
    assert (bool(shown.seen), "路灯" in str(form.fields["category"].help_text)) == (noted, noted)
