"""Every step of every kind, taken by two people in the same moment and by one who saw an older version.

Cases are walked through their procedures, always to where they seldom stood, and each step is raced where it is met
first: one wins, the other is refused in a sentence, nothing is lost and nothing is done twice. Posts race in
their browsers; the reporter and the clock, who have none here, race at the action.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from random import Random
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.datastructures import MultiValueDict
from PIL import Image

from linli.base.errors import Refusal
from linli.cases.forms import CaseField, PhotosField, PlaceField, PostField, StepForm
from linli.cases.kinds import Kind, all_kinds, power
from linli.cases.models import Case, Clock
from linli.cases.procedure import ANYONE, Step
from linli.cases.steps import form_for, open_case, steps_open_to, take
from linli.kinds.datarequests.conftest import PHONE, looked
from linli.kinds.emergencyreads.conftest import a_source, read_by
from linli.ledger.models import Entry
from linli.portals.demo.people import SITTERS
from linli.posts.actor import Actor, PartyActor, PostActor, SystemActor

pytestmark = pytest.mark.server
HOME = "东门社区第一网格"
PEOPLE = [sitter.key for sitter in SITTERS] + [
    *(f"chengguan_{post}" for post in ("clerk", "dispatcher", "checker", "team")),
    HOME,
]
_drawn = BytesIO()
Image.new("RGB", (8, 8), "white").save(_drawn, "JPEG")
PHOTO = _drawn.getvalue()
STEPS_PER_CASE, CASES, MOST_ASKED = 60, 12, 9
POLITE = {403, 404, 409}
AtOnce = Callable[[list[Callable[[], object]]], list[Any]]


def filled(
    form: StepForm, chance: Random, other: str, place: str, said: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Something believable for every field that must be filled in; `said`: what is said in fields of these names."""
    believed = {
        name: value
        for name, field in form.fields.items()
        if (value := _believable(field, form.initial.get(name), chance, other, place)) is not None
    }
    either = {"more": "四号楼也黑"}  # forms that ask for words or photos
    return believed | {
        name: value for name, value in {**either, **(said or {})}.items() if name in form.fields
    }


def _believable(field: forms.Field, known: Any, chance: Random, other: str, place: str) -> Any:
    if isinstance(field, CaseField):
        return other
    if isinstance(field, PlaceField):
        return place
    if not field.required:
        return None
    if isinstance(field, PhotosField):
        return PHOTO
    if isinstance(field, forms.ModelMultipleChoiceField):
        return [row.pk for row in chance.sample(list(field.queryset), 1)]
    if isinstance(field, forms.ModelChoiceField):
        return field.prepare_value(chance.choice(list(field.queryset)))
    if isinstance(field, forms.ChoiceField):
        return chance.choice([value for value, _words in field.choices if value])
    if isinstance(field, forms.IntegerField):
        return known or field.initial or max(field.min_value or 1, 1)
    return known or field.initial or "按规定办理。"


def sent(data: dict[str, Any]) -> dict[str, Any]:
    """The same with files of its own, so that two can send them at once."""
    return {
        name: SimpleUploadedFile("photo.jpg", value) if isinstance(value, bytes) else value
        for name, value in data.items()
    }


@dataclass
class Walk:
    """One kind in the demo county: who is there, and which of its steps were raced."""

    kind: Kind
    world: Any
    at_once: AtOnce
    said: dict[str, Any] = field(default_factory=dict)
    chance: Random = field(default_factory=lambda: Random(7))
    taken: Counter[str] = field(default_factory=Counter)
    stood: Counter[str] = field(default_factory=Counter)
    raced: set[str] = field(default_factory=set)

    def new_case(self) -> Case:
        """A fresh one, from the reporter where anybody may open it."""
        if not self.kind.procedure.offered:  # opened by what it reviews
            return read_by(self.world).case
        step = self.kind.procedure.opening
        clerks = (self.world.by(key) for key in PEOPLE if self.world.posts[key].kind in step.posts)
        by = self.party() if ANYONE in step.parties else next(clerks)
        form = self.kind.form(step)(by=by)
        data = filled(form, self.chance, "", self.world.place(HOME).trimmed, self.said)
        given = self.kind.form(step)(data, by=by)
        if not given.is_valid():  # where one of several things has to be said
            data |= {
                name: self.somebody(field) for name, field in given.fields.items() if type(field) is PostField
            }
        return Case.everywhere.get(pk=open_case(self.kind.name, data, by=by).case)

    def party(self) -> PartyActor:
        """Whoever opens one; for a request about own data, somebody known, whose data the town's clerk looked at."""
        if self.kind.name != "datarequests":
            return PartyActor("reporter")
        look = looked(a_source(self.world), self.world.by("chengguan_clerk"))
        self.said |= {"wanted": "ask_why", "look": str(look.pk)}
        return PartyActor("reporter", person=look.contact_id, proof="code")

    def somebody(self, field: PostField) -> int:
        """The grid worker, who can be heard, and above whom there is another level than the superior's."""
        return int(next(post.pk for post in field.queryset if post == self.world.posts[HOME]))

    def offered(self, case: Case) -> Iterator[tuple[Step, Actor]]:
        """Who may take which step now."""
        everybody = [self.world.by(key) for key in PEOPLE]
        for by in (*everybody, PartyActor("reporter", case.pk), SystemActor("clock")):
            for step in steps_open_to(by, case):
                yield step, by

    def onwards(self, case: Case, other: str) -> bool:
        """Take the step that was taken least, as a race when it is met for the first time; False at a dead end."""
        case = Case.everywhere.get(pk=case.pk)
        found: dict[str, list[Actor]] = {}
        steps: dict[str, Step] = {}
        for step, by in self.offered(case):
            found.setdefault(step.name, []).append(by)
            steps[step.name] = step
        for name in sorted(found, key=lambda name: self.known(case, steps[name])):
            self.chance.shuffle(found[name])
            act = self.race if name not in self.raced else self.go
            if act(case, steps[name], found[name], other):
                self.taken[name] += 1
                self.stood[Case.everywhere.get(pk=case.pk).stage] += 1
                return True
        return False

    def known(self, case: Case, step: Step) -> tuple[object, ...]:
        """What was not raced yet comes first, then what asks for it, what goes on, what leads where few cases stood."""
        rest = [each for each in self.kind.procedure.steps.values() if each.name not in self.raced]
        return (
            step.name in self.raced,
            not any(step.name in each.settles for each in rest) or self.taken[step.name] > MOST_ASKED,
            self.kind.procedure.stages[step.enters or case.stage].ends,
            self.stood[step.enters or case.stage],
            self.taken[step.name],
            step.name,
        )

    def go(self, case: Case, step: Step, actors: list[Actor], other: str) -> bool:
        """Take it once, without ado."""
        try:
            self.act(case, step, actors[0], self.data(case, step, actors[0], other), case.version)
        except Refusal:
            return False
        return True

    def data(self, case: Case, step: Step, by: Actor, other: str) -> dict[str, Any]:
        """What the step's form is given; the clock has none."""
        form = None if step.system else form_for(step, case, by=by)
        return filled(form, self.chance, other, "", self.said) if form else {}

    def act(self, case: Case, step: Step, by: Actor, data: dict[str, Any], seen: int) -> None:
        """As the action: the reporter's and the clock's way."""
        if step.system:
            self.kind.function(step)(self.kind.reference(case), by=by, seen=seen)
        else:
            files = {name: [value] for name, value in sent(data).items() if value is not data[name]}
            take(case, step.name, data, by=by, seen=seen, files=MultiValueDict(files))

    def answer(self, case: Case, step: Step, by: Actor, data: dict[str, Any], seen: int) -> tuple[int, str]:
        """What somebody is told: a status and the sentence or page."""
        if isinstance(by, PostActor):
            browser = Client(headers={"accept-language": "zh-hans"})
            browser.force_login(by.holding.account)
            address = f"/desk/cases/{case.number}/{step.name}/"
            told = browser.post(address, {**sent(data), "seen": seen})
            return told.status_code, told.content.decode()
        try:
            self.act(case, step, by, data, seen)
        except Refusal as refusal:
            return refusal.status, str(refusal.sentence)
        return 302, ""

    def race(self, case: Case, step: Step, actors: list[Actor], other: str) -> bool:
        """Two at once with the same version, after one with an older; False where the action itself refuses it."""
        name, data = step.name, {}
        for by in (actors[-1], actors[0]):  # somebody may be asked for more than somebody else
            data |= self.data(case, step, by, other)
        entries = Entry.objects.filter(about=case.pk, name=power(self.kind.name, step))
        before = entries.count()
        if (
            not step.alongside
        ):  # where each does a part of its own, what others did since is no reason to refuse
            status, words = self.answer(case, step, actors[0], data, case.version - 1)
            assert (status, bool(words)) == (409, True), (name, "an older version")
            assert entries.count() == before, (name, "an older version")
        pair = [actors[0], actors[-1]]
        acts = [lambda by=by: self.answer(case, step, by, data, case.version) for by in pair]
        answers = self.at_once(acts)
        assert all(isinstance(answer, tuple) for answer in answers), (name, answers)
        if all(status == 422 or (status == 409 and entries.count() == before) for status, _words in answers):
            return False
        statuses = sorted(status for status, _words in answers)
        assert statuses[0] == 302, (name, answers)
        assert statuses[1] in POLITE, (name, statuses)
        assert all(len(words) > 5 for status, words in answers if status != 302), name
        self.nothing_is_lost(case, name, entries.count() - before)
        self.raced.add(step.name)
        return True

    def nothing_is_lost(self, case: Case, name: str, entries: int) -> None:
        """One step further and no more, with one entry, and no clock twice."""
        assert entries == 1, name
        assert Case.everywhere.get(pk=case.pk).version == case.version + 1, name
        running = list(Clock.objects.filter(case=case, stopped_at=None).values_list("name", "task", "label"))
        assert len(running) == len(set(running)), name


# Where several people must each say yes and sign, walking by chance comes nowhere: such a kind walks and races itself
# (linli/kinds/disputes/test_whole_way.py, test_races.py).
ONE_SIDED = [kind for kind in all_kinds() if not kind.procedure.has_parties]


@pytest.mark.parametrize("kind", ONE_SIDED, ids=lambda kind: kind.name)
def test_every_step_has_one_winner(kind: Kind, committed_world: Any, at_once: AtOnce) -> None:
    touched = a_source(committed_world).number
    walk = Walk(kind, committed_world, at_once, {"phone": PHONE, "numbers": touched})
    steps = {step.name for step in kind.procedure.steps.values() if not step.opens}
    other = walk.new_case().number
    for _case in range(CASES):
        if walk.raced >= steps:
            break
        case = walk.new_case()
        for _step in range(STEPS_PER_CASE):
            if walk.raced >= steps or not walk.onwards(case, other):
                break
    assert steps - walk.raced == set(), f"not met on {sum(walk.taken.values())} steps"
