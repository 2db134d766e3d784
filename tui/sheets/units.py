"""What a unit is called where a list is read, a department or a class; and a unit as people write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from db.desk import Desk, Invalid, Problem
from db.desk.directory.directory_views import BookView, UnitNode
from db.language import Message, Text, _, listed
from tui.sheets.asks import Ask, At, none

Place = tuple[str, int | None]
"""A book, and the unit of it from which down it is meant; all of it without one."""


def all_books(_at: At[Any]) -> None:
    """Return None: no book in particular."""


def unit_in(book: Callable[[At[Any]], str | None]) -> Callable[[At[Any]], Text]:
    """Return a function that returns the word for a unit in the book that ``book`` reads; one for all if that
    is None."""
    return lambda at: at.desk.me.unit_label(book(at))


UNIT = unit_in(all_books)
"""What a unit is called in a list over all books of the reader."""


@dataclass(frozen=True, eq=False)
class UnitAsk(Ask[Sequence[Place]]):
    """A unit by its name or number, in whichever of the ``books`` has one that is called so."""

    books: Callable[[At[Any]], Sequence[str]] = none

    def read(self, at: At[Any], word: str) -> Sequence[Place]:
        """Return the units of the ``books`` with this name or number. Raises Invalid if there is none within
        reach, or a book has several."""
        found: list[Place] = []
        wanted = self.books(at)
        for book in at.desk.directory.books():
            units = units_called(at.desk, book, word) if book.id in wanted else []
            if len(units) > 1:
                raise Invalid(Problem(self.id, several_units(word, units)))
            found += [(book.id, unit) for unit in units]
        if not found:
            raise Invalid(Problem(self.id, no_such_unit(word)))
        return found

    def default_answer(self) -> Sequence[Place]:
        return ()


def units_called(desk: Desk, book: BookView, wanted: str) -> list[int]:
    return [
        node.id
        for node in _walk(desk, book, None)
        if node.within and wanted in (str(node.id), node.name, node.name_en)
    ]


def no_such_unit(wanted: str) -> Message:
    return _("No unit within your reach is called “{unit}”.", unit=wanted)


def several_units(wanted: str, found: Sequence[int]) -> Message:
    numbers = listed(map(str, found))
    return _("Several units are called “{unit}”; say which: {numbers}.", unit=wanted, numbers=numbers)


def _walk(desk: Desk, book: BookView, parent: int | None) -> Iterator[UnitNode]:
    seen: set[int] = set()
    for side in book.sides:
        for node in desk.directory.units(book.id, parent, side):
            if node.id not in seen:
                seen.add(node.id)
                yield node
                if not node.leaf:
                    yield from _walk(desk, book, node.id)
