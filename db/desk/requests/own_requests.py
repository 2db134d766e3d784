"""A person's own requests: where each stands, taking one back, answering a return."""

from __future__ import annotations

from peewee import Case

from db.desk.frame import Subject, operation
from db.desk.power.declaration import LOOKS, moving
from db.desk.requests.access import give_back
from db.desk.requests.flow import locked, not_an_own_request, note, record_event
from db.desk.requests.request_kinds import KINDS
from db.desk.requests.request_views import RequestRow, RequestView, row_of, view_of
from db.desk.requests.submitting import withdraw
from db.desk.requests.turns import Turns
from db.language import _
from db.store.moves import Moves
from db.store.tables import Entry, Request


class Requests(Subject):
    """Operations on the actor's own requests."""

    @operation("requests.mine", label=_("list own requests"), recorded=False, power=LOOKS)
    def mine(self, offset: int = 0, limit: int | None = None) -> tuple[RequestRow, ...]:
        """Up to ``limit`` of the actor's requests (None: all): what was returned to them, then what is being
        decided, the oldest due day first, then the others, newest first."""
        returned, is_open = Request.state == "returned", Request.state == "open"
        due = Case(None, ((is_open, Request.due),))
        rows = list(
            Request.select()
            .where(Request.requester == self.standing.account)
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
        turns = Turns(rows)
        return tuple(row_of(row, turns, self.standing.account) for row in rows)

    @operation("requests.one", label=_("open an own request"), recorded=False, power=LOOKS)
    def one(self, request: int) -> RequestView:
        """Everything about a request of one's own. Refused alike for others' and for none."""
        row = Request.get_or_none((Request.id == request) & (Request.requester == self.standing.account))
        if row is None:
            raise not_an_own_request()
        covered = KINDS[row.kind].covered or self._of_someone_else(row)
        return view_of(row, Turns(), self.standing.account, masked=covered)

    @operation(
        "requests.withdraw",
        label=_("withdraw a request"),
        recorded=True,
        power=moving(Moves.ROLE, Moves.ACCOUNT, Moves.REACH, Moves.GIVEN, Moves.DUTY),
    )
    def withdraw(self, request: int) -> None:
        """Take a request back; refused once it is decided. Access that was granted is given back, so that it
        ends before its days are over (A.13)."""
        row = locked(request)
        if row is None or row.requester_id != self.standing.account:
            raise not_an_own_request()
        note(self.act, row)
        if row.state == "applied" and give_back(row):
            self.act.called = "requests.give_back"
            record_event(row, self.act, "given back")
        else:
            withdraw(self.act, row)

    def _of_someone_else(self, request: Request) -> bool:
        if request.entry_id is None:
            return False
        return bool(Entry.get_by_id(request.entry_id).person_id != self.standing.person)
