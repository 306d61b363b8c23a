"""Files in YAML that come with Linli or lie in its home, read by libyaml: every command begins with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

# Ten times as fast; a wheel for a rare machine may lack it.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path: Path) -> Any:
    """What a file says; yaml.YAMLError, OSError or UnicodeDecodeError where it says nothing."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506  both are safe loaders
