"""StepForm: what a step asks for. Pages and the API use the same form, so they ask and refuse alike."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import copy
from functools import cache
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.base.errors import Invalid, NotFound, TooLarge
from linli.base.generations import Cached
from linli.base.text import half_width, tidy
from linli.base.worktime import PLACE_TIME
from linli.cases.attachments import MAX_PER_STEP, cleaned_photo
from linli.cases.catalogue import in_force
from linli.cases.models import Case, Category
from linli.cases.nearby import Nearby
from linli.cases.reading import case_for
from linli.cases.wording import Likely
from linli.divisions.models import Division
from linli.posts.actor import Actor, PostActor
from linli.posts.models import Organisation, Post
from linli.residents.keeping import GivenContact, plain_phone

LONGEST_TEXT = 6000
_LONGEST_KEY = 18  # digits that both databases take as a number


class StepForm(forms.Form):
    """A form for one step of one case, as seen by the actor who would take it. `case` is None while opening.

    `from_link`: fields of an opening form that a link to it may fill in; `reshaped_by`: the name of buttons that only
    change the form (a row more, a row less): it is shown again with what was typed, and nothing is taken.
    `folded`: fields of an opening form that are seldom needed; pages fold them away while nothing is in them.
    `residents_order`: how an opening form asks residents, where that differs from how posts are asked.
    """

    from_link: ClassVar[frozenset[str]] = frozenset()
    reshaped_by: ClassVar[str] = ""
    folded: ClassVar[frozenset[str]] = frozenset()
    residents_order: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, case: Case | None = None, by: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.by = by
        self.offer()
        if not self.is_bound:
            self.suggest()

    def offer(self) -> None:
        """Fill the choices a field has in this case; kinds override this."""

    def suggest(self) -> None:
        """Fill in what is likely right, before anybody has answered; kinds override this."""

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do by this step now, though the stage allows it: pages leave it out."""
        return False

    def nearby(self) -> list[Nearby]:
        """Once valid, an opening form: what others have raised that may be the same; kinds override this."""
        return []

    def likely(self) -> list[Likely]:
        """Once valid, an opening form whose category was left open: what it may be about; kinds override this."""
        return []


class WholeForm(StepForm):
    """A form that opens a case and takes a step as well: the values come apart into what each of the two is given.

    `of_step`: the fields that the step is given; `of_both`: those that both are.
    """

    of_step: ClassVar[frozenset[str]]
    of_both: ClassVar[frozenset[str]] = frozenset()

    def parted(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the opening is given, and what the step is."""
        opening = {name: value for name, value in values.items() if name not in self.of_step}
        step = {name: value for name, value in values.items() if name in self.of_step | self.of_both}
        return opening, step


class _Shared(dict[str, forms.Field]):
    """Fields that nobody changes, so no form needs a copy of its own."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return dict(self)


@cache
def for_reading(form: type[StepForm]) -> type[StepForm]:
    """The same form for one answer that is read and never shown: copying its fields takes longer than asking them."""
    if form.offer is not StepForm.offer:
        return form
    reading: Any = type(form.__name__, (_Reading, form), {"__module__": form.__module__})
    order = [*(form.field_order or ()), *form.base_fields]
    fields = {name: form.base_fields[name] for name in dict.fromkeys(order) if name in form.base_fields}
    reading.field_order = None  # they are in order
    reading.base_fields = _Shared({name: _unexplained(each) for name, each in fields.items()})
    reading.unsaid = {name: each.clean(None) for name, each in fields.items() if _may_be_unsaid(each)}
    reading.simple = frozenset(name for name, each in fields.items() if _is_simple(each))
    reading.looked_at = frozenset(name for name in fields if hasattr(form, f"clean_{name}"))
    found: type[StepForm] = reading
    return found


def _may_be_unsaid(field: forms.Field) -> bool:
    """Files and lists are read each time: nobody may hold the same list as somebody else."""
    return not (field.required or isinstance(field, forms.FileField | forms.MultipleChoiceField))


def _is_simple(field: forms.Field) -> bool:
    """Whether the answer is what stands in the data under the field's name, and is read by the field alone."""
    widget = type(field.widget)
    as_it_is = widget.value_from_datadict is forms.Widget.value_from_datadict
    may_lack = widget.value_omitted_from_data is forms.Widget.value_omitted_from_data
    by_itself = type(field)._clean_bound_field is forms.Field._clean_bound_field  # type: ignore[attr-defined]
    return as_it_is and may_lack and by_itself and not field.disabled


class _Reading(StepForm):
    """Asks only the fields that were answered: what an unanswered one comes to is known beforehand (`unsaid`)."""

    unsaid: ClassVar[dict[str, Any]]
    simple: ClassVar[frozenset[str]]
    looked_at: ClassVar[frozenset[str]]

    def _clean_fields(self) -> None:
        for name, field in self.fields.items():
            try:
                self.cleaned_data[name] = self._value(name, field)
                if name in self.looked_at:
                    self.cleaned_data[name] = getattr(self, f"clean_{name}")()
            except forms.ValidationError as trouble:
                self.add_error(name, trouble)

    def _value(self, name: str, field: forms.Field) -> Any:
        if name in self.simple:
            given = self.data.get(name)
            return self.unsaid[name] if given is None and name in self.unsaid else field.clean(given)
        if name in self.unsaid and field.widget.value_omitted_from_data(self.data, self.files, name):
            return self.unsaid[name]
        return field._clean_bound_field(self[name])  # type: ignore[attr-defined]


def _unexplained(field: forms.Field) -> forms.Field:
    """The field without its hint, which Django translates for each answer, shown or not."""
    bare = copy(field)
    bare.help_text = ""
    return bare


class TidyText(forms.CharField):
    """Free text as people type it: control characters dropped, length in characters, emoji welcome."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_TEXT)
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 4}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Some photos, cleaned on the way in; the value is a list of JPEG bytes."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"accept": "image/jpeg,image/png,image/webp", "multiple": True}
        super().__init__(widget=_ManyFiles(attrs=attrs), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Refuse too many, too large, or what is no photo, with a sentence each."""
        files = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(files) > MAX_PER_STEP:
            raise forms.ValidationError(_("At most %(most)s photos at once.") % {"most": MAX_PER_STEP})
        try:
            return [cleaned_photo(file) for file in files]
        except (Invalid, TooLarge) as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble


class NoteForm(StepForm):
    """A step that needs nothing but may say something."""

    note = TidyText(label=_("Note"), required=False, max_length=1000)


class ReasonForm(StepForm):
    """A step that must give its reason, which the reporter will read."""

    reason = TidyText(
        label=_("Reason"),
        max_length=1000,
        help_text=_("The person who raised this will read it. Write plainly."),
    )


class KeptChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A choice among rows that seldom change: read once, and again when their family's generation moves."""

    def __init__(self, queryset: Any, *, family: str, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("Please choose"))
        super().__init__(queryset, **kwargs)
        self._kept = Cached(family, self._read)

    def _read(self) -> dict[str, Any]:
        rows = self.queryset.all() if self.queryset is not None else ()
        return {str(getattr(row, self.to_field_name or "pk")): row for row in rows}

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return self._kept()[str(value)]
        except KeyError as trouble:
            said = self.error_messages["invalid_choice"]
            raise forms.ValidationError(said, code="invalid_choice", params={"value": value}) from trouble


class PostsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Some posts, each with its body; offered by the form in this case."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple())
        super().__init__(Post.objects.none(), **kwargs)

    def clean(self, value: Any) -> Any:
        """The posts; a number that no database can look for is a wrong choice, not our mistake."""
        for each in value if isinstance(value, list | tuple) else ():
            if len(str(each)) > _LONGEST_KEY:
                said = self.error_messages["invalid_choice"]
                raise forms.ValidationError(said, code="invalid_choice", params={"value": str(each)[:20]})
        return super().clean(value)

    def label_from_instance(self, obj: Any) -> str:
        """Title and body."""
        return str(obj.with_body)


class PostField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One post, with its body; offered by the form in this case."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("Please choose"))
        super().__init__(Post.objects.none(), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        """Title and body."""
        return str(obj.with_body)


class CaseField(forms.CharField):
    """Another case, by the number somebody typed; it must be one the actor may see. The form sets `by`."""

    by: Actor | None = None

    def clean(self, value: Any) -> Case | None:
        """The case; a sentence when there is none in the actor's area."""
        number = super().clean(value)
        if not number:
            return None
        try:
            if not isinstance(self.by, PostActor):
                raise NotFound
            return case_for(self.by, number)
        except NotFound as trouble:
            raise forms.ValidationError(
                _("There is no case with this number in your area. Check the digits.")
            ) from trouble


class SameAsField(forms.CharField):
    """The number of an open case nearby that is the same; the action looks whether it was among those shown."""

    def __init__(self) -> None:
        label = _("Number of the same matter nearby")
        hint = _("One of those that were shown for this place; the new one then follows it.")
        super().__init__(label=label, help_text=hint, max_length=30, required=False)

    def clean(self, value: Any) -> str:
        """The number as it is stored."""
        return half_width(str(super().clean(value))).strip()


class CategoryField(KeptChoiceField):
    """A choice among a kind's categories in force, by code; `audiences` says for whom they are (all staff see)."""

    def __init__(self, kind: str, *, audiences: Collection[str], **kwargs: Any) -> None:
        rows = Category.objects.filter(kind=kind, audience__in=audiences)
        super().__init__(rows, family="catalogue", to_field_name="code", **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        """Each form offers what holds today."""
        own: Any = super().__deepcopy__(memo)
        today = timezone.localdate()
        own.queryset = own.queryset.filter(Q(valid_to=None) | Q(valid_to__gt=today), valid_from__lte=today)
        return own

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        if found is not None and not in_force(found, timezone.localdate(timezone=PLACE_TIME)):
            said = self.error_messages["invalid_choice"]
            raise forms.ValidationError(said, code="invalid_choice", params={"value": value})
        return found


class PlaceField(forms.CharField):
    """A division by its trimmed code, as people pick it from a list or a map."""

    def clean(self, value: Any) -> Division | None:
        """The current division; a sentence for a code that is none of ours. One that was found already is taken."""
        if isinstance(value, Division):
            return value
        code = super().clean(value)
        if not code:
            return None
        try:
            found = Division.objects.current().coded(code).first()
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble
        if found is None:
            raise forms.ValidationError(_("There is no place with this code here. Choose one from the list."))
        return found


class ReferForm(ReasonForm):
    """A step that passes a case on: the next owner must be named."""

    to = forms.ModelChoiceField(
        Organisation.objects.order_by("name"), label=_("Who takes it over"), empty_label=_("Please choose")
    )

    field_order = ("to", "reason")

    def offer(self) -> None:
        """Label organisations by their name."""
        self.fields["to"].label_from_instance = lambda body: body.name  # type: ignore[attr-defined]


class MergeForm(NoteForm):
    """A step that merges a case into another one of its kind."""

    original = CaseField(
        label=_("Number of the original"),
        max_length=30,
        help_text=_("This one follows it and ends with it; whoever raised it is told."),
    )

    field_order = ("original", "note")

    def offer(self) -> None:
        """Look for the original where the actor may see it."""
        self.fields["original"].by = self.by  # type: ignore[attr-defined]


class PersonFields(StepForm):
    """Opening forms: who says it, as far as they want to; sealed into one parcel before anything else sees it."""

    name = forms.CharField(label=_("Your name"), max_length=60, required=False)
    phone = forms.CharField(
        label=_("Your telephone number"),
        max_length=30,
        required=False,
        help_text=_("Only to tell you how it goes on. Those who deal with it do not see it."),
    )
    channel = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput())

    def clean_phone(self) -> str:
        """A number that can be called, or nothing."""
        try:
            return plain_phone(self.cleaned_data["phone"])
        except Invalid as trouble:
            raise forms.ValidationError(trouble.sentence) from trouble

    def clean(self) -> dict[str, Any]:
        """Put the person's fields into one GivenContact."""
        given = super().clean() or {}
        given["contact"] = GivenContact(half_width(given.pop("name", "")), given.pop("phone", ""))
        given["channel"] = given.get("channel") or "web"
        return given


def ask_no_person(form: StepForm) -> StepForm:
    """An opening form without the questions for name and number: who raises it is known already."""
    form.fields = {name: field for name, field in form.fields.items() if name not in {"name", "phone"}}
    return form
