"""``whoami``: the reader's account, books and roles."""

from __future__ import annotations

from db.language import _, listed
from tui.plain.command import JSON, Command
from tui.plain.room import Room
from tui.plain.words import CommandWords


def run(room: Room, words: CommandWords) -> int:
    """Write the reader's name, login, and roles in each book. Return 0."""
    me = room.desk.me.who()
    if words.has("json"):
        books = [
            {
                "id": book.id,
                "title": book.title,
                "unit": book.unit,
                "entry": book.entry,
                "roles": book.roles,
                "policies": book.policies,
                "classification": book.classification,
            }
            for book in me.books
        ]
        room.write_json({"login": me.login, "name": me.name, "source": me.source, "books": books})
        return 0
    room.write_line(_("{name} ({login})", name=me.name, login=me.login))
    rows = [
        (book.id, book.title, book.unit, listed(book.role_labels), listed(book.policies)) for book in me.books
    ]
    room.write_table(
        (_("Directory"), _("Title"), room.desk.me.unit_label(), _("Roles"), _("Regulation")), rows
    )
    return 0


COMMANDS = (
    Command(
        "whoami",
        (),
        (JSON,),
        _("Say who you are here, in which directories, with which roles."),
        "whoami",
        run,
    ),
)
