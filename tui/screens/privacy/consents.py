"""Consents: what others want to be given of the reader's entry, and what the reader's own department was
given (B.6.2)."""

from __future__ import annotations

from typing import ClassVar

from db.desk.asking.consent_desk import ConsentView
from db.desk.tasks.task_views import TaskRow
from db.language import _
from tui.kit import FramedScreen, ScreenCommand
from tui.screens.sheets.list import SheetScreen, screen_of
from tui.screens.tasks.tasks import OPENS
from tui.sheets.consents import CONSENTS, RECEIVED
from tui.sheets.sheet import Sheet


class ConsentsScreen(SheetScreen[ConsentView]):
    """The reader's consents, the open questions first."""

    SHEET: ClassVar[Sheet[ConsentView]] = CONSENTS
    LIVE = True
    KEYS = (
        ScreenCommand("received", "v", _("Given to us"), _("Entries that were given to your department.")),
    )

    def do_received(self) -> None:
        self.app.push_screen(screen_of(RECEIVED)())


def _open_consents(screen: FramedScreen, _row: TaskRow) -> None:
    screen.app.push_screen(ConsentsScreen())


OPENS["consent"] = _open_consents
