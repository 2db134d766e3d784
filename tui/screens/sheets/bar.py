"""How far something is, drawn."""

from __future__ import annotations

from db.desk.notation.page import ProgressCount
from tui.kit import Cell, Styled
from tui.sheets.cell import UNFILLED

NUMBERS = 7
"""Cells for `` 123/456`` behind the bar."""


def bar(count: ProgressCount, width: int) -> Cell:
    """Return a cell of ``width`` with a bar and numbers of what is decided, moving and open."""
    length = max(width - NUMBERS, 0)
    done = length * count.decided // max(count.total, 1)
    moving = length * (count.decided + count.under_way) // max(count.total, 1) - done
    return [
        Styled("█" * done, "good"),
        Styled("▒" * moving, "warn"),
        Styled(UNFILLED * (length - done - moving), "dim"),
        f" {count.decided}/{count.total}",
    ]
