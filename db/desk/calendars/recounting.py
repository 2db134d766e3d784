"""Counting the deadlines that are under way anew, once other days are off or worked. Not an operation.

A due day is so many working days after the day from which its clock runs; these are counted by the calendar
of before and set down by the one of now. What a clock never counted stays: a day that a person named.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from peewee import chunked

from db.desk.due_dates import calendar, today
from db.desk.lifecycle.events import EVENTS
from db.desk.notifications.notices import Announcement, tell_each
from db.desk.requests.frozen import frozen_rules, is_clock_stopped
from db.desk.requests.payload import open_payload
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.tasks.assignees import TaskAssignees, accounts_asked
from db.desk.tasks.task_kinds import kind_of
from db.policy.clock import WorkingCalendar
from db.policy.vocabulary import PERSON
from db.store import clock
from db.store.engine import store
from db.store.tables import Campaign, Consent, Request, Task

MOVED = "deadline-moved"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Moved:
    """How many deadlines have another day now, and how many people were told."""

    deadlines: int
    told: int


@dataclass(frozen=True, slots=True)
class _Move:
    """One deadline that has another day; ``what`` and ``number`` are how a notice names it
    (`db.desk.today.notices`): of all tasks of one review the first, so that one notice tells everybody."""

    book: str
    clause: str
    was: str
    due: str
    what: tuple[str, str]
    number: int
    accounts: frozenset[int] = field(compare=False)


class Recounting:
    """The deadlines of ``books``. Made before the calendar changes."""

    def __init__(self, books: Iterable[str]) -> None:
        self._before = {book: calendar(book) for book in books}

    def move_deadlines(self) -> Moved:
        """Store every open deadline as it falls by the present calendar; notify those whose deadlines moved,
        once each."""
        moves = [move for book, before in self._before.items() for move in _moves(book, before)]
        theirs: dict[tuple[str, str, int], list[_Move]] = {}
        for move in sorted(moves, key=lambda one: (one.due, one.what, one.number)):
            for account in move.accounts:
                theirs.setdefault((move.book, move.clause, account), []).append(move)
        alike: dict[tuple[_Move, ...], list[int]] = {}
        for (_book, _clause, account), found in theirs.items():
            alike.setdefault(tuple(found), []).append(account)
        tell_each(MOVED, [_announcement(same, accounts) for same, accounts in alike.items()])
        return Moved(len(moves), len({account for _book, _clause, account in theirs}))


def _announcement(moves: Sequence[_Move], accounts: Sequence[int]) -> Announcement:
    first = moves[0]
    named, kind = first.what
    detail = {"was": first.was, "due": first.due, "count": len(moves), named: kind, "number": first.number}
    return Announcement(first.book, first.clause, detail, sorted(accounts))


def _moves(book: str, before: WorkingCalendar) -> Iterator[_Move]:
    now = calendar(book)
    yield from _requests(book, before, now)
    _set_consents(book, before, now)
    _set_reviews(book, before, now)
    yield from _tasks(book, before, now)


def _requests(book: str, before: WorkingCalendar, now: WorkingCalendar) -> Iterator[_Move]:
    rows = list(Request.select().where((Request.book == book) & Request.state.in_(("open", "returned"))))
    request_approvers, dues = RequestApprovers(rows), defaultdict[str, list[int]](list)
    for row in rows:
        if row.changed_on is not None and row.report_due is not None:
            reported = _recount_due(before, now, date.fromisoformat(row.changed_on), row.report_due)
            if reported != row.report_due:
                Request.update(report_due=reported).where(Request.id == row.id).execute()
        if row.due is None or is_clock_stopped(row):
            continue
        due = _recount_due(before, now, _start(row), row.due)
        if due == row.due:
            continue
        dues[due].append(row.id)
        step = request_approvers.open_step(row)
        approvers = request_approvers.approvers(row, step) if step is not None else ()
        concerned = frozenset({row.requester_id, *(one.account for one in approvers)})
        clause = row.due_clause or row.clause
        yield _Move(book, clause, row.due, due, ("decision", row.kind), row.id, concerned)
    _set_due(Request, dues)


def _start(request: Request) -> date:
    """Return the day from which the clock of ``request`` runs; decrypts it if it tells of an event."""
    if request.kind in EVENTS and (asks := open_payload(request)):
        return date.fromisoformat(asks["joined" if request.kind == "join" else "day"])
    deadline = frozen_rules(request).deadline
    if deadline is not None and deadline.start == "change" and request.changed_on is not None:
        return date.fromisoformat(request.changed_on)
    return _local(request.started_at)


def _set_consents(book: str, before: WorkingCalendar, now: WorkingCalendar) -> None:
    """Recount and store the last day to answer of each open question for consent; the notices of their tasks
    tell it."""
    rows = Consent.select(Consent).join(Request).where((Request.book == book) & (Consent.state == "asked"))
    for row in list(rows):
        due = _recount_due(before, now, _local(row.asked_at), row.due)
        if due != row.due:
            Consent.update(due=due).where(Consent.id == row.id).execute()


def _set_reviews(book: str, before: WorkingCalendar, now: WorkingCalendar) -> None:
    """Recount and store the due day of each open review; the notices of its tasks tell it."""
    for row in list(Campaign.select().where((Campaign.book == book) & Campaign.closed_at.is_null())):
        due = _recount_due(before, now, _local(row.opened_at), row.due)
        if due != row.due:
            Campaign.update(due=due).where(Campaign.id == row.id).execute()


def _tasks(book: str, before: WorkingCalendar, now: WorkingCalendar) -> Iterator[_Move]:
    assignees, own, dues = TaskAssignees(), accounts_asked(book), defaultdict[str, list[int]](list)
    days_of = cache(lambda kind: (kind_of(kind).days or _no_days)(book))
    thing_of = cache(lambda kind, detail: json.loads(detail).get(kind_of(kind).thing))
    counted: dict[tuple[str, ...], str] = {}
    first: dict[tuple[str, int], int] = {}
    columns = Task.id, Task.kind, Task.detail, Task.started_on, Task.due, Task.role, Task.entry, Task.clause
    # As tuples: there may be one for everybody, most with the same day for the same reason.
    rows: Any = Task.select(*columns).where((Task.book == book) & (Task.state == "open")).order_by(Task.id)
    for number, kind, detail, started_on, was, role, entry, clause in list(rows.tuples()):
        of_thing = kind_of(kind).days is not None
        why = kind, detail, started_on, was
        if why not in counted:
            start = date.fromisoformat(started_on)
            given = days_of(kind)(Task.get_by_id(number)) if of_thing else None
            counted[why] = given or _recount_due(before, now, start, was)
        due = counted[why]
        if due == was:
            continue
        dues[due].append(number)
        thing = thing_of(kind, detail) if of_thing else None
        named = number if thing is None else first.setdefault((kind, thing), number)
        if of_thing and role == PERSON and entry is not None:
            concerned = own.get(entry, frozenset())
        else:
            row = Task.get_by_id(number)
            whom = assignees.receivers(row) if row.handed_at is not None else assignees.assignees_of(row)
            concerned = frozenset(one.account for one in whom)
        yield _Move(book, clause, was, due, ("task", kind), named, concerned)
    _set_due(Task, dues)


def _no_days(_book: str) -> Callable[[Task], str]:
    return lambda task: task.due


def _set_due(table: type[Request] | type[Task], dues: Mapping[str, Sequence[int]]) -> None:
    """Write down that rows of ``table``, by number, are due on these days (ISO)."""
    for due, numbers in dues.items():
        for part in chunked(numbers, AT_ONCE):
            table.update(due=due).where(table.id.in_(part)).execute()


def _recount_due(before: WorkingCalendar, now: WorkingCalendar, start: date, due: str) -> str:
    """Return ``due`` counted again from ``start``; a missed day stays missed, and no other becomes past."""
    day, present = date.fromisoformat(due), today()
    if day < start or day < present:
        return due
    found = now.add_days(start, before.remaining(start, day))
    if found < present <= day:
        found = now.next_working_day(present)
    return found.isoformat()


def _local(moment: str) -> date:
    return clock.local_date(moment, store().settings.time_zone)
