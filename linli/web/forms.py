"""Forms that speak plainly: our field order, messages that say what to do, and a few widgets."""

from __future__ import annotations

from html import escape
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, ngettext_lazy

# Django's own messages, named here so that our catalogue can say them more helpfully in Chinese.
# Forms below this layer (the steps of a procedure) get the better words without knowing of it.
PLAINER = (
    gettext_noop("This field is required."),
    gettext_noop("Enter a whole number."),
    gettext_noop("Enter a number."),
    gettext_noop("Enter a valid date."),
    gettext_noop("Enter a valid date/time."),
    gettext_noop("Enter a valid value."),
    gettext_noop("Select a valid choice. %(value)s is not one of the available choices."),
    gettext_noop("Select a valid choice. That choice is not one of the available choices."),
    gettext_noop("No file was submitted."),
    gettext_noop("The submitted file is empty."),
    gettext_noop("Upload a valid image. The file you uploaded was either not an image or a corrupted image."),
    gettext_noop("Null characters are not allowed."),
    gettext_noop("Ensure this value is less than or equal to %(limit_value)s."),
    gettext_noop("Ensure this value is greater than or equal to %(limit_value)s."),
    ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    ),
)

DASHES = "---------"  # what Django shows where nothing is chosen; it tells nobody what to do


class FrameRenderer(DjangoTemplates):
    """Renders `{{ form }}` and `{{ field.as_field_group }}` in our order; meant as FORM_RENDERER."""

    form_template_name = "web/form.html"
    field_template_name = "web/field_group.html"

    @cached_property
    def engine(self) -> Any:
        """Django's engine for widgets, with our tags built in."""
        options = {"builtins": ["linli.web.templatetags.frames"]}
        made = super().engine
        return self.backend({"APP_DIRS": True, "DIRS": made.dirs, "NAME": "frames", "OPTIONS": options})


class FrameForm(forms.Form):
    """A form of ours: rendered through the field template, with messages that name the field."""

    default_renderer = FrameRenderer()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _speak_plainly(field, str(field.label or name.replace("_", " ")))
            if isinstance(field, forms.ModelChoiceField) and field.empty_label == DASHES:
                field.empty_label = _("Please choose")


def _speak_plainly(field: forms.Field, label: str) -> None:
    if field.error_messages["required"] is not forms.Field.default_error_messages["required"]:
        return  # the form has a better sentence of its own
    if isinstance(field, forms.ChoiceField):
        sentence = _("Please choose “%(label)s”.")
    elif isinstance(field, forms.BooleanField):
        sentence = _("Please tick “%(label)s” to go on.")
    else:
        sentence = _("Please fill in “%(label)s”.")
    field.error_messages["required"] = sentence % {"label": label}


class CountedText(forms.Textarea):
    """A text box that says how long the text may be, counts along where scripts run, and never cuts a pasted text."""

    template_name = "web/widgets/counted.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Swap `maxlength` for a visible limit: the browser would cut off what is too long unseen."""
        context = super().get_context(name, value, attrs)
        given = context["widget"]["attrs"]
        context["widget"]["limit"] = given.pop("maxlength", None)
        return context


class LongSelect(forms.Select):
    """A list to choose from, drawn at once: Django's own renders two templates for each of hundreds of options."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        """As Django draws it."""
        del renderer
        widget = self.get_context(name, value, attrs)["widget"]
        groups = format_html_join("\n", "{}", ((_drawn(*group[:2]),) for group in widget["optgroups"]))
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(widget["attrs"]), groups)


def _drawn(label: str | None, options: list[dict[str, Any]]) -> SafeString:
    drawn = mark_safe("\n".join(map(_option, options)))  # noqa: S308  each word in it is escaped
    return format_html('<optgroup label="{}">{}</optgroup>', label, drawn) if label else drawn


def _option(each: dict[str, Any]) -> str:
    """By hand, as these are plain words: `format_html` takes three times as long."""
    attrs = flatatt(each["attrs"]) if each["attrs"] else ""
    return f'<option value="{escape(str(each["value"]))}"{attrs}>{escape(str(each["label"]))}</option>'


class FilesInput(forms.FileInput):
    """A labelled button for choosing files: the browser's own speaks the browser's language."""

    template_name = "web/widgets/files.html"
    allow_multiple_selected = True


class DecoyInput(forms.TextInput):
    """An input that people do not see and programs fill in."""


class Decoy(forms.CharField):
    """A field of public forms that must stay empty (a honeypot); shown once it was filled."""

    widget = DecoyInput

    def __init__(self, **kwargs: Any) -> None:
        label = gettext_lazy("Leave this empty")
        attrs = {"autocomplete": "off", "tabindex": "-1"}
        super().__init__(**{"required": False, "label": label, "widget": DecoyInput(attrs), **kwargs})

    def validate(self, value: Any) -> None:
        """Refuse whatever is in it."""
        if value:
            raise forms.ValidationError(_("Please leave this field empty and send the form again."))
