"""``mydata``: what is kept of the reader."""

from __future__ import annotations

from db.language import _
from reports.formats import FORMATS
from reports.own_data import document
from tui.plain.command import JSON, Command
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option


def mydata(room: Room, words: CommandWords) -> int:
    if words.has("format"):
        words.allow_only("format")
        format = words.option_value("format")
        room.document(document(room.desk, format, room.language))
        return 0
    found = room.desk.privacy.mine(stored=words.has("json"))
    if words.has("json"):
        room.write_json(
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
        room.write_line(one.title)
        if one.rows:
            room.write_table([label for _name, label in one.columns], one.rows)
        else:
            room.write_line(_("nothing"))
        room.write_lines([""])
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
)
