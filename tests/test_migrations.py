"""Migrations: one line per app, complete, and none that needs the application's code of its day."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("linli."))


@pytest.mark.parametrize("label", OURS)
def test_each_app_has_one_line_of_migrations(label: str) -> None:
    assert len(MigrationLoader(None).graph.leaf_nodes(label)) <= 1


@pytest.mark.django_db
def test_the_models_have_not_moved_on_without_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())
