"""Joining, moving and leaving, for those who may enter them: forms, checks, and handing them in.

Each is a request that is decided as its flow says, and comes with the tasks that the policy asks for.
"""

from __future__ import annotations

from db.desk.frame import Subject, operation
from db.desk.lifecycle import drafts, joining, leaving, moving, rejoining
from db.desk.lifecycle.events import EVENTS, Event
from db.desk.lifecycle.forms import (
    Found,
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
from db.desk.requests.way import amended
from db.policy.vocabulary import Side


class Lifecycle(Subject):
    """Operations on people who join, move and leave."""

    @operation("lifecycle.begins", recorded=False)
    def begins(self, book: str, side: Side = "internal") -> tuple[Event, ...]:
        """What the actor may enter for anybody at all on one side of ``book``."""
        return tuple(event for event in EVENTS if may_begin(self.standing, book, event, side))

    @operation("lifecycle.join_form", recorded=True)
    def join_form(self, book: str, expected: int | None = None, side: Side = "internal") -> JoinForm:
        """The form of a joiner or an outside contact (E.5); of one that is expected, with what is known."""
        return joining.form(self.act, book, expected, side=side)

    @operation("lifecycle.check_join", recorded=False)
    def check_join(self, asked: JoinAsked) -> CheckedJoin:
        """Look at what was typed without keeping it: every problem, and by when it is due."""
        return joining.check(self.act, asked)

    @operation("lifecycle.namesakes", recorded=True)
    def namesakes(self, book: str, name: str) -> tuple[Namesake, ...]:
        """Who of that name is on record: archived leavers, for the maintainer, and people in other books
        within the actor's reach."""
        return rejoining.namesakes(self.act, book, name)

    @operation("lifecycle.open_archive", recorded=True)
    def open_archive(self, archive: int) -> Found:
        """What was archived of somebody who comes back, for the maintainer of the book (A.10)."""
        return rejoining.open_archive(self.act, archive)

    @operation("lifecycle.expect", recorded=True)
    def expect(self, asked: JoinAsked) -> int:
        """Note that somebody joins, so that the clock runs, and complete it later; the waiting entry.

        Takes unit, kind, name and day; other values are not kept yet.
        """
        return joining.expect(self.act, asked)

    @operation("lifecycle.join", recorded=True)
    def join(self, asked: JoinAsked, amends: int | None = None) -> int:
        """Hand a joiner in for decision, or again after it was returned; the request's number.

        Raises Invalid with everything that is missing or unfit (A.3, A.7), Refused where the actor may
        not, or where a reason or evidence is missing.
        """
        return joining.hand_in(self.act, asked, amends)

    @operation("lifecycle.move_form", recorded=True)
    def move_form(self, entry: int) -> MoveForm:
        """The form that moves the person of an entry."""
        return moving.form(self.act, entry)

    @operation("lifecycle.move", recorded=True)
    def move(self, asked: MoveAsked, amends: int | None = None) -> int:
        """Hand a move in for decision; the request's number. Raises as `join`."""
        return moving.hand_in(self.act, asked, amends)

    @operation("lifecycle.leave_form", recorded=True)
    def leave_form(self, entry: int) -> LeaveForm:
        """The form of a leaver, with what ends with the entry."""
        return leaving.form(self.act, entry)

    @operation("lifecycle.leave", recorded=True)
    def leave(self, asked: LeaveAsked, amends: int | None = None) -> int:
        """Hand a leaver in for decision; the request's number. Raises as `join`."""
        return leaving.hand_in(self.act, asked, amends)

    @operation("lifecycle.amendment", recorded=True)
    def amendment(self, request: int) -> JoinForm | MoveForm | LeaveForm:
        """The form of a returned request of one's own, with what was handed in then."""
        row = drafts.own(self.act, request)
        returned = amended(row, {})
        if row.kind == "join":
            return joining.form(self.act, row.book_id, row.entry_id, row, returned)
        if row.kind == "move":
            return moving.form(self.act, int(row.entry_id or 0), row, returned)
        return leaving.form(self.act, int(row.entry_id or 0), row, returned)

    @operation("lifecycle.call_off", recorded=True)
    def call_off(self, task: int, word: str) -> None:
        """End the wait for a joiner who does not come, with a word on why."""
        joining.call_off(self.act, task, word)
