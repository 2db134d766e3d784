"""The forms that were kept when the line was cut: each opens again with what was typed into it."""

from __future__ import annotations

from typing import ClassVar

from db.desk.requests.drafts import SavedForm
from db.language import _
from tui.kit import FramedScreen, ScreenCommand
from tui.screens.asking.change import ChangeScreen
from tui.screens.asking.form import AskForm
from tui.screens.cases.report import ReportBreach
from tui.screens.kept_form import KeptForm
from tui.screens.lifecycle import opening
from tui.screens.requests.own_request import form_to_amend
from tui.screens.sheets.list import SheetScreen
from tui.sheets.drafts import DRAFTS
from tui.sheets.sheet import Sheet


class KeptForms(SheetScreen[SavedForm]):
    """List them; Enter goes on with one."""

    SHEET: ClassVar[Sheet[SavedForm]] = DRAFTS
    KEYS = (ScreenCommand("open", "enter", _("Open"), _("Open the form with what was typed."), looks=True),)

    async def do_open(self) -> None:
        if self.current is not None:
            self.app.push_screen(form_of(self, self.current.place))


def form_of(screen: FramedScreen, place: str) -> KeptForm:
    """Build the form of the draft ``place``. Raises Refused or Invalid if it can't be opened any more,
    ValueError for an unknown name."""
    desk = screen.app.desk
    match place.split(" "):
        case ["incident"]:
            return ReportBreach()
        case ["amend", number]:
            return form_to_amend(screen, desk.requests.one(int(number)).row)
        case ["change", entry]:
            return ChangeScreen(desk.changes.form(int(entry)))
        case ["move", entry]:
            return opening.screen_of(desk.lifecycle.move_form(int(entry)))
        case ["leave", entry]:
            return opening.screen_of(desk.lifecycle.leave_form(int(entry)))
        case ["join", book, "internal" | "external" as side, *waiting]:
            expected = int(waiting[0]) if waiting else None
            return opening.screen_of(desk.lifecycle.join_form(book, expected, side))
        case [offer, book]:
            return AskForm(desk.asking.form(offer, book))
    raise ValueError(place)
