"""The clauses of an agreement as rows of fields: what was typed, buttons that change rows, what they come to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from linli.base.errors import Invalid
from linli.base.text import half_width
from linli.cases.forms import TidyText
from linli.kinds.disputes.clauses import (
    ASKS,
    MOST_CLAUSES,
    MOST_PAYMENTS,
    WAYS,
    Clause,
    Payment,
    Sort,
    faults,
    may_lack,
    monthly,
)
from linli.kinds.disputes.sums import digits, fen_of
from linli.web.forms import FrameForm

PRESS = "clauses-press"  # the name of every button that only changes the rows
LOOK = "look"
_ROW = re.compile(r"clauses-(\d{1,3})-sort", re.ASCII)
Raw = dict[str, str]
_CHOOSE_DAY = gettext_lazy("Please choose the day by which this sum is paid.")

TEXTS: Mapping[str, Any] = {
    Sort.MONEY: gettext_lazy("Anything more about it, such as for what or to which account"),
    Sort.ACT: gettext_lazy("What is done"),
    Sort.STOP: gettext_lazy("What is no longer done"),
    Sort.APOLOGY: gettext_lazy("Anything more about it, such as where"),
    Sort.RETURN: gettext_lazy("What is given back"),
    Sort.COSTS: gettext_lazy("Which costs"),
    Sort.SETTLED: pgettext_lazy("clause", "Except"),
}
WHO: Mapping[str, Any] = {
    Sort.MONEY: gettext_lazy("Who pays"),
    Sort.COSTS: gettext_lazy("Who bears them"),
    Sort.APOLOGY: gettext_lazy("Who apologises"),
}
WHOM: Mapping[str, Any] = {
    Sort.MONEY: pgettext_lazy("clause", "To whom"),
    Sort.APOLOGY: pgettext_lazy("clause", "To whom"),
}
BY: Mapping[str, Any] = {Sort.STOP: gettext_lazy("From which day on")}


@dataclass(frozen=True)
class Typed:
    """The rows as they stand in the form, and which button was pressed, if one that only changes rows."""

    rows: tuple[Raw, ...] = ()
    pressed: str = ""


class SumField(forms.CharField):
    """A sum as people write it; the value is in fen."""

    def clean(self, value: Any) -> int | None:
        """The fen; the refusal of `fen_of` beside the field, and of a sum that is nothing."""
        typed = super().clean(value)
        if not typed:
            return None
        try:
            found = fen_of(typed)
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble
        if not found:
            raise forms.ValidationError(_("A sum in an agreement is more than nothing."))
        return found


class DayField(forms.DateField):
    """A day, by the browser's own means or typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)

    def to_python(self, value: Any) -> date | None:
        return super().to_python(half_width(value) if isinstance(value, str) else value)


class ClauseRow(FrameForm):
    """One clause. Its fields are those that its sort asks for; once valid, `clause` is what they come to."""

    clause: Clause | None = None

    def __init__(self, nr: int, raw: Raw, names: Mapping[int, str], *, bound: bool) -> None:
        self.nr = nr
        self.sort = Sort(raw["sort"])
        self.names = names
        self.parts = _parts_in(raw) if self.sort == Sort.MONEY else 0
        prefix = f"clauses-{nr}"
        data = {f"{prefix}-{name}": value for name, value in raw.items()} if bound else None
        super().__init__(data, prefix=prefix, initial=raw)
        self.fields.update(_fields_of(self.sort, names))
        for part in range(self.parts):
            self.fields[f"due-{part}"] = _due(alone=self.parts == 1)
            self.fields[f"part-{part}"] = SumField(
                label=pgettext("clause", "Sum"), required=False, max_length=60
            )

    @property
    def payments(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Day and sum of each instalment."""
        return [(self[f"due-{part}"], self[f"part-{part}"]) for part in range(self.parts)]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """All but the instalments."""
        return [self[name] for name in self.fields if not name.startswith(("due-", "part-"))]

    def clean(self) -> dict[str, Any]:
        """Put the fields together, and name what does not fit where it stands."""
        given = super().clean() or {}
        payments = self._paid(given)
        if self.errors:
            return given
        found = {
            name: given[name]
            for name in ASKS[self.sort]
            if given.get(name) is not None and name != "payments"
        }
        self.clause = Clause(self.sort, **found, payments=payments)
        for name, sentence in faults(self.clause, self.names, timezone.localdate()).items():
            self.add_error(None if name == "payments" else name, sentence)
        return given

    def _paid(self, given: Mapping[str, Any]) -> tuple[Payment, ...]:
        """The instalments; a single one without a sum is the whole."""
        typed = [
            (part, given.get(f"due-{part}"), given.get(f"part-{part}"))
            for part in range(self.parts)
            if f"due-{part}" not in self.errors and f"part-{part}" not in self.errors
        ]
        typed = [each for each in typed if each[1:] != (None, None)]
        whole = given.get("fen") if len(typed) == 1 and len(typed) == self.parts else None
        found = []
        for part, due, fen in typed:
            if due is None:
                self.add_error(f"due-{part}", _CHOOSE_DAY)
            elif (fen or whole) is None and "fen" in self.errors:
                continue  # said there already
            elif (fen or whole) is None:
                self.add_error(f"part-{part}", _("Please write the sum that is paid by this day."))
            else:
                found.append(Payment(due, fen if fen is not None else whole or 0))
        if self.sort == Sort.MONEY and not typed and not self.errors:
            self.add_error("due-0", _CHOOSE_DAY)
        return tuple(found)


def _fields_of(sort: Sort, names: Mapping[int, str]) -> dict[str, forms.Field]:
    """The fields a sort asks for, in its order."""
    made: dict[str, Callable[[], forms.Field]] = {
        "who": lambda: _side(WHO.get(sort) or pgettext("clause", "Who does it"), sort, names),
        "whom": lambda: _side(WHOM.get(sort) or pgettext("clause", "To whom"), sort, names),
        "text": lambda: _text(sort),
        "by": lambda: DayField(label=BY.get(sort) or _("By which day")),
        "how": lambda: _way(sort),
        "fen": lambda: SumField(
            label=_("The whole sum"),
            max_length=60,
            help_text=_("In digits or numerals: 12,000.50, 1.2万, 壹万贰仟元整."),
        ),
    }
    fields: dict[str, forms.Field] = {name: made[name]() for name in ASKS[sort] if name in made}
    for name, field in fields.items():
        field.required = not may_lack(sort, name)
    return fields


def _text(sort: Sort) -> forms.Field:
    """One line where the other fields say the most of it."""
    long = sort in {Sort.ACT, Sort.STOP, Sort.OWNERSHIP, Sort.STATUS, Sort.OTHER}
    widget = forms.Textarea(attrs={"rows": 2}) if long else forms.TextInput()
    return TidyText(label=TEXTS.get(sort) or _("What is agreed"), max_length=1000, widget=widget)


def _due(*, alone: bool) -> forms.Field:
    """The day of an instalment; among several an empty one is left out."""
    field = DayField(label=pgettext("clause", "Day"), required=alone)
    field.error_messages["required"] = _CHOOSE_DAY
    return field


def _side(label: Any, sort: Sort, names: Mapping[int, str]) -> forms.Field:
    nobody = _("Each side its own") if sort == Sort.COSTS else _("Please choose")
    choices = [("", nobody), *((str(nr), name) for nr, name in names.items())]
    return forms.TypedChoiceField(label=label, choices=choices, coerce=int, empty_value=None)


def _way(sort: Sort) -> forms.Field:
    choices = [("", _("Please choose")), *((each.value, each.label) for each in WAYS[sort])]
    return forms.ChoiceField(label=pgettext("clause", "How"), choices=choices)


def _parts_in(raw: Raw) -> int:
    return 1 + max((int(name[4:]) for name in raw if re.fullmatch(r"due-\d{1,2}", name, re.ASCII)), default=0)


def typed_rows(data: Mapping[str, Any], name: str) -> Typed:
    """The rows of a sent form, after the button that was pressed; or of the list a program sends as JSON."""
    if data.get(name):
        return Typed(tuple(_rows_from(data[name])))
    numbers = sorted(int(found[1]) for key in data if (found := _ROW.fullmatch(key)))
    rows = [_row_at(data, nr) for nr in numbers[: MOST_CLAUSES + 1]]
    rows = [row for row in rows if row["sort"] in Sort.values]
    pressed = str(data.get(PRESS, ""))
    if not pressed:
        return Typed(tuple(rows))
    after = _pressed(rows, pressed, data)
    return Typed(tuple(rows), LOOK) if after is None else Typed(tuple(after), "changed")


def _row_at(data: Mapping[str, Any], nr: int) -> Raw:
    prefix = f"clauses-{nr}-"
    return {key.removeprefix(prefix): str(data[key]) for key in data if key.startswith(prefix)}


def _pressed(rows: Sequence[Raw], pressed: str, data: Mapping[str, Any]) -> list[Raw] | None:
    """The rows after a button; None when nothing is to change but all is to be looked at."""
    what, _colon, which = pressed.partition(":")
    if what == "add" and data.get("clauses-new") in Sort.values and len(rows) < MOST_CLAUSES:
        return [*rows, {"sort": str(data["clauses-new"])}]
    place = int(which) if which.isascii() and which.isdigit() and len(which) < 4 else -1
    if not 0 <= place < len(rows):
        return None
    changed = list(rows)
    if what == "remove":
        del changed[place]
    elif what == "up" and place:
        changed[place - 1 : place + 1] = [rows[place], rows[place - 1]]
    elif what == "more" and _parts_in(rows[place]) < MOST_PAYMENTS:
        changed[place] = {**rows[place], f"due-{_parts_in(rows[place])}": ""}
    elif what == "split" and (split := _split(rows[place])):
        changed[place] = split
    else:
        return None
    return changed


def _split(row: Raw) -> Raw | None:
    """The row with its sum in equal monthly parts; None when sum, number or first day cannot be read."""
    try:
        fen, count = fen_of(row.get("fen", "")), int(half_width(row.get("count", "")))
        first = parse_date(half_width(row.get("due-0", "")))
    except (Invalid, ValueError):
        return None
    if first is None or not 2 <= count <= MOST_PAYMENTS or fen < count or first.year > 9000:
        return None
    kept = {name: value for name, value in row.items() if not name.startswith(("due-", "part-", "count"))}
    return kept | _payments_typed(monthly(fen, count, first))


def _payments_typed(payments: Iterable[Payment]) -> Raw:
    typed: Raw = {}
    for part, each in enumerate(payments):
        typed |= {f"due-{part}": each.due.isoformat(), f"part-{part}": digits(each.fen).removesuffix("元")}
    return typed


def as_typed(clause: Clause) -> Raw:
    """A clause as somebody would have typed it, to go on from."""
    raw: Raw = {"sort": clause.sort.value, "text": clause.text, "how": clause.how}
    raw |= {name: str(nr) for name, nr in (("who", clause.who), ("whom", clause.whom)) if nr is not None}
    if clause.by:
        raw["by"] = clause.by.isoformat()
    if clause.fen:
        raw["fen"] = digits(clause.fen).removesuffix("元")
    return raw | _payments_typed(clause.payments)


def _rows_from(given: Any) -> Iterable[Raw]:
    """The rows a program sends: a list of objects, or the same as JSON; ValidationError for anything else."""
    try:
        listed = json.loads(given) if isinstance(given, str) else given
        rows = [dict(each) for each in listed][: MOST_CLAUSES + 1]
        return [_row_from(each) for each in rows]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return [{"sort": ""}]


def _row_from(given: dict[str, Any]) -> Raw:
    sort = str(given["sort"])
    row: Raw = {
        name: str(value) for name, value in given.items() if name in ASKS[sort] and name != "payments"
    }
    for part, each in enumerate(given.get("payments", ())[:MOST_PAYMENTS]):
        row |= {f"due-{part}": str(each["due"]), f"part-{part}": str(each.get("fen", ""))}
    return {"sort": sort, **row}
