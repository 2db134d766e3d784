"""``tasks``: what the reader has to do by when, and saying that it is done."""

from __future__ import annotations

from db.desk.tasks.task_views import CopyView, TaskRow
from db.language import Text, _
from tui.plain.command import JSON, Command, number
from tui.plain.requests import due_text
from tui.plain.room import Room
from tui.plain.words import Option, Words


def tasks(room: Room, words: Words) -> int:
    """All tasks that wait for the reader, the oldest due first, or one in full."""
    if words.operands:
        return _one(room, words)
    window = room.desk.tasks.mine()
    if words.has("json"):
        room.data([row_data(row) for row in window.rows])
        return 0
    room.tell(_("Tasks: {count}, overdue: {overdue}", count=window.total, overdue=window.overdue))
    if window.rows:
        unit = room.desk.me.unit_label()
        heads = (_("No."), _("Due"), _("Kind"), _("Name"), unit, _("Lacking"), _("Clause"))
        room.table(heads, [_cells(room, row) for row in window.rows])
    return 0


def done(room: Room, words: Words) -> int:
    """Say that a task is done, once its steps outside are ticked off."""
    task = number(words.operand(0), _("The task"))
    if words.has("tick"):
        room.desk.tasks.tick(task, words.get("tick"), words.get("comment"))
        room.tell(_("Ticked off."))
        return 0
    room.desk.tasks.done(task, words.get("comment"))
    room.tell(_("Task {task} is done, or handed in for its receipt.", task=task))
    return 0


def _one(room: Room, words: Words) -> int:
    view = room.desk.tasks.one(number(words.operand(0), _("The task")))
    if words.has("json"):
        room.data(
            {
                **row_data(view.row),
                "doers": view.doers,
                "steps": [{"step": proof.what, "done_at": proof.met_at} for proof in view.proofs],
                "copies": [
                    {"copy": copy.copy, "what": copy.what, "outcome": copy.outcome} for copy in view.copies
                ],
            }
        )
        return 0
    room.facts(
        [
            (_("Task"), view.row.kind_label),
            (_("Name"), view.row.name),
            (room.desk.me.unit_label(), view.row.unit),
            (_("Due"), due_text(view.row.due)),
            (_("Under"), view.clause),
            *((proof.label, _("done") if proof.met_at else _("lacking")) for proof in view.proofs),
            *((_("Copy"), _copy(room, copy)) for copy in view.copies),
        ]
    )
    return 0


def _cells(room: Room, row: TaskRow) -> tuple[Text, ...]:
    lacks: Text = ", ".join(map(room.words, row.lacks))
    return (
        str(row.id),
        due_text(row.due),
        row.kind_label,
        row.name,
        row.unit,
        _("receipt to confirm") if row.handed else lacks,
        row.due.clause,
    )


def _copy(room: Room, copy: CopyView) -> str:
    return " ".join(filter(None, (copy.copy, room.words(copy.what), room.words(copy.outcome))))


def row_data(row: TaskRow) -> dict[str, object]:
    """A task as JSON."""
    return {
        "task": row.id,
        "kind": row.kind,
        "book": row.book,
        "name": row.name,
        "unit": row.unit,
        "due": row.due.day,
        "left": row.due.left,
        "clause": row.due.clause,
        "lacking": list(row.lacks),
        "to_confirm": row.handed,
        "request": row.request,
    }


COMMANDS = (
    Command(
        "tasks",
        ("[ID]",),
        (JSON,),
        _("List what you have to do, the oldest due first, or show one task with what it lacks."),
        "tasks",
        tasks,
    ),
    Command(
        "tasks done",
        ("ID",),
        (
            Option("tick", "STEP", _("Only tick off this step, such as sync.")),
            Option("comment", "TEXT", _("A word about it.")),
        ),
        _("Say that a task is done, or confirm that what was handed in arrived."),
        "tasks done 12 --tick sync",
        done,
    ),
)
