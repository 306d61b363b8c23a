"""Readers of all kinds in any order: each reading leaves exactly one row per person, and no row ever changes."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from linli.base.errors import Refusal
from linli.base.writing import writing
from linli.cases.models import Case
from linli.kinds.matters import actions
from linli.portals.demo.world import standing_world
from linli.posts.actions import end
from linli.posts.actor import PartyActor, PostActor, SystemActor
from linli.residents.keeping import GivenContact
from linli.residents.models import Access
from linli.residents.reading import FIELDS, log_look_up, read, read_many, read_reviewed

STAFF = [
    "call_taker",
    "chengguan_clerk",
    "liuhe_clerk",
    "county_clerk",
    "power",
    "administrator",
    "东门社区第一网格",
]
CLERKS = STAFF[:4]
READERS = [*STAFF, "reporter_0", "reporter_1", "handler", "notices", "import"]
PURPOSES = ["call_back", "call_back_many", "intake", "notice", "own", "curiosity"]
NOT_THIS_WAY = [
    "life_at_risk",
    "reach",
    "work",
    "search",
    "printout",
    "window",
    "pairs",
]  # each has its own door
# Read from the register by hand, so that a slip in it is seen: purpose -> kinds of post, others, fields, which door.
MAY = {
    "call_back": ({"clerk", "call_taker"}, set(), ("name", "phone"), "one"),
    "call_back_many": ({"clerk", "call_taker"}, set(), ("name", "phone"), "many"),
    "intake": ({"clerk", "call_taker"}, set(), ("matters",), "look_up"),
    "notice": (set(), {"notices"}, ("phone",), "one"),
    "own": (set(), {"reporter"}, ("name", "phone", "address"), "one"),
    "printout": ({"clerk"}, set(), ("readings",), "look_up"),
    "life_at_risk": (
        {"call_taker", "clerk", "handler", "grid_worker"},
        set(),
        ("name", "phone", "address"),
        "reviewed",
    ),
}
# What stands in a row: purpose -> number, way of reading; class of data -> number.
NUMBERS = {
    "call_back": (1, 1),
    "call_back_many": (2, 5),
    "intake": (3, 3),
    "notice": (4, 7),
    "own": (5, 1),
    "life_at_risk": (6, 1),
    "printout": (19, 3),
}
CLASSES = {"name": 1, "phone": 2, "address": 4, "matters": 32, "readings": 64}
READER = {PostActor: 1, PartyActor: 2, SystemActor: 3}
VALUES = {"name": "李小芳", "phone": "13912345678", "address": "东门一号"}
SAID = (
    *("contact_id", "person_id", "about", "reader", "post", "unit", "holding", "relation"),
    *("activity", "how", "classes", "count"),
)
COLUMNS = ("id", "at", "trace", *SAID)
readers, purposes = st.sampled_from(READERS), st.sampled_from([*PURPOSES, *NOT_THIS_WAY])
which = st.integers(0, 1)


class Readings(RuleBasedStateMachine):
    """Anybody reads anybody's data for any purpose; an independent table says what must come of it."""

    @initialize()
    def begin(self):
        self.undo = transaction.savepoint()  # appointments end in a walk
        self.world = standing_world()
        given = GivenContact(VALUES["name"], "139 1234 5678", VALUES["address"])
        places = [self.world.place("东门社区第一网格"), self.world.by("liuhe_clerk").post.division]
        opened = [
            actions.report(by=PartyActor("reporter"), text="灯坏了", division=place, contact=given)
            for place in places
        ]
        self.cases = [Case.everywhere.select_related("reporter").get(pk=each.case) for each in opened]
        self.ended, self.expected, self.kept = set(), [], {}
        self.before = set(Access.objects.values_list("pk", flat=True))

    def teardown(self):
        transaction.savepoint_rollback(self.undo)

    def actor(self, who):
        if who.startswith("reporter_"):
            return PartyActor("reporter", self.cases[int(who[-1])].pk)
        if who == "handler":
            return PartyActor("handler", self.cases[0].pk)
        return self.world.by(who) if who in STAFF else SystemActor(who)

    def allowed(self, who, purpose, pairs, how):
        """The rule again, slowly, from the table above."""
        if purpose not in MAY:
            return False
        posts, others, _fields, one_or_many = MAY[purpose]
        by = self.actor(who)
        if how != one_or_many and not (how == "many" and isinstance(by, SystemActor)):
            return False
        if any(contact.pk != case.reporter_id for contact, case in pairs):
            return False
        if isinstance(by, PostActor):
            low, high = by.post.division.span
            inside = all(low <= case.code_now < high for _contact, case in pairs)
            return inside and by.post.kind in posts and who not in self.ended
        if isinstance(by, PartyActor):
            return by.relation in others and all(by.case == case.pk for _contact, case in pairs)
        return by.name in others

    def note(self, who, purpose, pairs, fields):
        by = self.actor(who)
        seat = (None, None, None)
        relation = getattr(by, "relation", getattr(by, "name", ""))
        if isinstance(by, PostActor):
            seat, relation = (by.post.pk, by.post.organisation_id, by.holding.pk), ""
        people = {
            (contact.pk, None, case.pk) for contact, case in pairs
        }  # one row each, however often asked for
        classes = sum(CLASSES[each] for each in fields)
        told = (READER[type(by)], *seat, relation, *NUMBERS[purpose], classes, len(people))
        self.expected += [(*whose, *told) for whose in people]

    @rule(who=readers, purpose=purposes, whose=which, through=which, asked=st.sets(st.sampled_from(FIELDS)))
    def one_attempt(self, who, purpose, whose, through, asked):
        self.read_one(who, purpose, (whose, through), asked)

    def read_one(self, who, purpose, chosen, asked):
        whose, through = chosen
        pair = (self.cases[whose].reporter, self.cases[through])
        may = self.allowed(who, purpose, [pair], "one")
        try:
            person = read(pair[0], purpose, pair[1], by=self.actor(who), fields=sorted(asked))
        except Refusal:
            assert not may
        else:
            assert may
            fields = [name for name in MAY[purpose][2] if name in asked]
            self.note(who, purpose, [pair], fields)
            assert {name: getattr(person, name) for name in FIELDS} == {
                name: VALUES[name] if name in fields else "" for name in FIELDS
            }

    @rule(who=readers, purpose=purposes, pairs=st.lists(st.tuples(which, which), min_size=1, max_size=3))
    def several_attempted(self, who, purpose, pairs):
        self.read_several(who, purpose, pairs)

    def read_several(self, who, purpose, pairs):
        pairs = [(self.cases[whose].reporter, self.cases[through]) for whose, through in pairs]
        may = self.allowed(who, purpose, pairs, "many")
        try:
            people = read_many(pairs, purpose, by=self.actor(who))
        except Refusal:
            assert not may
        else:
            assert may
            assert len(people) == len(pairs)
            self.note(who, purpose, pairs, MAY[purpose][2])

    @rule(who=st.sampled_from(STAFF), whose=which, through=which)
    def emergency(self, who, whose, through):
        """The caller opens the review in the same transaction."""
        pair = (self.cases[whose].reporter, self.cases[through])
        may = self.allowed(who, "life_at_risk", [pair], "reviewed")
        try:
            person = read_reviewed(pair[0], "life_at_risk", pair[1], by=self.actor(who))
        except Refusal:
            assert not may
        else:
            assert may
            assert {name: getattr(person, name) for name in FIELDS} == VALUES
            self.note(who, "life_at_risk", [pair], FIELDS)

    @rule(
        who=st.sampled_from(STAFF),
        pairs=st.lists(st.tuples(which, which), min_size=1, max_size=2),
        purpose=st.sampled_from(["intake", "printout"]),
    )
    def look_up(self, who, pairs, purpose):
        """The caller of a look-up has checked the appointment itself."""
        if who in self.ended:
            return
        pairs = [(self.cases[whose].reporter, self.cases[through]) for whose, through in pairs]
        may = self.allowed(who, purpose, pairs, "look_up")
        try:
            with writing():
                log_look_up(pairs, by=self.actor(who), purpose=purpose)
        except Refusal:
            assert not may
        else:
            assert may
            self.note(who, purpose, pairs, MAY[purpose][2])

    @rule(
        who=st.sampled_from(CLERKS),
        purpose=st.sampled_from(["call_back", "call_back_many", "intake"]),
        cases=st.lists(which, min_size=1, max_size=3),
        how=st.sampled_from(["one", "many"]),
    )
    def read_as_one_usually_does(self, who, purpose, cases, how):
        """What blind attempts seldom are: the right post, a listed purpose, each contact through its own case."""
        if how == "one":
            self.read_one(who, purpose, (cases[0], cases[0]), set(FIELDS))
        else:
            self.read_several(who, purpose, [(each, each) for each in cases])

    @precondition(lambda self: len(self.ended) < 3)
    @rule(who=st.sampled_from(CLERKS))
    def appointment_ends(self, who):
        if who not in self.ended:
            end(self.world.by(who).holding, by=SystemActor("test"))
            self.ended.add(who)

    @precondition(lambda self: self.expected)
    @rule(change=st.sampled_from(["update", "delete", "raw update", "raw delete"]))
    def somebody_tampers(self, change):
        table = Access._meta.db_table
        changes = {
            "update": lambda: Access.objects.update(activity=5),
            "delete": lambda: Access.objects.all().delete(),
            "raw update": lambda: connection.cursor().execute(f"UPDATE {table} SET activity = 5"),
            "raw delete": lambda: connection.cursor().execute(f"DELETE FROM {table}"),
        }
        with pytest.raises(DatabaseError), transaction.atomic():
            changes[change]()

    @precondition(lambda self: hasattr(self, "cases"))
    @invariant()
    def each_reading_left_its_rows_and_no_other(self):
        rows = {row[0]: row for row in Access.objects.exclude(pk__in=self.before).values_list(*COLUMNS)}
        assert self.kept.items() <= rows.items()
        self.kept = rows
        found = [row[-len(SAID) :] for row in rows.values()]
        assert sorted(found, key=str) == sorted(self.expected, key=str)


@pytest.mark.parametrize("walks", [25, pytest.param(400, marks=pytest.mark.nightly)])
def test_any_order_of_readings_leaves_exactly_its_rows(world, walks):
    quiet = settings(
        max_examples=walks,
        stateful_step_count=30,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Readings, settings=quiet)
