"""Pasts written set-wise equal those that were taken step by step, and what cannot have happened is refused alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override

from linli.base.errors import Refusal
from linli.base.generations import bump
from linli.cases.clocks import GIVEN
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Limit, Link, Notice, Task
from linli.cases.opening import Origin
from linli.cases.reckoning import pressing_again
from linli.cases.replaying import IMPORT, Past, PastStep, Waits, replay_many
from linli.cases.steps import steps_open_to_each
from linli.cases.test_taking import KEYS, extras
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry, EntryDetail
from linli.posts.actor import PartyActor, PostActor
from linli.posts.models import Holding
from linli.residents.keeping import GivenContact

BEGAN = datetime(2025, 3, 3, 2, tzinfo=UTC)
PROMISED = datetime(2025, 3, 14, 9, 30, tzinfo=UTC)
WHOLE = ("accept", "dispatch", "handle", "check", "lapse")


@pytest.fixture
def place(world: Any) -> Any:
    return world.place("东门社区第一网格")


def past(world: Any, *steps: str, **more: Any) -> Past:
    """One that went through these steps, an hour apart."""
    given = {"text": "灯坏了", "division": world.place("东门社区第一网格"), "channel": "web"}
    said = {
        "dispatch": {"to": world.posts["power"]},
        "handle": {"result": "已修"},
        "contest": {"reason": "没好"},
    }
    taken = [
        PastStep(step, BEGAN + timedelta(hours=hour), given=said.get(step, {}))
        for hour, step in enumerate(steps, start=1)
    ]
    shape = {"kind": "matters", "at": BEGAN, "given": given, "steps": taken, "ends": {"promise": PROMISED}}
    return Past(**{**shape, **more})


def written(*pasts: Past) -> list[Case]:
    """The cases that came of them."""
    outcomes = replay_many(pasts)
    assert not any(isinstance(each, Refusal) for each in outcomes), outcomes
    return [Case.everywhere.get(pk=each) for each in outcomes]


def refusal(*pasts: Past) -> str:
    """The sentence of the last one."""
    outcome = replay_many(pasts)[-1]
    assert isinstance(outcome, Refusal)
    return outcome.sentence


# --- what all rows of a case are, without what is minted anew each time -------------------------------------


def books(case: Case, *, people: bool = True) -> dict[str, Any]:
    """Everything that is kept of a case, comparable with another one."""
    case = Case.everywhere.get(pk=case.pk)
    detail = kind_of(case.kind).detail_of(case)
    tasks = sorted(
        Task.objects.filter(case=case), key=lambda each: (each.opened_at, each.stage, each.post_id)
    )
    entries = sorted(Entry.objects.filter(about=case.pk), key=lambda each: each.facts.get("version", 1))
    numbers = {task.pk: number for number, task in enumerate(tasks)}
    return {
        "case": plain(case, "id", "number", "recorded_at", "origin_key", "origin_digest", "reporter_id"),
        "detail": plain(detail, "case_id"),
        "tasks": [plain(task, "id", "case_id") for task in tasks],
        "clocks": sorted(clock(each, numbers) for each in Clock.objects.filter(case=case)),
        "entries": [entry(each, people=people) for each in entries],
        "links": sorted(Link.objects.filter(source=case).values_list("target", "relation")),
    }


def plain(row: Any, *without: str) -> dict[str, Any]:
    names = [each.attname for each in row._meta.concrete_fields if each.attname not in without]
    return {name: getattr(row, name) for name in names}


def clock(row: Clock, numbers: dict[Any, int]) -> tuple[Any, ...]:
    values = plain(row, "id", "case_id", "task_id", *(["unit", "amount"] if row.source == GIVEN else []))
    task = numbers.get(row.task_id, -1) if row.task_id else -1
    return (row.name, row.started_at, task, row.label, *map(str, values.values()))


def entry(row: Entry, *, people: bool) -> dict[str, Any]:
    without = ["id", "about", "recorded_at", "words_digest", *([] if people else ["holding"])]
    detail = EntryDetail.objects.filter(entry=row).first()
    # `carried` promises only afterwards; the paper of a past was made elsewhere.
    left_out = {"due", "document", "document_version", "document_digest"}
    facts = {name: value for name, value in row.facts.items() if name not in left_out}
    return {**plain(row, *without), "facts": facts, "words": detail.words if detail else None}


def test_the_last_entry_of_a_past_says_until_when_it_was_promised(world):
    (case,) = written(past(world, "accept", "dispatch"))
    last = max(Entry.objects.filter(about=case.pk), key=lambda each: each.facts.get("version", 1))
    assert case.due is not None
    assert last.facts["due"] == case.due.isoformat()


# --- step by step -------------------------------------------------------------------------------------------


def carried(past: Past) -> Case:
    """The same past through the real actions, one transaction each, with the promise put in place after each."""
    kind = kind_of(past.kind)
    opened = actions.report(
        by=past.by or PartyActor("reporter"), origin=past.origin, at=past.at, **past.given
    )
    case = Case.everywhere.get(pk=opened.case)
    keep_promise(case, past)
    for step in past.steps:
        rule = kind.procedure.steps[step.step]
        by = replace(step.by, case=case.pk) if isinstance(step.by, PartyActor) else step.by
        kind.function(rule)(kind.reference(case), by=by, seen=case.version, at=step.at, **step.given)
        case.refresh_from_db()
        keep_promise(case, past)
    return case


def keep_promise(case: Case, past: Past) -> None:
    """Where a promise was started by limits, the one of then takes its place, or none where nobody promised."""
    if "promise" not in past.ends:
        return
    promised = past.ends["promise"]
    running = Clock.objects.filter(case=case, name="promise", stopped_at=None).exclude(source=GIVEN)
    if not running:
        return
    if promised:
        running.filter(label="").update(due_at=promised, first_due=promised, source=GIVEN)
    running.delete()
    Case.everywhere.filter(pk=case.pk).update(due=promised)
    pressing_again(case)


@pytest.fixture
def limits_of_then(world: Any) -> None:
    """The limits of today, laid down for the time before."""
    for row in Limit.objects.filter(kind="matters"):
        row.pk, row.valid_from, row.valid_to = None, date(1990, 1, 1), row.valid_from
        row.save()
    bump("limits")


def by_name(world: Any, step: str) -> Any:
    who = {"accept": "chengguan_clerk", "dispatch": "chengguan_dispatcher", "handle": "power"}
    who |= {"check": "chengguan_checker", "confirm": "call_taker", "contest": "call_taker"}
    return IMPORT if step == "lapse" else world.by(who[step])


@pytest.mark.parametrize(
    "steps",
    [
        (),
        ("accept",),
        WHOLE[:2],
        WHOLE[:3],
        WHOLE,
        (*WHOLE[:4], "confirm"),
        (*WHOLE[:4], "contest", *WHOLE[2:]),
    ],
    ids="-".join,
)
def test_a_past_equals_the_same_steps_taken_one_by_one(world: Any, steps: tuple[str, ...]) -> None:
    wanted = past(world, *steps)
    wanted = replace(wanted, steps=[replace(each, by=by_name(world, each.step)) for each in wanted.steps])
    (case,) = written(wanted)
    assert books(case) == books(carried(wanted))


def test_steps_of_one_moment_keep_their_order(world: Any) -> None:
    steps = [PastStep("accept", BEGAN), PastStep("dispatch", BEGAN, given={"to": world.posts["power"]})]
    cases = written(*[past(world, steps=steps) for _each in range(20)])
    for case in cases:
        names = Entry.objects.filter(about=case.pk).order_by("id").values_list("name", flat=True)
        assert list(names) == ["matters.report", "matters.accept", "matters.dispatch"]


def test_a_past_names_posts_and_no_people(world: Any) -> None:
    (case,) = written(past(world, *WHOLE))
    entries = Entry.objects.filter(about=case.pk).order_by("id")
    assert {each.holding for each in entries} == {None}
    assert [each.post for each in entries][1:4] == [
        world.posts[name].pk for name in ("chengguan_clerk", "chengguan_dispatcher", "power")
    ]


def test_nobody_is_sent_a_message_about_the_past(world: Any) -> None:
    contact = GivenContact("李小芳", "13912345678")
    given = {**past(world).given, "contact": contact}
    written(past(world, *WHOLE, given=given))
    assert Notice.objects.count() == 0


def test_the_promise_is_the_one_that_was_given_then(world: Any) -> None:
    kept, broken = written(
        past(world, *WHOLE), past(world, *WHOLE, ends={"promise": BEGAN + timedelta(hours=2)})
    )
    for case, late in ((kept, False), (broken, True)):
        last = Clock.objects.filter(case=case, name="promise").latest("started_at")
        assert last.source == GIVEN
        assert (last.stopped_at > last.due_at) == late


def test_what_nobody_promised_has_no_clock_that_could_be_late(world: Any) -> None:
    (case,) = written(past(world, *WHOLE[:2], ends={"promise": None}))
    assert not Clock.objects.filter(case=case, name="promise").exists()
    assert case.due is None


def test_before_the_first_limit_no_clock_runs_by_one(world: Any) -> None:
    Limit.objects.filter(kind="matters").update(valid_from=date(2025, 6, 1))
    bump("limits")
    (case,) = written(past(world, *WHOLE))
    assert set(Clock.objects.filter(case=case).values_list("name", flat=True)) <= {"promise", "part"}


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([PastStep("check", BEGAN)], "not possible any more"),
        ([PastStep("frobnicate", BEGAN)], "no such step"),
        ([PastStep("accept", BEGAN - timedelta(seconds=1))], "run backwards"),
        ([PastStep("accept", datetime(2999, 1, 1, tzinfo=UTC))], "has not come yet"),
        ([PastStep("accept", BEGAN), PastStep("accept", BEGAN)], "not possible any more"),
    ],
)
def test_a_past_the_procedure_does_not_allow_is_refused_alone(world: Any, steps: Any, reason: str) -> None:
    with override("en"):
        outcomes = replay_many([past(world, "accept"), past(world, steps=steps), past(world)])
    assert isinstance(outcomes[1], Refusal)
    assert reason in outcomes[1].sentence
    assert Case.everywhere.filter(pk__in=[outcomes[0], outcomes[2]]).count() == Case.everywhere.count() == 2


def test_a_past_before_1900_is_refused(world: Any) -> None:
    with override("en"):
        assert "before 1900" in refusal(past(world, at=datetime(1899, 12, 31, tzinfo=UTC)))


def test_a_named_person_does_not_check_their_own_work(world: Any) -> None:
    by = world.by("chengguan_checker")
    steps = [replace(each, by=by if each.step == "check" else None) for each in past(world, *WHOLE[:4]).steps]
    steps[1] = replace(steps[1], by=world.by("chengguan_dispatcher"))
    assert len(written(past(world, steps=steps))) == 1
    own = Holding.objects.create(
        post=world.posts["chengguan_dispatcher"], account=by.holding.account, acting=True
    )
    steps[1] = replace(steps[1], by=PostActor(own))
    with override("en"):
        assert "does not check it" in refusal(past(world, steps=steps))


def test_what_the_database_refuses_is_refused_alone(world: Any) -> None:
    same = Origin.of("test", "1", b"")
    outcomes = replay_many([past(world), past(world, origin=same), past(world, origin=same)])
    assert [isinstance(each, Refusal) for each in outcomes] == [False, False, True]
    assert Case.everywhere.count() == 2


def test_a_past_follows_its_original_and_ends_with_it(world: Any) -> None:
    key = Origin.of("test", "first", b"")
    follows = [
        PastStep(
            "link_duplicate",
            BEGAN + timedelta(hours=2),
            given={"original": lambda each: each.known(key.key, "1")},
        ),
        PastStep("close_with_original", BEGAN + timedelta(hours=5)),
    ]
    first, second = written(past(world, *WHOLE, origin=key), past(world, steps=follows))
    assert Link.objects.get().target == first
    assert (second.stage, second.outcome) == ("closed", "merged")
    late = [replace(follows[0], at=BEGAN + timedelta(hours=6))]
    with override("en"):
        assert "closed" in refusal(past(world, steps=late))


def test_an_original_that_is_not_in_lets_its_follower_wait(world: Any) -> None:
    steps = [PastStep("link_duplicate", BEGAN, given={"original": lambda each: each.known("none", "17")})]
    (outcome,) = replay_many([past(world, steps=steps)])
    assert isinstance(outcome, Waits)


# --- any walk -----------------------------------------------------------------------------------------------

ASIDE = {"link_duplicate", "unlink_duplicate", "relate", "rule", "whistle", "supervise"}


@pytest.mark.usefixtures("limits_of_then")
@pytest.mark.parametrize("seed", range(25))
def test_any_walk_through_the_procedure_comes_out_the_same(world: Any, seed: int) -> None:
    """People take what they are offered, at real times; then the same is written as a past."""
    chance, taken, at = Random(seed), [], BEGAN
    walked = past(world, ends={}, by=world.by("call_taker"))
    case = carried(walked)
    people: dict[str, Any] = {name: world.by(name) for name in KEYS}
    people["reporter"] = PartyActor("reporter", case.pk)
    for _turn in range(14):
        open_to = zip(people.values(), steps_open_to_each(people.values(), case, at=at), strict=True)
        offered = [(by, step) for by, steps in open_to for step in steps]
        offered = [(by, step) for by, step in offered if step.name not in ASIDE]
        if not offered:
            break
        by, step = chance.choice(offered)
        at += timedelta(hours=chance.randrange(1, 40))
        given = extras(step.name, world)
        try:
            with transaction.atomic():
                getattr(actions, step.name)(Matter(case=case), by=by, seen=case.version, at=at, **given)
        except Refusal:
            continue
        case.refresh_from_db()
        by = PartyActor("reporter") if isinstance(by, PartyActor) else by
        taken.append(PastStep(step.name, at, by, given))
    (again,) = written(replace(walked, steps=taken))
    assert books(again) == books(case)
