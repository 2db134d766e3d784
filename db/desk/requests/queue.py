"""The queue: what waits for the actor's decision, whoever asked and whatever for (E.13, A.13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from db.desk.authority.standing import Standing
from db.desk.clockwork import calendar, today
from db.desk.frame import Subject, operation
from db.desk.refusal import Invalid, Problem
from db.desk.requests.deciding import HEAD
from db.desk.requests.flow import Verdict, decide, locked, no_such_request, not_theirs, note
from db.desk.requests.lookalikes import lookalikes
from db.desk.requests.request_kinds import KINDS
from db.desk.requests.request_views import (
    EventView,
    RequestRow,
    RequestView,
    event_view,
    last_act,
    row_of,
    view_of,
)
from db.desk.requests.turns import Turns
from db.language import _
from db.policy.vocabulary import VOUCH
from db.store.tables import Request, RequestStep, UnitAbove

DueFilter = Literal["all", "overdue", "today", "week"]
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What to show: by due day, kind of request, book; empty means all."""

    due: DueFilter = "all"
    kind: str = ""
    book: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits: overdue, due today, due within this calendar week (both included), and all."""

    overdue: int
    today: int
    week: int
    all: int


@dataclass(frozen=True, slots=True)
class QueueWindow:
    """Part of the queue, oldest due first; ``total`` rows match the filter, ``counts`` are of everything."""

    rows: tuple[RequestRow, ...]
    total: int
    counts: Counts
    kinds: tuple[str, ...]


class Queue(Subject):
    """Operations on what waits for the actor."""

    @operation("queue.window", recorded=False)
    def window(
        self, wanted: QueueFilter = QueueFilter(), offset: int = 0, limit: int = AT_ONCE
    ) -> QueueWindow:
        """The part of the queue from ``offset`` that matches ``wanted``."""
        waiting, turns = to_decide(self.standing)
        fitting = [row for row in waiting if _fits(row, wanted)]
        shown = fitting[offset : offset + min(limit, AT_ONCE)]
        return QueueWindow(
            rows=tuple(self._row(row, turns) for row in shown),
            total=len(fitting),
            counts=_counts(waiting),
            kinds=tuple(kind for kind in KINDS if any(row.kind == kind for row in waiting)),
        )

    @operation("queue.counts", recorded=False)
    def counts(self) -> Counts:
        """How much waits for the actor."""
        return _counts(to_decide(self.standing)[0])

    @operation("queue.one", recorded=True)
    def one(self, request: int) -> RequestView:
        """Everything about a request that waits for the actor or was decided by them; recorded, because
        protected values are shown. Refused alike for any other and for none, but for one's own."""
        row = Request.get_or_none(Request.id == request)
        turns, account = Turns(), self.standing.account
        if row is not None and row.requester_id == account:
            note(self.act, row)
            raise not_theirs(account, row, turns)
        if row is None or not (turns.capacity(row, account) or turns.decided(row, self.standing)):
            raise no_such_request()
        note(self.act, row)
        view = view_of(row, turns, account, masked=False)
        return replace(view, lines=(*view.lines, *lookalikes(row, view.lines, self.standing)))

    @operation("queue.gone", recorded=False)
    def gone(self, request: int) -> EventView | None:
        """What somebody else did with a request that the actor might have decided and that waits for them no
        more; None for any other, and for none. What was said with it is left out."""
        row = Request.get_or_none(Request.id == request)
        if row is None:
            return None
        turns, account = Turns(), self.standing.account
        if turns.capacity(row, account) is not None or not turns.takes_part(row, account):
            return None
        last = last_act(row)
        return replace(event_view(last), comment="") if last.account_id != account else None

    @operation("queue.approve", recorded=True)
    def approve(self, request: int, digest: str, comment: str = "") -> None:
        """Approve the open step of exactly what ``digest`` names; the last approval applies it."""
        self._decide(request, "approve", digest, comment)

    @operation("queue.return", recorded=True)
    def return_(self, request: int, digest: str, comment: str) -> None:
        """Send a request back to be amended, with a word on what is missing."""
        self._decide(request, "return", digest, comment)

    @operation("queue.reject", recorded=True)
    def reject(self, request: int, digest: str, comment: str) -> None:
        """Turn a request down for good, with a word on why."""
        self._decide(request, "reject", digest, comment)

    @operation("queue.approve_many", recorded=True)
    def approve_many(self, chosen: Sequence[tuple[int, str]]) -> None:
        """Approve several ``(request, digest)`` that are alike in book, kind and step: all, or none of them.

        Each is recorded as an act of its own.
        """
        self._decide_many(chosen, "approve", "")

    @operation("queue.return_many", recorded=True)
    def return_many(self, chosen: Sequence[tuple[int, str]], comment: str) -> None:
        """Send several that are alike back with the same word: all, or none of them."""
        self._decide_many(chosen, "return", comment)

    @operation("queue.reject_many", recorded=True)
    def reject_many(self, chosen: Sequence[tuple[int, str]], comment: str) -> None:
        """Turn several that are alike down with the same word: all, or none of them."""
        self._decide_many(chosen, "reject", comment)

    def _decide_many(self, chosen: Sequence[tuple[int, str]], verdict: Verdict, comment: str) -> None:
        if not chosen:
            raise Invalid(Problem("requests", _("Select at least one request.")))
        self._check_alike([request for request, _digest in chosen])
        for number, (request, digest) in enumerate(chosen, start=1):
            self.act.facts, self.act.detail, self.act.journal = {}, {}, None
            self._decide(request, verdict, digest, comment)
            self.act.note(together=len(chosen))
            if number < len(chosen):
                self.act.record("done")

    def _row(self, request: Request, turns: Turns) -> RequestRow:
        row = row_of(request, turns)
        return replace(row, summary=(*row.summary, *lookalikes(request, row.summary, self.standing)))

    def _decide(self, request: int, verdict: Verdict, digest: str, comment: str) -> None:
        row = locked(request)
        if row is None:
            self.act.note(asked_for=request)
            raise no_such_request()
        decide(self.act, row, verdict, digest, comment)

    def _check_alike(self, chosen: Sequence[int]) -> None:
        turns, account = Turns(), self.standing.account
        rows = []
        for request in chosen:
            found = Request.get_or_none(Request.id == request)
            if found is None:
                self.act.note(asked_for=request)
                raise no_such_request()
            if turns.capacity(found, account) is None:
                note(self.act, found)
                raise not_theirs(account, found, turns)
            rows.append(row_of(found, turns))
        first = rows[0]
        for row in rows[1:]:
            if (row.book, row.kind, row.role, row.step) != (first.book, first.kind, first.role, first.step):
                unlike = _(
                    "Request {one} ({kind}, step {step}: {role}) and request {other} ({other_kind}, step "
                    "{other_step}: {other_role}) are not alike. Select requests of one kind at one step, or "
                    "decide on each by itself.",
                    one=first.id,
                    kind=first.kind_label,
                    step=first.step,
                    role=first.role_label,
                    other=row.id,
                    other_kind=row.kind_label,
                    other_step=row.step,
                    other_role=row.role_label,
                )
                raise Invalid(Problem("requests", unlike))


def to_decide(standing: Standing) -> tuple[list[Request], Turns]:
    """Requests whose open step the account may decide now, the oldest due day first."""
    found: list[Request] = []
    for book in standing.books:
        roles = standing.roles(book) - {"employee"}
        if roles:
            found += _open(standing, book, roles == {HEAD})
    turns = Turns(found)
    mine = [row for row in found if turns.capacity(row, standing.account) is not None]
    return sorted(mine, key=lambda row: (row.due is None, row.due or "", row.submitted_at, row.id)), turns


def _open(standing: Standing, book: str, only_below: bool) -> Sequence[Request]:
    """Open requests of ``book``; of one that is only a head, those from the headed units down."""
    rows = (
        Request.select()
        .join(RequestStep)
        .where((Request.book == book) & (Request.state == "open") & (RequestStep.state == "open"))
    )
    if only_below:
        headed = [holding.unit for holding in standing.held(HEAD, book)]
        below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above.in_(headed))
        rows = rows.where(RequestStep.role.in_((HEAD, VOUCH)) & Request.unit.in_(below))
    return list(rows)


def _fits(row: Request, wanted: QueueFilter) -> bool:
    if (wanted.kind and row.kind != wanted.kind) or (wanted.book and row.book_id != wanted.book):
        return False
    return wanted.due == "all" or wanted.due in _urgency(row)


def _urgency(row: Request) -> set[DueFilter]:
    """The due filters that a request falls under."""
    if row.due is None:
        return {"all"}
    day = today().isoformat()
    sunday = calendar().period("week", today()).last.isoformat()
    found: set[DueFilter] = {"all"}
    if row.due < day:
        found.add("overdue")
    if row.due == day:
        found.add("today")
    if day <= row.due <= sunday:
        found.add("week")
    return found


def _counts(rows: Sequence[Request]) -> Counts:
    urgencies = [_urgency(row) for row in rows]

    def count(due: DueFilter) -> int:
        return sum(due in urgency for urgency in urgencies)

    return Counts(count("overdue"), count("today"), count("week"), len(rows))
