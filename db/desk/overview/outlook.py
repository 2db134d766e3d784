"""What the reports say in a few numbers, for the first screen: of the units that somebody may draw reports
on, and of what is unlike other days. Each number is one that its reader may draw a report on."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from peewee import fn

from db.desk.audit.scope import disjoint_conditions
from db.desk.authority.permissions import Permissions, is_within, root_of
from db.desk.due_dates import months_before, today
from db.desk.extracts.report_rights import Extent, UnitOption, report_places, units_below
from db.desk.lifecycle.events import EVENTS
from db.desk.notation.localtime import day_begins, local
from db.desk.overview.access import people_of
from db.desk.overview.gaps import incomplete
from db.desk.overview.movements import movements
from db.desk.requests.approvers import account_name
from db.desk.requests.bulk_facts import facts_for
from db.desk.requests.frozen import is_clock_stopped
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.deadlines import OPEN, Deadlines, deadlines, deadlines_in
from db.desk.tasks.usage_watch import watched_looks
from db.language import Label
from db.store.engine import database
from db.store.sql import fetch, is_among
from db.store.tables import AuditRecord, Book, Entry, Request, Task, UnitAbove

MONTHS = 3
"""Whole months before this one of which it is told how deadlines were kept."""
AT_ONCE = 200
"""Overdue matters of a book of which it is told for whom they wait."""
DAYS, LEAST_DAYS = 30, 5
"""Days before today that say what is usual, and how many of them at least must be on record for that."""
LEAST_LOOKS, TIMES = 15, 3
"""Entries that somebody opened on a day from which on it may be unlike other days, and how many times as many
as usual they must be."""
LEAST_REFUSED = 3


@dataclass(frozen=True, slots=True)
class UnitOutlook:
    """How a unit keeps its deadlines this month: what is overdue now, for how many working days at the most,
    what was closed in time of what was due, and for whom the overdue waits, with how much."""

    book: str
    book_label: Label
    unit: int
    name: str
    overdue: int
    worst: int
    kept: int
    due: int
    waits_for: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class MonthOutlook:
    """What was closed in time, of what was due in a month (``2026-11``) and is not open and in time."""

    month: str
    kept: int
    due: int


@dataclass(frozen=True, slots=True)
class DeadlineOutlook:
    """The units that the reader may draw the report on deadlines of, the worst first, and the last months of
    all of them. ``name`` is that of the unit above them all, empty where there are several. Where the reader
    may draw these reports: how many ``people`` there are, how many entries are ``lacking`` something (of one
    unit alone), and how many joined, moved and left this month (``moves``). ``verified``: the day on which
    the reader's own entry was last confirmed."""

    units: tuple[UnitOutlook, ...] = ()
    months: tuple[MonthOutlook, ...] = ()
    name: str = ""
    people: int = 0
    lacking: int | None = None
    moves: tuple[int, ...] = ()
    verified: str = ""


@dataclass(frozen=True, slots=True)
class Unusual:
    """Who did more than usual: ``refused`` or ``opened`` on ``day``; ``usual``: None with few days."""

    book: str
    account: int
    name: str
    unit: str
    what: str
    count: int
    day: str
    usual: int | None


def outlook(permissions: Permissions) -> DeadlineOutlook:
    """Count how deadlines were kept this month and in the `MONTHS` before, where the reader may draw reports,
    and beside it what is incomplete, who moved and how much is verified."""
    extents = [place for book in permissions.books for place in _widest(permissions, "compliance", book)]
    titles = {row.id: row.title for row in Book.select()} if extents else {}
    month = today().replace(day=1)
    firsts = (months_before(month, back) for back in range(MONTHS, -1, -1))
    periods = [(first, months_before(first, -1) - timedelta(days=1)) for first in firsts]
    units: list[UnitOutlook] = []
    names: dict[int, str] = {}
    kept, due = Counter[str](), Counter[str]()
    for place in extents:
        below = units_below(place.book, {place.unit})
        names[place.unit] = below[0].name
        every = deadlines_in(place.book, below, periods, hidden=place.hidden_tasks)
        for (first, _last), rows in zip(periods, every, strict=True):
            kept[f"{first:%Y-%m}"] += sum(row.on_time for row in rows)
            due[f"{first:%Y-%m}"] += sum(map(_closed, rows))
        units += _units(permissions, place, below, every[-1], titles[place.book])
    movers = [place for book in permissions.books for place in _widest(permissions, "movements", book)]
    entered = [
        row.event for place in movers for row in movements(place, month, today()) if row.state == "applied"
    ]
    one = extents[0] if len(extents) == 1 else None
    part = (
        one is not None
        and one.unit != root_of(one.book)
        and bool(report_places(permissions, "incomplete", one.book))
    )
    return DeadlineOutlook(
        units=tuple(sorted(units, key=lambda row: (-row.overdue, -row.worst, row.kept - row.due, -row.due))),
        months=tuple(MonthOutlook(name, kept[name], due[name]) for name in kept),
        name=names[one.unit] if one is not None else "",
        people=sum(map(_people, extents)),
        lacking=len(incomplete(one)) if part and one is not None else None,
        moves=tuple(entered.count(event) for event in EVENTS) if movers else (),
        verified=_verified(permissions),
    )


def unusual_people(permissions: Permissions) -> tuple[tuple[Unusual, ...], dict[str, int]]:
    """Return those who do more today or yesterday than on other days, the latest day first and of one day
    most first; and by book how many rows that is."""
    found: list[Unusual] = []
    for book in permissions.books:
        for place in _widest(permissions, "access", book):
            unit = None if place.unit == root_of(place.book) else place.unit
            found += _of_book(permissions, place.book, unit)
    found.sort(key=lambda row: (row.day, row.count), reverse=True)
    return tuple(found), Counter(row.book for row in found)


def _widest(permissions: Permissions, report: str, book: str) -> list[Extent]:
    """Return the places from which down ``report`` may be drawn, none of them below another."""
    found: list[Extent] = []
    for place in report_places(permissions, report, book):
        if not any(is_within(place.unit, wider.unit) for wider in found):
            found.append(place)
    return found


def _closed(row: Deadlines) -> int:
    return row.on_time + row.late + row.overdue


def _units(
    permissions: Permissions,
    place: Extent,
    below: Sequence[UnitOption],
    month: Sequence[Deadlines],
    title: Label,
) -> Iterator[UnitOutlook]:
    before = today() - timedelta(days=1)
    late = deadlines(place.book, below, date.min, before, hidden=place.hidden_tasks, still_open=True)
    waiting = (
        _waiting(permissions, place, {unit.id for unit in below}) if any(row.overdue for row in late) else {}
    )
    for now, row in zip(late, month, strict=True):
        names = tuple(waiting.get(now.unit, Counter[str]()).most_common())
        yield UnitOutlook(
            book=place.book,
            book_label=title,
            unit=now.unit,
            name=now.name,
            overdue=now.overdue,
            worst=now.worst,
            kept=row.on_time,
            due=_closed(row),
            waits_for=names,
        )


def _waiting(permissions: Permissions, place: Extent, units: set[int]) -> dict[int, Counter[str]]:
    found: dict[int, Counter[str]] = defaultdict(Counter)
    book, day = place.book, today().isoformat()
    late = (Request.book == book) & Request.state.in_(OPEN) & (Request.due < day) & Request.unit.in_(units)
    rows = Request.select().where(late).order_by(Request.due).limit(AT_ONCE)
    requests = [row for row in rows if not is_clock_stopped(row)]
    approvers = RequestApprovers(requests, facts_for(permissions, len(requests)))
    for request in requests:
        step = approvers.open_step(request)
        if step is not None:
            found[request.unit_id].update({one.name for one in approvers.approvers(request, step)})
        elif request.state == "returned":
            found[request.unit_id][account_name(request.requester_id)] += 1
    known = [request.id for request in requests]
    tasks = Task.select().where((Task.book == book) & (Task.state == "open") & (Task.due < day))
    tasks = tasks.where(Task.handed_at.is_null())
    tasks = tasks.where(Task.id.not_in(sorted(place.hidden_tasks)))
    mine = tasks.where(Task.request.is_null() | Task.request.not_in(known)).order_by(Task.due).limit(AT_ONCE)
    assignees = TaskAssignees(approvers.resolver)
    for task in mine:
        unit = task.unit_id or (task.entry.unit_id if task.entry is not None else min(units))
        found[unit].update({one.name for one in assignees.assignees_of(task)})
    return found


def _people(place: Extent) -> int:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    active = (Entry.state == "active") & Entry.unit.in_(below)
    return int(Entry.select().where(active).count())


def _verified(permissions: Permissions) -> str:
    """Return the day on which the reader's own entry was last confirmed."""
    own = [entry for entry, _unit in permissions.own.values()]
    moments = [row.verified_at for row in Entry.select(Entry.verified_at).where(Entry.id.in_(own))]
    last = max(filter(None, moments), default=None)
    return local(last)[:10] if last else ""


def _of_book(permissions: Permissions, book: str, unit: int | None) -> Iterator[Unusual]:
    days, looks = [today() - timedelta(days=back) for back in (0, 1)], watched_looks()
    counted: dict[tuple[int, str, date], int] = {}
    columns = (AuditRecord.account, AuditRecord.outcome, AuditRecord.act)
    counts = (fn.COUNT(AuditRecord.seq), fn.COUNT(AuditRecord.entry.distinct()))
    for part in disjoint_conditions(permissions, [(book, unit)]):
        for day in days:
            after, before = day_begins(day), day_begins(day + timedelta(days=1))
            within = (
                (AuditRecord.at >= after) & (AuditRecord.at < before) & AuditRecord.account.is_null(False)
            )
            rows: Any = AuditRecord.select(*columns, *counts).where(part & within).group_by(*columns)
            for account, outcome, act, count, entries in rows.tuples():
                if outcome == "refused":
                    counted[account, "refused", day] = counted.get((account, "refused", day), 0) + count
                elif act in looks:
                    counted[account, "opened", day] = max(counted.get((account, "opened", day), 0), entries)
    least = {"refused": LEAST_REFUSED, "opened": LEAST_LOOKS}
    many = {key: count for key, count in counted.items() if count >= least[key[1]]}
    people = people_of(book, {account for account, _what, _day in many})
    usual = _usual(book, {account for account, what, _day in many if what == "opened"}, days[-1])
    for (account, what, day), count in many.items():
        often = usual.get(account) if what == "opened" else None
        if often is None or count >= TIMES * often:
            _login, name, place = people.get(account, ("", "", ""))
            yield Unusual(book, account, name, place, what, count, day.isoformat(), often)


def _usual(book: str, accounts: set[int], before: date) -> dict[int, int]:
    """Return each account's median of entries opened a day, over its last days with any; accounts with too
    few such days are left out."""
    where, given = is_among("account", accounts)
    acts, names = is_among("act", watched_looks())
    mark = database.param
    rows = fetch(
        f"SELECT account, entry, at FROM audit_record WHERE {where} AND {acts} AND book = {mark}"
        f" AND outcome = 'done' AND at >= {mark} AND at < {mark}",
        (*given, *names, book, day_begins(before - timedelta(days=DAYS)), day_begins(before)),
    )
    opened: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for account, entry, at in rows:
        opened[account][local(at)[:10]].add(entry)
    return {
        account: round(median(map(len, days.values())))
        for account, days in opened.items()
        if len(days) >= LEAST_DAYS
    }
