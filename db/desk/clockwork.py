"""The organisation's clock: its working days, and what is left of a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from db.policy.clock import WorkingCalendar
from db.policy.effective import EffectivePolicy
from db.policy.rules import Deadline
from db.store import clock
from db.store.engine import store


@dataclass(frozen=True, slots=True)
class Due:
    """A due day (ISO) and the working days left: 0 today, negative once overdue. ``clause`` sets it."""

    day: str
    left: int
    clause: str


def calendar() -> WorkingCalendar:
    """Working days of the organisation's country and time zone."""
    settings = store().settings
    return _calendar(settings.country, settings.time_zone)


def today() -> date:
    """The organisation's date now."""
    return clock.local_date(clock.now(), store().settings.time_zone)


def deadline_of(policy: EffectivePolicy, kind: str) -> Deadline | None:
    """The shortest clock on a kind of request: its flow's own, or that of the duty of the same name
    where it runs from the report or the approval and not from a date in somebody's life."""
    found = [policy.flow(kind).deadline]
    duty = policy.duty(kind)
    if duty is not None and duty.start in ("report", "approval"):
        found.append(Deadline(duty.days, duty.start, duty.clause))
    return min((one for one in found if one is not None), key=lambda one: one.days, default=None)


def due_day(deadline: Deadline, started_at: str) -> str:
    """The last day of ``deadline`` (ISO) for a clock that starts at the stored time ``started_at``."""
    start = clock.local_date(started_at, store().settings.time_zone)
    return calendar().due(start, deadline.days).isoformat()


def due_of(day: str | None, clause: str | None) -> Due | None:
    """A stored due day with what is left of it; None where nothing is due."""
    if day is None:
        return None
    return Due(day, calendar().remaining(today(), date.fromisoformat(day)), clause or "")


@cache
def _calendar(country: str, zone: str) -> WorkingCalendar:
    return WorkingCalendar(country, zone)
