"""Lists and verbs of `tui.sheets` as plain commands: ``findings``, ``findings close 3 --word …``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from db.desk import Invalid, Problem
from db.desk.extracts.report_rights import list_called
from db.desk.importing.outcome import BadRows
from db.language import Message, _
from tui.plain.command import JSON, Command, WrongUsage, number, read_as_usage
from tui.plain.room import Room
from tui.plain.taking import SCREENFUL, take_data
from tui.plain.words import CommandWords, Option
from tui.sheets.asks import Ask, At, Flag, Key, OneOf, Row, not_in_list
from tui.sheets.cell import Fact, cell_words
from tui.sheets.out import OUT, book_of, taken_out
from tui.sheets.reading import data_of, facts_of, value_words
from tui.sheets.sheet import Sheet, Verb
from tui.sheets.view import read_view

VIEW = (
    Option("search", "WORDS", _("Only rows that hold all these words.")),
    Option("only", "COLUMN=VALUE", _("Only rows with this value; several with a comma between.")),
    Option("sort", "COLUMN", _("In the order of this column; -COLUMN the other way round.")),
)
"""How the rows of any list are narrowed and sorted."""
FORMAT = Option("format", "|".join(OUT), _("Take it out as a file, marked and recorded."))
NONE_SUCH = _("No row is like that.")


def commands_of(sheet: Sheet[Any]) -> tuple[Command, ...]:
    operand = sheet.named.upper()
    options = (*map(_option, sheet.of), *VIEW, *((FORMAT,) if sheet.book is not None else ()), JSON)
    listing = partial(_list, sheet)
    found = [Command(sheet.id, (f"[{operand}…]",), options, sheet.help, sheet.example, listing)]
    for verb in sheet.verbs:
        operands = {"one": (operand,), "each": (operand,), "all": (f"{operand}…",), "none": ()}[verb.on]
        asked = map(_option, dict.fromkeys((*_needed(sheet), *verb.asks)))
        tells = verb.shows is not None or verb.data is not None
        options = (*asked, JSON) if tells else tuple(asked)
        found.append(
            Command(
                f"{sheet.id} {verb.id}",
                operands,
                options,
                verb.help,
                verb.example,
                partial(_do_verb, sheet, verb),
            )
        )
    return tuple(found)


def _needed(sheet: Sheet[Any]) -> tuple[Ask[Any], ...]:
    """Return the answers that a list needs before it has rows."""
    return tuple(ask for ask in sheet.of if ask.required)


def _option(ask: Ask[Any]) -> Option:
    may_lack = isinstance(ask, OneOf) and ask.obvious
    value = "" if isinstance(ask, Flag) else ask.id.upper()
    return Option(ask.id, value, ask.label, required=ask.required and not may_lack)


def _list(sheet: Sheet[Any], room: Room, words: CommandWords) -> int:
    is_one = len(words.operands) == 1 and not words.has("format")
    if is_one:
        words.allow_only(
            "json", *(ask.id for ask in (_needed(sheet) if sheet.whole is not None else sheet.of))
        )
    at = _place(room, words, sheet.of)
    if is_one:
        return _write_row(sheet, at, room, words)
    keys = tuple(_key(sheet, word) for word in words.operands)
    every = _rows_of_keys(sheet, at, keys) if keys else sheet.rows(at)
    view = read_as_usage(lambda: read_view(sheet, every, at, words.options))
    rows = view.rows(sheet, every, room.language)
    status = 1 if sheet.amiss and rows else 0
    if words.has("format"):
        words.allow_only(*(ask.id for ask in sheet.of), *(option.name for option in VIEW), "format")
        room.document(taken_out(sheet, at, rows, view, words.option_value("format"), room.language))
        return 0
    if words.has("json"):
        data = [data_of(sheet, row) for row in rows]
        if sheet.book is not None and len(rows) > SCREENFUL:
            take_data(room, list_called(sheet.id), book_of(sheet, at, rows), None, data)
        else:
            room.write_json(data)
        return status
    if sheet.said is not None and (said := cell_words(sheet.said(at), room.language)):
        room.write_line(said)
    if not rows:
        room.warn(NONE_SUCH if every else sheet.empty)
        return 0
    columns = [(column.heading(at), column.value) for column in sheet.columns]
    if all(column.id != sheet.named for column in sheet.columns):
        columns.insert(0, (_("No."), lambda row: str(sheet.key(row))))
    room.write_table(
        [title for title, _value in columns],
        [[value_words(value(row)) for _title, value in columns] for row in rows],
    )
    return status


def _rows_of_keys(sheet: Sheet[Row], at: At[Any], keys: Sequence[Key]) -> Sequence[Row]:
    """Return the rows of ``keys``. Raises Invalid if one is missing."""
    rows = sheet.at(at, tuple(keys)).rows
    missing = set(keys) - {sheet.key(row) for row in rows}
    if missing:
        raise not_in_list(sorted(missing, key=str), sheet.id)
    return rows


def _write_row(sheet: Sheet[Any], at: At[Any], room: Room, words: CommandWords) -> int:
    place = sheet.at(at, (_key(sheet, words.operand(0)),))
    if sheet.whole is not None:
        view = sheet.whole.one(place)
        if words.has("json"):
            room.write_json(sheet.whole.data(view))
        else:
            room.write_facts(_spoken_facts(room, sheet.whole.facts(place, view)))
        return 0
    row = place.row
    if words.has("json"):
        told_of = _spoken_facts(room, sheet.facts(row) if sheet.facts is not None else ())
        room.write_json(data_of(sheet, row) | ({"facts": told_of} if told_of else {}))
    else:
        room.write_facts(_spoken_facts(room, facts_of(sheet, at, row)))
    return 0


def _do_verb(sheet: Sheet[Any], verb: Verb[Any], room: Room, words: CommandWords) -> int:
    place = _place(room, words, _needed(sheet))
    at = sheet.at(place, tuple(_key(sheet, word) for word in words.operands))
    for ask in verb.asks:
        _answer(at, ask, words)
    try:
        made = verb.do(at)
    except BadRows:
        raise
    except Invalid as invalid:
        raise Invalid(*invalid.problems, *_switches(verb, invalid.problems)) from invalid
    facts = _spoken_facts(room, verb.facts_after(at, made))
    if words.has("json"):
        room.write_json(verb.data(made) if verb.data is not None else {"facts": facts})
    else:
        room.write_line(verb.done(at, made))
        room.write_facts(facts)
    return 0


def _switches(verb: Verb[Any], problems: Sequence[Problem]) -> list[Problem]:
    """Return hints which switch does it in spite of ``problems``."""
    flags = {ask.id: ask for ask in verb.asks if isinstance(ask, Flag)}
    named = [flags[problem.field] for problem in problems if problem.field in flags]
    return [Problem("", _("→ --{flag}: {what}", flag=flag.id, what=flag.label)) for flag in named]


def _spoken_facts(room: Room, facts: Sequence[Fact]) -> list[tuple[str, str]]:
    return [(cell_words(label, room.language), cell_words(value, room.language)) for label, value in facts]


def _place(room: Room, words: CommandWords, of: Sequence[Ask[Any]]) -> At[Any]:
    at: At[Any] = At(room.desk)
    for ask in of:
        _answer(at, ask, words)
    return at


def _answer(at: At[Any], ask: Ask[Any], words: CommandWords) -> None:
    """Set the answer to ``ask`` from its option, the only choice, or its default. Raises WrongUsage if it is
    missing or wrong."""
    if words.has(ask.id):
        at.answers[ask.id] = read_as_usage(lambda: ask.read(at, words.option_value(ask.id)))
    elif isinstance(ask, OneOf) and (only := ask.only(at)) is not None:
        ask.choose_answer(at, only)
    elif not ask.required:
        at.answers[ask.id] = ask.default_answer()
    else:
        raise WrongUsage(_missing(at, ask))


def _missing(at: At[Any], ask: Ask[Any]) -> Message:
    option = f"--{ask.id}"
    if isinstance(ask, OneOf):
        return _("{option} is missing: {known}.", option=option, known=ask.known_names(at))
    return _("{option} is missing: {what}", option=option, what=ask.label)


def _key(sheet: Sheet[Any], word: str) -> Key:
    return number(word, sheet.title) if sheet.numbered else word
