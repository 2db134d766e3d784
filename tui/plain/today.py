"""``today``: what waits for the reader, and what of theirs waits for others; its due days as a calendar."""

from __future__ import annotations

from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.desk.today.waiting import Matter
from db.language import Text, _, listed
from reports.due_days import due_calendar
from tui.plain.command import JSON, Command
from tui.plain.room import Room
from tui.plain.words import CommandWords
from tui.sheets.cell import Cell
from tui.sheets.date_words import due_text
from tui.sheets.reading import data_of
from tui.sheets.request_facts import request_matter
from tui.sheets.requests import REQUESTS
from tui.sheets.tasks import TASKS


def today(room: Room, words: CommandWords) -> int:
    mine, others = room.desk.waiting.mine(), room.desk.waiting.others()
    if words.has("json"):
        room.write_json(
            {"mine": [_data(row) for row in mine.rows], "others": [_data(row) for row in others.rows]}
        )
        return 0
    unit = room.desk.me.unit_label()
    heads = (_("Shown by"), _("Due"), _("Kind"), _("Name"), unit)
    room.write_line(_("Waiting for you: {count}", count=mine.total))
    if mine.rows:
        room.write_table(
            (*heads, _("What")), [(*_cells(row, "queue"), _matter_words(row)) for row in mine.rows]
        )
    room.write_line(_("Waiting for others: {count}", count=others.total))
    if others.rows:
        rows = [(*_cells(row, "requests"), listed(row.waits_for)) for row in others.rows]
        room.write_table((*heads, _("Waits for")), rows)
    return 0


def _cells(row: Matter, place: str) -> tuple[Text, ...]:
    """Return a matter's command (``place`` before a request that did not come back), due day, kind, name and
    unit."""
    if isinstance(row, RequestRow):
        shown = f"{'requests' if row.returned else place} {row.id}"
        return shown, due_text(row.due), row.kind_label, row.name or row.requester, row.unit
    if isinstance(row, TaskRow):
        return f"tasks {row.id}", due_text(row.due), row.kind_label, row.name, row.unit
    return "", due_text(row.due), row.kind_label, "", ""


def _matter_words(row: Matter) -> Cell:
    if isinstance(row, RequestRow):
        return request_matter(row)
    return (row.about or listed(row.lacks)) if isinstance(row, TaskRow) else row.label


def _data(row: Matter) -> dict[str, object]:
    if isinstance(row, RequestRow):
        return data_of(REQUESTS, row)
    if isinstance(row, TaskRow):
        return data_of(TASKS, row)
    return {row.kind: row.id, "book": row.book, "due": row.due.day, "clause": row.clause}


def due_days(room: Room, _words: CommandWords) -> int:
    room.write_file(due_calendar(room.desk.waiting.calendar(), room.language))
    return 0


COMMANDS = (
    Command(
        "today",
        (),
        (JSON,),
        _("List what waits for you, what was returned first, and what of yours waits for others."),
        "today",
        today,
    ),
    Command(
        "today calendar",
        (),
        (),
        _("Write the due days of what waits for you as a calendar (iCalendar), which names nobody."),
        "today calendar > due.ics",
        due_days,
    ),
)
