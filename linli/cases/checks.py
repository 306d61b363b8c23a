"""System checks: every step of every kind has its function and its form; a wrong procedure stops the start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, register

from linli.cases.kinds import Kind, all_kinds


@register()
def procedures_fit_their_code(**_options: Any) -> list[CheckMessage]:
    """Compare procedure.yaml with actions.py and forms.py of each kind."""
    return [message for kind in all_kinds() for message in _misfits(kind)]


def _misfits(kind: Kind) -> Iterator[CheckMessage]:
    for step in kind.procedure.steps.values():
        if not hasattr(kind.actions, step.name):
            yield Error(f"{kind.name}: step {step.name} has no function in actions.py.", id="linli.E001")
        form = step.name.title().replace("_", "")
        if not step.system and not hasattr(kind.forms, form):
            yield Error(f"{kind.name}: step {step.name} has no form {form} in forms.py.", id="linli.E002")
        whole = f"{kind.procedure.opening.name}_and_{step.name}".title().replace("_", "")
        if step.at_opening and not hasattr(kind.forms, whole):
            yield Error(f"{kind.name}: step {step.name} has no form {whole} in forms.py.", id="linli.E004")
    known = set(kind.procedure.steps)
    for name, member in vars(kind.actions).items():
        ours = getattr(member, "__module__", "") == kind.actions.__name__ and callable(member)
        if ours and not name.startswith("_") and isinstance(member, type(_misfits)) and name not in known:
            yield Error(
                f"{kind.name}: function {name} in actions.py is no step of the procedure.", id="linli.E003"
            )
