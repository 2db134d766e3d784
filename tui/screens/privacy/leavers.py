"""Who left and is on record still, on the screen."""

from __future__ import annotations

from typing import ClassVar

from db.desk.privacy.privacy import Leaver
from db.language import _
from tui.kit import Location, Pick, ScreenCommand, choose
from tui.screens.sheets.columns import list_columns
from tui.screens.sheets.list import SheetScreen, screen_of
from tui.sheets.leavers import BOOK, LEAVERS
from tui.sheets.own_data import READERS
from tui.sheets.sheet import Sheet


class Leavers(SheetScreen[Leaver]):
    """One list, of one book."""

    SHEET: ClassVar[Sheet[Leaver]] = LEAVERS
    KEYS = (
        ScreenCommand("book", "u", _("Directory"), _("Look at another directory.")),
        ScreenCommand(
            "readers", "v", _("Notices"), _("Who accepted the notice at collection, and who has not.")
        ),
    )

    def __init__(self) -> None:
        self._books = {one.id: one.title for one in self.app.desk.privacy.books()}
        super().__init__({BOOK.id: next(iter(self._books))})

    def where(self) -> Location:
        return Location(self.NAME, (self._books[self.place[BOOK]],))

    def can(self, command_id: str) -> bool:
        return len(self._books) > 1 if command_id == "book" else super().can(command_id)

    def do_readers(self) -> None:
        self.app.push_screen(screen_of(READERS)({BOOK.id: self.place[BOOK]}))

    async def do_book(self) -> None:
        options = [Pick(book, title) for book, title in self._books.items()]
        chosen = await choose(self, _("Directory"), options, selected=self.place[BOOK])
        if chosen is not None:
            self._answers = {BOOK.id: chosen}
            self._list.show_columns(list_columns(self.SHEET, self.place))
            self.refill()
            self.refresh_top()
