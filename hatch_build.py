"""Build hook: compile the Chinese catalogues and take in the map's script, so that neither is ever committed."""

from __future__ import annotations

import hashlib
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent
# MapLibre GL JS 5.3.0 (BSD-3-Clause) as the wheel maplibre 0.3.6 carries it; any other file is refused.
MAP_FILES = {
    "maplibre-gl.js": "e380deae560bc5d182be4124a1b9cdd5086304b0cb82c92a5af23d018aa81015",
    "maplibre-gl.css": "792ac997dcf6ae6f643eb4e2dee4630c85e7056526bd8fb85ffe83c67d6c41b4",
}


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Turn every `.po` below `linli/` into the `.mo` that Django reads, and lay the map's two files beside ours."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel (or the editable install) is put together."""
        sys.path.insert(0, str(HERE))
        from linli.base.catalogues import compile_catalogues

        compile_catalogues(HERE / "linli")
        take_map_files(HERE / "linli" / "web" / "static" / "maplibre")


def take_map_files(into: Path) -> None:
    """Copy the two files out of the wheel; without the wheel the maps stay drawings (docs/adr/0028)."""
    found = find_spec("maplibre")
    if found is None or not found.submodule_search_locations:
        return
    source = Path(next(iter(found.submodule_search_locations))) / "srcjs"
    into.mkdir(exist_ok=True)
    for name, digest in MAP_FILES.items():
        content = (source / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != digest:
            raise RuntimeError(
                f"{name} of the wheel maplibre is not the file that was looked at; see docs/adr/0028."
            )
        (into / name).write_bytes(content)
