"""Numbers of identity documents: whether they can be right, and nothing else.

Check digit (GB 11643) and date only. No sex, no birthplace and no age is read from a number, and the first six digits
are not compared with today's divisions: that would refuse everybody whose county has been renamed since.
"""

from __future__ import annotations

import re
from datetime import date

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.base.errors import Invalid
from linli.base.text import half_width

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_EIGHTEEN = re.compile(r"\d{17}[\dX]")
_OLD_PERMIT = re.compile(r"[A-Z]{3}\d{12}")  # of foreigners, until 2023
_OTHER = re.compile(r"[A-Z0-9]{5,20}")
_OLDEST = 130  # years


class Document(TextChoices):
    """What somebody showed. Nobody is turned away for having none."""

    IDENTITY_CARD = "card", gettext_lazy("Resident identity card")
    RESIDENCE_PERMIT = "permit", gettext_lazy("Residence permit for Hong Kong, Macao or Taiwan residents")
    FOREIGNERS_PERMIT = "foreign", gettext_lazy("Foreigner's permanent residence card")
    OTHER = "other", gettext_lazy("Another document, such as a passport")
    NONE = "none", gettext_lazy("No document with a number")


def plain_number(kind: str, text: str) -> str:
    """A document's number as it is printed, however it was typed; Invalid, saying why, if it cannot be right."""
    number = re.sub(r"[\s\-()·.]", "", half_width(text)).upper()
    if kind == Document.NONE or not number:
        return ""
    if trouble := _trouble(kind, number):
        raise Invalid(fields={"number": [trouble]})
    return number


def _trouble(kind: str, number: str) -> str:
    if kind == Document.OTHER:
        right = bool(_OTHER.fullmatch(number))
        return "" if right else _("Enter the number of letters and digits, 5 to 20 of them.")
    if kind == Document.FOREIGNERS_PERMIT and _OLD_PERMIT.fullmatch(number):
        return ""
    if not _EIGHTEEN.fullmatch(number):
        return _(
            "This number has 18 places: 17 digits, then a digit or X. Please look at the document again."
        )
    checks = (
        (
            _begins_rightly(kind, number),
            _("A document of this kind does not begin like this. Choose the kind that was shown."),
        ),
        (
            _is_past_day(number[6:14]),
            _("Places 7 to 14 are no date. Please look at the document again."),
        ),
        (
            number[17] == check_digit(number),
            _("A digit is wrong: the last place does not fit the others. Please look at the document again."),
        ),
    )
    return next((sentence for right, sentence in checks if not right), "")


def check_digit(number: str) -> str:
    """The eighteenth place that belongs to the first seventeen (GB 11643)."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False)) % 11]


def _begins_rightly(kind: str, number: str) -> bool:
    of_permit = number[:2] in {"81", "82", "83"}
    if kind == Document.RESIDENCE_PERMIT:
        return of_permit
    if kind == Document.FOREIGNERS_PERMIT:
        return number[0] == "9"
    return number[0] in "12345678" and not of_permit


def _is_past_day(digits: str) -> bool:
    today = timezone.localdate()
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return today.year - _OLDEST <= day.year and day <= today
