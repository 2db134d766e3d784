"""A page of a long list, which may say how long the whole list is."""

from __future__ import annotations

from collections.abc import Iterable
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
