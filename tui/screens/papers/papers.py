"""Sheets that were drawn up to be signed, and the scans of them that came back."""

from __future__ import annotations

from typing import ClassVar

from db.desk.papers.papers import PaperRow
from db.language import _
from tui.kit import Pick, ScreenCommand, choose
from tui.screens.evidence.view import EvidenceView
from tui.screens.pickup import take_out
from tui.screens.sheets.list import SheetScreen
from tui.sheets.papers import PAPERS
from tui.sheets.sheet import Sheet


class PapersScreen(SheetScreen[PaperRow]):
    """A sheet a line; its scans below."""

    SHEET: ClassVar[Sheet[PaperRow]] = PAPERS
    KEYS = (
        ScreenCommand(
            "print", "o", _("Print"), _("Get the command that takes the sheet out as PDF."), looks=True
        ),
        ScreenCommand("scan", "v", _("Scan"), _("Look at a scan of the sheet."), looks=True),
    )

    def can(self, command_id: str) -> bool:
        if command_id == "print":
            return self.current is not None
        if command_id == "scan":
            return self.current is not None and bool(self.current.files)
        return super().can(command_id)

    async def do_print(self) -> None:
        if self.current is not None:
            number = self.current.number
            await take_out(self, ("papers", "get", number), f"{number}.pdf")

    async def do_scan(self) -> None:
        files = self.current.files if self.current is not None else ()
        options = [Pick(one.id, one.name) for one in files]
        chosen = files[0].id if len(files) == 1 else await choose(self, _("Which scan?"), options)
        for file in files:
            if file.id == chosen:
                self.app.push_screen(EvidenceView(file, self.app.desk.evidence.open(file.id)))
