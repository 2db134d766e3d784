"""My copies, and the command that brings the file of one."""

from __future__ import annotations

from typing import ClassVar

from db.desk.editions.edition_views import MyCopy
from db.language import _
from tui.kit import ScreenCommand
from tui.screens.pickup import take_out
from tui.screens.sheets.list import SheetScreen
from tui.sheets.receipts import OPEN, RECEIPTS
from tui.sheets.sheet import Sheet


class Receipts(SheetScreen[MyCopy]):
    """The reader's copies, the newest first."""

    SHEET: ClassVar[Sheet[MyCopy]] = RECEIPTS
    SHOWS_MODES = True
    LIVE = True
    KEYS = (
        ScreenCommand("file", "o", _("File"), _("Get the command that brings the file to your own machine.")),
    )

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: a copy that was called back or closed can't be opened."""
        row = self.current
        if command_id == "file":
            return row is not None and OPEN.offered(row)
        return super().can(command_id)

    async def do_file(self) -> None:
        row = self.current
        if row is not None:
            about = _("The file is encrypted. Close this, and Enter in the list shows the password.")
            await take_out(self, ("editions", "get", row.number), f"{row.number}.pdf", about)
