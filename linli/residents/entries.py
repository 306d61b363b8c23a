"""What this layer writes into the ledger, and how it reads. Entries name a record by its id, never a person."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    for name, label in (
        ("residents.new_key", lambda: gettext("New data key")),
        ("residents.retire_key", lambda: gettext("Old data key destroyed")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
