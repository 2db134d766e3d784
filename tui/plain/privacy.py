"""``mydata``, ``leavers`` and ``erase``: what is kept of a person."""

from __future__ import annotations

from db.desk.audit.act_names import clause_words
from db.language import _
from reports.formats import FORMATS
from reports.own_data import document
from tui.plain.command import JSON, Command, number
from tui.plain.room import Room
from tui.plain.words import Option, Words


def mydata(room: Room, words: Words) -> int:
    """Everything that is kept of the reader."""
    if words.has("format"):
        words.only("format")
        format = words.get("format")
        room.document(document(room.desk, format, room.language))
        return 0
    found = room.desk.privacy.mine(stored=words.has("json"))
    if words.has("json"):
        room.data(
            {
                one.id: [
                    {name: room.words(cell) for (name, _label), cell in zip(one.columns, row, strict=True)}
                    for row in one.rows
                ]
                for one in found
            }
        )
        return 0
    for one in found:
        room.tell(one.title)
        if one.rows:
            room.table([label for _name, label in one.columns], one.rows)
        else:
            room.tell(_("nothing"))
        room.lines([""])
    return 0


def leavers(room: Room, words: Words) -> int:
    """Who left a book and is on record still."""
    found = room.desk.privacy.leavers(words.operands[0])
    if words.has("json"):
        room.data(
            [
                {
                    "entry": one.entry, "name": one.name, "unit": one.unit, "left": one.left,
                    "due": one.due, "due_clause": one.clause, "clause": one.kept_by,
                    "why": room.words(one.why),
                }
                for one in found
            ]
        )  # fmt: skip
        return 0
    heads = (_("No."), _("Name"), _("Left"), _("Erased on"), _("Clause"), _("Kept by"), _("Why"))
    room.table(
        heads,
        [
            (
                str(one.entry),
                one.name,
                one.left,
                one.due,
                clause_words(one.clause),
                clause_words(one.kept_by),
                one.why,
            )
            for one in found
        ],
    )
    return 0


def erase(room: Room, words: Words) -> int:
    """Erase what is kept of a leaver."""
    entry = number(words.operands[1], _("The number"))
    room.desk.privacy.erase(words.operands[0], entry, " ".join(words.operands[2:]))
    room.tell(_("Erased. A backup from before is erased anew where it is restored, until it is thinned out."))
    return 0


COMMANDS = (
    Command(
        "mydata",
        (),
        (Option("format", "|".join(FORMATS), _("As one document, in this format.")), JSON),
        _("Get everything that is kept of you."),
        "mydata --format xlsx > mydata.xlsx",
        mydata,
    ),
    Command(
        "leavers", ("BOOK",), (JSON,), _("List who left, and what must be kept."), "leavers staff", leavers
    ),
    Command(
        "erase",
        ("BOOK", "NUMBER", "REASON…"),
        (),
        _("Erase what is kept of somebody who left; `leavers` has the number."),
        "erase staff 412 asked for by the person",
        erase,
    ),
)
