"""The columns of a list, and what of a cell finds room in its column."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from db.language import Language, Text
from tui.safe import cells, clip
from tui.sheets.cell import Cell, Tone

DIM_LEAST = 5
"""Cells that are left at least of something dim, so that one still knows what it was."""
Row = TypeVar("Row")


@dataclass(frozen=True)
class ListColumn(Generic[Row]):
    """One column. ``width`` in cells is its usual one, ``in_english`` where English words need more; 0 takes
    a share of what is left. It has more where it holds more and there is room (`tui.kit.widths`).

    ``right`` aligns it at its right edge; in a list narrower than ``from_width`` it is left out. ``order`` is
    what sorts by it, where that is not what stands in it. ``whole``: it is never cut, as when something is
    due. ``if_any``: it is left out while no row has anything in it.
    """

    title: Text
    cell: Callable[[Row], Cell]
    width: int = 0
    right: bool = False
    from_width: int = 0
    in_english: int = 0
    order: Callable[[Row], float | str] | None = None
    whole: bool = False
    if_any: bool = False

    def cells(self, language: Language) -> int:
        """Return its usual width in an interface in ``language``; 0 where it takes a share."""
        return self.in_english if language == "en" and self.in_english else self.width


def fitted_spans(spans: list[tuple[str, Tone]], width: int, *, right: bool = False) -> list[tuple[str, Tone]]:
    """Return ``spans`` in exactly ``width`` cells: cut with an ellipsis, or padded, in front if ``right``."""
    fitted: list[tuple[str, Tone]] = []
    whole = _shortened(spans, width)
    room = width if sum(cells(text) for text, _tone in whole) <= width else width - 1
    for text, tone in whole:
        if cells(text) > room:
            # One ellipsis where the cell is cut, however many spans follow, and none behind another.
            text = clip(f"{text}…", room + 1)
            if text.strip() == "…" and fitted and fitted[-1][0].endswith("…"):
                text = " " * cells(text)
            fitted.append((text, tone))
            room += 1 - cells(text)
            break
        room -= cells(text)
        fitted.append((text, tone))
    blank: tuple[str, Tone] = (" " * room, "")
    return [blank, *fitted] if right else [*fitted, blank]


def _shortened(spans: list[tuple[str, Tone]], width: int) -> list[tuple[str, Tone]]:
    """Shorten ``spans`` in place towards ``width`` cells, and return them. Cuts dim texts before the last one
    that is not dim: that is what the row is about."""
    over = sum(cells(text) for text, _tone in spans) - width
    about = [number for number, (text, tone) in enumerate(spans) if tone != "dim" and text.strip()]
    for number, (text, tone) in enumerate(spans[: max(about, default=0)]):
        left = max(cells(text) - over, DIM_LEAST)
        if tone == "dim" and over > 0 and left < cells(text):
            shorter = clip(text, left)
            over -= cells(text) - cells(shorter)
            spans[number] = (shorter, tone)
    return spans
