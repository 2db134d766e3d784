"""``evidence``: the reader's tray of files that prove a request (A.15)."""

from __future__ import annotations

from db.desk import Invalid, Refused
from db.desk.notation.media import TYPES, acts_on_terminal, without_acting_characters
from db.desk.requests.evidence import EvidenceFile
from db.desk.requests.files import MAX_BYTES
from db.language import Message, Text, _, _n, listed, strung
from tui.plain.command import JSON, Command
from tui.plain.room import Room
from tui.plain.words import CommandWords


def add(room: Room, words: CommandWords) -> int:
    """Store standard input, encrypted, as a file in the reader's tray, and write its number. Return 0. Raises
    Invalid."""
    content = room.stdin.read(MAX_BYTES + 1)
    file = room.desk.evidence.add(" ".join(words.operands), content)
    if words.has("json"):
        room.write_json(_data(file))
    else:
        room.write_line(_("Added {name} as {id} ({size} bytes).", name=file.name, id=file.id, size=file.size))
    return 0


def tray(room: Room, words: CommandWords) -> int:
    files = room.desk.evidence.tray()
    if words.has("json"):
        room.write_json([_data(file) for file in files])
    elif files:
        heads = (_("No."), _("File"), _("Type"), _("Bytes"), _("Requests"))
        room.write_table(
            heads,
            [
                (file.id, file.name, TYPES[file.media_type], str(file.size), listed(map(str, file.attached)))
                for file in files
            ],
        )
    else:
        command = f"{room.desk.actor.ssh} evidence add NAME < FILE"
        room.warn(_("Your tray is empty. Add a file: {command}", command=command))
    return 0


def get(room: Room, words: CommandWords) -> int:
    """Write a file of evidence to standard output, text without characters that a terminal acts on; a warning
    says so. Return 0."""
    content = room.desk.evidence.open(words.operand(0))
    if acts_on_terminal(content):
        content = without_acting_characters(content)
        room.warn(_("The text held characters that a terminal acts on; they are left out."))
    room.write_file(content)
    return 0


def remove(room: Room, words: CommandWords) -> int:
    room.desk.evidence.remove(words.operand(0))
    room.write_line(_("Removed {id}.", id=words.operand(0)))
    return 0


def _data(file: EvidenceFile) -> dict[str, object]:
    return {
        "id": file.id,
        "name": file.name,
        "media_type": file.media_type,
        "size": file.size,
        "sha256": file.digest,
        "requests": file.attached,
    }


def send(room: Room, words: CommandWords) -> int:
    """Do as `add`, also by a pick-up code; if the file is refused, the code is good for another try, and a
    warning says so. Raises Invalid, Refused."""
    is_by_code = room.desk.pickups.take(coming=True) is not None
    try:
        return add(room, words)
    except (Invalid, Refused) as refused:
        if is_by_code:
            left = room.desk.pickups.renew(reason_of(refused))
            room.warn(
                _n(
                    "Not taken; the pick-up code is good for {count} more try, within its five minutes.",
                    "Not taken; the pick-up code is good for {count} more tries, within its five minutes.",
                    count=left,
                )
                if left
                else _("Not taken, and the pick-up code is over. Make another on the screen with i.")
            )
        raise


def reason_of(refused: Invalid | Refused) -> Text:
    """Return the reason and advice of a refusal as one text."""
    if isinstance(refused, Refused):
        return Message("{why} {advice}", {"why": refused.with_clause(), "advice": refused.advice})
    return strung(problem.message for problem in refused.problems)


COMMANDS = (
    Command(
        "put",
        ("[NAME…]",),
        (JSON,),
        _("Put a file into your tray, as `evidence add` does; the pick-up code that i shows is enough."),
        "put receipt.pdf < receipt.pdf",
        send,
    ),
    Command(
        "evidence add",
        ("NAME",),
        (JSON,),
        _(
            "Put a file into your tray: PDF, PNG, JPEG, text, or a list to take in (XLSX, ODS, CSV, vCard, "
            "LDIF, JSON), up to 5 MB, from standard input."
        ),
        "evidence add receipt.pdf < receipt.pdf",
        add,
    ),
    Command("evidence list", (), (JSON,), _("List your tray."), "evidence list", tray),
    Command(
        "evidence get",
        ("ID",),
        (),
        _("Write a file to standard output: your own, or one of a request that you decide on."),
        "evidence get 3f2a9c01d4 > receipt.pdf",
        get,
    ),
    Command(
        "evidence remove",
        ("ID",),
        (),
        _("Take a file out of your tray that no request rests on."),
        "evidence remove 3f2a9c01d4",
        remove,
    ),
)
