"""A directory's own backups on the screen, and what is lost since one of them."""

from __future__ import annotations

from typing import ClassVar

from db.desk.backups.owners_backups import BookBackup, Loss
from db.desk.notation.localtime import local
from db.language import Label, _
from tui.kit import Location, ScreenCommand
from tui.screens.sheets.list import SheetScreen
from tui.sheets.backups import BACKUP, BACKUPS, BOOK, LOSSES
from tui.sheets.sheet import Sheet


class BackupsScreen(SheetScreen[BookBackup]):
    """The backups there are, the newest first."""

    SHEET: ClassVar[Sheet[BookBackup]] = BACKUPS
    KEYS = (
        ScreenCommand(
            "open",
            "enter",
            _("Missing since backup"),
            _("Which entries are gone or different since then."),
            looks=True,
        ),
    )

    def __init__(self, book: str, title: Label) -> None:
        super().__init__({BOOK.id: book})
        self._title = title

    def where(self) -> Location:
        return Location(self.NAME, (self._title,))

    async def do_open(self) -> None:
        """Open the list of what changed since the backup under the cursor."""
        if self.current is not None:
            self.app.push_screen(Losses(self.place[BOOK], self._title, self.current))


class Losses(SheetScreen[Loss]):
    """Entries that are gone since a backup, or have other values than in it."""

    SHEET: ClassVar[Sheet[Loss]] = LOSSES

    def __init__(self, book: str, title: Label, backup: BookBackup) -> None:
        super().__init__({BOOK.id: book, BACKUP.id: backup.name})
        self._title, self._backup = title, backup

    def where(self) -> Location:
        return Location(self.NAME, (self._title, local(self._backup.at)[:16]))
