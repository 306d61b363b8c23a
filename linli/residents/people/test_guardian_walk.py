"""Whatever order guardians are noted, replaced, ended and contested in: who holds is known at every moment."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from linli.base.errors import Conflict, Invalid
from linli.posts.actor import PostActor
from linli.residents.models import Contact, Guardianship, Person
from linli.residents.people.ages import birthday
from linli.residents.people.conftest import registered_child
from linli.residents.people.guarding import contest, end_guardian, end_of_age, note_guardian, settle
from linli.residents.people.test_guarding import FATHER, MOTHER, WINDOW, contact_of, paper, years_ago
from linli.residents.people.warding import guarded_by, guards_of, is_contested

pytestmark = pytest.mark.django_db
PHONES = [MOTHER, FATHER, "13800000003"]


class Guardians(RuleBasedStateMachine):
    """Beside the real rows: who should hold, whether it is contested, and which day it is."""

    by: ClassVar[PostActor]
    child: ClassVar[Person]
    contacts: ClassVar[dict[str, Contact]]
    born: ClassVar[date]
    begin: ClassVar[date]
    today: ClassVar[date]

    def __init__(self) -> None:
        super().__init__()
        Guardianship.objects.all().delete()
        Guardians.today = self.begin
        self.holding: dict[str, Any] = {}
        self.contested: set[str] = set()
        self.grown = False

    @rule(phone=some.sampled_from(PHONES))
    def note(self, phone: str) -> None:
        self._note(phone, since=self.born)

    @precondition(lambda self: self.holding)
    @rule(data=some.data(), phone=some.sampled_from(PHONES))
    def replace(self, data: Any, phone: str) -> None:
        gone = data.draw(some.sampled_from(sorted(self.holding)))
        if self._note(phone, since=self.today, instead_of=self.holding[gone]):
            self._forget(gone)

    def _note(self, phone: str, **said: Any) -> bool:
        try:
            row = note_guardian(self.child, paper(phone=phone, born=self.born, **said), by=self.by)
        except (Conflict, Invalid):
            assert phone in self.holding or self.grown
            return False
        self.holding[phone] = row.pk
        return True

    @precondition(lambda self: self.holding)
    @rule(data=some.data())
    def stop(self, data: Any) -> None:
        gone = data.draw(some.sampled_from(sorted(self.holding)))
        end_guardian(self.child, self.holding[gone], "revoked", on=self.today, by=self.by)
        self._forget(gone)

    def _forget(self, phone: str) -> None:
        del self.holding[phone]
        self.contested.discard(phone)

    @rule()
    def disagree(self) -> None:
        if self.contested or not self.holding:
            with pytest.raises(Conflict):
                contest(self.child, by=self.by)
        else:
            contest(self.child, by=self.by)
            self.contested = set(self.holding)

    @rule()
    def agree(self) -> None:
        if self.contested:
            settle(self.child, by=self.by)
            self.contested = set()
        else:
            with pytest.raises(Conflict):
                settle(self.child, by=self.by)

    @rule()
    def grow(self) -> None:
        Guardians.today = birthday(self.born, 18)
        self.grown, self.holding, self.contested = True, {}, set()

    @rule()
    def count_down(self) -> None:
        end_of_age()

    @invariant()
    def those_who_hold_are_guardians_and_nobody_else_is(self) -> None:
        assert {each.row.pk for each in guards_of(self.child)} == set(self.holding.values())
        assert {phone for phone in PHONES if guarded_by(self.contacts[phone])} == set(self.holding)
        assert is_contested(guards_of(self.child)) == bool(self.contested)


def test_any_walk_of_guardians_keeps_the_rules(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Guardians.child, Guardians.by = registered_child(world), world.by(WINDOW)
    Guardians.contacts = {phone: contact_of(phone) for phone in PHONES}
    Guardians.born, Guardians.begin = years_ago(17), years_ago(0)
    Guardians.today = Guardians.begin
    monkeypatch.setattr("django.utils.timezone.localdate", lambda *_asked: Guardians.today)
    Guardians.TestCase.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
    Guardians.TestCase().runTest()
