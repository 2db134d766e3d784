"""What the reader may do in the directory that is shown, besides looking people up."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from db.desk import Desk, Side
from db.desk.directory.directory_views import BookView
from db.desk.emergency.emergencies import Emergencies

IN_A_BOOK = frozenset({"ask", "search", "unit", "units", "why"})


@dataclass(frozen=True, slots=True)
class BookRights:
    """``begins``: what may befall people; ``backs_up`` and ``oversees``: its own backups, or the host's."""

    book: BookView | None = None
    begins: Collection[str] = ()
    keeps: bool = False
    has_emergencies: bool = False
    backs_up: bool = False
    oversees: bool = False

    def allow(self, command_id: str) -> bool:
        """Return whether a command is possible in this book, whatever is under the cursor."""
        book = self.book
        if command_id in ("join", "move", "leave"):
            return command_id in self.begins
        if command_id in ("roll", "emergency"):
            return self.has_emergencies
        if command_id == "backups":
            return self.oversees or self.backs_up
        if command_id == "import":
            return self.keeps
        if command_id == "side":
            return book is not None and len(book.sides) > 1
        if command_id == "region":
            return book is not None and book.regions
        if command_id == "tags":
            return book is not None and book.tags
        return book is not None or command_id not in IN_A_BOOK


NO_BOOK: Final = BookRights()


def rights_in(desk: Desk, book: BookView, side: Side) -> BookRights:
    return BookRights(
        book,
        desk.lifecycle.begins(book.id, side),
        keeps=book.id in {one.id for one in desk.privacy.books()},
        has_emergencies=book.id in Emergencies(desk).books(),
        backs_up=book.id in desk.backups.books(),
        oversees=book.id in desk.backups.overseen(),
    )
