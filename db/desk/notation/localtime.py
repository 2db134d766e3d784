"""Between stored times (UTC) and the organisation's own."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.store import clock
from db.store.engine import store


def local(stored: str) -> str:
    """Return a stored time in the organisation's zone: ``2026-11-23 09:00:05``."""
    return clock.moment(stored).astimezone(_zone()).strftime("%Y-%m-%d %H:%M:%S")


def last_day(end: str) -> str:
    """Return the last day (ISO) of what is over at the stored time ``end``: the day before, at midnight."""
    return local(moment_before(end))[:10]


def moment_before(stored: str) -> str:
    """Return the last stored time before ``stored``."""
    return clock.stamp(clock.moment(stored) - timedelta(microseconds=1))


def seconds_until(stored: str) -> float:
    """Return how long it is until a stored time; below zero once it is over."""
    return (clock.moment(stored) - clock.utcnow()).total_seconds()


def time_after(seconds: float) -> str:
    """Return the time of day in ``seconds`` from now, to the minute: ``09:30``."""
    return (clock.utcnow() + timedelta(seconds=seconds)).astimezone(_zone()).strftime("%H:%M")


def day_begins(day: date) -> str:
    return clock.stamp(datetime.combine(day, time(), _zone()))


def _zone() -> ZoneInfo:
    return ZoneInfo(store().settings.time_zone)
