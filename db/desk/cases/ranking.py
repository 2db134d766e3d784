"""Who keeps deadlines and whose entries are right, in a period: the ranking behind praise (B.7.1).

Timeliness is the share of deadlines that were kept; what is overdue and still open counts against whoever
does it, be it from an earlier period, and what was handed in against nobody. Accuracy is the share of what
was looked at, in reviews and by reports of errors, that was right. Whoever had no deadline and was not looked
at has no place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from peewee import fn

from db.desk.due_dates import today
from db.desk.extracts.report_rights import UnitOption
from db.desk.notation.localtime import day_begins, local
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.deadlines import deadlines
from db.language import Message, _
from db.policy.schema.conduct import CommendationRule
from db.store.tables import Account, CaseFile, Entry, ReviewItem, Task, Unit


@dataclass(frozen=True, slots=True)
class Ranked:
    """A department, or one person where ``entry`` is given. Shares are whole percents, None where there was
    nothing to count. ``due`` includes what is ``overdue`` and open. ``place`` counts from 1; equal shares
    share a place; 0: no place. ``against``: praise is against the figures, as the score is 0 or below
    average."""

    unit: int
    unit_name: str
    entry: int | None
    name: str
    due: int
    on_time: int
    overdue: int
    looked_at: int
    wrong: int
    timeliness: int | None
    accuracy: int | None
    score: int | None
    place: int = 0
    against: bool = False


def rank_units(
    rule: CommendationRule,
    book: str,
    units: Iterable[UnitOption],
    first: date,
    last: date,
    hidden: Collection[int],
) -> tuple[Ranked, ...]:
    """Rank departments, then their people, each by their places; without those of whom there is nothing to
    count, and the tasks that are ``hidden`` from the reader."""
    kept = _count_by_unit(book, tuple(units), first, last, hidden)
    looked, wrong = _looked_at(book, first, last)
    names = {row.id: row.name for row in Unit.select(Unit.id, Unit.name).where(Unit.id.in_(list(kept)))}
    entries = list(_active_in(kept).order_by(Entry.id))
    of_units = []
    for unit, of_deadlines in kept.items():
        mine = [entry.id for entry in entries if entry.unit_id == unit]
        seen = (sum(looked[each] for each in mine), sum(wrong[each] for each in mine))
        count = (*of_deadlines, *seen)
        of_units.append(_ranked(rule, unit, names[unit], None, names[unit], count))
    done, late = _done_by(book, first, last, hidden)
    overdue_of = _overdue_by(book, last, hidden)
    of_people = [
        _ranked(
            rule, entry.unit_id, names[entry.unit_id], entry.id, entry.name,
            (
                done[entry.id] + overdue_of[entry.id], done[entry.id] - late[entry.id], overdue_of[entry.id],
                looked[entry.id], wrong[entry.id],
            ),
        )
        for entry in entries
    ]  # fmt: skip
    return (*_placed(of_units), *_placed(of_people))


def count_shares(
    book: str, units: Iterable[UnitOption], first: date, last: date, hidden: Collection[int]
) -> tuple[int, int, int, int]:
    """Count over all ``units`` what was done in time, of what was due, and what was right, of what was looked
    at; without the tasks that are ``hidden`` from the reader."""
    kept = _count_by_unit(book, tuple(units), first, last, hidden)
    looked, wrong = _looked_at(book, first, last)
    mine = {entry for (entry,) in _active_in(kept).select(Entry.id).tuples()}
    seen = sum(count for entry, count in looked.items() if entry in mine)
    right = seen - sum(count for entry, count in wrong.items() if entry in mine)
    return (
        sum(on_time for _due, on_time, _open in kept.values()),
        sum(due for due, *_rest in kept.values()),
        right,
        seen,
    )


def _count_by_unit(
    book: str, units: Sequence[UnitOption], first: date, last: date, hidden: Collection[int]
) -> dict[int, tuple[int, int, int]]:
    """Count by unit what was due, with what is open from before, what was done in time, and what is open."""
    before = first - timedelta(days=1)
    open_before = deadlines(book, units, date.min, before, hidden=hidden, still_open=True)
    left = {one.unit: one.overdue for one in open_before}
    found = {}
    for one in deadlines(book, units, first, last, hidden=hidden):
        overdue = one.overdue + left[one.unit]
        found[one.unit] = (one.on_time + one.late + overdue, one.on_time, overdue)
    return found


def _active_in(units: Iterable[int]) -> Any:
    return Entry.select().where(Entry.unit.in_(list(units)) & (Entry.state == "active"))


def _ranked(
    rule: CommendationRule, unit: int, unit_name: str, entry: int | None, name: str, count: tuple[int, ...]
) -> Ranked:
    due, on_time, overdue, looked_at, wrong = count
    timeliness = 100 * on_time // due if due else None
    accuracy = 100 * (looked_at - wrong) // looked_at if looked_at else None
    shares = {"timeliness": timeliness, "accuracy": accuracy}
    counted = [share for what in rule.rank_by if (share := shares[what]) is not None]
    score = sum(counted) // len(counted) if counted else None
    return Ranked(
        unit, unit_name, entry, name, due, on_time, overdue, looked_at, wrong, timeliness, accuracy, score
    )


def _placed(rows: list[Ranked]) -> list[Ranked]:
    """Return rows with their places by score, then by how much there was to count; equal scores share a
    place, and below-average ones are marked ``against``. Leaves out rows without a score."""
    counted = [row for row in rows if row.score is not None]
    counted.sort(key=lambda row: (-(row.score or 0), -(row.due + row.looked_at), row.name))
    average = sum(row.score or 0 for row in counted) / max(len(counted), 1)
    placed: list[Ranked] = []
    for number, row in enumerate(counted, start=1):
        equal = placed and placed[-1].score == row.score
        place = placed[-1].place if equal else number
        placed.append(replace(row, place=place, against=not row.score or row.score < average))
    return placed


def _looked_at(book: str, first: date, last: date) -> tuple[Counter[int], Counter[int]]:
    """Count how often each entry was looked at in the period, and how often it was wrong."""
    looked: Counter[int] = Counter()
    wrong: Counter[int] = Counter()
    begin, end = day_begins(first), day_begins(last + timedelta(days=1))
    reviewed: Any = (
        ReviewItem.select(ReviewItem.entry, ReviewItem.verdict)
        .join(Entry)
        .where((Entry.book == book) & (ReviewItem.decided_at >= begin) & (ReviewItem.decided_at < end))
        .tuples()
    )
    reported: Any = (
        CaseFile.select(CaseFile.entry, CaseFile.outcome)
        .where((CaseFile.book == book) & (CaseFile.sort == "error"))
        .where((CaseFile.decided_at >= begin) & (CaseFile.decided_at < end))
        .tuples()
    )
    for entry, verdict in [*reviewed, *reported]:
        looked[entry] += 1
        wrong[entry] += verdict != "right"
    return looked, wrong


def _done_by(
    book: str, first: date, last: date, hidden: Collection[int]
) -> tuple[Counter[int], Counter[int]]:
    """Count the tasks due in the period that each entry's person did or handed in, and those of them done
    late."""
    done: Counter[int] = Counter()
    late: Counter[int] = Counter()
    is_done = (Task.state == "done") | ((Task.state == "open") & Task.handed_at.is_null(False))
    rows: Any = (
        Task.select(Entry.id, Task.due, fn.COALESCE(Task.done_at, Task.handed_at))
        .join(Account, on=(fn.COALESCE(Task.done_by, Task.handed_by) == Account.id))
        .join(Entry, on=(Entry.person == Account.person))
        .where((Task.book == book) & (Entry.book == book) & (Entry.state == "active"))
        .where(Task.id.not_in(sorted(hidden)))
        .where(is_done & (Task.due >= first.isoformat()) & (Task.due <= last.isoformat()))
        .tuples()
    )
    for entry, due, at in rows:
        done[entry] += 1
        late[entry] += local(at)[:10] > due
    return done, late


def _overdue_by(book: str, last: date, hidden: Collection[int]) -> Counter[int]:
    """Count tasks due by ``last`` that each entry's person has still to do, past their due day."""
    found: Counter[int] = Counter()
    here = (Entry.book == book) & (Entry.state == "active")
    rows: Any = (
        Account.select(Account.id, Entry.id).join(Entry, on=(Entry.person == Account.person)).where(here)
    )
    entry_of, assignees = dict(rows.tuples()), TaskAssignees()
    late = (Task.due <= last.isoformat()) & (Task.due < today().isoformat()) & Task.id.not_in(sorted(hidden))
    waits = (Task.book == book) & (Task.state == "open") & Task.handed_at.is_null()
    for task in Task.select().where(waits & late):
        waiting = [one.account for one in assignees.assignees_of(task)]
        found.update({entry_of[account] for account in waiting if account in entry_of})
    return found


def contrary_figures(row: Ranked, clause: str) -> Message:
    return _(
        "The figures are against it ({clause}): {on_time} of {due} in time, {overdue} overdue and open, "
        "{wrong} of {looked_at} wrong.",
        clause=clause, on_time=row.on_time, due=row.due, overdue=row.overdue, wrong=row.wrong,
        looked_at=row.looked_at,
    )  # fmt: skip
