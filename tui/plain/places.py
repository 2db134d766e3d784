"""Books and units by what people write: an id, a title, a unit's name or number."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.directory.directory_views import BookView
from db.language import _, listed
from tui.plain.command import WrongUsage
from tui.plain.room import Room
from tui.plain.words import CommandWords
from tui.sheets.units import no_such_unit, several_units, units_called


def books(room: Room, words: CommandWords) -> tuple[BookView, ...]:
    """Return the book of ``--book``, by id or title, else all of the reader's. Raises WrongUsage."""
    mine = room.desk.directory.books()
    if not words.has("book"):
        return mine
    wanted = words.option_value("book")
    found = tuple(book for book in mine if wanted in (book.id, book.title.zh, book.title.en))
    if not found:
        raise no_such_book(wanted, [book.id for book in mine])
    return found


def no_such_book(wanted: str, mine: list[str]) -> WrongUsage:
    return WrongUsage(_("“{book}” is none of your directories: {books}.", book=wanted, books=listed(mine)))


def only_book(room: Room) -> str:
    """Return the reader's only book. Raises WrongUsage for none or several."""
    mine = [book.id for book in room.desk.me.who().books]
    if len(mine) != 1:
        raise several_books(mine)
    return mine[0]


def several_books(mine: list[str]) -> WrongUsage:
    """Build the error for a reader of several books who names none, or of none."""
    if not mine:
        return WrongUsage(_("You are in no directory. Ask whoever keeps yours."))
    return WrongUsage(_("You are in several directories; say which: --book {books}", books="|".join(mine)))


def places(room: Room, words: CommandWords, within: Sequence[BookView]) -> list[tuple[BookView, int | None]]:
    """Return the books of ``within``; with ``--unit``, those with a unit of that name or number, and it.
    Raises WrongUsage if none has one within reach, or one has several."""
    if not (words.has("unit") and within):
        return [(book, None) for book in within]
    wanted = words.option_value("unit")
    found: list[tuple[BookView, int | None]] = []
    for book in within:
        units = units_called(room.desk, book, wanted)
        if len(units) > 1:
            raise WrongUsage(several_units(wanted, units))
        found += [(book, unit) for unit in units]
    if not found:
        raise WrongUsage(no_such_unit(wanted))
    return found
