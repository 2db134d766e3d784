"""Which set of marks is drawn, and how wide characters of ambiguous width count, for Textual and Rich too."""

from __future__ import annotations

from typing import Any, Final

from rich import cells as rich_cells
from rich import segment
from textual import _wrap
from textual.widgets import _input

from tui.safe import cell_width, draw_plain, draws_plain

_COUNTING: Final[tuple[Any, ...]] = (rich_cells, segment, _wrap, _input)
"""The modules that count by themselves: were two of them to differ, a cut through a text would not end."""
_SIMPLE: Final[tuple[Any, ...]] = (rich_cells, segment)
_COUNT: Final = rich_cells.get_character_cell_size
_IS_SIMPLE: Final = rich_cells._is_single_cell_widths
_split: Any = segment.Segment._split_cells


def use_plain_set(on: bool) -> None:
    """Draw the plain set from now on, with ambiguous characters counted as two cells, or the other set, with
    one. Patches Rich's width functions in this process and clears their caches."""
    if on == draws_plain():
        return
    draw_plain(on)
    for module in _COUNTING:
        module.get_character_cell_size = _cell_size if on else _COUNT
    for module in _SIMPLE:
        module._is_single_cell_widths = str.isascii if on else _IS_SIMPLE
    rich_cells.cached_cell_len.cache_clear()
    _split.cache_clear()


def _cell_size(character: str, _unicode_version: str = "auto") -> int:
    return cell_width(character)
