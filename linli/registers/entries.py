"""What the registers write into the ledger, and how it reads."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register

BODY, END_BODY, UNIT = "registers.body", "registers.end_body", "registers.unit"
MEDIATOR, END_MEDIATOR = "registers.mediator", "registers.end_mediator"
TIE, UNTIE = "registers.tie", "registers.untie"
WAY = "registers.way"


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    for name, label in (
        (BODY, lambda: gettext("Mediation body entered or changed")),
        (END_BODY, lambda: gettext("Mediation body ended")),
        (UNIT, lambda: gettext("Large unit entered")),
        (MEDIATOR, lambda: gettext("Mediator entered or changed")),
        (END_MEDIATOR, lambda: gettext("Mediator's term ended")),
        (TIE, lambda: gettext("Conflict of interest declared")),
        (UNTIE, lambda: gettext("Declared conflict of interest withdrawn")),
        (WAY, lambda: gettext("Lawful way entered")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
