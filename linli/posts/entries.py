"""What this layer writes into the ledger, and how it reads."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    for name, label in (
        ("posts.found", lambda: gettext("Post set up")),
        ("posts.establish", lambda: gettext("Organisation added")),
        ("posts.telephone", lambda: gettext("Duty telephone of an organisation")),
        ("posts.board", lambda: gettext("What the public board says of a post")),
        ("posts.open_account", lambda: gettext("Account opened")),
        ("posts.renew_access", lambda: gettext("Access renewed after a loss")),
        ("posts.bind_sign_on", lambda: gettext("Single sign-on set")),
        ("posts.close_account", lambda: gettext("Account closed")),
        ("posts.appoint", lambda: gettext("Appointment")),
        ("posts.give_up", lambda: gettext("Post given up")),
        ("posts.end", lambda: gettext("Appointment ended")),
        ("posts.declare_absence", lambda: gettext("Absence declared")),
        ("posts.confirm_absence", lambda: gettext("Deputy confirmed")),
        ("posts.decline_absence", lambda: gettext("Deputy declined")),
        ("posts.end_absence", lambda: gettext("Deputyship ended")),
        ("posts.token", lambda: gettext("Access token issued")),
        ("posts.end_token", lambda: gettext("Access token ended")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
