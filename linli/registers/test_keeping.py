"""Entering, ending, declaring: each with its power, its entry, and nothing of a person that is not the office's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.base.generations import bump
from linli.ledger.models import Entry
from linli.posts.actor import PostActor
from linli.registers.actions.bodies import About, end_body, enter, enter_unit
from linli.registers.actions.mediators import (
    Office,
    change_office,
    declare,
    declared,
    end_term,
    enter_mediator,
    withdraw,
)
from linli.registers.coverage import coverage
from linli.registers.handling import MEDIATORS
from linli.registers.models import Body, Mediator, Tie
from linli.registers.workbooks import as_workbook, carry_out, plan_of
from linli.residents.models import Assessment
from linli.residents.openings import FAMILY

pytestmark = pytest.mark.django_db
ABOUT = About("石塘村人民调解委员会", "peoples", "石塘村村部", members=3, women=1)


@pytest.fixture
def fan():
    return Mediator.objects.select_related("holding__post__division", "body__organisation__division").get(
        holding__account__called="范德顺"
    )


def office(**more):
    values = {
        "skills": ["family"],
        "languages": ["mandarin"],
        "until": timezone.localdate() + timedelta(days=300),
    }
    return Office(**{**values, **more})


def test_holes_are_listed_until_they_are_filled(world):
    before = coverage(world.county)
    assert [place.name for place in before.bare_villages] == ["石塘村", "南坡村"]
    assert [unit.title for unit in before.bare_units] == ["云溪县人民医院"]
    enter(ABOUT, world.place("石塘村"), by=world.by("administrator"))
    assert [place.name for place in coverage(world.county).bare_villages] == ["南坡村"]


def test_a_unit_with_a_committee_of_its_own_is_no_hole(world):
    by = world.by("administrator")
    enter_unit("云溪一中", world.county, by=by)
    enter(About("云溪一中人民调解委员会", "peoples", "云溪一中", unit="云溪一中"), world.county, by=by)
    assert "云溪一中" not in [unit.title for unit in coverage(world.county).bare_units]


def test_a_committee_without_a_woman_or_with_ten_members_is_said(world):
    by = world.by("administrator")
    place = world.place("石塘村")
    enter(About(ABOUT.title, "peoples", "村部", members=10, women=1), place, by=by)
    assert [body.organisation.name for body in coverage(world.county).short] == [ABOUT.title]
    enter(About(ABOUT.title, "peoples", "村部", members=3, women=0), place, by=by)
    assert len(coverage(world.county).short) == 1


def test_the_same_name_at_the_same_place_is_changed_not_doubled(world):
    by = world.by("administrator")
    first = enter(ABOUT, world.place("石塘村"), by=by)
    second = enter(About(ABOUT.title, "peoples", "新村部"), world.place("石塘村"), by=by)
    assert first.pk == second.pk
    assert Body.objects.get(pk=first.pk).located == "新村部"
    entries = Entry.objects.filter(name="registers.body").order_by("id")
    assert [each.facts["new"] for each in entries][-2:] == [True, False]


def test_only_the_administrator_of_the_place_enters(world):
    with pytest.raises(NotYours):
        enter(ABOUT, world.place("石塘村"), by=world.by("county_clerk"))
    with pytest.raises(Invalid, match="more women"):
        enter(About("x", "peoples", "x", members=3, women=4), world.county, by=world.by("administrator"))
    with pytest.raises(Invalid, match="from the list"):
        enter(About("x", "secret", "x"), world.county, by=world.by("administrator"))


def test_a_body_ends_only_after_its_mediators(world, fan):
    by = world.by("administrator")
    with pytest.raises(Conflict, match="still serve"):
        end_body(fan.body, by=by)
    end_term(fan, by=by)
    end_body(fan.body, by=by)
    with pytest.raises(Conflict, match="ended already"):
        end_body(fan.body, by=by)


def test_a_mediator_is_an_appointment_in_the_ledger(world, fan):
    by = world.by("administrator")
    person = world.by("water").holding.account
    mediator = enter_mediator(person, fan.body, fan.body.division, office(), by=by)
    entry = Entry.objects.filter(name="registers.mediator").latest("id")
    assert entry.facts == {
        "body": fan.body_id,
        "post": mediator.holding.post_id,
        "holding": mediator.holding_id,
    }
    assert Entry.objects.filter(name="posts.appoint", facts__holding=mediator.holding_id).exists()
    with pytest.raises(Conflict, match="serves here already"):
        enter_mediator(person, fan.body, fan.body.division, office(), by=by)


@pytest.mark.parametrize(
    "more",
    [
        {"skills": ["charm"]},
        {"languages": []},
        {"languages": ["klingon"]},
        {"until": timezone.localdate() - timedelta(days=1)},
        {"until": timezone.localdate() + timedelta(days=5 * 366)},
    ],
)
def test_an_office_that_cannot_be_is_refused(world, fan, more):
    with pytest.raises(Invalid):
        change_office(fan, office(**more), by=world.by("administrator"))


def test_an_area_outside_the_bodys_is_refused(world, fan):
    person = world.by("water").holding.account
    with pytest.raises(Invalid, match="inside that of the body"):
        enter_mediator(person, fan.body, world.place("杨庄村"), office(), by=world.by("administrator"))


def test_without_the_impact_assessment_no_mediator_is_entered(world, fan):
    Assessment.objects.filter(activity=MEDIATORS).update(until=timezone.now())
    bump(FAMILY)
    with pytest.raises(Conflict, match="impact assessment"):
        enter_mediator(
            world.by("water").holding.account,
            fan.body,
            fan.body.division,
            office(),
            by=world.by("administrator"),
        )


def test_what_was_declared_is_read_by_the_mediator_alone(world, fan):
    own = PostActor(fan.holding)
    declare(fan, "云溪纺织集团", by=own)
    assert [words for _key, words in declared(fan, by=own)] == ["云溪纺织集团"]
    for other in ("administrator", "county_head"):
        with pytest.raises(NotYours):
            declared(fan, by=world.by(other))
    stored = Tie.objects.get()
    assert "纺织".encode() not in bytes(stored.words_sealed)
    assert "纺织" not in stored.index
    assert Entry.objects.get(name="registers.tie").facts == {"holding": fan.holding_id}


def test_declaring_twice_or_nothing_is_refused_and_taking_back_works(fan):
    own = PostActor(fan.holding)
    declare(fan, "范小川", by=own)
    with pytest.raises(Conflict, match="already"):
        declare(fan, "范 小川", by=own)
    with pytest.raises(Invalid):
        declare(fan, " ", by=own)
    key = declared(fan, by=own)[0][0]
    withdraw(fan, key, by=own)
    with pytest.raises(NotFound):
        withdraw(fan, key, by=own)


def test_the_end_of_the_term_erases_what_was_declared(world, fan):
    declare(fan, "范小川", by=PostActor(fan.holding))
    end_term(fan, by=world.by("administrator"))
    assert not Tie.objects.exists()


def test_a_workbook_that_came_from_here_changes_nothing_it_should_not(world):
    by = world.by("administrator")
    columns = ("pk", "kind", "located", "station", "members", "until")
    before = list(Body.objects.order_by("pk").values_list(*columns))
    plan = plan_of(as_workbook(world.county), by=by)
    assert (plan.faults, plan.new, len(plan.entries)) == ([], 0, len(before))
    carry_out(plan, by=by)
    assert list(Body.objects.order_by("pk").values_list(*columns)) == before


def test_one_bad_row_and_nothing_of_the_file_is_carried_out(world, monkeypatch):
    from linli.base.sheets import Heading, Table, write_workbook
    from linli.registers.workbooks import _columns

    by = world.by("administrator")
    good = ["石塘村人民调解委员会", "People's mediation committee", world.place("石塘村").trimmed, "村部"]
    rows = [
        good,
        ["", *good[1:]],
        [good[0], "Tribunal", *good[2:]],
        [*good[:2], "999999", "x"],
        [*good[:2], "abc", "x"],
        good,
        [*good, "", "", "", "", "a few"],
        ["x" * 101, *good[1:]],
    ]
    content = write_workbook(Table("x", [Heading(label) for label in _columns().values()], rows))
    plan = plan_of(content, by=by)
    assert [fault.row for fault in plan.faults] == [3, 4, 5, 6, 7, 8, 9]
    with pytest.raises(Invalid, match="Nothing was carried out"):
        carry_out(plan, by=by)
    assert not Body.objects.filter(organisation__name=good[0]).exists()


@pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_workbook_is_refused_in_a_sentence(world, content):
    with pytest.raises(Invalid):
        plan_of(content, by=world.by("administrator"))
