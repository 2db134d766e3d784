"""``import template`` and ``import problems``: workbooks for standard output."""

from __future__ import annotations

from typing import Any

from db.language import _
from reports.import_sheets import rows_to_mend, template
from tui.plain.command import Command, read_as_usage
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.asks import Ask, At
from tui.sheets.importing import ALIKE, FILE, MATCH, NEW_UNITS, REST, view_at
from tui.sheets.leavers import BOOK


def _template(room: Room, words: CommandWords) -> int:
    book = read_as_usage(lambda: BOOK.read(At(room.desk), words.option_value(BOOK.id)))
    room.write_file(template(room.desk.importing.columns(book)))
    return 0


def _problems(room: Room, words: CommandWords) -> int:
    at: At[Any] = At(room.desk)
    for ask in (BOOK, FILE, NEW_UNITS, MATCH):
        given = words.option_value(ask.id) if ask.required or words.has(ask.id) else None
        at.answers[ask.id] = ask.default_answer() if given is None else _read(ask, at, given)
    for flag in (REST, ALIKE):
        at.answers[flag.id] = words.has(flag.id)
    room.write_file(rows_to_mend(at[FILE].rows, view_at(at), room.language))
    return 0


def _read(ask: Ask[Any], at: At[Any], word: str) -> object:
    return read_as_usage(lambda: ask.read(at, word))


_BOOK = Option(BOOK.id, "BOOK", BOOK.label, required=True)
COMMANDS = (
    Command(
        "import template",
        (),
        (_BOOK,),
        _("Write a workbook to fill in, headed in both languages with what the directory holds."),
        "import template --book staff > template.xlsx",
        _template,
    ),
    Command(
        "import problems",
        (),
        (
            _BOOK,
            Option(FILE.id, "FILE", FILE.label, required=True),
            Option(REST.id, "", REST.label),
            Option(ALIKE.id, "", ALIKE.label),
            Option(NEW_UNITS.id, "PATHS", NEW_UNITS.label),
            Option(MATCH.id, "KEY", MATCH.label),
        ),
        _("Write the rows as a workbook to mend, those that can't come in first, with what is wrong beside."),
        "import problems --book staff --file 7f3a > problems.xlsx",
        _problems,
    ),
)
