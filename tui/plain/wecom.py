"""``wecom export``: the file that WeCom imports; the rest is drawn from `tui.sheets.wecom`."""

from __future__ import annotations

from db.desk.outside.outside import Outside
from db.language import _, _n
from reports.wecom_sheet import member_file
from tui.plain.command import BOOK, Command, WrongUsage
from tui.plain.room import Room
from tui.plain.words import CommandWords


def export(room: Room, words: CommandWords) -> int:
    made = member_file(room.desk, _book(room, words))
    room.write_file(made.content)
    room.warn(
        _n(
            "{count} person, SHA-256 {digest}: recorded.",
            "{count} people, SHA-256 {digest}: recorded.",
            count=made.rows,
            digest=made.sha256,
        )
    )
    return 0


def _book(room: Room, words: CommandWords) -> str:
    if words.has("book"):
        return words.option_value("book")
    mine = [book for book, _label in Outside(room.desk).books()]
    if len(mine) > 1:
        raise WrongUsage(_("It is of several directories; say which: --book {books}", books="|".join(mine)))
    return mine[0] if mine else next((one.id for one in room.desk.me.who().books), "")


COMMANDS = (
    Command(
        "wecom export",
        (),
        (BOOK,),
        _("Write the file that WeCom imports members from to standard output. It is recorded."),
        "wecom export --book staff > members.xlsx",
        export,
    ),
)
