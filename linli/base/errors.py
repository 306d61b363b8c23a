"""Refusals: exceptions that carry a sentence for the person. Actions raise them, one middleware renders them.

Refusal
├── Invalid      422  the input cannot be read as meant
├── NotYours     403  inside your area, but not your power
├── NotFound     404  outside your area, or nowhere: the two look alike
├── Conflict     409  the case has moved on
│   └── Stale    409  somebody was faster; carries the newer version
├── TooLarge     413
├── TooMany      429
└── Unavailable  503  the store cannot take it now (disk full, locked); nothing was kept
    ├── Busy     503  more is being written than can be; in a moment there is room again
    └── Unsure   503  the line to the database broke while it was being kept: it may be there
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):  # noqa: N818  a refusal is a polite answer, not an error of the program
    """A polite no: `sentence` says what is wrong and what to do next, in the reader's language."""

    status = 400
    code = "refused"
    sentence: Any = _("This cannot be done.")

    def __init__(self, sentence: object = None, **facts: Any) -> None:
        self.sentence = str(sentence or self.sentence)
        self.facts = facts
        super().__init__(self.sentence)


class Invalid(Refusal):
    """The input cannot be understood; `fields` in facts names what is wrong where."""

    status = 422
    code = "invalid"
    sentence = _("Please check what you entered.")


class NotYours(Refusal):
    """The actor is inside the area but lacks the power."""

    status = 403
    code = "not_yours"
    sentence = _("Your post may not do this.")


class NotFound(Refusal):
    """Outside the actor's area, or not there at all."""

    status = 404
    code = "not_found"
    sentence = _("There is nothing here, or it is not in your area.")


class Conflict(Refusal):
    """The case is in a stage that does not allow the step."""

    status = 409
    code = "conflict"
    sentence = _("This case has already moved on.")


class Stale(Conflict):
    """The actor decided on an older version; `version` in facts is the present one."""

    code = "stale"
    sentence = _("Somebody changed this case while you were reading. Please look at it again, then decide.")


class TooLarge(Refusal):
    """More bytes, pixels or characters than the limit."""

    status = 413
    code = "too_large"
    sentence = _("This is larger than we can take.")


class TooMany(Refusal):
    """Too many requests from one source."""

    status = 429
    code = "too_many"
    sentence = _("Too many requests. Please wait a minute and try again.")


class Unavailable(Refusal):
    """The store cannot keep anything now, so nothing was acknowledged."""

    status = 503
    code = "unavailable"
    sentence = _("We cannot save this at the moment. Nothing was kept; please try again in a few minutes.")


class Busy(Unavailable):
    """More people write at this moment than can be served well; nothing was looked at."""

    code = "busy"
    sentence = _(
        "Very many people are writing to us at this moment. Nothing was kept; please send it again in a few seconds."
    )


class Unsure(Unavailable):
    """The line to the database broke between a commit and its answer: whether it was kept, nobody here knows."""

    code = "unsure"
    sentence = _(
        "The line to the database broke while this was being saved. It may have been kept: please look whether it is "
        "there before you send it again."
    )


@contextmanager
def fields_called(outside: Mapping[str, str]) -> Iterator[None]:
    """Let refusals name fields as they are called outside (form field -> name), not as our forms do."""
    try:
        yield
    except Invalid as refusal:
        fields = refusal.facts.get("fields")
        if isinstance(fields, dict):
            refusal.facts["fields"] = {outside.get(name, name): said for name, said in fields.items()}
        raise
