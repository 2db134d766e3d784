"""Who joined, moved and left, and by when it was in the book (A.8-A.10, D.5.1, I.4.2.1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from db.desk.authority.permissions import policy_of
from db.desk.due_dates import calendar, today
from db.desk.entry.colleagues import internal_kinds
from db.desk.entry.units import name_of
from db.desk.extracts.report_rights import Extent, Numbers
from db.desk.importing.begun import people_imported
from db.desk.lifecycle.events import ENTERED, EVENTS, Event
from db.desk.notation.localtime import day_begins, local
from db.desk.requests.payload import open_payload
from db.desk.requests.request_views import decided_by
from db.language import Message, Text, _
from db.store.sql import constant
from db.store.tables import Archive, Entry, LastDay, Request, RequestStep, Task, Unit, UnitAbove

STATES: dict[str, Message] = {
    "applied": _("entered"),
    "ahead": _("in advance"),
    "open": _("undecided"),
    "returned": _("returned"),
    "expected": _("expected"),
    "imported": _("imported"),
}


@dataclass(frozen=True, slots=True)
class MovementRow:
    """One person who joined, moved or left. ``day`` is since when it is so, ``entered`` when it came into
    the book (ISO, empty where it has not yet); ``to`` is where they moved. ``late``: working days past the
    due day, None where nothing is due. ``state`` as in `STATES`."""

    event: Event
    name: str
    unit: str
    to: str
    day: str
    due: str
    entered: str
    late: int | None
    state: str
    decided_by: Text
    clause: str


def movement_numbers(place: Extent, first: date, last: date) -> Numbers:
    """Count the joined, the moved, the left, and how many of all wait."""
    rows = movements(place, first, last)
    events = (sum(row.event == event for row in rows) for event in ("join", "move", "leave"))
    return (*events, sum(not row.entered for row in rows))


def movements(place: Extent, first: date, last: date) -> tuple[MovementRow, ...]:
    """Return what was entered from ``first`` to ``last``, and what still waits; by event and day."""
    rows = [*_requests(place, first, last), *_imported(place, first, last), *_expected(place, last)]
    return tuple(sorted(rows, key=lambda row: (EVENTS.index(row.event), row.day, row.name)))


def _requests(place: Extent, first: date, last: date) -> Iterable[MovementRow]:
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    after = day_begins(last + timedelta(days=1))
    entered = (
        (Request.state == "applied")
        & (Request.kind != "leave")
        & (Request.closed_at >= day_begins(first))
        & (Request.closed_at < after)
    )
    removed = Archive.select(Archive.request).where((Archive.at >= day_begins(first)) & (Archive.at < after))
    ahead = LastDay.select(LastDay.request).where(LastDay.state != "lifted")
    leaves = Request.id.in_(removed) | (
        (Request.state == "applied") & (Entry.state == "active") & Request.id.in_(ahead)
    )
    waits = Request.state.in_(("open", "returned")) | ((Request.kind == "leave") & leaves)
    rows = (
        Request.select(Request, Entry)
        .join(Entry)
        .where(
            (Request.book == place.book)
            & Request.kind.in_(EVENTS)
            & (Request.unit.in_(below) | Entry.unit.in_(below))
            & (entered | (waits & (Request.submitted_at < after)))
        )
    )
    for row in rows:
        asks, event = open_payload(row), next(event for event in EVENTS if event == row.kind)
        moves = asks and event == "move" and asks["after"]["unit"] != asks["before"]["unit"]
        done = _entered(row)
        steps = list(RequestStep.select().where(RequestStep.request == row).order_by(RequestStep.ord))
        is_ahead = row.state in ("open", "applied") and all(step.state == "approved" for step in steps)
        decided = [decided_by(row, step) for step in steps if step.decided_by_id is not None]
        yield MovementRow(
            event=event,
            name=row.entry.name if row.entry is not None else "",
            unit=name_of(row.unit_id),
            to=name_of(int(asks["after"]["unit"])) if moves else "",
            day=str(asks["joined" if event == "join" else "day"]) if asks else "",
            due=row.due or "",
            entered=done,
            late=_late(place.book, row.due, done),
            state="ahead" if is_ahead and not done else row.state,
            decided_by=decided[-1] if decided else "",
            clause=row.due_clause or row.clause,
        )


def _entered(request: Request) -> str:
    """Return the day on which a request was applied; for a leave the day on which the entry was removed.
    Empty where that is still to come."""
    if request.kind != "leave":
        return local(request.closed_at)[:10] if request.closed_at else ""
    made = Archive.get_or_none(Archive.request == request)
    return local(made.at)[:10] if made is not None else ""


def _imported(place: Extent, first: date, last: date) -> Iterable[MovementRow]:
    """Yield those of the book's own people who came in by a file; nothing is due for them."""
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    policy = policy_of(place.book)
    kinds, clause = internal_kinds(policy), policy.flow("join").clause
    for at, entries in people_imported(place.book, day_begins(first), day_begins(last + timedelta(days=1))):
        ours = Entry.id.between(entries.start, entries.stop - 1) & (Entry.book == place.book)
        rows = (
            Entry.select(Entry, Unit).join(Unit).where(ours & Entry.kind.in_(kinds) & Entry.unit.in_(below))
        )
        for row in rows:
            yield MovementRow(
                "join", row.name, row.unit.name, "", row.joined or "", "", local(at)[:10], None, "imported",
                "", clause,
            )  # fmt: skip


def _expected(place: Extent, last: date) -> Iterable[MovementRow]:
    """Yield joiners whom nobody has submitted yet."""
    below = UnitAbove.select(UnitAbove.unit).where(UnitAbove.above == place.unit)
    under_way = Request.select(Request.entry).where(
        (Request.book == place.book) & (Request.kind == "join") & Request.state.in_(("open", "returned"))
    )
    rows = (
        Entry.select(Entry, Unit)
        .join(Unit)
        .where(
            (Entry.book == place.book)
            & (Entry.state == constant("pending"))
            & Entry.unit.in_(below)
            & (Entry.joined.is_null() | (Entry.joined <= last.isoformat()))
            & Entry.id.not_in(under_way)
        )
    )
    for row in rows:
        task = (
            Task.select()
            .where((Task.entry == row) & Task.kind.in_(ENTERED["join"]) & (Task.state == "open"))
            .first()
        )
        due = task.due if task is not None else None
        clause = task.clause if task is not None else ""
        yield MovementRow(
            "join", row.name, row.unit.name, "", row.joined or "", due or "", "", _late(place.book, due, ""),
            "expected", "", clause,
        )  # fmt: skip


def _late(book: str, due: str | None, done: str) -> int | None:
    if due is None:
        return None
    day = date.fromisoformat(done) if done else today()
    return max(0, -calendar(book).remaining(day, date.fromisoformat(due)))
