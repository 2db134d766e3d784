"""How each unit kept its deadlines (A.8, A.9, A.10): clocks of requests and of tasks alike."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from peewee import SQL, fn

from db.desk.due_dates import calendar, due_day, today
from db.desk.extracts.report_rights import UnitOption
from db.desk.requests.frozen import FROM_HANDING_IN, frozen_rules, is_clock_stopped
from db.policy.rules import Deadline
from db.policy.schema.base import cite_set
from db.store import clock
from db.store.engine import store
from db.store.tables import Entry, Request, RequestEvent, RequestStep, Task

RETURNED = "returned"
OPEN = ("open", RETURNED)
STATES = (*OPEN, "applied", "rejected", "done")
"""Of requests and of tasks, all but those that came to nothing."""
_Due = tuple[int, date, date | None, str, int]
"""Unit, due day, day on which it was done, clause, and how many."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One unit's deadlines that fell due in the period.

    ``waiting``: open and not due yet; ``overdue``: open past the due day; ``late``: done after it.
    ``worst`` is the longest delay in working days. ``clauses``: who set them.
    """

    unit: int
    name: str
    due: int
    on_time: int
    late: int
    waiting: int
    overdue: int
    worst: int
    clauses: str


@dataclass(slots=True)
class _Count:
    on_time: int = 0
    late: int = 0
    waiting: int = 0
    overdue: int = 0
    worst: int = 0
    clauses: set[str] = field(default_factory=set)


def deadlines(
    book: str,
    units: Sequence[UnitOption],
    first: date,
    last: date,
    *,
    hidden: Collection[int],
    still_open: bool = False,
) -> tuple[Deadlines, ...]:
    """Return a row for each unit, in order, of what fell due from ``first`` to ``last``, or of that is
    ``still_open``; without the tasks that are ``hidden`` from the reader."""
    return deadlines_in(book, units, [(first, last)], hidden=hidden, still_open=still_open)[0]


def deadlines_in(
    book: str,
    units: Sequence[UnitOption],
    periods: Sequence[tuple[date, date]],
    *,
    hidden: Collection[int],
    still_open: bool = False,
) -> list[tuple[Deadlines, ...]]:
    """Return the rows of `deadlines` for each of ``periods``, which follow on each other and are read
    together."""
    (first, _first_end), (_last_begin, last) = periods[0], periods[-1]
    states = OPEN if still_open else STATES
    found = [*_requests(book, first, last, states), *_tasks(book, units[0].id, first, last, states, hidden)]
    if not still_open:
        found += _late_rounds(book, first, last, states)
    remaining = cache(calendar(book).remaining)
    return [
        _rows(units, [one for one in found if begin <= one[1] <= end], remaining) for begin, end in periods
    ]


def _rows(
    units: Sequence[UnitOption], found: Iterable[_Due], remaining: Callable[[date, date], int]
) -> tuple[Deadlines, ...]:
    counts, present = {unit.id: _Count() for unit in units}, today()
    for unit, due, done, clause, times in found:
        if unit in counts:
            _count(counts[unit], due, done, present, times, -remaining(done or present, due))
            counts[unit].clauses.add(clause)
    return tuple(
        Deadlines(
            unit=unit.id,
            name=unit.name,
            due=count.on_time + count.late + count.waiting + count.overdue,
            on_time=count.on_time,
            late=count.late,
            waiting=count.waiting,
            overdue=count.overdue,
            worst=count.worst,
            clauses=cite_set({part.strip() for one in count.clauses for part in one.split(",")} - {""}),
        )
        for unit, count in zip(units, counts.values(), strict=True)
    )


def _count(count: _Count, due: date, done: date | None, present: date, times: int, delay: int) -> None:
    count.worst = max(count.worst, delay)
    if done is not None and done <= due:
        count.on_time += times
    elif done is not None:
        count.late += times
    elif present <= due:
        count.waiting += times
    else:
        count.overdue += times


def _requests(book: str, first: date, last: date, states: Sequence[str]) -> Iterable[_Due]:
    """Yield unit, due day, day of the decision, clause and number of requests that are alike. Withdrawn ones
    have no deadline any more, and one that fulfils a task counts as that task. Where the clock restarts on
    amendment, a return counts as the decision: the author's time is nobody's lateness."""
    counted = _counted_requests(book, first, states) & (Request.due <= last.isoformat())
    alike = Request.unit, Request.due, Request.closed_at
    clause_of = fn.COALESCE(fn.NULLIF(Request.due_clause, ""), Request.clause)
    rows: Any = Request.select(clause_of, *alike, fn.COUNT(Request.id))
    rows = rows.where(counted & (Request.state != RETURNED)).group_by(SQL("1"), *alike)
    for clause, unit, due, closed_at, times in rows.tuples():
        yield unit, date.fromisoformat(due), _day(closed_at), clause, times
    for row in Request.select().where(counted & (Request.state == RETURNED)):
        answered = _returned_at(row) if is_clock_stopped(row) else row.closed_at
        yield row.unit_id, date.fromisoformat(str(row.due)), _day(answered), row.due_clause or row.clause, 1


def _counted_requests(book: str, first: date, states: Sequence[str]) -> Any:
    as_task = Task.select(Task.id).where((Task.request == Request.id) & (Task.state != "cancelled"))
    since = (Request.book == book) & (Request.due >= first.isoformat())
    return since & Request.state.in_(states) & ~fn.EXISTS(as_task)


def _late_rounds(book: str, first: date, last: date, states: Sequence[str]) -> Iterable[_Due]:
    """Yield the same of late returns: the clock that restarts on amendment hides none of them (threat
    114)."""
    of_it = RequestEvent.request == Request.id
    amended = fn.EXISTS(RequestEvent.select().where(of_it & (RequestEvent.act == "amended")))
    for row in Request.select().where(_counted_requests(book, first, states) & amended):
        deadline, unit = frozen_rules(row).deadline, row.unit_id
        if deadline is not None and deadline.start in FROM_HANDING_IN:
            for begun, returned in _rounds_before(row, deadline):
                due, done = date.fromisoformat(due_day(book, deadline, begun)), _day(returned)
                if first <= due <= last and done is not None and due < done:
                    yield unit, due, done, deadline.clause, 1


def _rounds_before(request: Request, deadline: Deadline) -> Iterator[tuple[str, str]]:
    """Yield, for each round of a request before the last, when its clock began and when it was returned."""
    begun, returned = request.submitted_at, ""
    for event in RequestEvent.select().where(RequestEvent.request == request).order_by(RequestEvent.id):
        if event.act == "amended":
            yield begun, returned
        if event.act == "amended" or (event.act == "approved" and deadline.start == "approval"):
            begun = event.at
        elif event.act == RETURNED:
            returned = event.at


def _returned_at(request: Request) -> str | None:
    step = RequestStep.get((RequestStep.request == request) & (RequestStep.state == RETURNED))
    return str(step.decided_at)


def _tasks(
    book: str, top: int, first: date, last: date, states: Sequence[str], hidden: Collection[int]
) -> Iterable[_Due]:
    """Yield the same of tasks, those that are alike together; a task without a unit counts for ``top``. One
    that was late when it was passed on counts as late; one that was submitted counts as done, whenever it is
    received."""
    done = fn.COALESCE(Task.done_at, Task.handed_at)
    alike = fn.COALESCE(Task.unit, Entry.unit, top), Task.due, done, Task.clause
    counted = Task.state.in_(states)
    if "done" in states:
        counted |= Task.late > 0
    rows: Any = (
        Task.select(*alike, fn.COUNT(Task.id))
        .left_outer_join(Entry)
        .where(
            (Task.book == book)
            & (Task.due >= first.isoformat())
            & (Task.due <= last.isoformat())
            & counted
            & Task.id.not_in(sorted(hidden))
        )
        .group_by(SQL("1"), Task.due, done, Task.clause)
    )
    for unit, due, done_at, clause, times in rows.tuples():
        yield unit, date.fromisoformat(due), _day(done_at), clause, times


def _day(moment: str | None) -> date | None:
    return clock.local_date(moment, store().settings.time_zone) if moment else None
