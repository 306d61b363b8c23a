"""Units for systemd: shown before they are written, hardened, and such as systemd itself takes."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from linli.conf.management.commands.install import ENABLED, units

HARDENED = (
    "NoNewPrivileges=yes",
    "ProtectSystem=strict",
    "PrivateTmp=yes",
    "CapabilityBoundingSet=",
    "UMask=0077",
)


def _said(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command("install", *words, stdout=out, **options)
    return out.getvalue()


def test_a_dry_run_shows_the_units_and_writes_nothing(tmp_path: Path) -> None:
    shown = _said("--systemd", "--dry-run", into=str(tmp_path))
    assert "ExecStart=" in shown
    assert list(tmp_path.iterdir()) == []


def test_every_service_is_hardened_and_none_runs_as_root() -> None:
    for name, text in units("linli", 8000).items():
        assert "$" not in text, name
        if name.endswith(".service"):
            assert [line for line in HARDENED if line not in text] == [], name
            assert "User=linli" in text


def test_they_are_written_where_they_belong_and_the_next_step_is_named(tmp_path: Path) -> None:
    said = _said("--systemd", user="root", into=str(tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == set(units("root", 8000))
    assert all(name in said for name in ENABLED)


def test_a_user_that_is_not_there_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="useradd"):
        _said("--systemd", user="nobody-of-this-name", into=str(tmp_path))
    assert list(tmp_path.iterdir()) == []


def test_what_systemd_does_not_take_is_not_written(tmp_path: Path, monkeypatch: Any) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze: apt-get install systemd")
    monkeypatch.setattr(
        "linli.conf.management.commands.install.units",
        lambda *_told: {"linli.service": "[Service]\nExecStart=\n"},
    )
    with pytest.raises(CommandError, match=r"does not take|不接受"):
        _said("--systemd", user="root", into=str(tmp_path))
    assert list(tmp_path.iterdir()) == []
