"""Requests of one's own: where each stands, and taking one back or giving back what it opened (A.9, A.13)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from db.desk.requests.opened import OpenedView
from db.desk.requests.request_kinds import DiffLine
from db.desk.requests.request_views import OPENING, RequestRow, RequestView
from db.language import Message, Text, _, clause_words, listed
from tui.sheets.asks import At, Typed
from tui.sheets.cell import Fact
from tui.sheets.clauses import clause_text
from tui.sheets.date_words import days_left, due_day
from tui.sheets.granted import ended_text, opened_by, sure_to_end
from tui.sheets.reading import data_of
from tui.sheets.request_facts import (
    differences,
    facts,
    head_facts,
    marked_who,
    progress_text,
    request_person,
    submitted_day,
)
from tui.sheets.sheet import NEVER, Column, PagedRows, Question, Sheet, Verb, Whole, nothing

CODE_LENGTH: Final = 12
"""Leading digits of a request's digest that a decision by command has to repeat."""
UNDER_WAY: Final = ("open", "returned")
"""The states in which a request is withdrawn."""


def asked_for(row: RequestRow) -> Text:
    return listed(_change(line) for line in row.summary)


def _change(line: DiffLine) -> Text:
    if line.is_act:
        return line.after
    slots = {"label": line.label, "before": line.before, "after": line.after}
    return Message("{label} {before} → {after}" if line.before else "{label} {after}", slots)


def _changes(lines: Sequence[DiffLine]) -> list[dict[str, object]]:
    return [{"field": line.field, "before": line.before, "after": line.after} for line in lines]


def _returned(row: RequestRow) -> dict[str, object] | None:
    back = row.returned
    return {"at": back.at, "by": back.who, "word": back.word, "clause": back.clause} if back else None


CLOCK: Final[tuple[Column[RequestRow], ...]] = (
    Column("due", _("Due"), lambda row: row.due, 13, in_english=10, from_width=100, whole=True,
           drawn=lambda row: due_day(row.due)),
    Column("left", _("Workdays"), nothing, 10, in_english=12, whole=True,
           drawn=lambda row: days_left(row.due),
           data=lambda row: row.due.left if row.due is not None else None),
)  # fmt: skip
"""Until when, and how many working days that is: on a narrow screen these alone."""
WHO: Final[Column[RequestRow]] = Column(
    "name", _("Who"), marked_who, 15, tone="strong", data=lambda row: row.name
)
WHAT: Final[Column[RequestRow]] = Column(
    "changes",
    _("What"),
    asked_for,
    drawn=lambda row: differences(row.summary),
    data=lambda row: _changes(row.summary),
)


def kind_column(in_english: int) -> Column[RequestRow]:
    return Column("kind", _("Kind"), lambda row: row.kind_label, 12, in_english, 100, few=True,
                  data=lambda row: row.kind)  # fmt: skip


def for_programs(id: str, title: Text, value: Callable[[RequestRow], object]) -> Column[RequestRow]:
    return Column(id, title, nothing, from_width=NEVER, data=value)


PROGRAMS: Final = (
    for_programs("book", _("Directory"), lambda row: row.book),
    for_programs("unit", _("Department"), lambda row: row.unit),
    for_programs("tag", _("Tag"), lambda row: row.tag or None),
    for_programs("requester", _("Asked by"), lambda row: row.requester),
    for_programs("steps", _("Steps"), lambda row: row.steps),
    for_programs("waits_for", _("Waits for"), lambda row: row.waits_for),
    for_programs("returned", _("Returned"), _returned),
    for_programs("code", _("Its code"), lambda row: row.digest[:CODE_LENGTH]),
)


def whole_facts(_at: At[Any], view: RequestView) -> list[Fact]:
    row, files = view.row, listed(f"{file.id} {file.name}" for file in view.evidence)
    return [
        ("", _("Request {number}: {kind}", number=row.id, kind=row.kind_label)),
        *head_facts(row),
        *facts(view, history=True, evidence=files),
        (_("Under"), clause_words(view.clause)),
        (_("Its code"), view.digest[:CODE_LENGTH]),
    ]


def whole_data(view: RequestView) -> Mapping[str, object]:
    """Return all of a request for programs, protected values in clear as far as its reader may see them."""
    return data_of(REQUESTS, view.row) | {
        "reason": view.reason,
        "clause": view.clause,
        "changes": _changes(view.lines),
        "evidence": [{"id": file.id, "name": file.name} for file in view.evidence],
        "history": [
            {
                "at": event.at,
                "who": event.who,
                "for": event.on_behalf_of,
                "role": event.role,
                "capacity": event.capacity,
                "act": event.act,
                "word": event.comment,
            }
            for event in view.history
        ],
    }


def _ask_to_withdraw(at: At[RequestRow]) -> Question:
    view = opened_by(at.desk).get(at.number)
    if view is not None:
        return sure_to_end(view)
    return Question(_("Withdraw request {number}?", number=at.number), yes=_("Withdraw"), no=_("Keep it"))


def _withdraw_request(at: At[RequestRow]) -> OpenedView | None:
    """Withdraw a request, recorded; return what it had opened if that was open still, else None."""
    view = opened_by(at.desk).get(at.number)
    at.desk.requests.withdraw(at.number)
    return view


def _withdrawn(at: At[RequestRow], view: OpenedView | None) -> Text:
    if view is not None:
        return ended_text(view)
    return _("Withdrawn: request {number}", number=at.number)


COMMENTED = _("Comment")
SAID = Typed(
    "comment",
    _("What others should know"),
    heading=lambda at: _("{label}: {whom}", label=COMMENTED, whom=request_person(at.row)),
)
COMMENT: Verb[RequestRow] = Verb(
    id="comment",
    operation="story.comment",
    key="c",
    label=COMMENTED,
    help=_("Comment on a request to its author, or to those for whom it waits."),
    on="one",
    asks=(SAID,),
    offered=lambda row: row.state in UNDER_WAY,
    do=lambda at: at.desk.story.comment(at.number, at[SAID]),
    done=lambda at, _made: _("Added to request {request}; the other side is told.", request=at.number),
    example="requests comment 17 --comment 旧邮箱保留到年底",
)
REMIND: Verb[RequestRow] = Verb(
    id="remind",
    operation="story.remind",
    key="t",
    label=_("Remind"),
    help=_("Remind whoever a request waits for, once a working day."),
    offered=lambda row: row.state in UNDER_WAY,
    do=lambda at: at.desk.story.remind(at.number),
    done=lambda _at, names: _("Reminded: {names}", names=listed(names)),
    example="requests remind 17",
)
WITHDRAW: Verb[RequestRow] = Verb(
    id="withdraw",
    operation="requests.withdraw",
    key="x",
    label=_("Withdraw"),
    help=_("Take a request back, or give back what it granted."),
    on="one",
    offered=lambda row: row.state in UNDER_WAY or (row.state == "applied" and row.kind in OPENING),
    sure=_ask_to_withdraw,
    do=_withdraw_request,
    done=_withdrawn,
    example="requests withdraw 17",
)
REQUESTS: Sheet[RequestRow] = Sheet(
    id="requests",
    operation="requests.mine",
    title=_("My requests"),
    about=_(
        "Everything you asked for: for whom it waits by name, how many working days are left, and what "
        "happened so far. Until it is decided you can withdraw it; one that was returned to you can be "
        "amended and goes through its steps again. Access that you need no longer can be given back."
    ),
    help=_("List your requests, or show one with its steps, its clock and its history."),
    rows=PagedRows(lambda at, offset, limit: at.desk.requests.mine(offset, limit)),
    key=lambda row: row.id,
    named="request",
    whole=Whole("requests.one", lambda at: at.desk.requests.one(at.number), whole_facts, whole_data),
    columns=(
        Column("request", _("No."), lambda row: row.id, 5, right=True),
        Column("submitted_at", _("Sent"), submitted_day, 9, from_width=100,
               data=lambda row: row.submitted_at),
        kind_column(14),
        WHO,
        WHAT,
        Column("state", _("Where it stands"), lambda row: progress_text(row).text, data=lambda row: row.state,
               tone=lambda row: progress_text(row).tone),
        *CLOCK,
        for_programs("step", _("Step"), lambda row: row.step),
        *PROGRAMS,
    ),
    context=lambda row: (row.book_label, *([clause_text(row.due.clause)] if row.due is not None else [])),
    verbs=(WITHDRAW, COMMENT, REMIND),
    empty=_("You have asked for nothing yet."),
    example="requests 17",
)  # fmt: skip
