"""Joining, moving and leaving, for those who may enter them: forms, checks, and handing them in.

Each is a request that is decided as its flow says, and comes with the tasks that the policy asks for.
"""

from __future__ import annotations

from db.desk.frame import OperationGroup, operation
from db.desk.lifecycle import drafts, joining, leaving, rejoining
from db.desk.lifecycle import moving as changing_place
from db.desk.lifecycle.events import EVENTS, Event
from db.desk.lifecycle.forms import (
    FoundArchive,
    JoinAsked,
    JoinForm,
    LeaveAsked,
    LeaveForm,
    MoveAsked,
    MoveForm,
    Namesake,
)
from db.desk.lifecycle.joining import CheckedJoin
from db.desk.lifecycle.rights import may_begin
from db.desk.power.declaration import LOOKS, Way, power_over
from db.desk.requests.route_preview import returned_draft
from db.language import _
from db.policy.vocabulary import Side
from db.store.moves import Moves


class Lifecycle(OperationGroup):
    """Operations on people who join, move and leave."""

    @operation("lifecycle.begins", label=_("ask what they may enter"), recorded=False, power=LOOKS)
    def begins(self, book: str, side: Side = "internal") -> tuple[Event, ...]:
        """Return the events that the actor may enter for somebody on one side of ``book``."""
        return tuple(event for event in EVENTS if may_begin(self.permissions, book, event, side))

    @operation("lifecycle.join_form", label=_("open a joiner's form"), recorded=True, power=LOOKS)
    def join_form(self, book: str, expected: int | None = None, side: Side = "internal") -> JoinForm:
        """Return the form of a joiner or an outside contact (E.5); if one is expected, with what is known."""
        return joining.form(self.act, book, expected, side=side)

    @operation("lifecycle.check_join", label=_("check a joiner"), recorded=False, power=LOOKS)
    def check_join(self, asked: JoinAsked) -> CheckedJoin:
        """Return every problem with what was typed, and by when it is due. Stores nothing; locks the unit
        meanwhile."""
        return joining.check(self.act, asked)

    @operation("lifecycle.namesakes", label=_("look for a joiner on record"), recorded=True, power=LOOKS)
    def namesakes(self, book: str, name: str) -> tuple[Namesake, ...]:
        """Return namesakes: archived leavers, for the maintainer, and people of other books within reach."""
        return rejoining.namesakes(self.act, book, name)

    @operation("lifecycle.open_archive", label=_("open an archive"), recorded=True, power=LOOKS)
    def open_archive(self, archive: int) -> FoundArchive:
        """Decrypt what was archived of somebody who comes back, for the maintainer of the book (A.10).
        Protected values are recorded as shown; beyond what an hour allows they are left out, and the watchers
        are notified. Raises Refused alike for none and another book's."""
        return rejoining.open_archive(self.act, archive)

    @operation(
        "lifecycle.expect",
        label=_("expect a joiner"),
        recorded=True,
        power=power_over(Moves.ENTRY, Moves.REACH, Moves.DUTY, undo="lifecycle.call_off"),
    )
    def expect(self, asked: JoinAsked) -> int:
        """Create a joiner's waiting entry and task, so that the clock runs, and return the entry; no further
        values are kept. Raises Invalid for an unfit name, unit or day, Refused where no clock would run."""
        return joining.expect_joiner(self.act, asked)

    @operation(
        "lifecycle.join",
        label=_("submit a joiner"),
        recorded=True,
        power=power_over(Moves.ENTRY, Moves.REACH, Moves.DUTY),
    )
    def join(self, asked: JoinAsked, amends: int | None = None) -> int:
        """Submit a joiner for decision, or again after it was returned; return the request's number. Locks
        the book against others who enter people, and creates the waiting entry and its task where none was
        expected. Raises Invalid with everything that is missing or unfit (A.3, A.7), Refused where the actor
        may not, or where a reason or evidence is missing."""
        return joining.submit_join(self.act, asked, amends)

    @operation("lifecycle.move_form", label=_("open a move's form"), recorded=True, power=LOOKS)
    def move_form(self, entry: int) -> MoveForm:
        return changing_place.form(self.act, entry)

    @operation("lifecycle.move", label=_("submit a move"), recorded=True, power=power_over(Moves.DUTY))
    def move(self, asked: MoveAsked, amends: int | None = None) -> int:
        """Submit a move for decision, or again after it was returned; return the request's number. Opens its
        tasks, and asks back by a task the copies that it concerns. Raises Invalid with everything that is
        missing or unfit, Refused where the actor may not, or a reason or evidence is missing."""
        return changing_place.submit_move(self.act, asked, amends)

    @operation("lifecycle.leave_form", label=_("open a leaver's form"), recorded=True, power=LOOKS)
    def leave_form(self, entry: int) -> LeaveForm:
        return leaving.form(self.act, entry)

    @operation(
        "lifecycle.leave",
        label=_("submit a leaver"),
        recorded=True,
        power=power_over(Moves.ROLE, Moves.ACCOUNT, Moves.REACH, Moves.DUTY),
    )
    def leave(self, asked: LeaveAsked, amends: int | None = None) -> int:
        """Submit a leaver, or the calling off of an approved leave, and return the request's number. A leave
        stores the last day at once, notifies the person and the watchers, and opens tasks to hand copies
        back. Raises Invalid with everything that is unfit, Refused where the actor may not, or a reason or
        evidence is missing."""
        return leaving.submit_leave(self.act, asked, amends)

    @operation(
        "lifecycle.amendment", label=_("open a returned event to amend it"), recorded=True, power=LOOKS
    )
    def amendment(self, request: int) -> JoinForm | MoveForm | LeaveForm:
        """Lock a returned request of the actor's own and return its form, with what was typed then."""
        row = drafts.lock_own_request(self.act, request)
        returned = returned_draft(row, {})
        if row.kind == "join":
            return joining.form(self.act, row.book_id, row.entry_id, row, returned)
        if row.kind == "move":
            return changing_place.form(self.act, int(row.entry_id or 0), row, returned)
        return leaving.form(self.act, int(row.entry_id or 0), row, returned)

    @operation(
        "lifecycle.call_off",
        label=_("call off a joiner"),
        recorded=True,
        power=power_over(Moves.ENTRY, Moves.DUTY, way=Way.TOLD),
    )
    def call_off(self, task: int, word: str) -> None:
        """Cancel the task of a joiner who was not submitted, withdraw returned requests and notify their
        requesters, and remove the waiting entry. Raises Refused for a task that is not the actor's and where
        a request waits for decision, Invalid without a ``word`` that says why."""
        joining.call_off(self.act, task, word)
