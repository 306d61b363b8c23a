"""What the API shows of a leak, and the example in its documentation."""

from __future__ import annotations

SHOWN = {"text": "text", "contained": "contained", "report": "report"}
# What a post sees that was only told, or reported it.
PUBLISHED = ()

EXAMPLES = {"notice": {"text": "窗口电脑上的上报人名单被带走。", "division": "990101"}}
