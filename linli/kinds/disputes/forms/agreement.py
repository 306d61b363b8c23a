"""The agreement's editor: clauses as rows that buttons add, split and remove, with what they come to in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.cases.calendars import calendar_of
from linli.cases.forms import StepForm, TidyText
from linli.kinds.disputes.clauses import CONFIRMING, MOST_CLAUSES, Clause, Sort, days_off, may_be_confirmed
from linli.kinds.disputes.forms.clause_rows import LOOK, PRESS, ClauseRow, Typed, as_typed, typed_rows
from linli.kinds.disputes.plain import plainly
from linli.web.forms import FrameRenderer
from linli.web.times import day_words

STATES = {"yes": "good", "looked_at": "soon", "no": "bad"}


class ClausesWidget(forms.Widget):
    """The rows, the buttons that change them, and the preview; nothing of it needs JavaScript."""

    template_name = "disputes/widgets/clauses.html"
    stands_alone = True
    names: Mapping[int, str] = {}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        """The rows as they were sent, after the button that was pressed."""
        return typed_rows(data, name)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Never: no rows are an answer too, and a wrong one."""
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """What the template draws: rows bound when they were sent to be looked at, else only as typed."""
        context = super().get_context(name, value, attrs)
        typed = (
            value if isinstance(value, Typed) else Typed(tuple(as_typed(each) for each in value or ()), LOOK)
        )
        rows = rows_of(typed, self.names)
        for row in rows:
            row.auto_id = f"{context['widget']['attrs'].get('id', name)}-{row.nr}-%s"
        clauses = [row.clause for row in rows if row.is_bound and row.is_valid() and row.clause]
        whole = bool(rows) and len(clauses) == len(rows)
        context["editor"] = {
            "rows": [_drawn(row) for row in rows],
            "press": PRESS,
            "sorts": Sort.choices,
            "none": isinstance(value, Typed) and not rows,
            "full": len(rows) >= MOST_CLAUSES,
            "preview": plainly(clauses, self.names) if whole else [],
            "confirmed": whole and may_be_confirmed(clauses),
        }
        return context


def rows_of(typed: Typed, names: Mapping[int, str]) -> list[ClauseRow]:
    """A form for each row; unbound, and so without errors, after a button that only changed rows."""
    bound = typed.pressed in ("", LOOK)
    return [ClauseRow(nr, raw, names, bound=bound) for nr, raw in enumerate(typed.rows) if raw["sort"]]


def _drawn(row: ClauseRow) -> dict[str, Any]:
    confirming = CONFIRMING[row.sort]
    clause = row.clause if row.is_bound and row.is_valid() else None
    return {
        "form": row,
        "sort": row.sort.value,
        "label": row.sort.label,
        "state": STATES[confirming.answer],
        "reason": confirming.reason,
        "source": confirming.source,
        "off": _off(clause) if clause else [],
        "splits": row.sort == Sort.MONEY and row.parts == 1,
    }


def _off(clause: Clause) -> list[str]:
    sentence = _("%(day)s is a day off; the next working day is %(next)s. Banks may not pay on a day off.")
    return [
        sentence % {"day": day_words(day), "next": day_words(then)}
        for day, then in days_off(clause, calendar_of())
    ]


class ClausesField(forms.Field):
    """What was agreed, clause by clause; the value is a tuple of clauses."""

    widget = ClausesWidget

    def between(self, names: Mapping[int, str]) -> None:
        """Let the clauses be between these parties, by their number."""
        self.names = dict(names)
        self.widget.names = self.names  # type: ignore[attr-defined]

    def clean(self, value: Typed) -> tuple[Clause, ...]:
        """The clauses; each fault stands beside its field, and here by the clause's number."""
        names = getattr(self, "names", {})
        if any(not raw["sort"] for raw in value.rows):
            raise forms.ValidationError(
                _("The clauses cannot be read. Send a list of clauses, each with its sort.")
            )
        if len(value.rows) > MOST_CLAUSES:
            raise forms.ValidationError(_("At most %(most)d clauses.") % {"most": MOST_CLAUSES})
        rows = rows_of(value, names)
        if not rows:
            raise forms.ValidationError(
                _("An agreement needs at least one clause. Choose what it is about and add it.")
            )
        wrong = [sentence for row in rows for sentence in _wrong(row)]
        if wrong:
            raise forms.ValidationError(wrong)
        return tuple(row.clause for row in rows if row.clause)


def _wrong(row: ClauseRow) -> Sequence[str]:
    sentence = _("Clause %(nr)d, %(part)s: %(wrong)s")
    return [
        sentence
        % {
            "nr": row.nr + 1,
            "part": row.fields[name].label if name in row.fields else row.sort.label,
            "wrong": " ".join(str(each) for each in errors),
        }
        for name, errors in row.errors.items()
    ]


class AgreementForm(StepForm):
    """What an agreement says; kinds of it say between whom (`between`) and, for another version, what stood there."""

    reshaped_by: ClassVar[str] = PRESS
    default_renderer = FrameRenderer()  # the rows are drawn with the house's own tags

    facts = TidyText(
        label=gettext_lazy("What the dispute was about"),
        max_length=2000,
        help_text=gettext_lazy(
            "The main facts and what each side asked for, in a few sentences that both would sign."
        ),
    )
    clauses = ClausesField(
        label=gettext_lazy("What both sides agree on"),
        help_text=gettext_lazy("One thing in each clause: who does what, for whom, until when."),
    )
    place = TidyText(
        label=gettext_lazy("Where it is performed"), max_length=200, required=False, widget=forms.TextInput()
    )

    def between(self, names: Mapping[int, str]) -> None:
        """Let the clauses be between these parties, by their number in the case (0 raised it)."""
        self.fields["clauses"].between(names)  # type: ignore[attr-defined]
