"""The rule table: every limit with the article it comes from, in force on a day, and what is not yet verified."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.base.errors import Invalid
from linli.base.text import tidy
from linli.cases.rules import Rule, rules_on, topics
from linli.portals.desk.clocks import term_words
from linli.portals.desk.hats import seated
from linli.posts.actor import PostActor


@require_safe
@seated
def rules(request: HttpRequest, by: PostActor) -> HttpResponse:
    """The rules in force on a day, by topic; narrowed by topic, by words, or to those not verified."""
    day, topic = _day(request.GET.get("day", "")), request.GET.get("topic", "")
    words, unverified = tidy(request.GET.get("words", ""))[:60], request.GET.get("unverified", "")
    found = [
        rule
        for rule in rules_on(day, topic=topic, unconfirmed_only=unverified)
        if not words or words.casefold() in _all_words(rule).casefold()
    ]
    context = {
        "rows": [(rule, _terms(rule)) for rule in found],
        "topics": list(topics()),
        "asked": {"day": day.isoformat(), "topic": topic, "words": words, "unverified": unverified},
    }
    return render(request, "desk/rules.html", context)


def _day(text: str) -> date:
    if not text:
        return timezone.localdate()
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        sentence = _("Write the day like 2026-03-01.")
        raise Invalid(sentence, fields={"day": [sentence]})
    return day


def _all_words(rule: Rule) -> str:
    said = (rule.key, rule.begins, rule.ends, rule.source, rule.note, rule.lapse, rule.approver)
    return " ".join(str(each) for each in said)


def _terms(rule: Rule) -> tuple[str, str]:
    """How long, and how much may be granted beyond it."""
    if not rule.unit:
        return "", ""
    extra = term_words(rule.extra, rule.unit) if rule.extra else ""
    return term_words(rule.amount, rule.unit), extra
