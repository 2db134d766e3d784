"""The commands that are the same on every screen."""

from __future__ import annotations

from typing import Final

from db.language import _
from tui.kit.commands import ScreenCommand

BACK: Final = ScreenCommand(
    "back",
    "escape",
    _("Back"),
    _("Go back, or out of the field you are typing in."),
    footer=False,
)
SEARCH: Final = ScreenCommand(
    "search", "slash", _("Search"), _("Put the cursor in the search field."), second="f3", looks=True
)
HELP: Final = ScreenCommand(
    "help", "question_mark", _("Help"), _("Explain this screen and all its keys."), second="f1", footer=False
)
PALETTE: Final = ScreenCommand(
    "palette",
    "g",
    _("Go"),
    _("Go anywhere, find anybody, do anything: by typing part of its name."),
    second="ctrl+p,f2",
    footer=False,
)
MORE: Final = ScreenCommand(
    "more",
    "0",
    _("More"),
    _("The places that have no digit or find no room in the line above: your account, cases, rules …"),
    footer=False,
)
MOUSE: Final = ScreenCommand(
    "mouse",
    "f7",
    _("Mouse on or off"),
    _("Leave the mouse to your terminal, to select and copy text with it; press again to take it back."),
    footer=False,
)
LOOK: Final = ScreenCommand(
    "look",
    "f8",
    _("Look"),
    _("Switch between the dark, the light, the high-contrast and the colourless look."),
    footer=False,
)
LANGUAGE: Final = ScreenCommand(
    "language", "f9", _("中文 / English"), _("Switch between Chinese and English."), footer=False
)
REDRAW: Final = ScreenCommand(
    "redraw",
    "ctrl+l",
    _("Draw again"),
    _("Send the whole screen again, where the terminal shows something else."),
    footer=False,
)
INCIDENT: Final = ScreenCommand(
    "incident",
    "f12",
    _("Report a breach"),
    _("Report a leak, a misuse or any other breach at once; it goes to whom the regulation names."),
    second="ctrl+r",
    footer=False,
)
CASES: Final = ScreenCommand(
    "cases",
    "f11",
    _("Cases"),
    _("What you reported and what came of it; for those who handle cases, their queue."),
    second="ctrl+n",
    footer=False,
)
UNDO: Final = ScreenCommand(
    "take_back",
    "z",
    _("Undo"),
    _("Take back what you decided last, until it takes effect."),
    footer=False,
    looks=True,
)
STOP_WORK: Final = ScreenCommand(
    "stop_work",
    "ctrl+g",
    _("Stop what takes long"),
    _("Stop the report, import or edition that is being made, at once and from anywhere."),
    footer=False,
    looks=True,
)
NOTHING_TO_UNDO: Final = _("There is nothing to undo: it is in force, or was taken back.")
SIGN_OUT: Final = ScreenCommand(
    "sign-out", "f10", _("Sign out"), _("End this session."), second="ctrl+q", footer=False
)

ANYWHERE: Final = (INCIDENT, CASES)
"""Commands that open a screen over any other, where the application has one for them (`KitApp.anywhere`)."""

DRAWING: Final = (MOUSE, LOOK, LANGUAGE, REDRAW)
HOUSE: Final = (UNDO, STOP_WORK, BACK, HELP, PALETTE, MORE, *ANYWHERE, *DRAWING, SIGN_OUT)
