"""What this layer writes into the ledger, and how it reads."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    for name, label in (
        ("residents.withdraw_consent", lambda: gettext("Consent withdrawn")),
        ("residents.assess", lambda: gettext("Impact assessment made")),
        ("residents.approve_assessment", lambda: gettext("Impact assessment approved")),
        ("residents.decline_assessment", lambda: gettext("Impact assessment declined")),
        ("residents.give_mandate", lambda: gettext("Somebody was let act for a resident")),
        ("residents.end_mandate", lambda: gettext("Acting for a resident ended")),
        ("residents.fetch_extract", lambda: gettext("Copy of own data fetched")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
