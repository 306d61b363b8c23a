from datetime import date

import pytest

from linli.base.errors import Invalid
from linli.cases.models import Case, Category, Link, Notice
from linli.cases.opening import Origin
from linli.cases.parties import parties_of
from linli.cases.steps import open_case
from linli.kinds.disputes import actions
from linli.kinds.disputes.conftest import HOME, LEAK, Way
from linli.kinds.matters.conftest import reported_matter  # noqa: F401  fixtures are found by their names here
from linli.posts.actor import PartyActor
from linli.registers.models import Body, Mediator
from linli.residents.keeping import GivenContact

SAID = {"text": LEAK, "name": "李小芳", "phone": "13912345678"}


def test_a_new_dispute_goes_to_the_head_of_the_nearest_body(applied, committee):
    assert (applied.stage, applied.tasks()) == ("applied", [committee.pk])


def test_lists_and_messages_hold_no_word_of_what_it_is_about(applied):
    assert applied.case.summary == "矛盾纠纷：邻里纠纷"
    assert applied.dispute.words() == ""


def test_where_no_body_has_a_head_the_mediator_that_fits_best_looks_at_it(world):
    opened = open_case("disputes", {**SAID, "division": world.place(HOME).trimmed}, by=PartyActor("reporter"))
    posts = Case.everywhere.get(pk=opened.case).tasks.values_list("post__organisation__name", flat=True)
    assert list(posts) == ["东门社区人民调解委员会"]


@pytest.mark.parametrize(("by", "place"), [("chengguan_clerk", "城关街道"), (None, "county")])
def test_without_a_place_it_lies_where_it_was_taken_in_also_where_no_body_mediates(world, by, place):
    Body.objects.update(until=date(2026, 1, 1))
    Mediator.objects.all().delete()
    actor = world.by(by) if by else PartyActor("reporter")
    case = Case.everywhere.get(pk=open_case("disputes", SAID, by=actor).case)
    assert case.division == (world.county if place == "county" else world.place(place))
    assert list(case.tasks.values_list("post__kind", flat=True)) == ["clerk"]


def test_who_cannot_be_told_of_it_is_asked_for_a_number(world):
    with pytest.raises(Invalid) as refused:
        open_case("disputes", {**SAID, "phone": ""}, by=PartyActor("reporter"))
    assert "phone" in refused.value.facts["fields"]


@pytest.mark.parametrize("who", ["call_taker", "county_clerk", HOME])
def test_telephone_window_and_grid_worker_take_it_in_and_say_from_where_it_came(world, committee, who):
    given = {
        **SAID,
        "source": "court",
        "source_number": "（2026）苏0831诉前调1号",
        "division": world.place(HOME).trimmed,
    }
    opened = open_case("disputes", given, by=world.by(who))
    case = Case.everywhere.select_related("dispute").get(pk=opened.case)
    assert (case.dispute.source, case.dispute.source_number) == ("court", "（2026）苏0831诉前调1号")
    assert list(case.tasks.values_list("post", flat=True)) == [committee.pk]


def test_the_other_side_that_was_named_at_once_is_a_party(world):
    given = {**SAID, "other_name": "王强", "other_phone": "13887654321"}
    opened = open_case("disputes", given, by=PartyActor("reporter"))
    assert [each.role for each in parties_of(Case.everywhere.get(pk=opened.case))] == ["respondent"]


def test_the_other_side_is_told_when_it_is_asked_and_not_before(applied):
    applied.go(applied.head, "name_side", contact=GivenContact("王强", "13887654321"))
    assert not Notice.objects.filter(case=applied.key, step="name_side").exists()


def test_a_matter_that_turns_out_to_be_a_dispute_keeps_its_link_and_its_reporter(world, reported_matter):  # noqa: F811
    origin = Origin(case=reported_matter.case)
    opened = actions.apply(
        by=world.by("chengguan_clerk"), origin=origin, text=LEAK, division=world.place(HOME)
    )
    assert Link.objects.get(target=opened.case).source_id == reported_matter.pk
    assert Case.everywhere.get(pk=opened.case).reporter_id == reported_matter.case.reporter_id


def test_it_is_looked_at_for_safety_first(triaged, committee):
    assert (triaged.stage, triaged.tasks()) == ("triaged", [committee.pk])


def test_what_cannot_be_mediated_says_why_and_names_the_ways(applied):
    applied.go(applied.head, "turn_down", reason="已由法院受理")
    assert (applied.stage, applied.case.outcome) == ("ended", "unfit")
    assert applied.dispute.ways


def test_the_applicant_takes_it_back_without_a_reason(applied):
    applied.go(applied.applicant, "withdraw")
    assert applied.case.outcome == "withdrawn"


def test_whoever_asks_at_the_window_gets_the_request_on_paper_to_sign(world, committee):
    way = taken_in_at_the_window(world)
    way.go(way.head, "triage", safety="calm", crime=False)
    [paper] = way.papers("application")
    assert LEAK in paper["parts"][-3]["paragraphs"]
    assert [each["relation"] for each in paper["signing"]] == ["reporter"]


def test_whoever_asks_by_their_own_channel_signs_no_paper(triaged):
    assert triaged.papers("application") == []


def taken_in_at_the_window(world):
    opened = actions.apply(
        by=world.by("chengguan_clerk"),
        text=LEAK,
        category=Category.objects.get(kind="disputes", code="D02"),
        division=world.place(HOME),
        contact=GivenContact("李小芳", "13912345678"),
        other=GivenContact("王强", ""),
    )
    return Way(world, opened.case)
