"""A page of a long list, which may say how long the whole list is; and how far what is listed has come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

Row = TypeVar("Row")


class Page(tuple[Row, ...]):
    """Some rows of a list. ``total``: how many the whole list has; None where nobody had to count them."""

    total: int | None = None

    @classmethod
    def of(cls, rows: Iterable[Row], total: int | None) -> Page[Row]:
        made = cls(rows)
        made.total = total
        return made


@dataclass(frozen=True, slots=True)
class ProgressCount:
    """How many things there are, how many are decided, and for how many something is under way."""

    total: int = 0
    decided: int = 0
    under_way: int = 0

    @property
    def undecided(self) -> int:
        return self.total - self.decided

    @property
    def open(self) -> int:
        return self.total - self.decided - self.under_way
