"""What this layer writes into the ledger, and how it reads. Entries name a record by its id, never a person."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.ledger.names import Redaction, register


def register_entries() -> None:
    """Make the names known; called when the app starts."""
    for name, label in (
        ("residents.new_key", lambda: gettext("New data key")),
        ("residents.retire_key", lambda: gettext("Old data key destroyed")),
        ("residents.register", lambda: gettext("Resident registered")),
        ("residents.move", lambda: gettext("Resident moved")),
        ("residents.end", lambda: gettext("Resident's record ended")),
        ("residents.merge", lambda: gettext("Two records merged")),
        ("residents.undo_merge", lambda: gettext("Merge undone")),
        ("residents.apart", lambda: gettext("Two records kept apart")),
        ("residents.erase", lambda: gettext("Fields erased after their period")),
        ("residents.set_field", lambda: gettext("What is kept of residents")),
        ("residents.involve", lambda: gettext("Record opened for a case")),
        ("residents.withdraw_consent", lambda: gettext("Consent withdrawn")),
        ("residents.affirm_consent", lambda: gettext("Consent of a guardian confirmed by the person")),
        ("residents.assess", lambda: gettext("Impact assessment made")),
        ("residents.approve_assessment", lambda: gettext("Impact assessment approved")),
        ("residents.decline_assessment", lambda: gettext("Impact assessment declined")),
        ("residents.end_assessment", lambda: gettext("Impact assessment ended early")),
        ("residents.give_mandate", lambda: gettext("Somebody was let act for a resident")),
        ("residents.end_mandate", lambda: gettext("Acting for a resident ended")),
        ("residents.note_guardian", lambda: gettext("Guardian noted")),
        ("residents.end_guardian", lambda: gettext("Guardianship ended")),
        ("residents.contest_guardians", lambda: gettext("Guardians disagree")),
        ("residents.settle_guardians", lambda: gettext("Disagreement of guardians settled")),
        ("residents.guardian_came", lambda: gettext("Guardian acted at a window")),
        ("residents.fetch_extract", lambda: gettext("Copy of own data fetched")),
    ):
        register(name, label=label, redaction=Redaction.NO_WORDS)
    for name, label in (
        ("residents.edit", lambda: gettext("Resident's record corrected")),
        ("residents.look_up", lambda: gettext("Look-up of a resident by number")),
    ):
        register(name, label=label, redaction=Redaction.ERASE)
