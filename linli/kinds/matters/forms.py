"""What each step asks for. Pages and the API use these forms alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.coordinates import Datum
from linli.cases.catalogue import Suggestion, suggestion
from linli.cases.forms import (
    KeptChoiceField,
    NoteForm,
    PersonFields,
    PhotosField,
    PlaceField,
    ReasonForm,
    StepForm,
    TidyText,
)
from linli.cases.models import Case, Category
from linli.cases.models.catalogue import Audience
from linli.posts.lookup import serving
from linli.posts.models import Organisation, Post, PostKind

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


class Report(PersonFields):
    """The opening form: only the text must be there; the place may be filled in later."""

    text = TidyText(
        label=_("What is the matter?"),
        help_text=_("What did you see, where exactly, since when?"),
        error_messages={"required": _("Please write what is the matter.")},
    )
    category = KeptChoiceField(
        Category.objects.filter(kind="matters", audience=Audience.EVERYONE),
        family="catalogue",
        label=_("What is it about?"),
        required=False,
        empty_label=_("I am not sure"),
        to_field_name="code",
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


class Accept(NoteForm):
    """Taking a matter on fixes what it is about, and with that the limit."""

    category = KeptChoiceField(
        Category.objects.filter(kind="matters").exclude(audience=Audience.NOBODY),
        family="catalogue",
        label=_("Category"),
        to_field_name="code",
    )

    field_order = ("category", "note")

    def suggest(self) -> None:
        """Begin with the category the reporter chose."""
        if self.case and self.case.category:
            self.initial["category"] = self.case.category.code


class Refuse(ReasonForm):
    """Not taking a matter on."""


class Refer(ReasonForm):
    """Passing a matter on: the next owner must be named."""

    to = forms.ModelChoiceField(Organisation.objects.order_by("name"), label=_("Who takes it over"))

    field_order = ("to", "reason")

    def offer(self) -> None:
        """Label organisations by their name."""
        self.fields["to"].label_from_instance = lambda body: body.name  # type: ignore[attr-defined]


class Dispatch(NoteForm):
    """Choosing who deals with it; the catalogue's suggestion is chosen already, and says why."""

    to = forms.ModelChoiceField(Post.objects.none(), label=_("Who deals with it"))

    field_order = ("to", "note")

    def offer(self) -> None:
        """Offer the handling posts and grid workers that serve the place."""
        to = self.fields["to"]
        to.label_from_instance = lambda post: f"{post.title}（{post.organisation.name}）"  # type: ignore[attr-defined]
        if self.case is None:
            return
        to.queryset = serving_posts(self.case)  # type: ignore[attr-defined]

    def suggest(self) -> None:
        """Choose whom the catalogue names, and say why."""
        found = suggested(self.case) if self.case else None
        if found:
            self.initial["to"] = found.post.pk
            self.fields["to"].help_text = _("Suggested by the catalogue: %(why)s") % {"why": found.why}


def serving_posts(case: Case) -> Any:
    """The posts in force that may be given a case at its place."""
    served = serving([PostKind.HANDLER, PostKind.GRID_WORKER], case.code_now)
    posts = Post.objects.filter(pk__in=served).select_related("organisation")
    return posts.order_by("-division__level", "title")


def suggested(case: Case) -> Suggestion | None:
    """What the catalogue says about a case."""
    return suggestion(case.category, case.code_now, timezone.localdate())


class Handle(StepForm):
    """What was done."""

    result = TidyText(
        label=_("What was done"), help_text=_("The reporter will read it. Say what changed on site.")
    )
    photos = PhotosField(label=_("Photos of the result"), required=False)


class Ask(StepForm):
    """A question to the reporter."""

    question = TidyText(
        label=_("Question"),
        max_length=500,
        help_text=_("It goes to the reporter through Linli. Ask only what you need."),
    )


class Answer(StepForm):
    """The reporter's answer."""

    reply = TidyText(label=_("Your answer"), max_length=1000)


class SendBack(ReasonForm):
    """Not ours: why, so that the dispatcher finds the right one."""

    reason = TidyText(label=_("Why it is not yours, and whose it is"), max_length=1000)


class Check(NoteForm):
    """Found done."""


class Fail(ReasonForm):
    """Found not done."""


class Confirm(NoteForm):
    """Solved."""


class Contest(ReasonForm):
    """Not solved: what is still wrong."""

    reason = TidyText(label=_("What is still wrong?"), max_length=1000)


class Reopen(ReasonForm):
    """Take it up again."""

    reason = TidyText(label=_("Why should it be taken up again?"), max_length=1000)
