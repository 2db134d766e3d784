"""What one may ask for, in every book of the reader: the list that the screen and `ask` choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from db.desk import Desk
from db.language import Message, Text, _

CHANGE: Final = "change"
LIVES: Final[Mapping[str, tuple[Message, Message]]] = {
    "join": (_("Joiner"), _("Let somebody join.")),
    "contact": (_("New outside contact"), _("Enter an outside contact.")),
    "move": (_("Move"), _("Move somebody to another unit or position.")),
    "leave": (_("Leaver"), _("Let somebody leave.")),
}
"""What is asked about the people of a book, and what comes of it."""


@dataclass(frozen=True, slots=True)
class Askable:
    """Something to ask for in a book, with the clause under which it is decided. ``entry`` is the reader's
    own, where it is a change of that."""

    kind: str
    label: Text
    help: Text
    book: str
    book_label: Text
    clause: str
    entry: int | None = None


def by_form(desk: Desk) -> list[Askable]:
    """Return changes of the reader's own entries, and every kind of request with a form of its own."""
    own = [
        Askable(CHANGE, _("change of own entry"), _("New values for your own entry."), book.id, book.title,
                desk.asking.clause(CHANGE, book.id), book.entry)
        for book in desk.me.who().books
        if book.entry is not None
    ]  # fmt: skip
    return own + [
        Askable(one.id, one.label, one.help, one.book, one.book_label, one.clause)
        for one in desk.asking.offers()
    ]


def of_lives(desk: Desk) -> Iterator[Askable]:
    """Yield joining, moving and leaving for each book in which the reader may request it."""
    sides = {book.id: book.sides for book in desk.directory.books()}
    for book in desk.me.who().books:
        begun: dict[str, str] = {kind: kind for kind in desk.lifecycle.begins(book.id)}
        if "external" in sides.get(book.id, ()) and "join" in desk.lifecycle.begins(book.id, "external"):
            begun["contact"] = "join"
        for kind, (label, help) in LIVES.items():
            if kind in begun:
                clause = desk.asking.clause(begun[kind], book.id)
                yield Askable(kind, label, help, book.id, book.title, clause)
