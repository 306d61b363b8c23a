"""Figures of disputes equal a plain recount; their lists hold what the reader may open; small numbers stay hidden."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from linli.analytics import confidential
from linli.analytics.conftest import GRIDS
from linli.analytics.counting import behind, count
from linli.analytics.periods import Period
from linli.analytics.questions import Question
from linli.analytics.withholding import FEWEST
from linli.base.errors import NotFound, Refusal
from linli.base.worktime import PLACE_TIME
from linli.cases.models import Category, Link
from linli.cases.narrowing import Narrowing
from linli.cases.sight import sees
from linli.divisions.codes import span
from linli.kinds.disputes import actions
from linli.kinds.disputes.conftest import Way, applied_in, committee_of_home, head_of_home
from linli.kinds.disputes.figures import OTHER_ENDS
from linli.kinds.disputes.models import Dispute, Obligation
from linli.kinds.disputes.routing import mediators_for
from linli.ledger.models import Entry
from linli.portals.desk.conftest import reported
from linli.posts.actor import PartyActor, PostActor, SystemActor
from linli.posts.models import Holding
from linli.residents.keeping import GivenContact

NOW = datetime(2026, 12, 20, 15, 30, tzinfo=PLACE_TIME)
BEGUN = datetime(2026, 8, 3, 9, 0, tzinfo=PLACE_TIME)
PERIODS = [
    Period(date(2026, 7, 1), date(2026, 12, 31)),
    Period(date(2026, 10, 1), date(2026, 12, 31)),
    Period(date(2025, 1, 1), date(2025, 12, 31)),
]
ORAL = {"agreed": "各退一步，握手言和。", "manner": "present", "calm": True}
ENDS = {"ended", "settled", "settled_at_home", "settled_lately"}
ENDINGS = {
    "withdrawn": [("applicant", "withdraw", {})],
    "unfit": [("head", "turn_down", {"reason": "因为"})],
    "refused": [("head", "invite", {}), ("respondent", "refuse", {})],
    "unanswered": [("head", "invite", {}), ("clock", "stay_silent", {})],
    "stopped": [("head", "invite", {}), ("both", "consent", {}), ("respondent", "halt", {})],
    "court": [("head", "invite", {}), ("respondent", "go_to_court", {})],
    "heirless": [
        ("head", "invite", {}),
        ("both", "consent", {}),
        ("head", "note_death", {"whose": 1, "on": date(2026, 8, 1), "paper": "死亡证明"}),
        ("head", "end_resting", {}),
    ],
    "failed": [
        ("head", "invite", {}),
        ("both", "consent", {}),
        ("head", "appoint", {}),
        ("fan", "fail", {"reason": "因为"}),
    ],
    "settled": [
        ("fan", "settle_orally", ORAL),
        ("both", "confirm_settled", {}),
        ("fan", "follow_up", {"finding": "和好"}),
    ],
    "kept": [
        ("fan", "settle_orally", {**ORAL, "by_day": date(2027, 1, 30)}),
        ("respondent", "report_performance", {"number": 1, "state": "said"}),
        ("applicant", "check_performance", {"number": 1, "right": True}),
        ("both", "confirm_settled", {}),
        ("fan", "follow_up", {"finding": "和好"}),
    ],
    "broken": [
        ("fan", "settle_orally", {**ORAL, "by_day": date(2027, 1, 30)}),
        ("applicant", "report_performance", {"number": 1, "state": "broken"}),
    ],
    "agreed": [("fan", "settle_orally", ORAL), ("fan", "conclude", {"reason": "联系不上"})],
    "open": [],
}


def went(way, steps, at, chance):
    """Takes these steps one after the other, each some days later; what is refused is left out."""
    for who, step, given_ in steps:
        at += timedelta(hours=chance.randrange(4, 600) if step == "conclude" else chance.randrange(4, 100))
        at = at + timedelta(days=40) if step == "conclude" else at
        if at >= NOW:
            break
        if step == "appoint":
            way.fan = holder(mediators_for(way.case)[0].mediator.holding.post)
        said = {**given_, **({"to": way.fan.post} if step == "appoint" else {})}
        people = ["applicant", "respondent"] if who == "both" else [who]
        for each in people:
            by = SystemActor("clock") if each == "clock" else getattr(way, each)
            with suppress(Refusal):
                way.go(by, step, at=at, **said)
    return at


def holder(post):
    """Whoever holds a post."""
    return PostActor(Holding.objects.select_related("post__division").filter(post=post).first())


def random_disputes(world, seed, number=26):
    """Disputes that end in every way at past times, some taken up again, some linked with earlier ones."""
    committee_of_home()
    chance, ways = Random(seed), []
    matter = reported(world).case
    names = [*ENDINGS, *chance.choices(list(ENDINGS), k=number - len(ENDINGS))]
    for place, name in enumerate(names):
        first = place < len(ENDINGS)  # each way once, undisturbed; the rest at random
        at = BEGUN + timedelta(minutes=chance.randrange((20 if first else 110) * 24 * 60))
        opened = actions.apply(
            by=PartyActor("reporter"),
            text="吵起来了",
            category=Category.objects.get(kind="disputes", code="D02"),
            division=world.place(GRIDS[0] if first else chance.choice(GRIDS)),
            contact=GivenContact("李小芳", "13912345678"),
            other=GivenContact("王强", "13887654321"),
            at=at,
        )
        way = Way(world, opened.case)
        ways.append(way)
        way.head = way.fan = holder(way.dispute.chair)
        if name not in {"withdrawn", "unfit"}:
            went(way, [("head", "triage", {"safety": "calm", "crime": False})], at, chance)
        at = went(way, ENDINGS[name], at + timedelta(days=5), chance)
        if not first and chance.random() < 0.4 and way.case.closed_at:
            went(way, [("applicant", "reopen", {})], at + timedelta(days=2), chance)
        if chance.random() < 0.3 and len(ways) > 1:
            earlier = chance.choice(ways[:-1])
            Link.objects.get_or_create(source=earlier.case, target=way.case, relation="became")
        if chance.random() < 0.3:
            Link.objects.get_or_create(source=matter, target=way.case, relation="became")
        if place % 3 != 1:
            Dispute.objects.filter(pk=way.key).exclude(effective_at=None).update(
                form="written", at_court="rejected" if place % 3 else "confirmed"
            )
    return ways


def recounted(period, area):
    """The keys of the disputes behind each figure, found without any of the product's conditions."""
    low, high = span(area)
    found, entries = defaultdict(set), list(Entry.objects.filter(name="disputes.reopen"))
    links = [link for link in Link.objects.all() if link.relation != "duplicate_of"]
    disputes = {each.pk: each for each in Dispute.objects.select_related("case")}

    def inside(moment):
        return moment is not None and period.since <= moment.astimezone(PLACE_TIME).date() <= period.until

    for key, dispute in disputes.items():
        case = dispute.case
        if not low <= case.code_now < high:
            continue
        names = set()
        if inside(case.closed_at) and case.outcome != "merged":
            lately = case.closed_at > NOW - timedelta(days=30)
            settled = "settled_lately" if lately else "settled"
            names |= {"ended", settled if case.outcome == "settled" else f"ended_{case.outcome}"}
            low_down = case.lead is not None and case.lead.division.level >= 4
            names |= {"settled_at_home"} if settled in names and settled == "settled" and low_down else set()
        if inside(dispute.effective_at):
            states = {
                each.state for each in Obligation.objects.filter(dispute=dispute) if each.turn == dispute.turn
            }
            names |= {"agreements", dispute.form}
            names |= {"planned"} if states else set()
            names |= {"performed"} if states == {"kept"} else set()
            names |= {"broken"} if states & {"broken", "contested"} else set()
            names |= {"confirmed"} if dispute.at_court == "confirmed" else set()
            names |= {"unconfirmed"} if dispute.at_court == "rejected" else set()
        if inside(case.at):
            names |= {"raised"}
            grown_from = {link.source_id for link in links if link.target_id == key}
            beside = {link.target_id for link in links if link.source_id in grown_from}
            tied = grown_from | {link.target_id for link in links if link.source_id == key}
            if any(each in disputes and disputes[each].case.at < case.at for each in tied | (beside - {key})):
                names |= {"repeated"}
        names |= {"reopened"} if any(each.about == key and inside(each.at) for each in entries) else set()
        for name in names:
            found[name].add(key)
    return found


def asked_of(area, period):
    return Question(Narrowing(kind="disputes", place=area), period, NOW, confidential=True)


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_figures_of_disputes_equal_a_plain_recount(world, seed):
    random_disputes(world, seed)
    figures, seen = confidential.figures_of("disputes"), set()
    for period in PERIODS:
        for place in ("云溪县", "城关街道", "东门社区"):
            area = world.place(place).trimmed
            asked, wanted = asked_of(area, period), recounted(period, area)
            counted = count(asked, "", figures.values())[None]
            assert set(wanted) <= set(figures)
            for name, figure in figures.items():
                assert {case.pk for case in behind(figure, asked)} == wanted[name], (name, place, period)
                assert counted[name] == len(wanted[name]), (name, place, period)
            seen |= {name for name, keys in wanted.items() if keys}
    assert {"settled", "ended_agreed", "performed", "broken", "confirmed", "repeated", "reopened"} <= seen
    assert {f"ended_{name}" for name in OTHER_ENDS} - {"ended_referred"} <= seen


@pytest.mark.django_db
@pytest.mark.parametrize("day", [29, 31])
def test_settled_where_it_arose_opens_what_it_counts_on_the_last_days_and_when_it_is_taken_up_again(
    world, day
):
    committee_of_home()
    way = applied_in(world)
    way.go(way.head, "name_side", contact=GivenContact("王强", "13887654321")).go(
        way.head, "settle_orally", **ORAL
    )
    way.go(way.applicant, "confirm_settled").go(way.respondent, "confirm_settled")
    ended = way.go(way.head, "follow_up", finding="和好").case.closed_at
    stands = {"settled", "settled_at_home"} if day > 30 else {"settled_lately"}
    assert counted_of(way, ended + timedelta(days=day)) == {"ended", *stands}
    way.go(way.applicant, "reopen", at=ended + timedelta(days=day))
    assert counted_of(way, ended + timedelta(days=day)) == set()


def counted_of(way, now):
    """Which figures of endings count this dispute, alike for every level, whose lists open it and nothing else."""
    figures, found = confidential.figures_of("disputes"), []
    period = Period((now - timedelta(days=60)).date(), now.date())
    for place in ("东门社区", "城关街道", "云溪县"):
        asked = replace(asked_of(way.world.place(place).trimmed, period), now=now)
        numbers = count(asked, "", figures.values())[None]
        opened = {name: [case.pk for case in behind(figure, asked)] for name, figure in figures.items()}
        assert {name: len(keys) for name, keys in opened.items()} == {name: numbers[name] for name in figures}
        found.append({name for name, keys in opened.items() if keys == [way.key]} & ENDS)
    assert found[0] == found[1] == found[2]
    return found[0]


@pytest.mark.django_db
def test_a_dispute_from_the_same_matter_as_an_earlier_one_is_a_repeat_and_the_first_is_not(world):
    committee_of_home()
    matter, (first, second) = reported(world).case, (applied_in(world), applied_in(world))
    Link.objects.bulk_create(
        Link(source=matter, target=way.case, relation="became") for way in (first, second)
    )
    today = timezone.localdate()
    period = Period(today - timedelta(days=1), today + timedelta(days=1))
    asked = replace(asked_of(world.county.trimmed, period), now=timezone.now())
    found = behind(confidential.figures_of("disputes")["repeated"], asked)
    assert [case.pk for case in found] == [second.key]


@pytest.mark.django_db
def test_every_end_stands_beside_the_others_and_they_add_up(world):
    random_disputes(world, 3)
    counted = count(
        asked_of(world.county.trimmed, PERIODS[0]), "", confidential.figures_of("disputes").values()
    )
    found = counted[None]
    ends = ("settled", "settled_lately", *(f"ended_{name}" for name in OTHER_ENDS))
    assert found["ended"] == sum(found[name] for name in ends) > 10
    assert found["agreements"] == found["written"] + found["oral"] > 0


@pytest.mark.django_db
def test_the_list_opens_exactly_what_the_reader_may_see_and_counts_the_others(world):
    random_disputes(world, 4)
    figures, here = confidential.figures_of("disputes"), world.county
    asked = asked_of(here.trimmed, PERIODS[0])
    line = confidential.table_of("disputes", asked, here).whole
    readers = [head_of_home(), world.by("county_head"), world.by("chengguan_clerk")]
    for by in readers:
        for figure in figures.values():
            every = list(behind(figure, asked))
            found = confidential.opened(figure, asked, line, by=by)
            assert {case.pk for case in found.cases} == {case.pk for case in every if sees(case, by=by)}
            assert found.others == len(every) - found.cases.count()
    assert confidential.opened(figures["ended"], asked, line, by=readers[0]).cases.exists()
    assert not confidential.opened(figures["ended"], asked, line, by=readers[1]).cases.exists()


@pytest.mark.django_db
def test_for_the_mediating_body_the_list_is_exactly_what_is_counted(world):
    random_disputes(world, 5)
    by, here = head_of_home(), world.county
    asked = replace(asked_of(here.trimmed, PERIODS[0]), opening_to=by)
    line = confidential.own_of("disputes", asked, here).whole
    for name, figure in confidential.figures_of("disputes").items():
        found = confidential.opened(figure, asked, line, by=by)
        assert (found.cases.count(), found.others) == (line.part.counted[name], 0)
    assert line.part.counted["agreements"] > 0


@pytest.mark.django_db
def test_small_numbers_of_a_village_are_withheld_and_those_of_a_county_are_not(world):
    random_disputes(world, 6)
    county = confidential.table_of("disputes", asked_of(world.county.trimmed, PERIODS[0]), world.county)
    assert not county.whole.hidden
    village = world.place("东门社区")
    line = confidential.table_of("disputes", asked_of(village.trimmed, PERIODS[0]), village).whole
    small = {name for name, number in line.part.counted.items() if number < FEWEST}
    assert small
    assert small <= line.hidden


@pytest.mark.django_db
def test_a_place_hides_the_same_alone_as_beside_its_neighbours(world):
    random_disputes(world, 7)
    town = world.place("城关街道")
    beside = confidential.table_of("disputes", asked_of(town.trimmed, PERIODS[0]), town)
    for line in beside.parts:
        if line.part.place:
            asked = asked_of(line.part.place.trimmed, PERIODS[0])
            assert confidential.table_of("disputes", asked, line.part.place).whole.hidden == line.hidden


@pytest.mark.django_db
def test_of_so_few_it_is_not_said_how_many_others_there_are(world):
    random_disputes(world, 8)
    village = world.place("东门社区")
    asked = asked_of(village.trimmed, PERIODS[0])
    line = confidential.table_of("disputes", asked, village).whole
    name = min(line.hidden)
    found = confidential.opened(
        confidential.figures_of("disputes")[name], asked, line, by=world.by("county_head")
    )
    assert found.others is None


def test_kinds_that_area_gives_sight_of_have_no_confidential_figures():
    with pytest.raises(NotFound):
        confidential.figures_of("matters")
