"""The organisation's clock: its working days, and what is left of a deadline."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from db.language import Message, _
from db.policy.clock import DaySpan, WorkingCalendar
from db.policy.effective import EffectivePolicy
from db.policy.rules import Deadline
from db.policy.schema.book import EditionRule
from db.policy.vocabulary import Weekday
from db.store import clock
from db.store.engine import database, store
from db.store.sql import fetch
from db.store.tables import CalendarChange, CalendarDay

WEEKDAYS: tuple[str, ...] = get_args(Weekday)
DayKind = Literal["holiday", "workday", "usual"]
A_YEAR, LONGEST_AT_WORK = timedelta(days=366), timedelta(days=80 * 365)
KEPT = 64
"""Calendars that are kept ready: of each book, as the days stand."""


@dataclass(frozen=True, slots=True)
class Due:
    """A due day (ISO) and the working days left: 0 today, negative once overdue. ``clause`` sets it."""

    day: str
    left: int
    clause: str


def calendar(book: str | None = None, at: str = "") -> WorkingCalendar:
    """Return the organisation's working days, with those it declared, and those of ``book``; with ``at``, as
    they stood at that moment."""
    settings = store().settings
    mark = database.param
    known, given = (f"WHERE at <= {mark} ", [at]) if at else ("", [])
    newest = fetch(f"SELECT digest, id FROM calendar_change {known}ORDER BY id DESC LIMIT 1", given)
    digest, last = newest[0] if newest else ("", 0)
    return _calendar(settings.country, settings.time_zone, book, last, digest)


def given_until(book: str, since: str, days: int) -> date:
    """Return the last of the working ``days`` that somebody was given at the moment ``since``: no day that
    was declared later makes it sooner."""
    start = clock.local_date(since, store().settings.time_zone)
    return max(calendar(book).deadline(start, days), calendar(book, since).deadline(start, days))


def heard_until(book: str, since: str) -> datetime:
    """Return until when somebody who was notified at the moment ``since`` may object: 24 hours of working
    days, as on a day off nobody reads notices."""
    zone = store().settings.time_zone
    day = clock.local_date(since, zone)
    if not calendar(book).is_working_day(day):
        return datetime.combine(given_until(book, since, 2), time(), ZoneInfo(zone))
    return clock.moment(since) + (given_until(book, since, 1) - day)


def has_calendar() -> bool:
    """Return whether the holidays of the settings' country are known; `doctor` says if they are not."""
    try:
        calendar()
    except ValueError:
        return False
    return True


def declared_days(book: str | None, upto: int | None = None) -> dict[date, CalendarDay]:
    """Return the last declared line of each day, of the organisation (None) or ``book``, without days taken
    out; with ``upto`` only of the changes up to that number."""
    rows = CalendarDay.select(CalendarDay, CalendarChange).join(CalendarChange).order_by(CalendarChange.id)
    if upto is not None:
        rows = rows.where(CalendarChange.id <= upto)
    if book is None:
        rows = rows.where(CalendarChange.book.is_null())
    else:
        rows = rows.where(CalendarChange.book == book)
    last = {date.fromisoformat(row.day): row for row in rows}
    return {day: last[day] for day in sorted(last) if last[day].kind != "usual"}


def today() -> date:
    """Return the date in the organisation's time zone."""
    return clock.local_date(clock.now(), store().settings.time_zone)


def unlikely_day(day: date, today: date) -> Message | None:
    """Return the message for a day of somebody's joining, moving or leaving that hardly anybody means; None
    for any other."""
    if day > today + A_YEAR:
        return _("This day is more than a year away. Check that it is right.")
    if day < today - LONGEST_AT_WORK:
        return _("This day is more than 80 years ago. Check that it is right.")
    return None


def deadline_of(policy: EffectivePolicy, kind: str) -> Deadline | None:
    """Return the shortest clock on a kind of request: its flow's own, or that of the duty of the same name
    where it runs from the report or the approval and not from a date in somebody's life."""
    found = [policy.flow(kind).deadline]
    duty = policy.duty(kind)
    if duty is not None and duty.start in ("report", "approval"):
        found.append(Deadline(duty.days, duty.start, duty.due_clause))
    return min((one for one in found if one is not None), key=lambda one: one.days, default=None)


def due_day(book: str, deadline: Deadline, started_at: str) -> str:
    """Return the last day (ISO) of ``deadline`` in ``book`` for a clock started at ``started_at``."""
    start = clock.local_date(started_at, store().settings.time_zone)
    return calendar(book).deadline(start, deadline.days).isoformat()


def issues_after(policy: EffectivePolicy, day: date) -> list[tuple[date, str]]:
    """Return the days on which weekly editions bring what happened on ``day``, each with its clause."""
    found, days = [], calendar()
    for one in policy.editions:
        if one.every != "once" and one.due.weekday is not None:
            following = days.period(one.every, days.period(one.every, day).last + timedelta(days=1))
            found.append((issue_day(policy.book, one, following), one.due.clause_of("weekday")))
    return found


def issue_day(book: str, edition: EditionRule, period: DaySpan) -> date:
    """Return the day of ``period`` on which its issue is due: the rule's weekday, else the first; after a
    holiday, the next working day."""
    falls = period.first
    if edition.due.weekday is not None:
        falls += timedelta(days=(WEEKDAYS.index(edition.due.weekday) - falls.weekday()) % 7)
    return calendar(book).next_working_day(falls)


def due_of(book: str, day: str | None, clause: str | None) -> Due | None:
    """Count in working days what is left until a stored due day; None where nothing is due."""
    if day is None:
        return None
    return Due(day, calendar(book).remaining(today(), date.fromisoformat(day)), clause or "")


@lru_cache(KEPT)
def _calendar(country: str, zone: str, book: str | None, last: int, _digest: str) -> WorkingCalendar:
    """Build a calendar; cached. The digest is of all days declared up to the ``last`` change, so it tells
    each state of them."""
    days = declared_days(None, last) | (declared_days(book, last) if book is not None else {})
    return WorkingCalendar(country, zone, {day: row.kind == "workday" for day, row in days.items()})


def months_before(day: date, months: int) -> date:
    """Return the same day ``months`` before, or the last of that month; ``months`` may be negative."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
