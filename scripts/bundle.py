"""Put everything a machine without a network needs into one archive: wheels, an installer, what is in it, its licences.

    python scripts/bundle.py [--python 3.11 ...] [--arch x86_64 ...] [--out dist]

For every Python and processor, each requirement of requirements.lock must have a wheel with the hash that stands
there, or nothing is made. `pyarrow` (only for `linli replay`) is left out: it is as large as all others together.
"""

from __future__ import annotations

import argparse
import email
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from packaging.markers import Marker
from packaging.utils import canonicalize_name, parse_wheel_filename

REPOSITORY = Path(__file__).resolve().parent.parent
PYTHONS, MACHINES = ["3.11", "3.12", "3.13"], ["x86_64", "aarch64"]
GLIBC = [
    "manylinux2014",
    "manylinux_2_17",
    "manylinux_2_24",
    "manylinux_2_26",
    "manylinux_2_27",
    "manylinux_2_28",
]
LEFT_OUT = {"pyarrow"}
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
INSTALLER = Path(__file__).with_name("bundle_install.sh")


def pieces(lock: str) -> list[tuple[str, str, str]]:
    """The requirements of a lock: `name==version`, marker, and the whole piece with its hashes."""
    found = []
    for piece in re.split(r"\n(?=[a-z])", "\n".join(line for line in lock.splitlines() if line[:1] != "#")):
        matched = re.match(r"([\w.-]+==[^\s;\\]+)(?: ; ([^\\]+?))?\s*\\\n", piece.strip() + "\n")
        if matched:
            found.append((matched[1], matched[2] or "", piece.strip()))
    return found


def wanted(lock: str, python: str, machine: str) -> list[str]:
    """What of a lock is installed there, without markers, with hashes: pip itself asks the Python it runs on."""
    there = {
        "python_version": python, "python_full_version": f"{python}.9", "platform_machine": machine,
        "sys_platform": "linux", "platform_system": "Linux", "os_name": "posix",
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip
    return [
        piece.replace(f" ; {marker}", "", 1)
        for name, marker, piece in pieces(lock)
        if canonicalize_name(name.partition("==")[0]) not in LEFT_OUT
        and (not marker or Marker(marker).evaluate(there))
    ]


def fetch(lines: list[str], python: str, machine: str, into: Path) -> None:
    """Have pip fetch the wheels for a Python and a processor; it fails when one has none, or another hash."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listed:
        listed.write("\n".join(lines) + "\n")
        listed.flush()
        platforms = [word for each in GLIBC for word in ("--platform", f"{each}_{machine}")]
        subprocess.run(
            [*PIP, "download", "--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", str(into),
             "--python-version", python, "--implementation", "cp", *platforms, "--requirement", listed.name],
            check=True,
        )  # fmt: skip


def own_wheel(into: Path) -> Path:
    """Linli itself as a wheel, and pip, for machines whose Python came without it."""
    subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", str(into), str(REPOSITORY)], check=True)
    subprocess.run(
        [*PIP, "download", "--no-deps", "--only-binary=:all:", "--dest", str(into), "pip>=24"], check=True
    )
    return next(into.glob("linli-*.whl"))


def told_of(wheel: Path) -> dict[str, str]:
    """Name, version and licence of a wheel, from its own metadata."""
    with zipfile.ZipFile(wheel) as opened:
        name = next(each for each in opened.namelist() if each.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(opened.read(name))
    of_trove = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier", []) if each.startswith("License ::")
    ]
    licence = (
        told.get("License-Expression") or ", ".join(of_trove) or (told.get("License") or "").split("\n")[0]
    )
    return {
        "name": str(told["Name"]),
        "version": str(told["Version"]),
        "licence": str(licence or "see the wheel"),
    }


def sbom(wheels: list[Path], version: str) -> dict[str, object]:
    """What is inside, in CycloneDX 1.6: one component per package, with the hash of each wheel of it."""
    found: dict[str, dict[str, object]] = {}
    for wheel in wheels:
        told = told_of(wheel)
        link = f"pkg:pypi/{canonicalize_name(told['name'])}@{told['version']}"
        component = found.setdefault(
            link,
            {
                "type": "application" if told["name"] == "linli" else "library",
                "bom-ref": link, "name": told["name"], "version": told["version"], "purl": link,
                "licenses": [{"license": {"name": told["licence"]}}], "properties": [],
            },
        )  # fmt: skip
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        component["properties"].append({"name": f"sha256:{wheel.name}", "value": digest})  # type: ignore[attr-defined]
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, f'linli-{version}-' + ''.join(sorted(found)))}",
        "metadata": {"component": {"type": "application", "name": "linli", "version": version}},
        "components": [found[link] for link in sorted(found)],
    }  # fmt: skip


def licences(wheels: list[Path]) -> str:
    """A list to read: each package once."""
    rows = sorted({(told["name"], told["version"], told["licence"]) for told in map(told_of, wheels)})
    return "".join(f"{name} {version}: {licence}\n" for name, version, licence in rows)


def bundle(pythons: list[str], machines: list[str], out: Path) -> Path:
    """Make the archive; returns it."""
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    lock = (REPOSITORY / "requirements.lock").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / f"linli-{version}"
        (root / "wheels").mkdir(parents=True)
        for python in pythons:
            for machine in machines:
                fetch(wanted(lock, python, machine), python, machine, root / "wheels")
        own_wheel(root / "wheels")
        wheels = sorted((root / "wheels").glob("*.whl"))
        kept = [piece for name, _marker, piece in pieces(lock) if name.partition("==")[0] not in LEFT_OUT]
        (root / "requirements.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")
        (root / "sbom.cdx.json").write_text(json.dumps(sbom(wheels, version), indent=1), encoding="utf-8")
        (root / "LICENCES.txt").write_text(licences(wheels), encoding="utf-8")
        (root / "LICENSE").write_bytes((REPOSITORY / "LICENSE").read_bytes())
        (root / "install.sh").write_bytes(INSTALLER.read_bytes())
        (root / "install.sh").chmod(0o755)
        sums = [
            (hashlib.sha256(each.read_bytes()).hexdigest(), each)
            for each in sorted(root.rglob("*"))
            if each.is_file()
        ]
        listed = "".join(f"{digest}  {each.relative_to(root)}\n" for digest, each in sums)
        (root / "SHA256SUMS").write_text(listed, encoding="utf-8")
        return _packed(root, out, "+".join(machines))


def _packed(root: Path, out: Path, machines: str) -> Path:
    """The same content gives the same bytes: no times, no owners."""
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{root.name}-{machines}.tar"

    def plain(told: tarfile.TarInfo) -> tarfile.TarInfo:
        told.mtime = told.uid = told.gid = 0
        told.uname = told.gname = ""
        return told

    with tarfile.open(target, "w") as tar:
        for each in sorted(root.rglob("*")):
            tar.add(each, str(each.relative_to(root.parent)), recursive=False, filter=plain)
    return target


def tags(archive: Path) -> set[tuple[str, str]]:
    """Which package has a wheel for which processor, in an archive; for tests."""
    with tarfile.open(archive) as tar:
        names = [Path(each).name for each in tar.getnames() if each.endswith(".whl")]
    found = set()
    for name in names:
        package, _version, _build, of = parse_wheel_filename(name)
        for tag in of:
            for machine in MACHINES:
                if tag.platform == "any" or tag.platform.endswith(machine):
                    found.add((str(package), machine))
    return found


def main() -> None:
    """Make it and say where it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--python", nargs="+", default=PYTHONS)
    parser.add_argument("--arch", nargs="+", default=MACHINES)
    parser.add_argument("--out", type=Path, default=REPOSITORY / "dist")
    asked = parser.parse_args()
    made = bundle(asked.python, asked.arch, asked.out)
    print(f"{made} ({made.stat().st_size >> 20} MB)")


if __name__ == "__main__":
    main()
