"""Who is expected to join, and who of a joiner's name is on record already (A.8, A.10)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from db.desk import Invalid, Problem
from db.desk.lifecycle.forms import FoundArchive, Namesake
from db.desk.tasks.task_views import TaskRow
from db.language import Text, _
from tui.sheets.asks import At, Typed
from tui.sheets.books import BOOK
from tui.sheets.clauses import clause_text
from tui.sheets.sheet import Column, Sheet, Verb

WHY = Typed("word", _("Why?"), title=_("Call off"))
NAME = Typed("name", _("The joiner's full name."), title=_("Who joins?"))


def _expected(at: At[Any]) -> Sequence[TaskRow]:
    tasks, rows = at.desk.tasks, list[TaskRow]()
    while found := tasks.mine(len(rows)).rows:
        rows += found
    return [row for row in rows if row.pending]


def _state(row: TaskRow) -> Text:
    if row.returned:
        return _("returned: {number}", number=row.request or 0)
    return _("request {number} open", number=row.request) if row.request else _("not entered yet")


def _archive(at: At[Namesake]) -> FoundArchive:
    """Open the archived data of a former colleague, recorded. Raises Invalid if there is none."""
    if at.row.archive is None:
        raise Invalid(Problem("", _("Nothing of {name} is in the archive.", name=at.row.name)))
    return at.desk.lifecycle.open_archive(at.row.archive)


CALL_OFF: Verb[TaskRow] = Verb(
    id="call-off",
    operation="lifecycle.call_off",
    key="x",
    label=_("Call off"),
    help=_("Cancel somebody who is expected; you are asked why."),
    asks=(WHY,),
    offered=lambda row: row.request is None or row.returned,
    do=lambda at: at.desk.lifecycle.call_off(at.number, at[WHY]),
    done=lambda _at, _made: _("Called off."),
    example="joiners call-off 12 --word '未入职'",
)
ARCHIVE: Verb[Namesake] = Verb(
    id="archive",
    operation="lifecycle.open_archive",
    label=_("Archive"),
    help=_("Show what was archived of somebody who comes back; it is recorded."),
    on="one",
    offered=lambda row: row.archive is not None,
    do=_archive,
    done=lambda at, _made: _("Archived: {name}", name=at.row.name),
    shows=lambda _at, found: [("kind", found.kind), *found.values.items()],
    example="namesakes archive 31 --name 李雷",
)
JOINERS: Sheet[TaskRow] = Sheet(
    id="joiners",
    operation="tasks.mine",
    title=_("Joiners"),
    about=_("Who is expected and not in the directory yet, the first due first."),
    help=_("List who is expected and not in the directory yet; `ask join --entry ENTRY` completes one."),
    rows=_expected,
    key=lambda row: row.id,
    named="task",
    columns=(
        Column("entry", _("Entry"), lambda row: row.entry, 6, right=True),
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("unit", _("Department"), lambda row: row.unit, few=True),
        Column("due", _("Due"), lambda row: row.due, 20, whole=True),
        Column("state", _("State"), _state, 20),
        Column("book", _("Directory"), lambda row: row.book_label, 16, few=True, data=lambda row: row.book),
    ),
    context=lambda row: (row.book_label, clause_text(row.due.clause)),
    verbs=(CALL_OFF,),
    empty=_("Nobody is expected. Whoever is announced waits here to be entered."),
    example="joiners",
)
NAMESAKES: Sheet[Namesake] = Sheet(
    id="namesakes",
    operation="lifecycle.namesakes",
    title=_("On record?"),
    about=_("Who of that name is on record: in another directory, or in the archive after leaving this one."),
    help=_("Look whether a joiner is on record already; `ask join --person PERSON` says that it is them."),
    of=(BOOK, NAME),
    rows=lambda at: at.desk.lifecycle.namesakes(at[BOOK], at[NAME]),
    key=lambda row: row.person,
    named="person",
    columns=(
        Column("name", _("Name"), lambda row: row.name, 12, tone="strong"),
        Column("book", _("Directory"), lambda row: row.book_label),
        Column("unit", _("Department"), lambda row: row.unit),
        Column("left", _("Left"), lambda row: row.left, 10),
        Column("archive", _("Archive"), lambda row: row.archive, 8, right=True),
    ),
    verbs=(ARCHIVE,),
    empty=_("Nobody else of that name is on record within your reach."),
    example="namesakes --name 李雷",
)
