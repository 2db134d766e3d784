"""Requests to decide and tasks to do in one list, as a screen shows it. Commands have each of them by itself
(`queue`, `tasks`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from db.desk.entry.naming import actor_name
from db.desk.requests.queue import AT_ONCE
from db.desk.requests.request_views import RequestRow
from db.desk.tasks.task_views import TaskRow
from db.desk.today.todo import NONE, Matter
from db.language import Text, _
from tui.sheets.cell import Cell, Fact, Styled
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import day, days_left, due_day
from tui.sheets.request_facts import changes, differences, marked_who
from tui.sheets.requests import asked_for
from tui.sheets.sheet import Column, PagedRows, Sheet, Value
from tui.sheets.task_facts import missing_word

CHOSEN: Final = "chosen"
"""The answer that says which chips are set."""


def key_of(row: Matter) -> str:
    """Return a matter's key: ``r`` or ``t`` and its number, as requests and tasks are numbered apart."""
    return f"{'r' if isinstance(row, RequestRow) else 't'}{row.id}"


def _words(row: Matter) -> Text:
    if isinstance(row, RequestRow):
        return asked_for(row)
    return _("{what}: {lacks}", what=row.kind_label, lacks=missing_word(row).text)


def _row_cell(row: Matter) -> Cell:
    if isinstance(row, RequestRow):
        return differences(row.summary)
    return [row.kind_label, "  ", missing_word(row)]


def _of_request(value: Callable[[RequestRow], Value]) -> Callable[[Matter], Value]:
    """Return a function for a column that requests alone fill: None for a task."""
    return lambda row: value(row) if isinstance(row, RequestRow) else None


def is_alike(row: Matter, other: Matter) -> bool:
    """Return whether two requests at the same step show the same changes and reason, or were submitted
    together."""
    return may_go_together(row, other) and _searched_words(row) == _searched_words(other)


def _searched_words(row: Matter) -> tuple[str, ...]:
    if not isinstance(row, RequestRow):
        return ()
    return (row.reason, *([row.batch] if row.batch else [line.field for line in row.summary]))


def may_go_together(row: Matter, other: Matter) -> bool:
    """Return whether one decision may be taken on both: requests of one kind, book, role and step."""
    if isinstance(row, TaskRow) or isinstance(other, TaskRow):
        return False
    return (row.book, row.kind, row.role, row.step) == (other.book, other.kind, other.role, other.step)


def matter_facts(row: Matter) -> list[Fact]:
    if isinstance(row, RequestRow):
        asked: Fact = (_("Asked by"), actor_name(row.requester))
        return [asked, *changes(row.summary)]
    due = row.due
    return [
        (row.kind_label, Styled(f"{row.name} {row.unit}".strip(), "strong")),
        (_("Due"), [day(due.day), "  ", days_left(due), "  ", Styled(clause_text(due.clause), "dim")]),
        (_("State"), missing_word(row)),
    ]


TODO: Sheet[Matter] = Sheet(
    id="todo",
    operation="todo.window",
    title=_("Queue"),
    about=_(
        "Requests that wait for your decision and tasks that you have to do, the oldest due day first. f "
        "leads to the chips, which narrow the list; = marks all that are alike; one decision on several "
        "lists them first. An approval holds for exactly what you see here. Nobody decides on their own "
        "request, and each step is decided by another person."
    ),
    help=_("List what waits for your decision and what you have to do."),
    rows=PagedRows(
        lambda at, offset, limit: at.desk.todo.window(
            at.answers.get(CHOSEN, NONE), offset, AT_ONCE if limit is None else limit
        ).rows
    ),
    key=key_of,
    named="matter",
    numbered=False,
    columns=(
        Column("due", _("Due"), lambda row: row.due, 9, from_width=100, whole=True,
               drawn=lambda row: due_day(row.due)),
        Column(
            "left",
            _("Workdays"),
            lambda row: row.due.left if row.due is not None else None,
            10,
            in_english=12,
            drawn=lambda row: days_left(row.due),
            whole=True,
        ),
        Column("kind", _("Kind"), lambda row: row.kind_label, 12, 15, 100, few=True),
        Column("name", _("Who"), marked_who, 15, tone="strong"),
        Column("what", _("What"), _words, drawn=_row_cell),
        Column("by", _("Asked by"), _of_request(lambda row: actor_name(row.requester)), 8, from_width=90,
               few=True),
        Column("unit", _("Department"), lambda row: row.unit, 12, from_width=140, few=True),
        Column("step", _("Step"), _of_request(lambda row: f"{row.step}/{row.steps}"), 4),
        Column("comments", _("Comments"), _of_request(lambda row: row.comments or None), 4, in_english=8,
               from_width=70, right=True),
        Column("evidence", _("Ev."), _of_request(lambda row: row.evidence or None), 2, in_english=3,
               right=True),
    ),
    context=lambda row: (row.book_label, *([clause_text(row.due.clause)] if row.due is not None else [])),
    empty=_("Nothing waits for you. What is yours to decide or do comes here by itself."),
)  # fmt: skip
