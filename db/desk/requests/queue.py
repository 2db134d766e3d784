"""The queue: what waits for the actor's decision, whoever asked and whatever for (E.13, A.13)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from db.desk.authority.permissions import Permissions
from db.desk.due_dates import calendar, today
from db.desk.entry.priority import priority_of
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.refusal import Invalid, Overtaken, Problem, Refused
from db.desk.requests.bulk_facts import facts_for
from db.desk.requests.flow import (
    Verdict,
    audit_request,
    decide_step,
    lock_request,
    no_such_request,
    not_theirs,
)
from db.desk.requests.lookalikes import lookalike_warnings
from db.desk.requests.open_requests import OpenRequest, load_requests, open_requests
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS
from db.desk.requests.request_views import (
    RequestEventView,
    RequestRow,
    RequestView,
    event_view,
    last_act,
    row_of,
    view_of,
)
from db.language import Message, _
from db.store.moves import Moves
from db.store.tables import Request

Span = Literal["overdue", "today", "week", "later"]
"""Due days: past, today, the rest of this calendar week, and later or none."""
DueFilter = Literal["all"] | Span
DECIDES = power_over(Moves.ROLE, Moves.ACCOUNT, Moves.REACH, Moves.GIVEN, Moves.DUTY)
"""What any decision may move besides what the kind of request does: a leave that comes to nothing gives back
what had ended with its last day."""
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What to show: by due day, kind of request, book; empty means all."""

    due: DueFilter = "all"
    kind: str = ""
    book: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits: overdue, due today, due on a later day of this calendar week, and all."""

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


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A request that was not decided with the others, and why."""

    request: int
    why: Message


class Queue(OperationGroup):
    """Operations on what waits for the actor."""

    @operation("queue.window", label=_("list what waits"), recorded=False, power=LOOKS)
    def window(
        self, wanted: QueueFilter = QueueFilter(), offset: int = 0, limit: int = AT_ONCE
    ) -> QueueWindow:
        waiting, request_approvers = to_decide(self.permissions)
        span_of = due_span()
        fitting = [row for row in waiting if _fits(row, wanted, span_of)]
        shown = load_requests([row.id for row in fitting[offset : offset + min(limit, AT_ONCE)]])
        kinds = {row.kind for row in waiting}
        return QueueWindow(
            rows=rows_of(self.permissions, list(shown.values()), request_approvers),
            total=len(fitting),
            counts=_counts(waiting, span_of),
            kinds=tuple(kind for kind in KINDS if kind in kinds),
        )

    @operation("queue.counts", label=_("count what waits"), recorded=False, power=LOOKS)
    def counts(self) -> Counts:
        """Return how much waits for the actor."""
        return _counts(to_decide(self.permissions)[0], due_span())

    @operation("queue.one", label=_("open a waiting request"), recorded=True, power=LOOKS)
    def one(self, request: int) -> RequestView:
        """Return everything about a request that waits for the actor or was decided by them; recorded,
        because protected values are shown. Raises Refused alike for any other and for none, and with its own
        reason for the actor's own request, which nobody decides for themselves."""
        row = Request.get_or_none(Request.id == request)
        request_approvers, account = RequestApprovers(), self.permissions.account
        if row is not None and row.requester_id == account:
            audit_request(self.act, row)
            raise not_theirs(account, row, request_approvers)
        if row is None or not (
            request_approvers.capacity(row, account) or request_approvers.decided(row, self.permissions)
        ):
            raise no_such_request()
        audit_request(self.act, row)
        view = view_of(row, request_approvers, account, masked=False)
        return replace(view, lines=(*view.lines, *lookalike_warnings(row, view.lines, self.permissions)))

    @operation("queue.gone", label=_("ask what became of a request"), recorded=False, power=LOOKS)
    def gone(self, request: int) -> RequestEventView | None:
        """Return the last event of a request that left the actor's queue because somebody else acted, without
        its comment; None for any other."""
        row = Request.get_or_none(Request.id == request)
        if row is None:
            return None
        request_approvers, account = RequestApprovers(), self.permissions.account
        if request_approvers.capacity(row, account) is not None or not request_approvers.takes_part(
            row, account
        ):
            return None
        last = last_act(row)
        return replace(event_view(last), comment="") if last.account_id != account else None

    @operation("queue.approve", label=_("approve a request"), recorded=True, power=DECIDES, held=True)
    def approve(self, request: int, digest: str, comment: str = "") -> None:
        """Approve the open step; with the last one apply the request (`apply_request`) and notify those whom
        it concerns. Raises Refused for anyone but an approver and for another content than ``digest`` names,
        Overtaken if decided."""
        self._decide(request, "approve", digest, comment)

    @operation("queue.return", label=_("return a request"), recorded=True, power=DECIDES, held=True)
    def return_(self, request: int, digest: str, comment: str) -> None:
        """Return a request to be amended, with a comment on what is missing, and notify the requester. Raises
        like `approve`, and Invalid without a comment."""
        self._decide(request, "return", digest, comment)

    @operation("queue.reject", label=_("reject a request"), recorded=True, power=DECIDES, held=True)
    def reject(self, request: int, digest: str, comment: str) -> None:
        """Reject a request for good, with a comment on why; notify the requester and those who had approved.
        Raises like `approve`, and Invalid without a comment."""
        self._decide(request, "reject", digest, comment)

    @operation(
        "queue.approve_many", label=_("approve several requests"), recorded=True, power=DECIDES, held=True
    )
    def approve_many(self, chosen: Sequence[tuple[int, str]]) -> tuple[LeftOut, ...]:
        """Approve several ``(request, digest)`` that are alike in book, kind and step, each with all effects
        of `approve` and recorded as an act of its own. Return those that were left out because they were
        changed or decided meanwhile. Where all were left out, raises what the first one raised; Invalid for
        none, and where they are not alike."""
        return self._decide_many(chosen, "approve", "")

    @operation(
        "queue.return_many", label=_("return several requests"), recorded=True, power=DECIDES, held=True
    )
    def return_many(self, chosen: Sequence[tuple[int, str]], comment: str) -> tuple[LeftOut, ...]:
        """Return several ``(request, digest)`` with one comment and tell their requesters; conditions and
        result are those of `approve_many`."""
        return self._decide_many(chosen, "return", comment)

    @operation(
        "queue.reject_many", label=_("reject several requests"), recorded=True, power=DECIDES, held=True
    )
    def reject_many(self, chosen: Sequence[tuple[int, str]], comment: str) -> tuple[LeftOut, ...]:
        """Reject several ``(request, digest)`` with one comment and tell their requesters; conditions and
        result are those of `approve_many`."""
        return self._decide_many(chosen, "reject", comment)

    def _decide_many(
        self, chosen: Sequence[tuple[int, str]], verdict: Verdict, comment: str
    ) -> tuple[LeftOut, ...]:
        if not chosen:
            raise Invalid(Problem("requests", _("Select at least one request.")))
        left = self._check_alike([request for request, _digest in chosen])
        self.act.do_each(
            dict(chosen), lambda request, digest: self._decide(request, verdict, digest, comment), left
        )
        return tuple(LeftOut(request, why.message) for request, why in left.items())

    def _decide(self, request: int, verdict: Verdict, digest: str, comment: str) -> None:
        row = lock_request(request)
        if row is None:
            self.act.note_facts(asked_for=request)
            raise no_such_request()
        decide_step(self.act, row, verdict, digest, comment)

    def _check_alike(self, chosen: Sequence[int]) -> dict[int, Refused | Overtaken]:
        """Return those of ``chosen`` that somebody else decided. Raises Invalid unless the others are alike,
        Refused for one that is not the actor's to decide."""
        left: dict[int, Refused | Overtaken] = {}
        request_approvers, account = RequestApprovers(), self.permissions.account
        rows = []
        for request in chosen:
            found = Request.get_or_none(Request.id == request)
            if found is None:
                self.act.note_facts(asked_for=request)
                raise no_such_request()
            if request_approvers.capacity(found, account) is None:
                audit_request(self.act, found)
                why = not_theirs(account, found, request_approvers)
                if isinstance(why, Refused):
                    raise why
                left[request] = why
                continue
            rows.append(row_of(found, request_approvers, account))
        for row in rows[1:]:
            first = rows[0]
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
        return left


def rows_of(
    permissions: Permissions, requests: Sequence[Request], request_approvers: RequestApprovers
) -> tuple[RequestRow, ...]:
    """Draw ``requests`` as lines of an approver's list, with warnings of names and the tag of each; loads
    them together."""
    request_approvers.load(requests)
    rows = [(request, row_of(request, request_approvers, permissions.account)) for request in requests]
    return tuple(
        replace(
            row,
            summary=(*row.summary, *lookalike_warnings(request, row.summary, permissions)),
            tag=priority_of(permissions).tag_of(request.entry_id).label,
        )
        for request, row in rows
    )


def to_decide(permissions: Permissions) -> tuple[list[OpenRequest], RequestApprovers]:
    """Return requests whose open step the account may decide now, the oldest due day first, and of one day
    tagged people first (F.3.2). Cached in ``permissions`` for as long as nothing changes on record."""
    known: tuple[list[OpenRequest], RequestApprovers] | None = permissions.derived.get(
        (OpenRequest, permissions.books)
    )
    if known is None:
        known = permissions.derived[OpenRequest, permissions.books] = _to_decide(permissions)
    return known


def _to_decide(permissions: Permissions) -> tuple[list[OpenRequest], RequestApprovers]:
    waiting, account = open_requests(permissions), permissions.account
    opened = [one for one in waiting if one.depends_on_content]
    rows = load_requests([one.id for one in opened])
    request_approvers = RequestApprovers(list(rows.values()), facts_for(permissions, len(waiting)))
    mine = [one for one in waiting if not one.depends_on_content and request_approvers.is_for(account, one)]
    mine += [one for one in opened if request_approvers.capacity(rows[one.id], account) is not None]
    tags = priority_of(permissions)

    def order(one: OpenRequest) -> tuple[bool, str, int, str, int]:
        return one.due is None, one.due or "", tags.tag_of(one.entry).rank, one.submitted_at, one.id

    return sorted(mine, key=order), request_approvers


def _fits(row: OpenRequest, wanted: QueueFilter, span_of: Callable[[str | None], Span]) -> bool:
    if (wanted.kind and row.kind != wanted.kind) or (wanted.book and row.book != wanted.book):
        return False
    return wanted.due == "all" or span_of(row.due) == wanted.due


def due_span() -> Callable[[str | None], Span]:
    """Return a function that tells in which span a due day (ISO) lies."""
    day = today()
    now, sunday = day.isoformat(), calendar().period("week", day).last.isoformat()

    def span_of(due: str | None) -> Span:
        if due is None or due > sunday:
            return "later"
        return "overdue" if due < now else "today" if due == now else "week"

    return span_of


def _counts(rows: Sequence[OpenRequest], span_of: Callable[[str | None], Span]) -> Counts:
    spans = Counter(span_of(row.due) for row in rows)
    return Counts(spans["overdue"], spans["today"], spans["week"], len(rows))
