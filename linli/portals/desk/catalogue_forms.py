"""Forms of the catalogue's pages, made of the tables' columns, so that a page asks what a workbook asks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from linli.base.workbooks import Value
from linli.cases.cells import Ground
from linli.cases.comparing import Plan
from linli.cases.tables import Column, Table


class RowForm(forms.Form):
    """One row of a table; what is wrong with it is said by the table's own readers."""

    def __init__(self, table: Table, ground: Ground, row: Any = None, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.table = table
        values = table.values_of(row) if row is not None else {}
        for column in table.own():
            self.fields[column.name] = _field(table, column, ground, values)

    def cells(self) -> dict[str, Value]:
        """What was filled in, as the cells of a row."""
        found: dict[str, Value] = {}
        for name, field in self.fields.items():
            value = field.widget.value_from_datadict(self.data, self.files, name)
            found[name] = "；".join(value) if isinstance(value, list) else str(value or "")
        return found

    def blame(self, plan: Plan) -> None:
        """Put what is wrong beside the fields it is about."""
        self.errors.clear()  # the table's sentences say it better than the fields'
        names = {str(column.label): column.name for column in self.table.own()}
        for fault in plan.faults:
            name = names.get(fault.column)
            self.add_error(name if name in self.fields else None, fault.sentence)


def _field(table: Table, column: Column, ground: Ground, values: Mapping[str, Any]) -> forms.Field:
    value = values.get(column.name)
    said: dict[str, Any] = {"label": column.label, "help_text": column.hint, "required": column.needed}
    if column.name in table.many:
        choices = [(each, each) for each in table.column("post").choices(ground)]  # type: ignore[misc]
        given = column.write(value).split("；") if value else []  # type: ignore[union-attr]
        choices += [(each, each) for each in given if (each, each) not in choices]
        return forms.MultipleChoiceField(
            choices=choices,
            widget=forms.CheckboxSelectMultiple,
            initial=given,
            label=column.label,
            required=False,
        )
    written = column.write(value) if value not in (None, "") else ""
    if not values:
        written = _usual(column)
    return forms.CharField(widget=_widget(column, ground, str(written)), initial=str(written), **said)


def _usual(column: Column) -> Any:
    usual = column.default() if callable(column.default) else column.default
    return column.write(usual) if isinstance(usual, bool) or (usual and isinstance(usual, str)) else ""


def _widget(column: Column, ground: Ground, written: str) -> forms.Widget:
    if column.choices:
        listed = list(column.choices(ground))
        listed = listed if written in listed or not written else [written, *listed]
        empty = [] if written and column.needed else [("", "—")]
        return forms.Select(choices=[*empty, *((each, each) for each in listed)])
    if column.is_day:
        return forms.DateInput(attrs={"type": "date"})
    if column.is_long:
        return forms.Textarea(attrs={"rows": 2})
    return forms.TextInput()


class FilterForm(forms.Form):
    """Narrows a table: by words, by place, and whether rows that have ended are shown."""

    words = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=60)
    area = forms.CharField(label=gettext_lazy("Area code"), required=False, max_length=17)
    ended = forms.ChoiceField(
        label=gettext_lazy("Which"),
        required=False,
        choices=[("", gettext_lazy("In force or coming")), ("1", gettext_lazy("Also those that have ended"))],
    )


class UploadForm(forms.Form):
    """A workbook to compare with what holds now."""

    workbook = forms.FileField(
        label=gettext_lazy("Excel workbook (.xlsx)"),
        widget=forms.ClearableFileInput(
            attrs={"accept": ".xlsx,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
        ),
        error_messages={"required": gettext_lazy("Choose a workbook first.")},
    )
