"""Cases: those that the reader handles, what they reported, and what was decided about them (A.18, C.12)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from db.desk.audit.record_views import AuditRow
from db.desk.cases.case_views import CaseView
from db.desk.cases.cases import Cases
from db.desk.cases.own_cases import OwnCase
from db.desk.cases.work import CaseWork
from db.desk.entry.naming import actor_name
from db.language import Message, Text, _, clause_words
from tui.sheets.asks import At, Number
from tui.sheets.case_facts import PARTS, MyCase, case_state, data, facts
from tui.sheets.case_reports import ERROR, REPORT
from tui.sheets.case_work import WORK
from tui.sheets.cell import names
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import days_left, due_day
from tui.sheets.sheet import NEVER, Column, Sheet, Whole, nothing

AT_ONCE: Final = 200
"""Records of the audit within a case that a command lists."""


def _rows(at: At[Any]) -> Sequence[MyCase]:
    """Return the reader's cases: open ones to handle, their turn first; their own, newest first; closed
    ones."""
    handled = [MyCase(row, "handler" if row.handles else "reader") for row in Cases(at.desk).queue()]
    known = {case.row.id for case in handled}
    own = [
        MyCase(row, "reporter" if row.mine else "concerned")
        for row in Cases(at.desk).mine()
        if row.id not in known
    ]
    going_on = [case for case in handled if not case.row.is_over]
    return [*going_on, *own, *handled[len(going_on) :]]


def _whole_case(at: At[Any]) -> CaseView | OwnCase:
    """Return all of a case to those who handle it, else the reader's own view of it; both recorded as
    looks."""
    case, cases = at.number, Cases(at.desk)
    handled = {row.id for row in cases.queue()}
    if case not in handled and case in {row.id for row in cases.mine()}:
        return Cases(at.desk).own(case)
    return cases.one(case)


def _state_words(case: MyCase) -> Text:
    """Return the state of a case in words, with its outcome if it is closed."""
    row, told = case.row, case_state(case.row).text
    if not row.is_over:
        return told
    return Message("{outcome} · {state}", {"outcome": told, "state": row.state_label})


CASES: Sheet[MyCase] = Sheet(
    id="case",
    operation="cases.queue",
    title=_("Cases"),
    about=_(
        "Cases that you handle, those that wait for you on top; what you reported, and what was decided "
        "about you. Nobody sees a case that is about themselves before it is decided."
    ),
    help=_(
        "List the cases that you handle, what you reported, and what was decided about you, or show one: in "
        "full if you handle it, else what you reported and what came of it."
    ),
    rows=_rows,
    key=lambda case: case.row.id,
    named="case",
    whole=Whole("cases.one", _whole_case, facts, data),
    columns=(
        Column("case", _("No."), lambda case: case.row.id, 4, right=True),
        Column("due", _("Due"), lambda case: case.row.due, 13, in_english=10, from_width=100, whole=True,
               drawn=lambda case: due_day(case.row.due)),
        Column("left", _("Workdays"), nothing, 10, in_english=12, whole=True,
               drawn=lambda case: days_left(case.row.due),
               data=lambda case: case.row.due.left if case.row.due is not None else None),
        Column("kind", _("About"), lambda case: case.row.kind_label, tone="strong", few=True,
               data=lambda case: case.row.kind),
        Column("concerned", _("Party"), lambda case: names(case.row.concerned), 9,
               data=lambda case: case.row.concerned),
        Column("part", _("You are"), lambda case: PARTS[case.part], 6, in_english=9, few=True,
               data=lambda case: case.part),
        Column("book", _("Directory"), lambda case: case.row.book_label, 16, from_width=100, few=True,
               data=lambda case: case.row.book),
        Column("state", _("Status"), _state_words, 14, few=True, tone=lambda case: case_state(case.row).tone,
               data=lambda case: case.row.state),
        Column("waits_for", _("Waits for"), lambda case: names(case.row.waits_for), 12, from_width=110,
               data=lambda case: case.row.waits_for),
        Column("outcome", _("Outcome"), nothing, from_width=NEVER,
               data=lambda case: case.row.outcome),
        Column("sort", _("Kind"), nothing, from_width=NEVER, data=lambda case: case.row.sort),
        Column("reported", _("Reported"), lambda case: case.row.reported_at, from_width=NEVER),
        Column("clause", _("Clause"), lambda case: clause_words(case.row.clause), from_width=NEVER,
               data=lambda case: case.row.clause),
    ),
    context=lambda case: (case.row.book_label, clause_text(case.row.clause)),
    verbs=(REPORT, ERROR, *WORK),
    empty=_("No case waits for you, and you have reported none."),
    example="case 12",
)  # fmt: skip
CASE = Number("case", _("The case."))
TRAIL: Sheet[AuditRow] = Sheet(
    id="case trail",
    operation="casework.trail",
    title=_("Audit within the case"),
    about=_(
        "What the persons concerned did in this directory, newest first, while the case is investigated: of "
        "whom you named yourself from a day later on."
    ),
    help=_("Read the audit within a case, newest first."),
    of=(CASE,),
    rows=lambda at: CaseWork(at.desk).trail(at.answers[CASE.id], limit=AT_ONCE),
    key=lambda row: row.seq,
    named="record",
    columns=(
        Column("at", _("When"), lambda row: row.at),
        Column("who", _("Who"), lambda row: actor_name(row.who), few=True),
        Column("act", _("What"), lambda row: row.label, few=True, data=lambda row: row.act),
        Column("whom", _("About whom"), lambda row: row.whom),
        Column("clause", _("Clause"), lambda row: clause_words(row.clause), data=lambda row: row.clause),
    ),
    empty=_("There is nothing in the audit yet. Name who is concerned first."),
    example="case trail --case 12",
)
