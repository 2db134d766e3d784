"""``case pack``: the evidence pack of a case as a file; the rest is drawn from `tui.sheets.cases`."""

from __future__ import annotations

import hashlib

from db.language import _
from reports.evidence.pack import evidence_pack
from tui.plain.command import Command, number
from tui.plain.room import Room
from tui.plain.words import CommandWords


def pack(room: Room, words: CommandWords) -> int:
    """Build a case's signed evidence pack, recorded, and write it to standard output, its digest and password
    to standard error. Return 0."""
    made = evidence_pack(room.desk, number(words.operand(0), _("NUMBER")), room.language)
    room.write_file(made.content)
    digest = hashlib.sha256(made.content).hexdigest()
    room.warn(_("Evidence pack, SHA-256 {digest}: recorded.", digest=digest))
    room.tell_password(made.password)
    return 0


COMMANDS = (
    Command(
        "case pack",
        ("NUMBER",),
        (),
        _("Write the signed evidence pack of a case (ZIP) to standard output."),
        "case pack 12 > case-12.zip",
        pack,
    ),
)
