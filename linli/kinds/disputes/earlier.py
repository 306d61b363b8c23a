"""What an agreement says as it was made: who its parties were, and who acted for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linli.kinds.disputes.contents import AGENT, NAME


def agents_before(data: Mapping[str, Any]) -> dict[int, str]:
    """Who acted for whom in an agreement as it was made, by the number of the party."""
    return _told_of_each(data, AGENT)


def names_before(data: Mapping[str, Any]) -> dict[int, str]:
    """The names of the parties of an agreement as it was made, by their number."""
    return _told_of_each(data, NAME)


def _told_of_each(data: Mapping[str, Any], label: str) -> dict[int, str]:
    count = data.get("extra", {}).get("persons", 0)
    told = zip(data.get("signing", ())[:count], data.get("parts", ())[:count], strict=True)
    return {
        place["seat"]: row["value"] for place, part in told for row in part["rows"] if row["label"] == label
    }
