"""What waits for one's decision, and deciding on it as it was seen (E.13)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from db.desk.accounts.resets import OPERATION as RESET
from db.desk.requests.queue import Counts, DueFilter, QueueFilter
from db.desk.requests.request_views import RequestRow
from db.language import Message, Text, _
from tui.sheets.asks import At, OfferedAnswer, OneOf, Typed
from tui.sheets.cell import Styled
from tui.sheets.clauses import clause_text
from tui.sheets.request_facts import request_person
from tui.sheets.requests import (
    CLOCK,
    PROGRAMS,
    WHAT,
    WHO,
    asked_for,
    for_programs,
    kind_column,
    whole_data,
    whole_facts,
)
from tui.sheets.sheet import Column, Question, Sheet, Verb, Whole

DUES: Final[dict[DueFilter, Message]] = {
    "all": _("Everything"),
    "overdue": _("Overdue"),
    "today": _("Due today"),
    "week": _("Due this week"),
    "later": _("Due later"),
}
DUE: OneOf[DueFilter] = OneOf(
    "due",
    _("Only what is overdue, due today, later this week, or after it (overdue, today, week, later)."),
    required=False,
    missing="all",
    choices=lambda _at: [OfferedAnswer(due, label) for due, label in DUES.items()],
)
SEEN = Typed("code", _("Its code"))
"""The digest of what the decision is on; every face knows it from what it showed."""
COMMENT = Typed("comment", _("A word about it."), required=False)
MISSING = Typed("comment", _("What has to be amended"))
WHY = Typed("comment", _("Why it is turned down"))


def _approved(at: At[RequestRow], _made: object) -> Text:
    if any(line.field == RESET for line in at.row.summary):
        return _(
            "Vouched for. Your half of the code: Today, r, or `resets half {request}`", request=at.number
        )
    return _("Approved: {who}", who=request_person(at.row))


def _ask_if_final(at: At[RequestRow]) -> Question | None:
    """Return the question to ask before an approval that can't be undone, as of a leaver; None for any
    other."""
    row = at.row
    if not row.final:
        return None
    title = _(
        "{kind}: approve it for {who}? It can't be taken back.", kind=row.kind_label, who=request_person(row)
    )
    return Question(title, asked_for(row), yes=_("Approve"), no=_("Decide later"))


APPROVE: Verb[RequestRow] = Verb(
    id="approve",
    operation="queue.approve",
    key="a",
    label=_("Approve"),
    help=_("Approve a request exactly as it was shown."),
    sure=_ask_if_final,
    do=lambda at: at.desk.queue.approve(at.number, at[SEEN], at.answers.get(COMMENT.id, "")),
    done=_approved,
    example="approve 17 9f31c07a2b44",
)
RETURN: Verb[RequestRow] = Verb(
    id="return",
    operation="queue.return",
    key="b",
    label=_("Return"),
    help=_("Send a request back, with a word on what is missing."),
    asks=(MISSING,),
    do=lambda at: at.desk.queue.return_(at.number, at[SEEN], at[MISSING]),
    done=lambda at, _made: _("Returned: {who}", who=request_person(at.row)),
    example="return 17 9f31c07a2b44 --comment 缺少证明材料",
)
REJECT: Verb[RequestRow] = Verb(
    id="reject",
    operation="queue.reject",
    key="d",
    label=_("Reject"),
    help=_("Turn a request down for good, with a word on why."),
    asks=(WHY,),
    do=lambda at: at.desk.queue.reject(at.number, at[SEEN], at[WHY]),
    done=lambda at, _made: _("Rejected: {who}", who=request_person(at.row)),
    example="reject 17 9f31c07a2b44 --comment 与登记不符",
)
DECISIONS: Final = (APPROVE, RETURN, REJECT)
"""As commands, each is a word of its own: `tui.plain.queue`."""


def queue_counts(counts: Counts) -> list[Text | Styled]:
    return [
        Styled(_("Overdue {count}", count=counts.overdue), "bad" if counts.overdue else "dim"),
        " │ ", _("Today {count}", count=counts.today),
        " │ ", _("This week {count}", count=counts.week),
        " │ ", _("All {count}", count=counts.all),
    ]  # fmt: skip


def _waiting_requests(at: At[Any]) -> Sequence[RequestRow]:
    wanted, queue = QueueFilter(due=at.answers.get(DUE.id, "all")), at.desk.queue
    window = queue.window(wanted)
    found = list(window.rows)
    while len(found) < window.total and (more := queue.window(wanted, len(found)).rows):
        found += more
    return found


QUEUE: Sheet[RequestRow] = Sheet(
    id="queue",
    operation="queue.window",
    title=_("Queue"),
    about=_(
        "Requests that wait for your decision, the oldest due day first. The days left are working days. "
        "A return or a rejection asks for a word; an approval holds for exactly what you see here. "
        "Nobody decides on their own request, and each step is decided by another person."
    ),
    help=_("List what waits for your decision, or show one request with the code that decides on it."),
    of=(DUE,),
    rows=_waiting_requests,
    key=lambda row: row.id,
    named="request",
    said=lambda at: queue_counts(at.desk.queue.window(limit=0).counts),
    whole=Whole("queue.one", lambda at: at.desk.queue.one(at.number), whole_facts, whole_data),
    columns=(
        *CLOCK,
        kind_column(15),
        WHO,
        WHAT,
        Column("step", _("Step"), lambda row: f"{row.step}/{row.steps}", 4, data=lambda row: row.step),
        Column("decides", _("Decides"), lambda row: row.role_label, 14, in_english=20, from_width=100),
        Column("comments", _("Comments"), lambda row: row.comments or None, 4, in_english=8, right=True,
               data=lambda row: row.comments, from_width=100),
        Column("evidence", _("Ev."), lambda row: row.evidence or None, 4, in_english=3, right=True,
               data=lambda row: row.evidence),
        for_programs("state", _("Status"), lambda row: row.state),
        for_programs("submitted_at", _("Submitted"), lambda row: row.submitted_at),
        *PROGRAMS,
    ),
    context=lambda row: (row.book_label, *([clause_text(row.due.clause)] if row.due is not None else [])),
    empty=_("Nothing waits for you. What is yours to decide or do comes here by itself."),
    example="queue --due overdue",
)  # fmt: skip
