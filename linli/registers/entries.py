"""What the registers write into the ledger, and how it reads."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register

BODY, END_BODY, UNIT = "registers.body", "registers.end_body", "registers.unit"
MEDIATOR, END_MEDIATOR = "registers.mediator", "registers.end_mediator"
TIE, UNTIE = "registers.tie", "registers.untie"
WAY, INHABITANTS = "registers.way", "registers.inhabitants"
SHIFT = {
    "note": "registers.shift_note",
    "correction": "registers.shift_correction",
    "hand_over": "registers.shift_hand_over",
    "take_over": "registers.shift_take_over",
}
RULE, END_RULE, SEEN = "registers.alert_rule", "registers.end_alert_rule", "registers.alert_seen"
RAISED, CLEARED = "registers.alert_raised", "registers.alert_cleared"


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
        (INHABITANTS, lambda: gettext("Number of inhabitants entered")),
        (RULE, lambda: gettext("Alert rule set")),
        (END_RULE, lambda: gettext("Alert rule ended")),
        (RAISED, lambda: gettext("Alert raised")),
        (CLEARED, lambda: gettext("Alert cleared")),
        (SEEN, lambda: gettext("Alert acknowledged")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
    for name, label in (
        (SHIFT["note"], lambda: gettext("Note in the shift book")),
        (SHIFT["correction"], lambda: gettext("Correction in the shift book")),
        (SHIFT["hand_over"], lambda: gettext("Shift handed over")),
        (SHIFT["take_over"], lambda: gettext("Shift taken over")),
    ):
        register(name, label=label, redaction=Redaction.ERASE)
