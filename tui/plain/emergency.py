"""``emergency``: the numbers to call at once, and what came of a call (D.9.3)."""

from __future__ import annotations

from typing import cast

from db.desk.emergency.calls import OUTCOMES, CallSheet, Outcome, RollLine
from db.desk.notation.localtime import local
from db.language import Text, _, say
from tui.plain.command import BOOK, JSON, Command, WrongUsage, number
from tui.plain.places import books, places
from tui.plain.room import BETWEEN, Room
from tui.plain.words import Option, Words

HEADS = (_("No."), _("Who answers"), _("Number"), _("Calls"))


def emergency(room: Room, words: Words) -> int:
    """Who of a class was reached, or the numbers of one entry; with an outcome, a call is noted."""
    if not words.operands:
        return _roll(room, words)
    words.only("called", "outcome", "json")
    entry = number(words.operand(0), _("The entry"))
    if words.has("called") != words.has("outcome"):
        raise WrongUsage(_("Say which number was called and what came of it: --called N --outcome OUTCOME"))
    if words.has("called"):
        place = number(words.get("called"), _("The number's place"))
        sheet = room.desk.emergency.note(entry, place, cast(Outcome, words.get("outcome")))
    else:
        sheet = room.desk.emergency.open(entry)
    if words.has("json"):
        room.data(_data(sheet))
    else:
        _tell(room, sheet)
    return 0


def _roll(room: Room, words: Words) -> int:
    words.only("book", "unit", "json")
    kept = room.desk.emergency.books()
    asked = [book for book in books(room, words) if book.id in kept]
    rows: list[RollLine] = []
    for book, unit in places(room, words, asked):
        rows += room.desk.emergency.roll(book.id, unit)
    if words.has("json"):
        room.data(
            [
                {"entry": line.entry, "name": line.name, "calls": line.calls, "reached": line.reached}
                for line in rows
            ]
        )
        return 0
    if not asked:
        room.warn(_("None of your directories keeps an emergency list that is open to you."))
        return 1
    room.table(
        (_("No."), _("Name"), room.desk.me.unit_label(), _("Calls"), _("Reached")),
        [
            (str(line.entry), line.name, line.unit, str(line.calls), _("yes") if line.reached else _("no"))
            for line in rows
        ],
    )
    return 0


def _tell(room: Room, sheet: CallSheet) -> None:
    room.tell(sheet.name, sheet.unit)
    now = next((one for one in sheet.numbers if one.place == sheet.next), None)
    if now is not None:
        room.tell(_("Call now: {who}", who=f"{now.whose} {now.text}".strip()))
    elif sheet.reached:
        room.tell(_("Somebody was reached. Call again only if you need to."))
    else:
        room.warn(sheet.stuck)
    rows: list[tuple[Text, ...]] = []
    for one in sheet.numbers:
        calls = say(BETWEEN, room.language).join(
            f"{room.words(call.label)} {local(call.at)[11:16]} {call.by}" for call in one.attempts
        )
        rows.append((str(one.place), one.whose or one.label, one.text, calls))
    if rows:
        room.table(HEADS, rows)


def _data(sheet: CallSheet) -> dict[str, object]:
    return {
        "entry": sheet.entry,
        "name": sheet.name,
        "unit": sheet.unit,
        "next": sheet.next,
        "reached": sheet.reached,
        "numbers": [
            {
                "place": one.place,
                "whose": one.whose,
                "number": one.text,
                "calls": [{"at": call.at, "by": call.by, "outcome": call.outcome} for call in one.attempts],
            }
            for one in sheet.numbers
        ],
        "clause": sheet.clause,
    }


COMMANDS = (
    Command(
        "emergency",
        ("[ID]",),
        (
            Option("called", "N", _("The place of the number that was called.")),
            Option("outcome", "OUTCOME", _("What came of the call: {words}.", words=", ".join(OUTCOMES))),
            BOOK,
            Option("unit", "UNIT", _("Only from this unit down: its name or number.")),
            JSON,
        ),
        _("In an emergency: who was reached, or the numbers of one entry in calling order."),
        "emergency 412 --called 1 --outcome no-answer",
        emergency,
    ),
)
