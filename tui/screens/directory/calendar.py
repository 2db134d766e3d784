"""The calendar on the screen: the organisation's, and that of each directory."""

from __future__ import annotations

from typing import ClassVar

from db.desk.calendars.calendars import DeclaredDay
from db.language import _
from tui.kit import Location, Pick, ScreenCommand, choose
from tui.screens.sheets.list import SheetScreen, screen_of
from tui.sheets.calendar import CALENDAR, HISTORY, ORGANISATION, WHOSE, known_calendars
from tui.sheets.sheet import Sheet


class Calendar(SheetScreen[DeclaredDay]):
    """One list, of the organisation or of one directory."""

    SHEET: ClassVar[Sheet[DeclaredDay]] = CALENDAR
    KEYS = (
        ScreenCommand(
            "whose", "u", _("Other calendar"), _("Look at the organisation's days, or a directory's.")
        ),
        ScreenCommand("history", "v", _("Changes"), _("Calendar history.")),
    )

    def __init__(self) -> None:
        super().__init__({WHOSE.id: ORGANISATION})
        self._whose = {choice.value: choice.label for choice in known_calendars(self.place)}

    def where(self) -> Location:
        return Location(self.NAME, (self._whose[self.place[WHOSE]],))

    def can(self, command_id: str) -> bool:
        if command_id == "history":
            return "import" in self._allowed
        return super().can(command_id)

    async def do_whose(self) -> None:
        labels = list(self._whose)
        options = [Pick(str(place), self._whose[one]) for place, one in enumerate(labels)]
        present = str(labels.index(self.place[WHOSE]))
        chosen = await choose(self, _("Whose days?"), options, selected=present)
        if chosen is not None:
            self._answers = {WHOSE.id: labels[int(chosen)]}
            self.refill()
            self.refresh_top()

    def do_history(self) -> None:
        self.app.push_screen(screen_of(HISTORY)(dict(self._answers)))
