"""How the columns of a list share its width: by what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from tui.safe import cells

NARROWEST = 6
"""Cells that words keep where room is short, in a column without a usual width."""
KEPT = 24
"""The same of what stands out in a row, which is what the row is: a name above all."""
FIGURES = re.compile(r"[A-Z]?[\d\s+•.:%/–-]*")
"""Days, counts, telephone numbers, masked ones too: half of one tells nothing."""


class Goals(NamedTuple):
    """Cells that a column asks for: ``kept`` before any other has one, ``least`` to make anything out,
    its title too where that is wider than what it holds, ``whole`` to cut nothing, ``usual`` where there is
    room; a usual width of 0 is an even part of what the others leave."""

    kept: int
    least: int
    whole: int
    usual: int


@dataclass(slots=True)
class ColumnNeed:
    """What one column needs by its ``head``, its ``usual`` width and what it was seen to hold, in cells.
    ``whole``: what it holds is never cut."""

    head: int
    usual: int
    whole: bool = False
    widest: int = 0
    is_figures: bool = True
    stands_out: bool = False

    def take_row(self, text: str, *, strong: bool = False) -> bool:
        """Widen the need by one row's ``text`` (a dash counts as nothing); return whether that changed it."""
        text = "" if text.strip() == "–" else text
        before = (self.widest, self.is_figures, self.stands_out)
        self.widest = max(self.widest, cells(text))
        self.is_figures = self.is_figures and FIGURES.fullmatch(text) is not None
        self.stands_out = self.stands_out or strong
        return before != (self.widest, self.is_figures, self.stands_out)

    @property
    def goals(self) -> Goals:
        kept = KEPT if self.stands_out else self.usual or NARROWEST
        whole = max(self.widest, self.head)
        least = whole if self.is_figures or self.widest < self.head else min(self.widest, kept)
        return Goals(self.widest if self.whole else 0, least, whole, self.usual)


@lru_cache(64)
def apportion(asked: tuple[Goals, ...], room: int) -> tuple[int, ...]:
    """Return the cells of each column: first what is kept for it, then its least, its whole, its usual width.
    Where room is short the narrowest grow first. Cached."""
    widths = [0] * len(asked)
    for goals in zip(*_settle_usual(asked, room), strict=True):
        for _cell in range(room - sum(widths)):
            growing = [place for place, goal in enumerate(goals) if widths[place] < goal]
            if not growing:
                break
            widths[min(growing, key=widths.__getitem__)] += 1
    return tuple(widths)


def _settle_usual(asked: Sequence[Goals], room: int) -> Iterator[Goals]:
    """Yield ``asked`` with a usual width for those without one: an even share of what the others leave."""
    left, flexible = room - sum(goals.usual for goals in asked), sum(not goals.usual for goals in asked)
    for goals in asked:
        if not goals.usual:
            goals = goals._replace(usual=max(left // flexible, 0))
            left, flexible = left - goals.usual, flexible - 1
        yield goals
