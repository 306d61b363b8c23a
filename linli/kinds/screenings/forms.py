"""What each step of a screening asks for. Pages and the API use these forms alike."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cached_property

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid
from linli.base.worktime import PLACE_TIME
from linli.cases.forms import CategoryField, PlaceField, StepForm
from linli.cases.kinds import Kind, all_kinds, power
from linli.cases.models import areas_see
from linli.cases.models.catalogue import Audience
from linli.divisions.codes import Level
from linli.divisions.models import Division
from linli.kinds.screenings.models import Answer, Place
from linli.kinds.screenings.placing import Asked
from linli.kinds.screenings.wording import NO_NAMES, Impersonal
from linli.posts.actor import PostActor
from linli.posts.powers import kinds_with
from linli.residents.keeping import plain_phone

LONGEST = 180  # days: whatever is asked of a community ends
USUAL = 14


class DrawUp(StepForm):
    """The opening form: what to look for, where, until when, why."""

    category = CategoryField("screenings", audiences=[Audience.STAFF], label=_("What to look for"))
    area = PlaceField(
        label=_("Area to look at"), required=False, help_text=_("Left open: the area of your post.")
    )
    asked = forms.ChoiceField(label=_("Who is asked"), choices=Asked.choices, required=False)
    why = Impersonal(label=_("Why, and what to look at"), max_length=2000, help_text=NO_NAMES)
    order = Impersonal(
        label=_("Document that orders it"),
        max_length=200,
        required=False,
        widget=forms.TextInput(),
        help_text=_(
            "The legal basis is taken from the catalogue of subjects; name the document if there is one."
        ),
    )
    until = forms.DateField(
        label=_("Answers until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    minutes = forms.IntegerField(
        label=_("Minutes it takes each place"),
        min_value=5,
        max_value=4800,
        initial=30,
        help_text=_("An honest guess. The hours asked of each community are counted and shown."),
    )

    def offer(self) -> None:
        """The post's own area and the parts of it one level below."""
        self.fields["until"].initial = timezone.localdate() + timedelta(days=USUAL)
        if isinstance(self.by, PostActor):
            own = self.by.post.division
            below = Division.objects.within(own.trimmed).current()
            parts = below.filter(level=min(own.level + 1, Level.GRID)).exclude(pk=own.pk).order_by("code")
            choices = [(place.trimmed, place.name) for place in (own, *parts[:600])]
            self.fields["area"].widget = forms.Select(choices=choices)

    def clean_until(self) -> datetime:
        """The last moment of that day; not today or before, and not for ever."""
        day: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today < day <= today + timedelta(days=LONGEST):
            raise forms.ValidationError(
                _("Choose a day after today and within %(days)s days.") % {"days": LONGEST}
            )
        return datetime.combine(day, time(23, 59, 59), PLACE_TIME)

    def clean_asked(self) -> str:
        """Grids, unless somebody says otherwise."""
        return str(self.cleaned_data["asked"] or Asked.GRIDS)

    def clean_area(self) -> Division:
        """The area of one's post where none is named."""
        area: Division | None = self.cleaned_data["area"]
        if area is None and isinstance(self.by, PostActor):
            return self.by.post.division
        if area is None:
            raise forms.ValidationError(_("Choose an area."))
        return area


class Send(StepForm):
    """Ask every place at once."""


class Drop(StepForm):
    """Do not send it."""

    note = Impersonal(label=_("Note"), required=False, max_length=1000)


class _OwnPlaces(StepForm):
    """Steps in which a post answers for places of its own."""

    @cached_property
    def own(self) -> list[Place]:
        """The places the post has not answered for yet."""
        if self.case is None or not isinstance(self.by, PostActor):
            return []
        rows = Place.objects.filter(screening=self.case.pk, post=self.by.post, answer=Answer.OPEN)
        return list(rows.select_related("division").order_by("code"))

    @property
    def named(self) -> list[tuple[str, str]]:
        """Their keys and names."""
        return [(str(place.pk), place.division.name) for place in self.own]


class Clear(_OwnPlaces):
    """Nothing found: nothing to fill in, unless the post answers for several places."""

    places = forms.TypedMultipleChoiceField(
        label=_("Where you looked"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def offer(self) -> None:
        """All of one's places, to leave one out; with one place there is nothing to ask."""
        if len(self.own) < 2:
            del self.fields["places"]
            return
        self.fields["places"].choices = self.named  # type: ignore[attr-defined]
        self.fields["places"].initial = [key for key, _name in self.named]


class Found(_OwnPlaces):
    """Something found: what it becomes."""

    kind = forms.ChoiceField(label=_("Open a case of its own as"), widget=forms.RadioSelect)
    place = forms.TypedChoiceField(label=_("Where"), coerce=int)
    text = Impersonal(
        label=_("What did you find?"),
        max_length=2000,
        help_text=_("It goes into the new case, not into the screening. Numbers go into the fields below."),
    )
    name = forms.CharField(
        label=_("Who asks for help"),
        max_length=60,
        required=False,
        help_text=_(
            "Mediation needs somebody who asks for it. Sealed in the new case; the screening never shows it."
        ),
    )
    phone = forms.CharField(label=_("Telephone number of whoever asks"), max_length=30, required=False)

    def offer(self) -> None:
        """The kinds this post may open, and its places where there are several."""
        kinds = [(kind.name, str(kind.procedure.invitation)) for kind in _to_open(self)]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if len(self.own) < 2:
            del self.fields["place"]
        else:
            self.fields["place"].choices = self.named  # type: ignore[attr-defined]

    def clean_phone(self) -> str:
        """A number that can be called, or nothing."""
        try:
            return plain_phone(self.cleaned_data["phone"])
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble


def _to_open(form: StepForm) -> list[Kind]:
    """The kinds of case that may grow out of this one and that the post may open."""
    if form.case is None or not isinstance(form.by, PostActor):
        return []
    grown = [each for each in all_kinds() if each.procedure.grows or areas_see(each.name)]
    offered = [each for each in grown if each.procedure.offered and each.name != form.case.kind]
    kind = form.by.post.kind
    return [each for each in offered if kind in kinds_with(power(each.name, each.procedure.opening))]


class SayKnown(StepForm):
    """This is known already."""

    text = Impersonal(
        label=_("What is known already, and where"),
        max_length=1000,
        help_text=_("Such as: the same was reported in last month's round. Whoever sent this has to answer."),
    )


class AnswerKnown(StepForm):
    """Why it is asked all the same, or that it need not be."""

    text = Impersonal(
        label=_("Reply to all who were asked"),
        max_length=1000,
        help_text=_("All who were asked read it. If it is known, end the screening early and say so."),
    )


class Remind(StepForm):
    """Remind those who have not answered, once."""


class _Account(StepForm):
    """A short account."""

    account = Impersonal(
        label=_("Short account"),
        max_length=2000,
        help_text=_("What was found by subject, and what follows. It names no person, no grid and no quota."),
    )


class CutShort(_Account):
    """End it before all have answered."""


class Conclude(_Account):
    """End it after all have answered."""
