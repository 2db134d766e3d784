"""``papers get`` and ``rules document``: a sheet to be signed, and a regulation, as PDF."""

from __future__ import annotations

from db.language import _
from reports.papers import fetch_paper
from reports.regulation import document
from tui.plain.command import Command
from tui.plain.places import only_book
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option


def get(room: Room, words: CommandWords) -> int:
    room.document(fetch_paper(room.desk, words.operand(0)))
    return 0


def regulation(room: Room, words: CommandWords) -> int:
    book = words.option_value("book") or only_book(room)
    view = room.desk.policies.document(book, words.operand(0), words.operand(1))
    room.write_file(document(view, room.language))
    return 0


COMMANDS = (
    Command(
        "papers get",
        ("SHEET",),
        (),
        _("Write a sheet to be signed (PDF) to standard output; that is recorded."),
        "papers get P0012 > P0012.pdf",
        get,
    ),
    Command(
        "rules document",
        ("REGULATION", "VERSION"),
        (Option("book", "BOOK", _("The directory; needed where you are in several.")),),
        _("Write a version of a regulation as a document (PDF) to standard output."),
        "rules document wecom 2 --book staff > wecom-2.pdf",
        regulation,
    ),
)
