"""What this layer writes into the ledger, and how it reads."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register

MOVE_DEADLINE = "exchange.move_deadline"


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    for name, label in (
        ("exchange.add_source", lambda: gettext("Outside system added")),
        ("exchange.give_key", lambda: gettext("Access key of an outside system issued")),
        ("exchange.set_limits", lambda: gettext("Limits of an outside system changed")),
        ("exchange.end_source", lambda: gettext("Outside system ended")),
        ("exchange.map_sheets", lambda: gettext("Map of an outside system's sheets changed")),
        ("exchange.take_sheet", lambda: gettext("Sheet of an outside system taken in")),
        (MOVE_DEADLINE, lambda: gettext("The source moved its deadline; taken over")),
        ("exchange.keep_reply_form", lambda: gettext("Reply form of an outside system kept")),
        ("exchange.return_replies", lambda: gettext("Replies returned to an outside system")),
        ("exchange.set_feed", lambda: gettext("Feed of an outside system agreed")),
        ("exchange.end_feed", lambda: gettext("Feed of an outside system ended")),
        ("exchange.set_webhook", lambda: gettext("Feed of an outside system pushed to an address")),
        ("exchange.end_webhook", lambda: gettext("Feed of an outside system no longer pushed")),
        ("exchange.pause_feed", lambda: gettext("Pushing a feed paused")),
        ("exchange.resume_feed", lambda: gettext("Pushing a feed resumed")),
        ("exchange.send_again", lambda: gettext("Batch of a feed tried again")),
        ("exchange.replay_feed", lambda: gettext("Feed pushed again from a position")),
        ("exchange.map_codes", lambda: gettext("Codes of an outside system mapped")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
