"""A widget that is gone takes its drawn lines along."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import Any

from textual._styles_cache import StylesCache
from textual.color import Color

import tui.kit.compositor  # noqa: F401  # patches Textual
from tui.kit.line_cache import BEFORE

BLACK, WHITE = Color(0, 0, 0), Color(255, 255, 255)


def is_held(ask: Callable[[StylesCache], Any]) -> bool:
    """Whether a cache that was asked stays, once nobody has it."""
    cache = StylesCache()
    ask(cache)
    there = weakref.ref(cache)
    del cache
    gc.collect()
    return there() is not None


def test_it_is_held_by_nothing() -> None:
    assert not is_held(lambda cache: cache.get_inner_outer(BLACK, WHITE))


def test_textual_still_holds_it() -> None:
    """Once this fails, Textual is mended: `tui.kit.line_cache` can go."""
    assert is_held(lambda cache: BEFORE(cache, BLACK, WHITE))


def test_the_colours_are_textuals() -> None:
    assert StylesCache().get_inner_outer(BLACK, WHITE) == BEFORE(StylesCache(), BLACK, WHITE)
