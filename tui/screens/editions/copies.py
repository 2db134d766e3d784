"""The copies of one issue, which the top line names."""

from __future__ import annotations

from typing import ClassVar

from db.desk.editions.edition_views import CopyRow, Issued
from db.language import Text, _
from tui.kit import Location, ScreenCommand
from tui.screens.sheets.list import SheetScreen
from tui.sheets.copies import COPIES, HAND_OUT, ISSUE, REMIND, SEND_AGAIN, is_unacknowledged
from tui.sheets.sheet import Sheet


class EditionCopies(SheetScreen[CopyRow]):
    """One copy a line, those not acknowledged with a sign."""

    SHEET: ClassVar[Sheet[CopyRow]] = COPIES

    def __init__(self, issued: Issued) -> None:
        super().__init__({ISSUE.id: issued})
        edition = issued.edition
        name = _("{edition}, issue {number}", edition=edition.label, number=issued.issue.number)
        self._where = Location(name, (edition.book_title,))

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: reminding if somebody has not acknowledged, mailing again if
        a mail was given up."""
        if command_id == REMIND.id and not any(map(is_unacknowledged, self._all)):
            return False
        if command_id == SEND_AGAIN.id and not any(row.mail == "dead" for row in self._all):
            return False
        return super().can(command_id)

    def why_not(self, command: ScreenCommand) -> Text:
        if command.id == HAND_OUT.id and self.current is not None and self.current.receipt != "not-issued":
            return _("This copy was issued already.")
        return super().why_not(command)

    def where(self) -> Location:
        return self._where
