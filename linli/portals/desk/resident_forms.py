"""What is typed at the window about a resident: only what the table of fields knows, in the words of the counter."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.portals.desk.placing import TypedPlace
from linli.posts.actor import PostActor
from linli.residents.people.documents import Document
from linli.residents.people.fields import rule_of
from linli.residents.people.registering import GivenResident

_OFF = {"autocomplete": "off"}
RELATIONS = (
    ("head", pgettext_lazy("in the household", "the householder, or alone")),
    ("spouse", pgettext_lazy("in the household", "wife or husband")),
    ("child", pgettext_lazy("in the household", "child")),
    ("parent", pgettext_lazy("in the household", "parent")),
    ("grandchild", pgettext_lazy("in the household", "grandchild")),
    ("grandparent", pgettext_lazy("in the household", "grandparent")),
    ("sibling", pgettext_lazy("in the household", "brother or sister")),
    ("relative", pgettext_lazy("in the household", "another relative")),
    ("other", pgettext_lazy("in the household", "shares the home")),
)
ENDS = (
    ("moved_away", gettext_lazy("Moved away for good")),
    ("died", gettext_lazy("Died")),
)


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, as browsers let it be chosen."""
    return forms.DateField(
        label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options
    )


class PlaceForm(forms.Form):
    """Where somebody lives: a place of the post's own area and the address on the door."""

    division = forms.CharField(label=gettext_lazy("Grid, village or community"), max_length=100)
    address = forms.CharField(
        label=gettext_lazy("Home address"),
        max_length=200,
        help_text=gettext_lazy("Street, house, staircase, door, as on the door plate."),
        widget=forms.TextInput(_OFF),
    )

    def __init__(self, by: PostActor, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.by = by
        place = TypedPlace(by, self.fields["division"])
        place.help_text = gettext_lazy("Some characters of its name.")
        self.fields["division"] = place
        if by.post.division.level >= Level.VILLAGE:
            self.initial.setdefault("division", by.post.division.name)

    @property
    def place(self) -> Division:
        """The place that was typed; only of a valid form."""
        return Division.objects.current().coded(self.cleaned_data["division"]).get()


class ResidentForm(PlaceForm):
    """What is asked once. Nothing of it depends on where somebody is registered."""

    name = forms.CharField(
        label=pgettext_lazy("personal data", "Name"), max_length=60, widget=forms.TextInput(_OFF)
    )
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        max_length=30,
        required=False,
        widget=forms.TextInput({**_OFF, "type": "tel"}),
    )
    document = forms.ChoiceField(label=gettext_lazy("Document shown"), choices=Document.choices)
    number = forms.CharField(
        label=gettext_lazy("Number of the document"),
        max_length=30,
        required=False,
        widget=forms.TextInput(_OFF),
    )
    birth = day_field(gettext_lazy("Date of birth"), required=False)
    language = forms.ChoiceField(
        label=gettext_lazy("Language to be spoken to in"),
        choices=[("", gettext_lazy("Not said"))],
        required=False,
    )
    relation = forms.ChoiceField(label=gettext_lazy("In the household"), choices=RELATIONS)
    apart = forms.BooleanField(
        label=gettext_lazy("A household of its own, though others live at this address"), required=False
    )
    since = day_field(gettext_lazy("Lives here since"))
    region = forms.CharField(
        label=gettext_lazy("Registered residence (code)"),
        max_length=17,
        required=False,
        help_text=gettext_lazy("Only if a service needs it, such as 340122. It decides nothing here."),
        widget=forms.TextInput({**_OFF, "inputmode": "numeric"}),
    )
    field_order = ("name", "phone", "document", "number", "birth", "division", "address", "relation", "apart")

    def __init__(self, by: PostActor, data: Any = None, **options: Any) -> None:
        super().__init__(by, data, **options)
        self.initial.setdefault("since", timezone.localdate())
        languages = [("", gettext_lazy("Not said")), *settings.LANGUAGES]
        self.fields["language"].choices = languages  # type: ignore[attr-defined]
        for name in ("phone", "birth", "language", "region"):
            if not rule_of(name, by.post.division).asked:
                del self.fields[name]

    def given(self) -> GivenResident:
        """As the action takes it; only of a valid form."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "division"}
        return GivenResident(division=self.place, **said)


class LookUpForm(forms.Form):
    """A number typed whole; the name where several share a telephone."""

    number = forms.CharField(
        label=gettext_lazy("Telephone or document number, whole"),
        max_length=30,
        widget=forms.TextInput({**_OFF, "autofocus": True}),
    )
    called = forms.CharField(
        label=gettext_lazy("Whole name"),
        help_text=gettext_lazy("Only where several share a telephone."),
        max_length=60,
        required=False,
        widget=forms.TextInput(_OFF),
    )


class CorrectForm(forms.Form):
    """The fields as they are, to be put right; and why."""

    name = forms.CharField(
        label=pgettext_lazy("personal data", "Name"), max_length=60, widget=forms.TextInput(_OFF)
    )
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=30, required=False)
    document = forms.ChoiceField(label=gettext_lazy("Document shown"), choices=Document.choices)
    number = forms.CharField(label=gettext_lazy("Number of the document"), max_length=30, required=False)
    birth = day_field(gettext_lazy("Date of birth"), required=False)
    region = forms.CharField(label=gettext_lazy("Registered residence (code)"), max_length=17, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why it is changed"),
        max_length=200,
        help_text=gettext_lazy("Kept in the ledger. Write no names or numbers here."),
    )

    def __init__(self, division: Division, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in ("phone", "birth", "region"):
            if not rule_of(name, division).asked:
                del self.fields[name]


class MoveForm(PlaceForm):
    """The new home, and from which day on."""

    relation = forms.ChoiceField(label=gettext_lazy("In the household"), choices=RELATIONS)
    on = day_field(gettext_lazy("Lives there since"))


class EndForm(forms.Form):
    """Why and when a record ends."""

    why = forms.ChoiceField(label=gettext_lazy("Why it ends"), choices=ENDS, widget=forms.RadioSelect)
    on = day_field(gettext_lazy("On which day"))


def iso(day: date | None) -> str:
    """A day as it is sealed."""
    return day.isoformat() if day else ""


def day_of(text: str) -> date | None:
    """The day that was sealed."""
    return date.fromisoformat(text) if text else None
