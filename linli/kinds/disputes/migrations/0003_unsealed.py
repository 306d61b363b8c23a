"""Agreements that were drawn up and never took effect are not in force; nothing else says so of a paper by itself."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def mark_unsealed(apps: Any, _editor: Any) -> None:
    """Those of a first attempt without effect: void where the dispute has ended, else not in force."""
    rows = apps.get_model("documents", "Document").objects.filter(template="disputes.agreement", state="final")
    cases = apps.get_model("disputes", "Dispute").objects.filter(turn=1)
    unsealed = cases.filter(effective_at=None)
    rows.filter(case__in=unsealed.filter(case__stage="ended").values("pk")).update(state="void")
    rows.filter(case__in=unsealed.values("pk")).update(state="draft")
    doubted = cases.filter(case__stage="reviewing").values("pk")
    rows.filter(case__in=doubted).update(state="draft")


class Migration(migrations.Migration):
    dependencies = [("disputes", "0002_agreed"), ("documents", "0003_states")]
    operations = [migrations.RunPython(mark_unsealed, migrations.RunPython.noop)]
