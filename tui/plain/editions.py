"""``editions preview`` and ``editions get``: what an issue would hold, and the file of an own copy."""

from __future__ import annotations

from db.desk.editions.comparing import WORDS, EditionDifference
from db.desk.editions.editions import Editions
from db.language import Text, _, listed
from reports.editions.delivering import fetch_copy
from tui.plain.command import JSON, Command, read_as_usage
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option
from tui.sheets.editions import edition_called, key_of, preview_facts


def get(room: Room, words: CommandWords) -> int:
    room.document(fetch_copy(room.desk, words.operand(0)))
    return 0


def preview(room: Room, words: CommandWords) -> int:
    seen = Editions(room.desk).preview(*read_as_usage(lambda: edition_called(room.desk, words.operand(0))))
    if words.has("json"):
        room.write_json(
            {
                "edition": key_of(seen.edition),
                "columns": [column.name for column in seen.content.columns],
                "rows": [row.cells for row in seen.content.rows],
                "changed": [[one.what, one.row.name, *map(list, one.fields)] for one in seen.changed],
                "recipients": [[one.name, one.post, one.unit] for one in seen.receivers],
                "without_account": [one.name for one in seen.unreachable],
                "heads_left_out": [one.name for one in seen.heads_left_out],
                "requests_waiting": list(seen.pending),
            }
        )
        return 0
    receivers = listed(_("{name} ({post})", name=one.name, post=one.post) for one in seen.receivers)
    room.write_facts(preview_facts(seen, receivers))
    if words.has("all"):
        room.write_table(
            [column.label for column in seen.content.columns], [r.cells for r in seen.content.rows]
        )
    for one in seen.changed:
        room.write_line(WORDS[one.what], one.row.name, *_fields(one))
    if seen.edition.last is not None and not seen.changed:
        room.write_line(_("Nothing changed since the last issue."))
    return 0


def _fields(one: EditionDifference) -> list[Text]:
    return [
        _("{field}: {before} → {after}", field=label, before=before or "–", after=after or "–")
        for label, before, after in one.fields
    ]


COMMANDS = (
    Command(
        "editions get",
        ("NUMBER",),
        (),
        _("Write the encrypted file of your own copy (PDF) to standard output."),
        "editions get C0012-003 > C0012-003.pdf",
        get,
    ),
    Command(
        "editions preview",
        ("EDITION",),
        (Option("all", "", _("Every entry too, not only what changed.")), JSON),
        _("Show what an issue made now would hold, what changed since the last, and who receives it."),
        "editions preview internal",
        preview,
    ),
)
