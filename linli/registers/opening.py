"""Opening a register: an impact assessment comes first (个人信息保护法 55, 56); one hook, for who keeps those."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from linli.base.errors import Conflict

MEDIATORS = "mediators"  # the only register here that holds anything of persons
_asked: list[Callable[[str], bool]] = []


def connect(assessed: Callable[[str], bool]) -> None:
    """Say who knows whether a register has its assessment; called once, when the app that knows starts."""
    _asked[:] = [assessed]


def require_assessment(register: str) -> None:
    """Raise Conflict where a register has no impact assessment on record; nobody connected means nobody asks."""
    if not all(assessed(register) for assessed in _asked):
        raise Conflict(_("Record the impact assessment of this register first; then entries can be made."))
