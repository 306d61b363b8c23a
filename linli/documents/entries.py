"""What this layer writes into the ledger besides the steps of kinds, and how it reads."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register

SET, READ, SIGN, DENY = "documents.set", "documents.read", "documents.sign", "documents.deny"
REPLACE, TAKE_BACK = "documents.replace", "documents.take_back"


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    for name, label in (
        (SET, lambda: gettext("Document set as PDF")),
        (READ, lambda: gettext("Document with personal data opened")),
        (SIGN, lambda: gettext("Document signed")),
        (REPLACE, lambda: gettext("Template replaced by the place's own")),
        (TAKE_BACK, lambda: gettext("Own template taken back")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
    register(DENY, label=lambda: gettext("Signature denied"), redaction=Redaction.ERASE)
