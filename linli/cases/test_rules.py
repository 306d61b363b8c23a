"""The rule table: one worked example for each row that is a clock.

The days were computed by a script over the published package `chinese_calendar`, not counted by hand, around the Spring
Festival and the make-up days of 2024, 2025 and 2026: from a start (or, for notices, an event) to the last day, and with
the extension.
"""

import re
from datetime import date, datetime, time

import pytest
from django.utils import translation

from linli.base.worktime import PLACE_TIME, Unit, due, latest_before
from linli.cases.calendars import calendar_of
from linli.cases.models import Limit
from linli.cases.rules import rules_on, topics
from linli.cases.seeding import seed

EXAMPLES = [
    ("petition.register", "2024-02-01", "2024-02-18", ""),
    ("petition.objection", "2024-02-08", "2024-02-21", ""),
    ("petition.handle", "2024-01-29", "2024-03-29", "2024-04-28"),
    ("petition.review.ask", "2025-01-24", "2025-02-24", ""),
    ("petition.review", "2025-01-20", "2025-02-19", ""),
    ("petition.final.ask", "2026-02-09", "2026-03-11", ""),
    ("petition.final", "2026-02-13", "2026-03-16", ""),
    ("info.publish", "2025-09-26", "2025-10-30", ""),
    ("info.correct", "2024-02-02", "2024-02-18", ""),
    ("info.answer", "2025-01-27", "2025-03-03", "2025-03-31"),
    ("info.third_party", "2026-02-14", "2026-03-13", ""),
    ("recon.apply", "2024-09-27", "2024-11-26", ""),
    ("recon.examine", "2024-02-01", "2024-02-07", ""),
    ("recon.correct", "2024-02-08", "2024-02-21", ""),
    ("recon.correct.applicant", "2024-01-29", "2024-02-09", ""),
    ("recon.serve", "2025-01-24", "2025-02-10", ""),
    ("recon.reply", "2025-01-20", "2025-02-08", ""),
    ("recon.serve.simple", "2026-02-09", "2026-02-12", ""),
    ("recon.reply.simple", "2026-02-13", "2026-02-27", ""),
    ("recon.decide", "2025-09-26", "2025-11-25", "2025-12-25"),
    ("recon.decide.simple", "2024-02-02", "2024-03-04", ""),
    ("recon.suspend", "2025-01-27", "2025-03-28", ""),
    ("recon.hearing", "2026-03-06", "2026-02-28", ""),
    ("mediation.confirm", "2024-09-27", "2024-10-28", ""),
    ("court.confirm.accept", "2024-02-01", "2024-02-04", ""),
    ("court.confirm", "2024-02-08", "2024-02-23", "2024-03-04"),
    ("mediation.length", "2024-01-29", "2024-02-28", ""),
    ("mediation.length.national", "2025-01-24", "2025-02-24", ""),
    ("admin_mediation.accept", "2025-01-20", "2025-01-26", ""),
    ("admin_mediation.accept.complex", "2026-02-09", "2026-02-28", ""),
    ("admin_mediation.transfer", "2026-02-13", "2026-02-25", ""),
    ("hotline.answer", "2025-09-26", "2025-10-10", ""),
    ("permit.correct", "2024-02-02", "2024-02-08", ""),
    ("permit.decide", "2025-01-27", "2025-03-03", "2025-03-17"),
    ("permit.decide.joint", "2026-02-14", "2026-04-27", "2026-05-20"),
    ("permit.deliver", "2024-09-27", "2024-10-16", ""),
    ("punish.decide", "2024-02-01", "2024-05-06", ""),
    ("punish.deliver", "2024-02-08", "2024-02-23", ""),
    ("punish.hearing.ask", "2024-01-29", "2024-02-04", ""),
    ("punish.hearing", "2025-02-13", "2025-02-05", ""),
    ("punish.withdraw", "2025-01-20", "2025-01-23", ""),
    ("decision.comment", "2026-02-09", "2026-03-11", ""),
    ("decision.legal", "2026-02-13", "2026-03-02", ""),
    ("decision.hearing", "2025-10-16", "2025-10-09", ""),
    ("ngo.register", "2024-02-02", "2024-04-02", ""),
    ("ngo.change", "2025-01-27", "2025-02-26", ""),
    ("charity.register", "2026-02-14", "2026-03-16", ""),
    ("charity.recognise", "2024-09-27", "2024-10-17", ""),
    ("charity.fundraising", "2024-02-01", "2024-02-21", ""),
    ("charity.emergency", "2024-02-08", "2024-02-18", ""),
    ("community.admit.apply", "2024-02-18", "2024-01-02", ""),
    ("community.admit", "2025-01-24", "2025-02-20", ""),
]


def last_day(row: Limit, start: date, *, granted: int = 0) -> str:
    """The last day by a rule that has a clock: after a start, or before an event for one that counts back."""
    amount, unit, calendar = (row.amount or 0) + granted, Unit(row.unit), calendar_of()
    if row.backwards:
        return latest_before(start, amount, unit, calendar).isoformat()
    return due(datetime.combine(start, time(12), PLACE_TIME), amount, unit, calendar).date().isoformat()


@pytest.mark.parametrize(("key", "start", "last", "extended"), EXAMPLES)
def test_worked_example(db, key, start, last, extended):
    row = Limit.objects.get(key=key)
    assert last_day(row, date.fromisoformat(start)) == last
    if extended:
        assert last_day(row, date.fromisoformat(start), granted=row.extra) == extended


def test_every_rule_with_a_clock_has_a_worked_example(db):
    clocks = set(Limit.objects.exclude(key="").exclude(unit="").values_list("key", flat=True))
    assert clocks == {key for key, *_rest in EXAMPLES}


def test_every_extension_has_a_worked_example_and_an_approver(db):
    rows = Limit.objects.exclude(extra=None)
    assert {row.key for row in rows} == {key for key, _start, _last, extended in EXAMPLES if extended}
    assert all(row.told[language]["approver"] for row in rows for language in ("zh", "en"))


def test_every_rule_is_told_in_both_languages_and_names_its_source(db):
    for row in Limit.objects.exclude(key=""):
        assert row.told["zh"].keys() == row.told["en"].keys() >= {"from", "to"}
        assert row.source


def test_what_nobody_has_read_in_full_is_shown_as_unconfirmed(db):
    unconfirmed = {rule.key for rule in rules_on(date(2026, 3, 1), unconfirmed_only="1")}
    assert {"community.admit", "community.admit.apply", "mediation.length.national"} <= unconfirmed
    assert "permit.decide" not in unconfirmed


def test_a_rule_whose_day_in_force_is_a_guess_is_shown_as_unconfirmed(db):
    rows = [row for row in Limit.objects.exclude(key="") if re.search("潍坊|济南|深圳", row.source)]
    assert len(rows) == 5
    assert not any(row.confirmed for row in rows)


def test_a_rule_holds_from_its_day_on_and_a_newer_row_takes_its_place(db):
    assert "recon.decide" not in {rule.key for rule in rules_on(date(2023, 12, 31))}
    Limit.objects.create(
        key="recon.decide", unit="working_days", amount=50, source="x", valid_from="2026-01-01"
    )
    amounts = {
        day: next(rule.amount for rule in rules_on(day) if rule.key == "recon.decide")
        for day in (date(2025, 12, 31), date(2026, 1, 1))
    }
    assert list(amounts.values()) == [60, 50]
    seed()
    assert Limit.objects.filter(key="recon.decide").count() == 2


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_rules_are_found_by_topic_in_the_readers_language(db, language):
    with translation.override(language):
        for topic in topics():
            assert rules_on(date(2026, 3, 1), topic=topic), topic
