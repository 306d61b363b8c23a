"""The bundle installs, begins a place and takes a report on a machine without a network."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.servers import A_CLERK, REPOSITORY

pytestmark = [pytest.mark.sqlite, pytest.mark.privileged, pytest.mark.thorough]  # once is enough
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"
GPL = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
# Begins a place, seats a clerk, serves, and reports once, all within one network that leads nowhere.
TRIAL = """
set -e
ip link set lo up
linli="$1/.venv/bin/linli"
"$linli" init --place 320831 >/dev/null
DJANGO_SETTINGS_MODULE=linli.conf.settings "$1/.venv/bin/python" -c "$2"
"$linli" serve --port 8099 >"$1/log" 2>&1 &
server=$!
"$1/.venv/bin/python" -c "$3"
"$linli" backup >/dev/null
"$linli" drill
kill $server; wait $server || true
"""
REPORT = """
import json, time, urllib.request
for attempt in range(300):
    try:
        urllib.request.urlopen("http://127.0.0.1:8099/readyz"); break
    except OSError: time.sleep(0.1)
asked = urllib.request.Request("http://127.0.0.1:8099/api/v1/matters", json.dumps({"text": "路灯坏了",
    "contact": {"phone": "13912345678"}}).encode(), {"Content-Type": "application/json"})
print("taken", json.load(urllib.request.urlopen(asked))["number"])
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """scripts/bundle.py as a module."""
    found = importlib.util.spec_from_file_location("bundle", REPOSITORY / "scripts" / "bundle.py")
    assert found
    assert found.loader
    made = importlib.util.module_from_spec(found)
    found.loader.exec_module(made)
    return made


@pytest.fixture(scope="module")
def bundle(script: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle for this Python and this processor."""
    try:
        return script.bundle([HERE], [platform.machine()], tmp_path_factory.mktemp("bundle"))
    except subprocess.CalledProcessError as trouble:
        pytest.skip(f"needs a package registry to fetch wheels from: {trouble}")


def test_it_installs_and_takes_a_report_without_a_network(bundle: Path, tmp_path: Path) -> None:
    apart = ["unshare", "-n"] if os.geteuid() == 0 else ["unshare", "-r", "-n"]
    if (
        not (shutil.which("unshare") and shutil.which("ip"))
        or subprocess.run([*apart, "true"], check=False).returncode
    ):
        pytest.skip("needs unshare and ip, as root or with user namespaces: apt-get install iproute2")
    with tarfile.open(bundle) as tar:
        tar.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("linli-*")
    target = tmp_path / "opt"
    told = {"PATH": os.environ["PATH"], "LINLI_HOME": str(tmp_path / "place"), "LINLI_PLAIN_HTTP": "1"}
    told |= {"LINLI_LANGUAGE": "en"}
    for command in (
        ["sh", str(unpacked / "install.sh"), str(target)],
        ["sh", "-c", TRIAL, "sh", str(target), A_CLERK, REPORT],
    ):
        done = subprocess.run(
            [*apart, *command],
            env=told,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^taken \d{6}-\d\d-\d{5}", done.stdout, re.MULTILINE), done.stdout
    assert "fail" not in done.stdout


def test_a_bundle_that_was_changed_is_not_installed(bundle: Path, tmp_path: Path) -> None:
    with tarfile.open(bundle) as tar:
        tar.extractall(tmp_path, filter="data")
    (unpacked,) = tmp_path.glob("linli-*")
    with next(unpacked.glob("wheels/django-5*.whl")).open("ab") as wheel:
        wheel.write(b"something else")
    done = subprocess.run(
        ["sh", str(unpacked / "install.sh"), str(tmp_path / "opt")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, (tmp_path / "opt").exists()) == (1, False)


def test_what_is_inside_is_listed_with_licences_that_may_be_passed_on(
    bundle: Path, script: ModuleType
) -> None:
    with tarfile.open(bundle) as tar:
        inside = {Path(each).name: each for each in tar.getnames()}
        told = json.load(tar.extractfile(inside["sbom.cdx.json"]))  # type: ignore[arg-type]
    named = {component["name"].lower() for component in told["components"]}
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert {"linli", "django", "granian", "cryptography"} <= named
    wheels = {name for name in inside if name.endswith(".whl")}
    hashed = {each["name"].partition(":")[2] for one in told["components"] for each in one["properties"]}
    assert hashed == wheels
    licences = {one["name"]: one["licenses"][0]["license"]["name"] for one in told["components"]}
    strict = {
        name: licence for name, licence in licences.items() if GPL.search(licence) and "LGPL" not in licence
    }
    assert {name for name in strict if "Lesser" not in strict[name]} == set()


def test_markers_are_asked_of_the_machine_it_is_for(script: ModuleType) -> None:
    lock = (REPOSITORY / "requirements.lock").read_text()
    older, newer = ("\n".join(script.wanted(lock, python, "aarch64")) for python in ("3.11", "3.13"))
    assert "typing-extensions==" in older
    assert "typing-extensions==" not in newer
    assert "pyarrow" not in older + newer
    assert "colorama" not in older + newer


@pytest.mark.nightly
def test_every_requirement_has_a_wheel_for_both_processors_and_all_pythons(
    script: ModuleType, tmp_path: Path
) -> None:
    made = script.bundle(script.PYTHONS, script.MACHINES, tmp_path)
    packages = {package for package, _machine in script.tags(made)}
    assert {(package, machine) for package in packages for machine in script.MACHINES} == script.tags(made)
