"""Build hook: compile the Chinese catalogues, so that no binary .mo file is ever committed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).parent


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Turn every `.po` below `linli/` into the `.mo` that Django reads."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel (or the editable install) is put together."""
        sys.path.insert(0, str(HERE))
        from linli.base.catalogues import compile_catalogues

        compile_catalogues(HERE / "linli")
