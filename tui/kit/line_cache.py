"""Textual's cache of drawn lines, without a hold on widgets that are gone.

`StylesCache.get_inner_outer` is a method under `lru_cache`, which keeps the ``self`` of its last 1,024 calls:
the lines of every widget that was dismissed stay until the session ends, a third of its memory after 300 acts
(Textualize/textual issue 6665). Here it is keyed on the colours alone.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from textual._styles_cache import StylesCache
from textual.color import Color
from textual.style import Style

BEFORE: Any = StylesCache.get_inner_outer
"""As Textual has it: a test says when it holds on to nothing any more."""


@lru_cache(1024)
def _inner_outer(base_background: Color, background: Color) -> tuple[Style, Style]:
    return Style(background=base_background + background), Style(background=base_background)


def let_widgets_go() -> None:
    """Replace Textual's cache of border styles, in this process, by one that keeps no widget alive."""
    cache: Any = StylesCache
    cache.get_inner_outer = staticmethod(_inner_outer)
