"""What documents do with people's data."""

from __future__ import annotations

from django.utils.translation import gettext

from linli.residents.activities import Activity, register_activity


def register_activities() -> None:
    """Make it known; called when the app starts."""
    register_activity(
        Activity(
            "papers",
            lambda: gettext("Documents of cases, and who signed them"),
            lambda: gettext(
                "To give people on paper what was agreed or decided, and to show later that it is genuine"
            ),
            lambda: gettext(
                "What the document says; a drawn signature or the photo of a signed sheet; name and signature of a "
                "witness"
            ),
            "个人信息保护法 13(3)",
            lambda: gettext("With the case's file; afterwards a digest that says nothing by itself"),
            tables=("documents.Document", "documents.Printed", "documents.Signature", "documents.Witness"),
        )
    )
