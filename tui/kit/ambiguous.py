"""Which set of marks is drawn, and how wide characters of ambiguous width count, for Textual and Rich too."""

from __future__ import annotations

from typing import Any, Final

from rich import cells as rich_cells
from textual import _wrap
from textual.widgets import _input

from tui.safe import cell_width, draw_plain, draws_plain

_rich: Any = rich_cells
_COUNTING: Final[tuple[Any, ...]] = (rich_cells, _wrap, _input)
_COUNT: Final = rich_cells.get_character_cell_size
_NARROW: Final = _rich._is_single_cell_widths


def use_plain_set(on: bool) -> None:
    """Draw the plain set from now on and count what is ambiguous as two cells; or draw the other set, with
    one. Clears what Rich keeps of widths."""
    if on == draws_plain():
        return
    draw_plain(on)
    for module in _COUNTING:
        module.get_character_cell_size = _cell_size if on else _COUNT
    _rich._is_single_cell_widths = str.isascii if on else _NARROW
    rich_cells.cached_cell_len.cache_clear()


def _cell_size(character: str, _unicode_version: str = "auto") -> int:
    return cell_width(character)
