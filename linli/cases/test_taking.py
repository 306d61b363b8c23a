"""The mechanism itself: races, procedure walks and what happens when things break in the middle."""

import pytest
from django.db import OperationalError, connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from linli.base.errors import Conflict, NotFound, NotYours, Refusal, Stale, Unavailable
from linli.base.writing import writing
from linli.cases.kinds import kind_of
from linli.cases.models import Case, Clock, Task
from linli.cases.opening import open_one
from linli.cases.steps import steps_open_to, steps_open_to_each
from linli.kinds.matters import actions
from linli.kinds.matters.models import Matter
from linli.ledger.models import Entry
from linli.portals.demo.world import standing_world
from linli.posts.actions import end
from linli.posts.actor import PartyActor, PostActor, SystemActor
from linli.posts.models import Holding
from linli.residents.keeping import GivenContact

PROCEDURE = kind_of("matters").procedure
KEYS = [
    *(
        "chengguan_clerk",
        "chengguan_dispatcher",
        "chengguan_checker",
        "call_taker",
        "power",
        "water",
        "market",
    ),
    *("东门社区第一网格", "county_dispatcher", "county_head", "liuhe_clerk"),
]
# What these refuse depends on what they are given, so they may be offered and yet refused.
DEPENDING = {"add_helper", "link_duplicate", "whistle"}


def report(world):
    opened = actions.report(
        by=PartyActor("reporter"),
        text="灯坏了",
        division=world.place("东门社区第一网格"),
        contact=GivenContact("李小芳", "13912345678"),
    )
    return Matter.objects.select_related("case").get(pk=opened.case)


REASONED = {
    *("refuse", "void", "unlink_duplicate", "send_back", "fail", "contest", "reopen", "redo", "uphold"),
    *("escalate", "decline", "excuse", "disclaim", "deny_extension", "ask_reach"),
}


def extras(step, world, other=None):
    """What a step needs besides who and which version."""
    water, power = world.posts["water"], world.posts["power"]
    given = {
        "refer": {"reason": "因为", "to": water.organisation},
        "dispatch": {"to": power, "helpers": [water]},
        "add_helper": {"to": world.posts["market"]},
        "rule": {"to": water, "reason": "按职责分工"},
        "whistle": {"to": [water, world.posts["fire"]], "hours": 4, "task": "到现场"},
        "supervise": {"question": "为何还没办", "hours": 8},
        "respond": {"reply": "已到场"},
        "hand_down": {"advice": "按此办理"},
        "verify": {"finding": "属实"},
        "settle": {"result": "当场清理"},
        "handle": {"result": "好了"},
        "issue": {"result": "好了", "remedy": "可要求重办"},
        "ask": {"question": "在哪?"},
        "allow_reach": {"sheet": b"JPEG"},
        "add": {"more": "四号楼也黑"},
        "answer": {"reply": "这里"},
        "suspend": {"because": "weather"},
        "park": {"because": "funding"},
        "request_extension": {"amount": 3, "reason": "缺配件"},
        "extend": {"amount": 3, "reason": "缺配件"},
        "link_duplicate": {"original": other},
        "relate": {"other": other, "relation": "related"},
    }
    return given.get(step, {"reason": "因为"} if step in REASONED else {})


def take(world, matter, step, by, seen, other=None):
    getattr(actions, step)(matter, by=by, seen=seen, **extras(step, world, other))


def test_eight_clerks_on_one_matter_one_wins_and_nobody_breaks(committed_world, at_once):
    matter = report(committed_world)
    by = committed_world.by("chengguan_clerk")

    def act():
        try:
            actions.accept(matter, by=by, seen=1)
        finally:
            connection.close()

    outcomes = at_once([act] * 8)
    assert outcomes.count(None) == 1
    assert all(isinstance(each, Stale) for each in outcomes if each is not None)
    assert Case.everywhere.get(pk=matter.pk).version == 2
    assert Entry.objects.filter(name="matters.accept").count() == 1


def test_a_hundred_matters_four_racers_each_is_dispatched_once(committed_world, at_once):
    """Without BEGIN IMMEDIATE and the fair lock most of these calls died with "database is locked"."""
    world = committed_world
    matters = [report(world) for _each in range(100)]
    for matter in matters:
        actions.accept(matter, by=world.by("chengguan_clerk"), seen=1)

    def racer():
        done = 0
        try:
            for matter in matters:
                try:
                    take(world, matter, "dispatch", world.by("chengguan_dispatcher"), 2)
                    done += 1
                except Stale:
                    pass
        finally:
            connection.close()
        return done

    outcomes = at_once([racer] * 4)
    assert sum(outcomes) == 100
    assert Case.everywhere.filter(stage="dispatched", version=3).count() == 100


def test_a_post_that_ended_between_reading_and_acting_is_refused(world):
    matter = report(world)
    end(world.by("chengguan_clerk").holding, by=SystemActor("test"))
    with pytest.raises(NotYours, match="has ended"):
        actions.accept(matter, by=world.by("chengguan_clerk"), seen=1)


def test_a_stranger_learns_neither_version_nor_stage(world):
    matter = report(world)
    for seen in (1, 99):
        with pytest.raises(NotFound):
            actions.dispatch(matter, by=world.by("liuhe_dispatcher"), seen=seen, to=world.posts["power"])


def test_a_failing_outbox_undoes_the_whole_step(world, monkeypatch):
    matter = report(world)
    monkeypatch.setattr("linli.cases.books.record", lambda _line: 1 / 0)
    counted = (Task.objects.count(), Clock.objects.count(), Entry.objects.count())
    with pytest.raises(ZeroDivisionError):
        actions.accept(matter, by=world.by("chengguan_clerk"), seen=1)
    assert (Task.objects.count(), Clock.objects.count(), Entry.objects.count()) == counted
    assert Case.everywhere.get(pk=matter.pk).version == 1


def fill(world):
    """Report until the store takes no more."""
    for _each in range(2000):
        report(world)


@pytest.mark.sqlite
def test_a_full_disk_is_a_polite_refusal_and_nothing_is_kept(committed_world, monkeypatch):
    """max_page_count makes SQLite report SQLITE_FULL exactly as a full disk does; it holds for one connection."""
    monkeypatch.setattr("linli.cases.grouping._writer.do", open_one)
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Unavailable):
        fill(committed_world)
    kept = Case.everywhere.count()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")
    report(committed_world)
    assert Case.everywhere.count() == kept + 1
    assert Matter.objects.count() == Case.everywhere.count()


def test_a_mistake_in_a_statement_is_not_taken_for_a_full_disk(db):
    with pytest.raises(OperationalError if connection.vendor == "sqlite" else Exception), writing():
        connection.cursor().execute("SELECT * FROM there_is_no_such_table")


class Procedures(RuleBasedStateMachine):
    """Anybody tries any step in any stage; the procedure alone decides, and the invariants always hold."""

    @initialize()
    def begin(self):
        self.world = standing_world()
        self.matter, self.other = report(self.world), report(self.world).case
        self.taken = 1

    @rule(
        step=st.sampled_from(sorted(set(PROCEDURE.steps) - {"report"})),
        who=st.sampled_from([*KEYS, "reporter"]),
    )
    def any_attempt(self, step, who):
        self.attempt(step, who)

    def attempt(self, step, who):
        by = PartyActor("reporter", self.matter.pk) if who == "reporter" else self.world.by(who)
        case = Case.everywhere.get(pk=self.matter.pk)
        offered = {each.name for each in steps_open_to(by, case)}
        try:
            take(self.world, self.matter, step, by, case.version, self.other)
        except Refusal:
            assert step not in offered - DEPENDING
            assert Case.everywhere.get(pk=case.pk).version == case.version
        else:
            assert step in offered
            self.taken += 1
            assert Case.everywhere.get(pk=case.pk).stage in PROCEDURE.steps[step].targets | {case.stage}

    @rule(
        step=st.sampled_from(sorted(set(PROCEDURE.steps) - {"report"})),
        who=st.sampled_from([*KEYS, "reporter"]),
        off=st.sampled_from([-1, 1, 1000]),
    )
    def on_another_version(self, step, who, off):
        """Whoever decided on another version takes no step, whatever it is; the books stay as they are."""
        by = PartyActor("reporter", self.matter.pk) if who == "reporter" else self.world.by(who)
        version = Case.everywhere.get(pk=self.matter.pk).version
        with pytest.raises(Refusal):
            take(self.world, self.matter, step, by, version + off, self.other)

    @rule(chosen=st.integers(0, 10_000))
    def go_on(self, chosen):
        """Take one of the steps that are offered to somebody, so that walks come far."""
        case = Case.everywhere.get(pk=self.matter.pk)
        people = {name: self.world.by(name) for name in KEYS}
        people["reporter"] = PartyActor("reporter", self.matter.pk)
        open_to = zip(people, steps_open_to_each(people.values(), case), strict=True)
        offered = [(step.name, who) for who, steps in open_to for step in steps]
        if offered:
            self.attempt(*offered[chosen % len(offered)])

    @precondition(lambda self: hasattr(self, "matter"))
    @invariant()
    def the_books_agree(self):
        case = Case.everywhere.get(pk=self.matter.pk)
        steps = Entry.objects.filter(about=case.pk, name__startswith="matters.")
        assert steps.count() == self.taken == case.version
        stage, tasks = PROCEDURE.stages[case.stage], case.tasks.filter(closed_at=None)
        assert (case.closed_at is not None) == stage.ends
        # Somebody has to do something, or the case has ended, or it follows another one.
        assert tasks.exists() != (stage.ends or stage.name == "merged")
        assert tasks.exclude(role__in=["helps", "asked"]).count() <= 1
        running = list(case.clocks.filter(stopped_at=None).values_list("name", "task"))
        assert len(running) == len(set(running))
        assert {task for _name, task in running} - {None} <= set(tasks.values_list("pk", flat=True))
        assert not stage.ends or {name for name, _task in running} <= {"reopen"}
        assert not stage.ends or (case.due is None and not case.clocks.filter(resting=True).exists())
        for holding in Holding.objects.current().filter(post__in=tasks.values("post")):
            assert steps_open_to(PostActor(holding), case), (stage.name, holding.post.title)


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("walks", [15, pytest.param(100, marks=pytest.mark.nightly)])
def test_any_walk_through_the_procedure_keeps_the_books(db, walks):
    from hypothesis.stateful import run_state_machine_as_test

    quiet = settings(
        max_examples=walks,
        stateful_step_count=40,
        deadline=None,
        phases=[Phase.generate],  # shrinking a walk takes longer than reading it
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Procedures, settings=quiet)


def test_a_step_that_does_not_fit_says_where_the_case_is(world):
    matter = report(world)
    with pytest.raises(Conflict, match=r"Reported|待受理"):
        actions.dispatch(matter, by=world.by("chengguan_dispatcher"), seen=1, to=world.posts["power"])
