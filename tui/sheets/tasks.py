"""Tasks: what the reader has to do by when, what each lacks, and saying that it is done (G.3, H.3.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.desk.tasks.task_views import TaskRow, TaskView
from db.language import _, clause_words
from tui.sheets.asks import At, OfferedAnswer, OneOf, Typed
from tui.sheets.cell import Cell, Fact, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.reading import data_of
from tui.sheets.request_facts import marked_who
from tui.sheets.sheet import NEVER, Column, Sheet, Verb, Whole, nothing
from tui.sheets.task_facts import missing_word, task_facts


def _rows(at: At[Any]) -> Sequence[TaskRow]:
    mine = at.desk.tasks.mine
    window = mine()
    found = list(window.rows)
    while len(found) < window.total and (more := mine(len(found)).rows):
        found += more
    return found


def _counts_line(at: At[Any]) -> Cell:
    window = at.desk.tasks.mine(limit=1)
    return [
        Styled(_("Overdue {count}", count=window.overdue), "bad" if window.overdue else "dim"),
        " │ ",
        _("All {count}", count=window.total),
    ]


def _steps(at: At[TaskRow]) -> list[OfferedAnswer[str]]:
    proofs = at.desk.tasks.one(at.number).proofs
    return [OfferedAnswer(one.what, one.label) for one in proofs if one.tick]


def _facts(_at: At[Any], view: TaskView) -> list[Fact]:
    return [(_("Task"), view.row.kind_label), (_("Under"), clause_words(view.clause)), *task_facts(view)]


def _data(view: TaskView) -> dict[str, object]:
    return data_of(TASKS, view.row) | {
        "doers": view.assignees,
        "steps": [{"step": proof.what, "done_at": proof.met_at} for proof in view.proofs],
        "copies": [{"copy": copy.copy, "what": copy.what, "outcome": copy.outcome} for copy in view.copies],
    }


COMMENT = Typed("comment", _("A word about it; may be left blank"), required=False)
STEP: OneOf[str] = OneOf(
    "step",
    _("The step, such as sync."),
    title=_("Tick off which?"),
    choices=_steps,
    nothing=_("There is no step of that kind to complete here."),
    obvious=True,
)
DONE: Verb[TaskRow] = Verb(
    id="done",
    operation="tasks.done",
    key="a",
    label=_("Done"),
    help=_("Mark it done. If it needs a receipt, the receiver confirms it."),
    asks=(COMMENT,),
    do=lambda at: at.desk.tasks.done(at.number, at[COMMENT]),
    done=lambda at, _made: _("Task {task} is done, or waits for its receipt.", task=at.number),
    example="tasks done 12",
)
TICK: Verb[TaskRow] = Verb(
    id="tick",
    operation="tasks.tick",
    key="a",
    label=_("Tick off"),
    help=_("Tick off a step that is done outside."),
    asks=(STEP, COMMENT),
    do=lambda at: at.desk.tasks.tick(at.number, at[STEP], at[COMMENT]),
    done=lambda _at, _made: _("Ticked off."),
    example="tasks tick 12 --step sync",
)
TASKS: Sheet[TaskRow] = Sheet(
    id="tasks",
    operation="tasks.mine",
    title=_("Tasks"),
    about=_(
        "What you have to do by a due day, the oldest first, with the working days that are left and the "
        "clause that sets the clock. You are reminded before, and those above you are told after. Enter "
        "opens a task with all that it lacks."
    ),
    help=_("List what you have to do, the oldest due first, or show one task with what it lacks."),
    rows=_rows,
    key=lambda row: row.id,
    named="task",
    said=_counts_line,
    whole=Whole("tasks.one", lambda at: at.desk.tasks.one(at.number), _facts, _data),
    columns=(
        Column("due", _("Due"), lambda row: row.due, 18, whole=True),
        Column("kind", _("What"), lambda row: row.kind_label, 14, in_english=18, few=True,
               data=lambda row: row.kind),
        Column("name", _("Who"), marked_who, 18, in_english=16,
               tone="strong", data=lambda row: row.name),
        Column("unit", _("Who"), nothing, from_width=NEVER, data=lambda row: row.unit),
        Column("lacking", _("State"), lambda row: missing_word(row).text, few=True,
               tone=lambda row: missing_word(row).tone, data=lambda row: row.lacks),
        Column("book", _("Directory"), lambda row: row.book_label, 18, from_width=110, few=True,
               data=lambda row: row.book),
        Column("clause", _("Clause"), lambda row: clause_words(row.due.clause), 16, in_english=20,
               from_width=100, data=lambda row: row.due.clause),
        Column("tag", _("Tags"), nothing, from_width=NEVER, data=lambda row: row.tag or None),
        Column("to_confirm", _("State"), nothing, from_width=NEVER, data=lambda row: row.handed),
        Column("request", _("Request"), nothing, from_width=NEVER, data=lambda row: row.request),
    ),
    context=lambda row: (row.book_label, clause_text(row.due.clause)),
    verbs=(DONE, TICK),
    empty=_("There is nothing to do."),
    example="tasks",
)  # fmt: skip
