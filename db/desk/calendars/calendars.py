"""The calendar of the organisation, and of single books: which days are off or worked other than its country
has them; who put them in or took them out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import get_args

from peewee import chunked

from db.desk.authority.permissions import Permissions, RecordedBook, no_such_book
from db.desk.calendars.days_file import DayLine, read_days_file
from db.desk.calendars.recounting import Recounting
from db.desk.calendars.unknown import unknown_years
from db.desk.due_dates import DayKind, calendar, declared_days, today
from db.desk.frame import OperationGroup, operation
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.desk.notation.localtime import local
from db.desk.power.declaration import LOOKS, Asked, Power, SaidLine, Way
from db.desk.refusal import SILENT, Invalid, Problem, Refused
from db.desk.requests.request_views import name_of
from db.desk.requests.submitters import holds_own_role
from db.language import Message, _, listed
from db.policy.clock import WorkingCalendar
from db.store import clock
from db.store.audit import canonical
from db.store.engine import store
from db.store.moves import Moves
from db.store.tables import Book, CalendarChange, CalendarDay

ADMIN = "admin"
KINDS: Mapping[str, DayKind] = {kind: kind for kind in get_args(DayKind)}
LABELS: Mapping[DayKind, Message] = {
    "holiday": _("off"),
    "workday": _("worked"),
    "usual": _("taken out"),
}
AT_ONCE = 200
MOST = 1000
"""Lines of the history that are listed, the newest."""
NEAR = timedelta(days=14)
"""A day that is nearer than this moves deadlines that people count on already."""
MOST_TOLD = 40
"""Runs of days that those told of a change read one by one."""
TAKEN_OUT = DayLine("usual", "")
ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class DeclaredDay:
    """A day (ISO) that is off or worked because it was declared so."""

    day: str
    kind: DayKind
    name: str
    since: str
    source: str


@dataclass(frozen=True, slots=True)
class PastLine:
    """What somebody said of a day, and when (local time); ``usual``: they took it out again."""

    id: str
    at: str
    by: str
    day: str
    kind: DayKind
    name: str
    source: str


@dataclass(frozen=True, slots=True)
class CalendarStatus:
    """``keeps``: whether the reader may change it; ``unknown``: years whose holidays are not known yet though
    a deadline falls into them."""

    keeps: bool
    unknown: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MovedDeadlines:
    """How many days a change is about, how many deadlines it moved, and how many people were told."""

    days: int
    moved: int
    told: int


def _way(_standing: Permissions, asked: Asked) -> Way:
    """Return LATER for days that lie far ahead, else TWO: past and near days move deadlines that people count
    on."""
    days = _days_in(asked)
    return Way.LATER if days and min(days) >= today() + NEAR else Way.TWO


def _said_days(asked: Asked) -> tuple[SaidLine, ...]:
    """Return a line for each run of days: with their names for those who decide, without (`_told_days`) for
    the notified, who don't get the file."""
    book = Book.get_or_none(Book.id == asked["book"])
    lines = [SaidLine(_("directory"), "", book.title)] if book is not None else []
    runs = asked["runs"] if "runs" in asked else _runs(_days_in(asked))
    for first, last, kind, name in runs:
        said = first if first == last else f"{first} – {last}"
        lines.append(SaidLine(LABELS[kind], "", f"{said} {name}".strip()))
    if asked.get("more"):
        lines.append(SaidLine(_("days and lines"), "", f"… {asked['more']}"))
    return tuple(lines)


def _days_in(asked: Asked) -> Mapping[date, DayLine]:
    """Return the days in an operation's arguments; none where they can't be read or are not there."""
    try:
        if "rows" in asked:
            return read_days_file(asked["rows"], _usual(asked["book"]))
    except (BadRows, Refused):
        pass
    return {date.fromisoformat(day): TAKEN_OUT for day in asked.get("days", ()) if ISO.fullmatch(day)}


def _runs(days: Mapping[date, DayLine]) -> list[tuple[str, str, DayKind, str]]:
    runs: list[tuple[date, date, DayLine]] = []
    for day, line in sorted(days.items()):
        if runs and runs[-1][2] == line and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day, line)
        else:
            runs.append((day, day, line))
    return [(first.isoformat(), last.isoformat(), line.kind, line.name) for first, last, line in runs]


def _told_days(lines: Mapping[date, DayLine]) -> dict[str, object]:
    """Return the days of a change as the notified read them, without names that somebody typed."""
    runs = _runs({day: DayLine(line.kind, "") for day, line in lines.items()})
    return {"runs": runs[:MOST_TOLD], "more": max(0, len(runs) - MOST_TOLD)}


class Calendars(OperationGroup):
    """Operations on the calendar. A ``book`` is asked for by its name, the organisation's days by none."""

    @operation("calendar.days", label=_("see the calendar"), recorded=False, power=LOOKS)
    def days(self, book: str = "") -> tuple[DeclaredDay, ...]:
        """Return the days declared, in their order; for everybody whose deadlines are counted in them."""
        self._check_there(book)
        return tuple(_row(day, row) for day, row in declared_days(book or None).items())

    @operation("calendar.status", label=_("ask how the calendar stands"), recorded=False, power=LOOKS)
    def status(self, book: str = "") -> CalendarStatus:
        """Return whether the calendar is the actor's to keep, and the years it lacks for the deadlines of
        ``book``, or of all books of theirs; cached."""
        self._check_there(book)
        derived = self.permissions.derived  # for the screen asks as often as it draws its keys
        status: CalendarStatus | None = derived.get((CalendarStatus, book))
        if status is None:
            books = [book] if book else self.permissions.books
            unknown = sorted({year for one in books for year in unknown_years(one)})
            status = derived[CalendarStatus, book] = CalendarStatus(self._keeps(book), tuple(unknown))
        return status

    @operation("calendar.history", label=_("see who changed the calendar"), recorded=False, power=LOOKS)
    def history(self, book: str = "") -> tuple[PastLine, ...]:
        """Return what was declared of any day, the newest first, `MOST` at the most. Raises Refused for who
        does not keep the calendar."""
        self._check_keeps(book)
        rows = (
            CalendarDay.select(CalendarDay, CalendarChange)
            .join(CalendarChange)
            .where(CalendarChange.book == book if book else CalendarChange.book.is_null())
            .order_by(CalendarChange.id.desc(), CalendarDay.day)
            .limit(MOST)
        )
        return tuple(
            PastLine(
                f"{row.change_id}:{row.day}",
                local(row.change.at)[:16],
                name_of(row.change.account_id),
                row.day,
                KINDS[row.kind],
                row.name,
                row.change.source,
            )
            for row in rows
        )

    @operation(
        "calendar.add",
        label=_("take days into the calendar"),
        recorded=True,
        power=Power(frozenset({Moves.RULE, Moves.DUTY}), _way, says=_said_days),
    )
    def add(self, book: str, rows: Sequence[Sequence[str]], source: Source) -> MovedDeadlines:
        """Store the days of a file, all or none, recount every open deadline, and notify those whose
        deadlines moved. ``rows`` begin with headings. Raises Refused for who does not keep the calendar,
        BadRows with every error by row."""
        self._check_keeps(book)
        self.act.note_facts(file=source.name, sha256=source.digest)
        before = declared_days(book or None)
        lines = {
            day: line
            for day, line in read_days_file(rows, _usual(book)).items()
            if day not in before or (before[day].kind, before[day].name) != (line.kind, line.name)
        }
        return self._change(book, lines, f"{source.name} {source.digest}")

    @operation(
        "calendar.take_out",
        label=_("take days out of the calendar"),
        recorded=True,
        power=Power(frozenset({Moves.RULE, Moves.DUTY}), _way, says=_said_days),
    )
    def take_out(self, book: str, days: Sequence[str]) -> MovedDeadlines:
        """Store that ``days`` (ISO) are no longer declared, recount every open deadline, and notify those
        whose deadlines moved. Raises Refused for who does not keep the calendar, Invalid for a day that is
        not in it."""
        self._check_keeps(book)
        known = {day.isoformat(): day for day in declared_days(book or None)}
        missing = sorted(set(days) - set(known))
        if missing or not days:
            raise Invalid(Problem("day", _("Not in the calendar: {days}.", days=listed(missing) or "–")))
        return self._change(book, dict.fromkeys((known[day] for day in days), TAKEN_OUT), "")

    def _change(self, book: str, lines: Mapping[date, DayLine], source: str) -> MovedDeadlines:
        if not lines:
            return MovedDeadlines(0, 0, 0)
        self.act.beside |= _told_days(lines)
        recounting = Recounting([book] if book else [row.id for row in Book.select(Book.id)])
        account = self.permissions.account
        change = CalendarChange.create(
            book=book or None, at=clock.now(), account=account, source=source, digest=""
        )
        rows = [
            {"change": change.id, "day": day.isoformat(), "kind": line.kind, "name": line.name}
            for day, line in sorted(lines.items())
        ]
        for part in chunked(rows, AT_ONCE):
            CalendarDay.insert_many(part).execute()
        CalendarChange.update(digest=_digest()).where(CalendarChange.id == change.id).execute()
        moved = recounting.move_deadlines()
        changed = MovedDeadlines(len(lines), moved.deadlines, moved.told)
        self.act.note_facts(
            change=change.id, days=changed.days, moved=changed.moved, told=changed.told,
            years=sorted({day.year for day in lines}),
        )  # fmt: skip
        return changed

    def _check_there(self, book: str) -> None:
        if book and book not in self.permissions.books:
            raise no_such_book()
        if book:
            self.act.note_facts(book=book)

    def _check_keeps(self, book: str) -> None:
        """Raise Refused for an actor who does not keep ``book``; for the organisation's days, for one who
        neither keeps its first book nor is its system administrator."""
        self._check_there(book)
        if self._keeps(book):
            return
        if book:
            policy = self.permissions.policy(book)
            role = policy.role(policy.maintainer.role).label
            raise Refused(
                _("The days of this directory are kept by {role}.", role=role),
                SILENT,
                _("Send them the file."),
            )
        raise Refused(
            _("The organisation's days are kept by whoever keeps its first directory, or administers it."),
            SILENT,
            self._own_books() or _("Send them the file."),
        )

    def _own_books(self) -> Message | None:
        """Name the books whose own days the actor keeps."""
        own = [one for one in self.permissions.books if self.permissions.keeps_book(one)]
        if not own:
            return None
        return _(
            "Send them the file; or keep the days as those of your own directory alone: --book {books}.",
            books=" / ".join(own),
        )

    def _keeps(self, book: str) -> bool:
        if book:
            return self.permissions.keeps_book(book)
        books = sorted((one for one in self.permissions.recorded_books.values() if one.active), key=_place)
        if not books:
            return False
        first = books[0]
        return self.permissions.keeps_book(first.id) or holds_own_role(
            self.permissions, first.policy, (ADMIN,), first.root
        )


def _place(book: RecordedBook) -> tuple[int, str]:
    return book.sort, book.id


def _usual(book: str) -> WorkingCalendar:
    """Return the calendar without the days declared for ``book``; without a book, without any declared
    days."""
    if book:
        return calendar()
    settings = store().settings
    return WorkingCalendar(settings.country, settings.time_zone)


def _digest() -> str:
    books = [None, *(row.id for row in Book.select(Book.id).order_by(Book.id))]
    days = [
        [book or "", day.isoformat(), row.kind, row.name]
        for book in books
        for day, row in declared_days(book).items()
    ]
    return hashlib.sha256(canonical({"days": days})).hexdigest()


def _row(day: date, row: CalendarDay) -> DeclaredDay:
    since = local(row.change.at)[:10]
    return DeclaredDay(day.isoformat(), KINDS[row.kind], row.name, since, row.change.source.partition(" ")[0])
