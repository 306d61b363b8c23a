"""What a map names and what a file says, against what is known here: all of it is looked at before a row is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from django.utils.translation import gettext as _

from linli.base.tabular import STRAY, Row
from linli.cases.history.maps import OTHERS, Coded, Map, Turn, Value
from linli.cases.history.parameters import lacking, parameters_of
from linli.cases.history.reading import BY, Sheet, as_text, trouble_naming
from linli.cases.procedure import Procedure
from linli.posts.powers import kinds_with

_MOST_WORDS = 2000


def unmapped(map_: Map, rows: Iterable[tuple[int, Row]]) -> tuple[int, list[str]]:
    """How many rows there are, and a sentence for each word that the map does not translate."""
    closed = [each for each in map_.coded if OTHERS not in each.codes]
    seen: dict[tuple[str, str], int] = {}
    total = 0
    for _number, row in rows:
        total += 1
        if STRAY in row.values():  # told with its row; what stands in its cells is not theirs
            continue
        for each in closed:
            word = as_text(row[each.column])
            if word not in each.codes and len(seen) < _MOST_WORDS:
                seen[each.column, word] = seen.get((each.column, word), 0) + 1
    sentence = _("Column %(column)s: the map does not say what “%(word)s” means (%(count)d rows).")
    return total, [
        sentence % {"column": column, "word": word[:40], "count": count}
        for (column, word), count in sorted(seen.items(), key=lambda each: (each[0][0], -each[1]))
    ]


def mistakes_in(sheet: Sheet) -> Iterator[str]:
    """Everything the map names that is not there."""
    map_, procedure = sheet.map, sheet.kind.procedure
    yield from _in_step(sheet, procedure.opening.name, map_.given)
    for state, turns in map_.states.items():
        for turn in turns:
            if turn.step not in procedure.steps or turn.step == procedure.opening.name:
                yield _("State “%(state)s”: there is no step %(step)s.") % {"state": state, "step": turn.step}
                continue
            if turn.by not in BY:
                yield _("State “%(state)s”: “by” is reporter or system.") % {"state": state}
            yield from _in_step(sheet, turn.step, turn.given)
        yield from _out_of_turn(sheet.kind.procedure, state, turns)
    if map_.place.fallback and (trouble := trouble_naming(map_.place.fallback)):
        yield trouble
    if map_.place.stretch and not map_.place.fallback:
        yield _("“stretch” needs “fallback”: the division over which the points are laid.")
    for kind in sorted(set(map_.by.values()) - kinds_with(f"{sheet.kind.name}.{procedure.opening.name}")):
        yield _("A post of the kind %(kind)s does not take cases in.") % {"kind": kind}


def _out_of_turn(procedure: Procedure, state: str, turns: Sequence[Turn]) -> Iterator[str]:
    """The first step of a state that no row could take: where the steps before it lead, it cannot be taken."""
    stages = procedure.opening.targets
    for turn in turns:
        step = procedure.steps.get(turn.step)
        if step is None:
            return
        if not stages & step.leaves:
            said = {"state": state, "step": step.name}
            said |= {"stages": _(", ").join(sorted(stages)), "leaves": _(", ").join(sorted(step.leaves))}
            yield (
                _(
                    "State “%(state)s”: no row can take %(step)s there. The case would be in %(stages)s, and it is "
                    "taken from %(leaves)s only."
                )
                % said
            )
            return
        # A step that one of several takes, or that a row may leave out, need not move the case.
        stays = turn.optional or step.closes or not step.targets
        stages = step.targets | stages if stays else step.targets


def _in_step(sheet: Sheet, step: str, given: Mapping[str, Value]) -> Iterator[str]:
    takes = parameters_of(sheet.kind.name, step)
    for name in sorted(set(given) - set(takes)):
        yield _("%(step)s does not take %(name)s.") % {"step": step, "name": name}
    for name in sorted(name for name, each in takes.items() if each.needed and name not in given):
        yield _("%(step)s needs %(name)s.") % {"step": step, "name": name}
    for name in sorted(set(given) & set(takes)):
        for word in _words(given[name]):
            if trouble := lacking(sheet.kind.name, takes[name].type, word):
                yield f"{step}.{name}: {trouble}"


def _words(value: Value) -> list[str]:
    """The words that the map itself writes, as against those of the file."""
    if isinstance(value, Coded):
        return sorted(set(value.codes.values()))
    return [] if value.columns else [value.template]
