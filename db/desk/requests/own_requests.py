"""A person's own requests: where each stands, taking one back, answering a return."""

from __future__ import annotations

from dataclasses import replace

from peewee import Case

from db.desk.authority.permissions import policy_of
from db.desk.authority.sight import NOBODY, sights_of
from db.desk.entry.colleagues import side_of
from db.desk.frame import OperationGroup, operation
from db.desk.power.declaration import LOOKS, power_over
from db.desk.requests.change_kind import as_seen
from db.desk.requests.flow import audit_request, lock_request, not_an_own_request, record_event
from db.desk.requests.giving_back import end_granted, may_end, tell_beyond, tell_of_end
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.requests.request_kinds import KINDS, DiffLine
from db.desk.requests.request_views import RequestRow, RequestView, row_of, view_of
from db.desk.requests.submitting import withdraw_pending
from db.language import _
from db.store.moves import Moves
from db.store.tables import Entry, Request


class Requests(OperationGroup):
    """Operations on the actor's own requests."""

    @operation("requests.mine", label=_("list own requests"), recorded=False, power=LOOKS)
    def mine(self, offset: int = 0, limit: int | None = None) -> tuple[RequestRow, ...]:
        """Return up to ``limit`` of the actor's requests (None: all): returned ones, then undecided ones by
        due day, then the others, newest first."""
        returned, is_open = Request.state == "returned", Request.state == "open"
        due = Case(None, ((is_open, Request.due),))
        rows = list(
            Request.select()
            .where(Request.requester == self.permissions.account)
            .order_by(
                returned.desc(),
                is_open.desc(),
                due.is_null(),
                due,
                Request.submitted_at.desc(),
                Request.id.desc(),
            )
            .offset(offset)
            .limit(limit)
        )
        request_approvers = RequestApprovers(rows)
        found = [(row, row_of(row, request_approvers, self.permissions.account)) for row in rows]
        return tuple(replace(line, summary=self._visible_lines(row, line.summary)) for row, line in found)

    @operation("requests.one", label=_("open an own request"), recorded=False, power=LOOKS)
    def one(self, request: int) -> RequestView:
        """Return everything about a request of the actor's own, covered where it is about somebody else.
        Refused alike for others' and for none."""
        row = Request.get_or_none((Request.id == request) & (Request.requester == self.permissions.account))
        if row is None:
            raise not_an_own_request()
        covered = KINDS[row.kind].covered or self._of_someone_else(row)
        view = view_of(row, RequestApprovers(), self.permissions.account, masked=covered)
        seen = replace(view.row, summary=self._visible_lines(row, view.row.summary))
        return replace(view, row=seen, lines=self._visible_lines(row, view.lines))

    @operation(
        "requests.withdraw",
        label=_("withdraw a request"),
        recorded=True,
        power=power_over(Moves.ROLE, Moves.ACCOUNT, Moves.REACH, Moves.GIVEN, Moves.DUTY),
    )
    def withdraw(self, request: int) -> None:
        """Lock and withdraw one of the actor's undecided requests, or end what it granted before its days are
        over (A.13); others may do the latter where `may_end` says so. Notifies those who lose something by
        it, and the watchers of the book. Raises Overtaken where it is decided, and Refused alike for others'
        and for none."""
        row = lock_request(request)
        mine = row is not None and row.requester_id == self.permissions.account
        if row is None or not (mine or may_end(self.permissions, row)):
            raise not_an_own_request()
        audit_request(self.act, row)
        if row.state == "applied" and end_granted(row):
            self.act.called = "requests.give_back"
            record_event(row, self.act, "given back" if mine else "stopped")
            if not mine:
                tell_of_end(row)
            tell_beyond(self.act, row)
        else:
            withdraw_pending(self.act, row)

    def _visible_lines(self, request: Request, lines: tuple[DiffLine, ...]) -> tuple[DiffLine, ...]:
        """Return ``lines`` with what is on record of somebody else masked as the actor sees it."""
        if not self._of_someone_else(request):
            return lines
        entry: Entry = Entry.get_by_id(request.entry_id)
        sights = sights_of(self.permissions, entry.book_id, side_of(entry))
        reader = sights.field_reader(entry.id, entry.unit_id, entry.kind) or NOBODY
        return as_seen(policy_of(entry.book_id), reader.masked_reader(), lines)

    def _of_someone_else(self, request: Request) -> bool:
        if request.entry_id is None:
            return False
        return bool(Entry.get_by_id(request.entry_id).person_id != self.permissions.person)
