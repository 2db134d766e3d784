"""Textual's strips without the caches that nobody asks for.

Textual gives every piece of a line that it draws seven of them: a tenth of the time of drawing, and most of
the memory of what is drawn. Here a strip has each from when it is first looked into.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from textual.cache import FIFOCache
from textual.strip import Strip

_strips: Any = Strip
_begun = {name: getattr(Strip([]), name) for name in Strip.__slots__}
_SIZES = {name: begun._maxsize for name, begun in _begun.items() if isinstance(begun, FIFOCache)}


def make_caches_late() -> None:
    """Patch Textual's Strip in this process so that its caches are created at their first use."""
    _strips.__init__ = _fill_strip
    _strips.__getattr__ = _cache


def _fill_strip(strip: Any, segments: Iterable[Segment], cell_length: int | None = None) -> None:
    strip._segments = list(segments)
    strip._cell_length = cell_length
    strip._render_cache = strip._link_ids = strip._cell_count = None


def _cache(strip: Any, name: str) -> FIFOCache[Any, Any]:
    """Create the cache ``name`` of ``strip`` at its first use. Raises AttributeError for any other name."""
    if name not in _SIZES:
        raise AttributeError(name)
    made = FIFOCache[Any, Any](_SIZES[name])
    setattr(strip, name, made)
    return made
