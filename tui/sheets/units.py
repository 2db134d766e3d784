"""What a unit is called where a list is read: a department, or a class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from db.language import Text
from tui.sheets.asks import At


def all_books(_at: At[Any]) -> None:
    """No book in particular."""


def unit_in(book: Callable[[At[Any]], str | None]) -> Callable[[At[Any]], Text]:
    """What the book that is read calls a unit; a word that fits all where there is none."""
    return lambda at: at.desk.me.unit_label(book(at))


UNIT = unit_in(all_books)
"""What a unit is called in a list over all books of the reader."""
