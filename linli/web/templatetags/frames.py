"""Tags every template may use without loading them: fields, icons, dates, limits, timeline, map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from linli.base.retelling import retold
from linli.web import map as maps
from linli.web.forms import CountedText, DecoyInput, FilesInput, LongSelect
from linli.web.icons import draw_icon
from linli.web.parts import Count, Line, Row
from linli.web.times import day_words, left_words, length_words, moment_words

register = template.Library()

Point = tuple[str, str, str]  # the anchor of a field or none, its label, a sentence
NO_WORDS = "---------"  # what Django offers where a form says nothing

TAG_ICONS = {
    "good": "check",
    "soon": "clock",
    "late": "late",
    "calm": "clock",
    "bad": "cross",
    "still": "pause",
    "plain": "",
}


@register.inclusion_tag("web/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """`{% field form.text %}`: label, hint, error, widget, in this order, tied together."""
    if getattr(bound.field, "empty_label", None) == NO_WORDS:
        bound.field.empty_label = _("Please choose")  # type: ignore[attr-defined]
    shown = _shown_widget(bound.field.widget)
    described = _described_by(bound, shown)
    attrs: dict[str, Any] = {"placeholder": False}  # hints stand above: a placeholder looks like an answer
    if described and not bound.use_fieldset:
        attrs["aria-describedby"] = described
    return {
        "bound": bound,
        "shape": _shape_of(bound),
        "widget": bound.as_widget(widget=shown, attrs=attrs),
        "described": described,
        "errors": bound.errors,
        "optional": not bound.field.required and not isinstance(bound.field.widget, forms.CheckboxInput),
    }


def _shown_widget(widget: forms.Widget) -> forms.Widget:
    """Forms below this layer use plain widgets; the reader still gets the count and the button."""
    if type(widget) is forms.Textarea and "maxlength" in widget.attrs:
        return CountedText(attrs=widget.attrs)
    if type(widget) is forms.Select:
        return LongSelect(attrs=widget.attrs, choices=widget.choices)
    if isinstance(widget, forms.FileInput) and not isinstance(widget, FilesInput):
        return FilesInput(attrs=widget.attrs)
    return widget


def _described_by(bound: BoundField, shown: forms.Widget) -> str:
    counted = isinstance(shown, CountedText) and "maxlength" in shown.attrs
    names = [(bound.help_text, "helptext"), (bound.errors, "error"), (counted, "limit")]
    return " ".join(f"{bound.auto_id}_{name}" for there, name in names if there)


def _shape_of(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, DecoyInput):
        return "decoy"
    if getattr(widget, "stands_alone", False):  # a widget of several fields, each with a label of its own
        return "several"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    return "group" if bound.use_fieldset else "single"


@register.inclusion_tag("web/form.html", name="fields")
def all_fields(form: forms.BaseForm) -> dict[str, Any]:
    """`{% fields form %}`: every field of a form, hidden ones included; the errors stand in the summary."""
    return {
        "form": form,
        "fields": [(bound, "") for bound in form.visible_fields()],
        "hidden_fields": form.hidden_fields(),
    }


@register.inclusion_tag("web/error_summary.html")
def error_summary(*shown: forms.BaseForm) -> dict[str, Any]:
    """`{% error_summary form %}`: what is to be put right, each with a link to its field."""
    points = _all_points(shown)
    return {"points": points, "heading": _heading(points)}


@register.simple_tag
def error_title(*shown: forms.BaseForm) -> str:
    """`{% error_title form %}`: what the title of a page begins with while something is wrong on it, else nothing."""
    points = _all_points(shown)
    return f"{_heading(points)}{pgettext('between a label and its value', ': ')}" if points else ""


def _heading(points: Sequence[Point]) -> str:
    """Only where a field is named is there something to put right: else it was refused for what lies outside."""
    named = any(anchor for anchor, _label, _sentence in points)
    return _("Please put this right") if named else _("That did not work")


def _all_points(shown: Iterable[forms.BaseForm]) -> list[Point]:
    return [point for form in shown if form.is_bound for point in _points(form)]


def _points(form: forms.BaseForm) -> Iterable[Point]:
    """What is wrong in a form; the label only where the sentence does not name it."""
    for sentence in form.non_field_errors():
        yield "", "", str(sentence)
    for bound in form:
        anchor = f"{bound.auto_id}_0" if bound.use_fieldset else bound.id_for_label or bound.auto_id
        for sentence in bound.errors:
            yield anchor, _named(str(bound.label), str(sentence)), str(sentence)


def _named(label: str, sentence: str) -> str:
    if label in sentence:
        return ""
    return (
        f"{label} "
        if label.endswith(("?", "？"))
        else f"{label}{pgettext('between a label and its value', ': ')}"
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """`{% icon "pin" %}`: one of the drawings in web/icons.py."""
    return draw_icon(name)


@register.simple_tag(name="tag")
def state_tag(words: object, state: str = "plain") -> SafeString:
    """`{% tag case.stage "good" %}`: good, soon, late, calm, bad, still, plain; never colour alone."""
    sign = TAG_ICONS[state]
    return format_html(
        '<strong class="tag tag--{}">{}{}</strong>', state, draw_icon(sign) if sign else "", words
    )


@register.simple_tag(name="counts")
def counts(row: Iterable[Count]) -> SafeString:
    """`{% counts line.counts %}`: the cells of a row; at once, because a table may have thousands of them."""
    return format_html_join("", '<td class="is-number" data-label="{}">{}{}</td>', map(_counted, row))


def _counted(each: Count) -> tuple[str, str | int, str]:
    number = format_html('<a href="{}">{}</a>', each.href, each.number) if each.href else each.number
    beside = format_html(' <span class="quiet">{}</span>', each.beside) if each.beside else ""
    return each.column, number, beside


@register.simple_tag(name="due")
def due_tag(moment: datetime | None) -> SafeString:
    """`{% due case.due %}`: 还剩 2 天 or 超期 3 天, with the exact time as its title."""
    if moment is None:
        return format_html('<span class="quiet">{}</span>', _("no limit"))
    left = left_words(moment, timezone.now())
    return format_html(
        '<time class="tag tag--{}" datetime="{}" title="{}">{}{}</time>',
        left.state,
        timezone.localtime(moment).isoformat(timespec="minutes"),
        moment_words(moment),
        draw_icon(TAG_ICONS[left.state]),
        left.words,
    )


@register.filter(name="day")
def day_filter(value: date | datetime | None) -> str:
    """`{{ case.at|day }}`: 2026年11月23日."""
    return day_words(value) if value else ""


@register.filter(name="moment")
def moment_filter(value: datetime | None) -> str:
    """`{{ case.at|moment }}`: 2026年11月23日 14:05."""
    return moment_words(value) if value else ""


@register.filter(name="retold")
def retold_filter(value: str) -> str:
    """`{{ each.reason|retold }}`: a kept sentence in the language of whoever reads it."""
    return retold(value)


@register.filter(name="took")
def took_filter(value: timedelta) -> str:
    """A stretch of time in its largest unit: `{{ span|took }}`."""
    return length_words(value)


@register.inclusion_tag("web/timeline.html")
def timeline(lines: Iterable[Line]) -> dict[str, Any]:
    """`{% timeline lines %}`: what happened, in the order given, each with when and who."""
    return {"lines": list(lines)}


@register.inclusion_tag("web/summary.html")
def summary(rows: Iterable[Row]) -> dict[str, Any]:
    """`{% summary rows %}`: labels and values, as on a page that asks to check one's answers."""
    return {"rows": list(rows)}


@register.inclusion_tag("web/summary_row.html")
def summary_row(label: str, value: object, href: str = "", action: str = "") -> dict[str, Any]:
    """`{% summary_row "Place" case.place %}` inside `<dl class="summary">`; nothing if empty."""
    return {"row": Row(label, value, href, action) if value not in (None, "") else None}


@register.inclusion_tag("web/map.html", takes_context=True)
def svg_map(
    context: template.Context, content: maps.Map, name: str = "map", *, still: bool = False
) -> dict[str, Any]:
    """`{% svg_map map "where" %}`: the map as SVG, the same as a list; `name` is unique on the page.

    A browser that can draws a map from it that can be moved (web/map.js); on paper it stays the drawing, and so it
    does where it is `still`: in a picture that is renewed every few seconds.
    """
    links = any(outline.href for outline in content.outlines) or any(pin.href for pin in content.pins)
    paper = maps.draw(content)
    return {
        "map": content,
        "paper": paper,
        "scale": _scale(paper.metres) if paper else "",
        "name": name,
        "links": links,
        "request": None if still else context.get("request"),
    }


def _scale(metres: int) -> str:
    if metres >= 1000:
        return _("%(count)d km") % {"count": metres // 1000}
    return _("%(count)d m") % {"count": metres}


@register.inclusion_tag("web/pagination.html", takes_context=True)
def pages(context: template.Context, next_key: object, name: str = "after") -> dict[str, Any]:
    """`{% pages page.next_key %}`: onwards by key, and back to the start; `name` is the key's parameter."""
    request: HttpRequest = context["request"]
    here = request.GET.copy()
    started = here.pop(name, None) is None
    first = f"{request.path}?{here.urlencode()}" if here else request.path
    if next_key:
        here[name] = str(next_key)
    return {
        "first": "" if started else first,
        "onwards": f"{request.path}?{here.urlencode()}" if next_key else "",
    }


@register.simple_tag(takes_context=True)
def kept(context: template.Context, *names: str) -> SafeString:
    """`{% kept "tab" %}` inside a filter form: present choices it has no field for, as hidden inputs."""
    request: HttpRequest = context["request"]
    pairs = [(name, value) for name in names for value in request.GET.getlist(name)]
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)
