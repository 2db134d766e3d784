"""``calendar add``: a file of days from standard input."""

from __future__ import annotations

from hashlib import sha256

from db.confined.answers import SHEET
from db.confined.reading import read
from db.confined.refusal_words import REASONS
from db.confined.why import Unreadable
from db.desk import Invalid, Problem
from db.desk.importing.importing import Source
from db.desk.requests.files import MAX_BYTES
from db.language import _
from tui.plain.command import JSON, Command, read_as_usage
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.asks import At
from tui.sheets.calendar import WHOSE, change_words

UNNAMED = "calendar.csv"
"""What a file is called in the history where its sender does not say it."""


def add(room: Room, words: CommandWords) -> int:
    """Declare the days of a sheet from standard input as holidays and working days, recorded, and write how
    many deadlines moved. Return 0. Raises WrongUsage, Invalid."""
    book = (
        read_as_usage(lambda: WHOSE.read(At(room.desk), words.option_value(WHOSE.id)))
        if words.has(WHOSE.id)
        else ""
    )
    content = room.stdin.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise Invalid(Problem("file", _("The file is larger than 5 MB.")))
    try:
        rows = read(SHEET, content)
    except Unreadable as unreadable:
        raise Invalid(Problem("file", REASONS[unreadable.why])) from None
    name = words.operand(0) if words.operands else UNNAMED
    changed = room.desk.calendar.add(book, rows, Source(name, sha256(content).hexdigest()))
    if words.has("json"):
        room.write_json({"days": changed.days, "moved": changed.moved, "told": changed.told})
    else:
        room.write_line(change_words(changed))
    return 0


COMMANDS = (
    Command(
        "calendar add",
        ("[NAME]",),
        (Option(WHOSE.id, "BOOK", WHOSE.label), JSON),
        _(
            "Take in a file of days from standard input. It is CSV or XLSX with day, kind (holiday, "
            "workday) and name; all of it is taken, or nothing and every line is named that is wrong. "
            "Deadlines under way are counted again, and those concerned are told."
        ),
        "calendar add < 2027.csv",
        add,
    ),
)
