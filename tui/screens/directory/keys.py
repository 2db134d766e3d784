"""What can be done in the directory, key by key, and what some of it is called where it is one of pupils."""

from __future__ import annotations

from db.language import _
from tui.kit import SEARCH, ScreenCommand
from tui.kit.sorting import SORT
from tui.screens.directory.copying import COPY
from tui.screens.directory.favourites import FAVOURITE
from tui.screens.sheets.list import command_of
from tui.sheets.case_reports import ERROR
from tui.sheets.looking import REVEAL, WHY
from tui.sheets.papers import UNDERTAKING

NUMBER = ScreenCommand(
    "number",
    "f6",
    _("Number"),
    _("Show the mobile number at once, for the purpose that stands beside the key; also while you type."),
)
CONTACT = ScreenCommand(
    "contact", "c", _("Contact"), _("How to call or write, with words to begin with."), looks=True
)
CORRECT = ScreenCommand("change", "e", _("Correct"), _("Propose a change to the entry."), looks=True)
PHOTO = ScreenCommand("photo", "v", _("Photo"), _("Show the person's photo."), footer=False, looks=True)
KEYS = (
    ScreenCommand("open", "enter", _("Card"), _("Open the card of the entry under the cursor."), looks=True),
    ScreenCommand(
        "emergency",
        "exclamation_mark",
        _("Emergency"),
        _("In an emergency: the number of the person's family to call now, then the next one."),
    ),
    command_of(REVEAL),
    NUMBER,
    COPY,
    FAVOURITE,
    CONTACT,
    CORRECT,
    command_of(WHY),
    SEARCH,
    SORT,
    ScreenCommand("roll", "v", _("Emergency list"), _("Who of the unit was reached."), footer=False),
    ScreenCommand(
        "join",
        "n",
        _("Joiner"),
        _("Let somebody join this directory, or enter an outside contact."),
        footer=False,
    ),
    ScreenCommand("move", "n", _("Move"), _("Move the person under the cursor."), footer=False, looks=True),
    ScreenCommand(
        "leave", "n", _("Leaver"), _("Let the person under the cursor leave."), footer=False, looks=True
    ),
    ScreenCommand(
        "import",
        "n",
        _("Import"),
        _("Let many people come in from a file."),
        footer=False,
    ),
    ScreenCommand("ask", "n", _("Ask for access"), _("Ask to see somebody you can't see."), footer=False),
    ScreenCommand(
        "narrow", "f", _("Filter"), _("Show only one tag, kind, region or position; or all again.")
    ),
    ScreenCommand(
        "tags",
        "v",
        _("Tags"),
        _("Put a tag on the entry under the cursor, or off."),
        footer=False,
        looks=True,
    ),
    ScreenCommand(
        "region", "f", _("Region"), _("Say in which region the unit is."), footer=False, looks=True
    ),
    command_of(ERROR, "c", footer=False),
    command_of(UNDERTAKING, "o", footer=False),
    ScreenCommand("side", "f", _("Outside contacts"), _("Switch to outside contacts and back.")),
    ScreenCommand("book", "u", _("Other directory"), _("Open another of your directories.")),
    PHOTO,
    ScreenCommand(
        "backups",
        "v",
        _("Backups"),
        _("This directory's backups, and what was lost since."),
        footer=False,
    ),
    ScreenCommand(
        "offices", "v", _("Offices"), _("Who holds which office, and what is vacant."), footer=False
    ),
    ScreenCommand(
        "calendar", "v", _("Calendar"), _("Days off and days worked, as they were added."), footer=False
    ),
    ScreenCommand(
        "unit", "v", _("Unit contacts"), _("The unit's own address and numbers."), footer=False, looks=True
    ),
    ScreenCommand("units", "u", _("Go to units"), _("Go to the tree of units."), footer=False),
)
LOOK_THERE = ScreenCommand(
    "open",
    "enter",
    _("Look there"),
    _("Nobody is listed here. Choose a department with people in it."),
    looks=True,
)
"""What Enter does where nobody fits here, and somebody elsewhere."""
CHOOSE_UNIT = ScreenCommand(
    "open", "enter", _("Choose"), _("Show the people of the unit under the cursor."), looks=True
)
"""Stands for Enter in the tree of units, where it opens no card."""
ON_ENTRY = (
    "open", "reveal", "number", "copy", "favourite", "contact", "change", "move", "leave", "emergency",
    "tags", "photo", "error", "sheet",
)  # fmt: skip
"""Commands that are about the entry under the cursor."""
OF_PUPILS = {
    command.id: command
    for command in (
        ScreenCommand("join", "n", _("Enrolment"), _("Enrol a pupil in this directory."), footer=False),
        ScreenCommand(
            "move", "n", _("Change of class"), _("Move the pupil to another class."), footer=False, looks=True
        ),
        ScreenCommand(
            "leave",
            "n",
            _("Leaving the class"),
            _("Let the pupil under the cursor leave."),
            footer=False,
            looks=True,
        ),
        ScreenCommand(
            "region", "f", _("Region"), _("Say in which region the class is."), footer=False, looks=True
        ),
        ScreenCommand(
            "unit",
            "v",
            _("Class contacts"),
            _("The class's own address and numbers."),
            footer=False,
            looks=True,
        ),
        ScreenCommand("units", "u", _("Go to classes"), _("Go to the tree of classes."), footer=False),
    )
}
"""What some commands are called in a directory of pupils."""
