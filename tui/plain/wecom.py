"""``wecom``: how far a directory and WeCom differ, setting it right, and the import file."""

from __future__ import annotations

from db.desk.outside.drift_views import Drift, DriftRow
from db.desk.outside.drift_words import standing, under_way
from db.language import Text, _, _n, listed
from reports.wecom_sheet import member_file
from tui.plain.command import BOOK, JSON, Command, WrongUsage
from tui.plain.room import Room
from tui.plain.words import Words

HEADS = (_("What is wrong"), _("Name"), _("Department"), _("WeCom account"), _("Fields"), _("Stands"))


def drift(room: Room, words: Words) -> int:
    """What the last comparison found; exit status 1 where anything differs."""
    found = room.desk.outside.drift(_book(room, words))
    if words.has("json"):
        room.data(_data(found))
    else:
        for line in standing(found):
            room.tell(line)
        if found.rows:
            room.table(HEADS, [_cells(row) for row in found.rows])
    return 1 if found.rows else 0


def push(room: Room, words: Words) -> int:
    """Have WeCom set right."""
    count = room.desk.outside.push(_book(room, words))
    room.tell(
        _n(
            "WeCom is told of {count} person at the next run, within ten minutes.",
            "WeCom is told of {count} people at the next run, within ten minutes.",
            count=count,
        )
    )
    return 0


def compare(room: Room, words: Words) -> int:
    """Have both sides compared."""
    room.desk.outside.compare(_book(room, words))
    room.tell(_("Both sides are compared at the next run, within ten minutes."))
    return 0


def export(room: Room, words: Words) -> int:
    """The import file on standard output."""
    made = member_file(room.desk, _book(room, words))
    room.stdout.write(made.content)
    room.stdout.flush()
    room.warn(
        _n(
            "{count} person, SHA-256 {digest}: recorded.",
            "{count} people, SHA-256 {digest}: recorded.",
            count=made.rows,
            digest=made.sha256,
        )
    )
    return 0


def _cells(row: DriftRow) -> tuple[Text, ...]:
    return (row.what_label, row.name, row.unit, row.account, listed(row.fields), under_way(row))


def _book(room: Room, words: Words) -> str:
    if words.has("book"):
        return words.get("book")
    mine = [book for book, _label in room.desk.outside.books()]
    if len(mine) > 1:
        raise WrongUsage(_("It is of several books; say which: --book {books}", books="|".join(mine)))
    return mine[0] if mine else next((one.id for one in room.desk.me.who().books), "")


def _data(found: Drift) -> dict[str, object]:
    return {
        "book": found.book,
        "connected": found.connected,
        "compared": found.at,
        "here": found.here,
        "there": found.there,
        "waiting": found.waiting,
        "given_up": found.dead,
        "problem": found.problem,
        "clause": found.clause,
        "differences": [
            {
                "what": row.what,
                "name": row.name,
                "unit": row.unit,
                "account": row.account,
                "fields": list(row.fields),
                "stands": row.stands,
                "problem": row.problem,
            }
            for row in found.rows
        ],
    }


COMMANDS = (
    Command(
        "wecom drift",
        (),
        (BOOK, JSON),
        _("Say who is missing here or in WeCom and which fields differ, as last compared."),
        "wecom drift --book staff",
        drift,
    ),
    Command(
        "wecom push",
        (),
        (BOOK,),
        _("Have WeCom set right where it differs from the directory."),
        "wecom push --book staff",
        push,
    ),
    Command(
        "wecom compare",
        (),
        (BOOK,),
        _("Have the directory and WeCom compared."),
        "wecom compare --book staff",
        compare,
    ),
    Command(
        "wecom export",
        (),
        (BOOK,),
        _("Write the file that WeCom imports members from to standard output. It is recorded."),
        "wecom export --book staff > members.xlsx",
        export,
    ),
)
