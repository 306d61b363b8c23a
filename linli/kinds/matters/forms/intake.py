"""What the steps ask for that take a matter in, or do not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.coordinates import Datum
from linli.cases.catalogue import suggestions
from linli.cases.forms import (
    CaseField,
    CategoryField,
    MergeForm,
    NoteForm,
    PersonFields,
    PhotosField,
    PlaceField,
    ReasonForm,
    ReferForm,
    SameAsField,
    StepForm,
    TidyText,
)
from linli.cases.models import Case, Category
from linli.cases.models.catalogue import Audience
from linli.cases.nearby import Nearby, nearby
from linli.cases.wording import Likely, likely_sorts
from linli.kinds.matters.placing import placed
from linli.residents.access import WORDS
from linli.residents.showing import sheet, show

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


class Report(PersonFields):
    """The opening form: only the text must be there; the place may be filled in later."""

    from_link = frozenset({"category", "division"})
    folded = frozenset({"happened_at"})
    residents_order = ("photos", "landmark", "division", "category", "text", "happened_at")

    text = TidyText(
        label=_("What is the matter?"),
        help_text=_("What did you see, where exactly, since when?"),
        error_messages={"required": _("Please write what is the matter.")},
    )
    category = CategoryField(
        "matters",
        audiences=[Audience.EVERYONE],
        label=_("What is it about?"),
        required=False,
        empty_label=_("I am not sure"),
    )
    landmark = TidyText(
        label=_("Place"),
        max_length=200,
        required=False,
        widget=forms.TextInput(),
        help_text=_("Street and number, building, or what is nearby. Where it is, not where you live."),
    )
    division = PlaceField(label=_("Community or village"), required=False)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180, required=False)
    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90, required=False)
    datum = forms.ChoiceField(
        choices=[(each.value, each.value) for each in Datum if each is not Datum.NONE],
        required=False,
        label=_("Coordinate system"),
    )
    happened_at = forms.DateTimeField(label=_("When did you see it?"), required=False)
    photos = PhotosField(label=_("Photos"), required=False)
    same_as = SameAsField()

    field_order = (
        "text",
        "category",
        "photos",
        "landmark",
        "division",
        "longitude",
        "latitude",
        "happened_at",
    )

    def clean_happened_at(self) -> datetime | None:
        """Not in the future, not before anybody can remember."""
        moment: datetime | None = self.cleaned_data["happened_at"]
        if moment and not EARLIEST <= moment <= timezone.now() + timedelta(minutes=10):
            raise forms.ValidationError(_("This time cannot be right: it lies in the future or before 1900."))
        return moment

    def clean(self) -> dict[str, Any]:
        """Both coordinates or none."""
        given = super().clean()
        if (given.get("longitude") is None) != (given.get("latitude") is None):
            self.add_error("longitude", _("A point needs both longitude and latitude."))
        return given

    def nearby(self) -> list[Nearby]:
        """Open matters around the place given; none while only words say where it is."""
        given = self.cleaned_data
        point = given["longitude"], given["latitude"]
        place = placed(*point, given["datum"] or "wgs84", given["division"], by=self.by)
        return nearby(place.spot(given["category"], given["text"]))

    def likely(self) -> list[Likely]:
        """Two categories by the words, where none was chosen."""
        given = self.cleaned_data
        return [] if given["category"] else likely_sorts("matters", given["text"])


class Settle(StepForm):
    """Put right on the spot."""

    result = TidyText(
        label=_("What was done on the spot"),
        help_text=_("The reporter will read it and has the last word. Say what changed."),
    )
    photos = PhotosField(label=_("Photos of the result"), required=False)


class AskVerification(NoteForm):
    """Sending the grid worker to look."""

    note = TidyText(label=_("What to look at"), required=False, max_length=1000)


class Verify(StepForm):
    """What was found on site."""

    finding = TidyText(label=_("What was found on site"), max_length=2000)
    photos = PhotosField(label=_("Photos from the site"), required=False)


class Accept(NoteForm):
    """Taking a matter on fixes what it is about and under which condition, and with that the limit."""

    category = CategoryField("matters", audiences=[Audience.EVERYONE, Audience.STAFF], label=_("Category"))
    condition = forms.CharField(
        label=_("Opening condition"),
        max_length=200,
        required=False,
        help_text=_("It fixes the time limit. If you choose another category, leave it empty."),
    )

    field_order = ("category", "condition", "note")

    def offer(self) -> None:
        """Say categories with their codes, which clerks type; offer the conditions known for the one so far, if any."""
        self.fields["category"].label_from_instance = lambda row: f"{row.code} {row}"  # type: ignore[attr-defined]
        found = conditions(self.case.category, self.case) if self.case else []
        if found:
            self.fields["condition"].widget = forms.Select(
                choices=[("", "—"), *((each, each) for each in found)]
            )
        elif self.case:
            self.fields["condition"].widget = forms.HiddenInput()

    def suggest(self) -> None:
        """Begin with the category the reporter chose; where that was left open, say what the words may be about."""
        if self.case and self.case.category:
            self.initial["category"] = self.case.category.code
        elif self.case and (found := _by_words(self.case)):
            said = [f"{each.category.code} {each.category} ({each.why})" for each in found]
            self.fields["category"].help_text = _("By the words perhaps: %(sorts)s") % {
                "sorts": " · ".join(said)
            }

    def clean(self) -> dict[str, Any]:
        """The condition must be one of the category's."""
        given = super().clean() or {}
        chosen, category = given.get("condition"), given.get("category")
        if chosen and category and self.case and chosen not in conditions(category, self.case):
            self.add_error("condition", _("The catalogue has no such condition for this category here."))
        return given


def _by_words(case: Case) -> list[Likely]:
    """What a report may be about, for whoever takes it on; only the words that are found are shown, and a reading."""
    with sheet():
        found = likely_sorts("matters", case.summary, sensitive=False)
    if found:
        show(case.whose, WORDS)
    return found


def conditions(category: Category | None, case: Case) -> list[str]:
    """The opening conditions the catalogue has for a category at the place of a case."""
    found = suggestions(category, case.code_now, timezone.localdate())
    return [each.row.condition for each in found if each.row.condition]


class Refuse(ReasonForm):
    """Not taking a matter on."""


class Void(ReasonForm):
    """Setting aside what is no matter."""


class Refer(ReferForm):
    """Passing a matter on: the next owner must be named."""


class LinkDuplicate(MergeForm):
    """Merging into another matter."""


class UnlinkDuplicate(ReasonForm):
    """Not the same after all."""


class Relate(NoteForm):
    """Linking with another case."""

    other = CaseField(label=_("Number of the other case"), max_length=30)
    relation = forms.ChoiceField(
        label=_("How they belong together"),
        choices=[
            ("related", _("Has to do with it")),
            ("became", _("This one became that one")),
            ("part_of", _("This one is part of that one")),
        ],
    )

    field_order = ("other", "relation", "note")

    def offer(self) -> None:
        """Look for the other one where the actor may see it."""
        self.fields["other"].by = self.by  # type: ignore[attr-defined]
