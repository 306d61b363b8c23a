import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.base.errors import NotYours, Refusal
from linli.cases.follow import follow_code, followed
from linli.cases.grouping import open_grouped
from linli.cases.models import Case, Counter, Task
from linli.cases.opening import Draft, Origin, open_many
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.posts.actor import PartyActor, SystemActor
from linli.residents.keeping import GivenContact

RESIDENT = PartyActor("reporter")


def draft(world, text="灯坏了", **more):
    place = more.pop("division", None) or world.place("东门社区第一网格")
    fields = {"kind": "matters", "by": RESIDENT, "division": place, "channel": "web", "summary": text}
    return Draft(**fields | {"detail": Matter(text=text)} | more)


def test_a_hundred_cases_cost_at_most_twice_the_statements_of_one(world, django_assert_max_num_queries):
    open_many([draft(world)])
    with django_assert_max_num_queries(20):
        opened = open_many([draft(world, f"第{n}件") for n in range(100)])
    assert len({each.number for each in opened}) == 100
    assert (Case.everywhere.count(), Matter.objects.count(), Task.objects.count()) == (101, 101, 101)


def test_numbers_count_up_per_county_and_year(world):
    numbers = [each.number for each in open_many([draft(world), draft(world)])]
    assert [number.split("-")[2] for number in numbers] == ["00001", "00002"]
    assert Counter.objects.get().last == 2


def test_a_countys_counter_is_locked_for_the_cases_alone_where_others_write_too(world):
    with CaptureQueriesContext(connection) as asked:
        open_many([draft(world, contact=GivenContact("李小芳", "13912345678"))])
    drawn = next(place for place, each in enumerate(asked) if "cases_counter" in each["sql"])
    after = [each["sql"] for each in asked[drawn + 1 :] if "INSERT INTO" in each["sql"]]
    assert "cases_case" in after[0]
    assert len(after) == 1 or connection.vendor == "sqlite"


def test_all_or_none(world):
    before = Entry.objects.count()
    with pytest.raises(NotYours):
        open_many([draft(world), draft(world, by=SystemActor("import"))])
    assert (Case.everywhere.count(), Entry.objects.count()) == (0, before)


def test_a_follow_code_opens_its_own_case_only(world):
    first, second = open_many([draft(world), draft(world)])
    case, actor = followed(first.number, first.follow_code)
    assert (case.pk, actor) == (first.case, PartyActor("reporter", first.case))
    for number, code in [
        (first.number, second.follow_code),
        (second.number, first.follow_code),
        (first.number, ""),
        ("no such", first.follow_code),
        (first.number, "路灯路灯路灯路灯"),
    ]:
        with pytest.raises(Refusal, match="nothing here"):
            followed(number, code)


def test_a_code_is_found_however_it_is_typed(world):
    opened = open_many([draft(world)])[0]
    spaced = f" {opened.follow_code[:4].lower()} {opened.follow_code[4:].lower()} "
    assert followed(f" {opened.number} ", spaced)[0].pk == opened.case


def test_codes_are_derived_so_nothing_is_stored_to_leak(world):
    opened = open_many([draft(world)])[0]
    assert follow_code(opened.case) == opened.follow_code
    assert opened.follow_code not in str(Case.everywhere.values().get())


def test_requests_at_once_share_commits_and_each_gets_its_own(committed_world, at_once):
    world = committed_world
    drafts = [draft(world, f"第{n}件") for n in range(24)]
    outcomes = at_once([_opening(each) for each in drafts])
    assert len({each.number for each in outcomes}) == 24
    for each, sent in zip(outcomes, drafts, strict=True):
        assert Matter.objects.get(pk=each.case).text == sent.detail.text


def test_one_bad_draft_in_a_group_fails_alone(committed_world, at_once):
    world = committed_world
    bad = draft(world, "坏的", by=SystemActor("import"))
    outcomes = at_once([_opening(each) for each in [*(draft(world, f"第{n}件") for n in range(8)), bad]])
    assert isinstance(outcomes[-1], NotYours)
    assert Case.everywhere.count() == 8


def test_one_key_from_many_threads_is_one_matter(committed_world, at_once):
    world = committed_world
    origin = Origin.of("test", "key", b"body")
    outcomes = at_once([_opening(draft(world, origin=origin)) for _each in range(8)])
    assert len({each.number for each in outcomes}) == 1
    assert sum(not each.again for each in outcomes) == 1
    assert Case.everywhere.count() == 1


def _opening(each):
    def act():
        try:
            return open_grouped(each)
        finally:
            connection.close()

    return act
