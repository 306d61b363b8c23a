"""What the API calls the fields of a review, and what it shows of one."""

from __future__ import annotations

# Name outside -> where it stands in the detail row.
SHOWN = {"reason": "reason", "findings": "findings", "measures": "measures"}
# What a post sees that was only told: not the words about the danger.
PUBLISHED = ("findings", "measures")
