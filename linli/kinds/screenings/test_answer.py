from datetime import timedelta

import pytest
from django.utils import timezone

from linli.base.errors import Conflict, Invalid, NotFound, NotYours
from linli.cases.kinds import kind_of
from linli.cases.lapses import lapse_due
from linli.cases.models import Clock, Link, Task
from linli.cases.sight import sees
from linli.cases.steps import form_for, steps_open_to, take
from linli.cases.story import story_for_staff
from linli.kinds.screenings import actions
from linli.kinds.screenings.conftest import OPENER, reload_key, state_of, version_of
from linli.kinds.screenings.models import Place
from linli.ledger.models import Entry
from linli.posts.actions import end

FIRST, SECOND, THIRD = (f"东门社区第{number}网格" for number in "一二三")
FIND = {"text": "三号楼与四号楼因为排水沟吵了两次", "name": "李大姐", "phone": "13912345678"}


def clear(screening, world, *keys, seen=2):
    for key in keys:
        actions.clear(screening, by=world.by(key), seen=seen)


def count(screening):
    total = reload_key(screening.pk).total
    return total.answered, total.open, total.unheld


def test_nothing_found_is_one_button_without_a_field(small, world):
    by = world.by(FIRST)
    (first, *_rest) = steps_open_to(by, small.case)
    assert (first.name, list(form_for(first, small.case, by=by).fields)) == ("clear", [])
    take(small.case, "clear", {}, by=by, seen=2)
    assert count(small) == (1, 2, 0)


def test_what_others_answered_since_is_no_reason_to_refuse(small, world):
    clear(small, world, FIRST, SECOND, seen=2)
    assert count(small) == (2, 1, 0)


def test_nobody_answers_twice(small, world):
    clear(small, world, FIRST)
    with pytest.raises(NotFound):
        clear(small, world, FIRST)


def test_who_was_asked_can_still_read_it_afterwards(small, world):
    clear(small, world, FIRST)
    assert sees(reload_key(small.pk).case, by=world.by(FIRST))


def test_a_grid_that_was_not_asked_finds_nothing(small, world):
    with pytest.raises(NotFound):
        clear(small, world, "柳河社区第一网格")


def test_the_last_answer_hands_it_back_to_whoever_sent_it(small, world):
    clear(small, world, FIRST, SECOND)
    assert state_of(small) == ("running", "")
    assert Clock.objects.filter(case=small.pk, name="until", stopped_at=None).exists()
    clear(small, world, THIRD)
    assert state_of(small) == ("answered", "")
    assert Task.objects.get(case=small.pk, closed_at=None).post == world.posts[OPENER]
    assert not Clock.objects.filter(case=small.pk, stopped_at=None).exists()


def test_a_post_that_answers_for_several_places_ends_its_part_with_the_last(small, world):
    Place.objects.filter(screening=small).update(post=world.posts[FIRST])
    first, *others = Place.objects.filter(screening=small).order_by("code")
    by = world.by(FIRST)
    take(small.case, "clear", {"places": [str(first.pk)]}, by=by, seen=2)
    assert count(small) == (1, 2, 0)
    form = form_for(kind_of("screenings").procedure.steps["clear"], small.case, by=by)
    assert form.fields["places"].initial == [str(place.pk) for place in others]
    actions.clear(small, by=by, seen=3)
    assert count(small) == (3, 0, 0)
    assert not Task.objects.filter(case=small.pk, post=world.posts[FIRST], closed_at=None).exists()


@pytest.mark.parametrize("kind", ["disputes", "matters"])
def test_what_is_found_opens_a_case_of_its_own_in_the_same_go(small, world, kind):
    take(small.case, "found", {"kind": kind, **FIND}, by=world.by(FIRST), seen=2)
    link = Link.objects.select_related("target__division").get(source=small.pk)
    assert (link.relation, link.target.kind, link.target.division.name) == ("became", kind, FIRST)
    assert count(small) == (1, 2, 0)
    assert reload_key(small.pk).came_of == 1


def test_nothing_is_answered_when_the_case_cannot_be_opened(small, world):
    with pytest.raises(Invalid) as refused:
        take(small.case, "found", {"kind": "disputes", "text": "x"}, by=world.by(FIRST), seen=2)
    assert "name" in refused.value.facts["fields"]
    assert count(small) == (0, 3, 0)
    assert not Link.objects.filter(source=small.pk).exists()


def test_who_asks_for_help_stands_in_the_new_case_only(small, world):
    take(small.case, "found", {"kind": "disputes", **FIND}, by=world.by(FIRST), seen=2)
    entry = Entry.objects.select_related("detail").get(about=small.pk, name="screenings.found")
    assert not getattr(entry, "detail", None) or not entry.detail.words
    assert FIND["name"] not in str(entry.facts)
    dispute = Link.objects.get(source=small.pk).target
    assert dispute.number not in str(entry.facts)
    assert dispute.reporter is not None


@pytest.mark.parametrize("text", ["找他 13912345678", "身份证110105194912310021", "电话0517-88888888"])
def test_numbers_of_persons_are_refused_in_answers(small, world, text):
    for step, data in (("found", {"kind": "matters", "text": text}), ("say_known", {"text": text})):
        with pytest.raises(Invalid) as refused:
            take(small.case, step, data, by=world.by(FIRST), seen=2)
        assert "Take it out" in str(refused.value.facts["fields"]["text"])
    assert count(small) == (0, 3, 0)


def test_the_story_tells_a_post_its_own_answer_and_nobody_elses(small, world):
    clear(small, world, FIRST)
    take(small.case, "found", {"kind": "matters", **FIND}, by=world.by(SECOND), seen=2)
    case = reload_key(small.pk).case

    def told(key):
        return [each.name for each in story_for_staff(case, by=world.by(key)) if each.name[:5] != "cases"]

    assert told(OPENER) == ["screenings.draw_up", "screenings.send"]
    assert told(FIRST)[2:] == ["screenings.clear"]
    assert told(SECOND)[2:] == ["screenings.found"]
    names = {each.name for each in story_for_staff(case, by=world.by(OPENER))}
    assert "cases.grew" not in names


def test_whoever_sent_it_must_answer_who_says_it_is_known(small, world):
    opener = world.by(OPENER)
    actions.say_known(small, by=world.by(FIRST), seen=2, text="上月台账里都有")
    actions.say_known(small, by=world.by(SECOND), seen=2, text="同上")
    assert Task.objects.filter(case=small.pk, role="asked", closed_at=None).count() == 1
    assert Clock.objects.filter(case=small.pk, name="reply", stopped_at=None).count() == 1
    with pytest.raises(Conflict, match="must answer first"):
        actions.cut_short(small, by=opener, seen=version_of(small), account="x")
    actions.answer_known(small, by=opener, seen=version_of(small), text="上月只报了数，这次看现场")
    assert {each.answer for each in reload_key(small.pk).remarks.all()} == {"上月只报了数，这次看现场"}
    assert not Task.objects.filter(case=small.pk, role="asked", closed_at=None).exists()


def test_that_it_is_known_is_said_once(small, world):
    actions.say_known(small, by=world.by(FIRST), seen=2, text="都有")
    assert "say_known" not in {step.name for step in steps_open_to(world.by(FIRST), small.case)}
    with pytest.raises(Conflict, match="already"):
        actions.say_known(small, by=world.by(FIRST), seen=2, text="都有")


def test_who_has_not_answered_is_reminded_once(small, world):
    clear(small, world, FIRST)
    before = timezone.now()
    actions.remind(small, by=world.by(OPENER), seen=version_of(small))
    waiting = Task.objects.filter(case=small.pk, role="helps", closed_at=None)
    assert waiting.count() == 2
    assert all(task.pressing_at >= before for task in waiting)
    with pytest.raises(Conflict, match="already"):
        actions.remind(small, by=world.by(OPENER), seen=version_of(small))
    assert "remind" not in {step.name for step in steps_open_to(world.by(OPENER), small.case)}


def test_after_all_have_answered_it_ends_with_an_account(small, world):
    clear(small, world, FIRST, SECOND, THIRD)
    actions.conclude(small, by=world.by(OPENER), seen=version_of(small), account="三个网格均已看过")
    assert state_of(small) == ("ended", "complete")
    assert reload_key(small.pk).account == "三个网格均已看过"


def test_ended_early_is_said_to_be_not_all_answered(small, world):
    clear(small, world, FIRST)
    actions.cut_short(small, by=world.by(OPENER), seen=version_of(small), account="并入县里的排查")
    assert state_of(small) == ("ended", "partial")
    assert count(small) == (1, 2, 0)
    assert not Task.objects.filter(case=small.pk, closed_at=None).exists()


def test_on_its_day_it_ends_and_who_has_not_answered_has_not_answered(small, world):
    actions.say_known(small, by=world.by(FIRST), seen=2, text="都有")
    assert lapse_due(small.until + timedelta(seconds=1)) == 1
    assert state_of(small) == ("ended", "partial")
    assert count(small) == (0, 3, 0)
    with pytest.raises(NotFound):
        clear(small, world, SECOND)


def test_only_whoever_sent_it_reminds_and_ends_it(small, world):
    for key in (FIRST, "chengguan_dispatcher", "county_head"):
        for step, words in (("remind", {}), ("cut_short", {"account": "x"})):
            with pytest.raises((NotFound, NotYours)):
                getattr(actions, step)(small, by=world.by(key), seen=version_of(small), **words)


def test_the_next_holder_of_the_post_answers(small, world):
    end(world.by(FIRST).holding, by=world.by("administrator"))
    assert Task.objects.filter(case=small.pk, post=world.posts[FIRST], closed_at=None).exists()
    assert count(small) == (0, 3, 0)


def test_hours_are_counted_for_each_community(small):
    (part,) = reload_key(small.pk).communities
    assert (part.name, part.places, part.hours, part.year) == ("东门社区", 3, 1.5, 1.5)


def test_a_county_reads_it_by_town_and_community(world):
    subject = {"asked": "grids", "why": "x", "minutes": 60, "until": timezone.now() + timedelta(days=3)}
    by = world.by("county_head")
    category = kind_of("screenings").form(kind_of("screenings").procedure.opening)(by=by).fields["category"]
    opened = actions.draw_up(by=by, category=category.queryset.first(), area=world.county, **subject)
    actions.send(reload_key(opened.case), by=by, seen=1)
    found = reload_key(opened.case)
    assert [(each.name, each.places) for each in found.parts] == [
        ("城关街道", 12),
        ("柳河镇", 12),
        ("青石镇", 12),
    ]
    assert len(found.communities) == 12
    assert sum(each.hours for each in found.communities) == 36
