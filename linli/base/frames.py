"""Room for the interpreter's frames, so that what a page costs does not hang on how deep its calls happen to stand.

CPython 3.11 to 3.13 lays the frames of a thread into chunks of 16 KB and gives a chunk back to the system when the last
frame in it ends. A loop that stands just before such an edge asks the system for a new chunk with every call it makes:
the same list of fifty rows cost 41 or 51 ms, by chance (python/cpython#142183; later releases keep one chunk).
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import TypeVar, cast

Result = TypeVar("Result")

_SLOTS = 34_000  # 272 KB: the chunk is one of 512 KB and leaves 240 KB to the frames below, over a thousand


def _call(do: Callable[..., Result], given: tuple[object, ...]) -> Result:
    return do(*given)


_call_on_a_wide_frame = FunctionType(_call.__code__.replace(co_stacksize=_SLOTS), {})


def in_one_stretch(do: Callable[..., Result], *given: object) -> Result:
    """What `do` returns for what is given; its frame and all below it lie in one chunk."""
    return cast(Result, _call_on_a_wide_frame(do, given))
