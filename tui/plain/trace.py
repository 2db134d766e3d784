"""``trace``: whose a found copy is, from its number or from the file on standard input."""

from __future__ import annotations

from db.desk.editions.tracing import Trace, Traced, Traces
from db.language import _
from reports.editions.found_copy import LARGEST, UNREAD, read
from tui.plain.command import JSON, Command
from tui.plain.room import Room
from tui.plain.words import CommandWords
from tui.sheets.trace_facts import facts_of, verdict


def trace(room: Room, words: CommandWords) -> int:
    """Find whose copy a number, or a file on standard input, is, recorded, and write that; return 1 if none
    fits."""
    if words.operands:
        answer = Traces(room.desk).number(words.operand(0))
    else:
        finding = read(room.stdin.read(LARGEST + 1))
        answer = Traces(room.desk).file(finding)
        if not finding.is_read:
            room.warn(UNREAD)
    return write_trace(room, answer, as_json=words.has("json"))


def write_trace(room: Room, answer: Trace, *, as_json: bool) -> int:
    """Write what a trace found; return 1 if no copy fits."""
    if as_json:
        room.write_json({"conflict": answer.conflict, "found": [_data(one) for one in answer.found]})
    else:
        room.write_line(verdict(answer))
        for one in answer.found:
            room.write_facts(facts_of(one))
    return 0 if answer.found else 1


def _data(one: Traced) -> dict[str, object]:
    return {
        "copy": one.number,
        "recipient": one.name,
        "login": one.login,
        "post": one.post,
        "unit": one.unit,
        "book": one.book,
        "edition": None if one.report else one.label,
        "issue": one.issue or None,
        "report": one.report or None,
        "issued": one.made_at,
        "known_by": list(one.how),
        "bits": one.bits,
        "clause": one.clause,
    }


COMMANDS = (
    Command(
        "trace",
        ("[NUMBER]",),
        (JSON,),
        _("Say whose a found copy is: by the number on it, or by the file on standard input."),
        "trace < found.pdf",
        trace,
    ),
)
