"""The one place that asks what time it is.

Times are UTC text, ``YYYY-MM-DDTHH:MM:SS.ffffffZ``, so that they sort alike on both databases.
Dates are ``YYYY-MM-DD`` in the organisation's own time zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Source = Callable[[], datetime]
_source: Source = lambda: datetime.now(UTC)  # noqa: E731


def use_source(source: Source | None) -> Source:
    """Replace this process's clock by ``source`` (None: the machine's); return the one before."""
    global _source
    before, _source = _source, source or (lambda: datetime.now(UTC))
    return before


def utcnow() -> datetime:
    """Return the present moment, with its time zone (UTC)."""
    return _source()


def now() -> str:
    """Return the present moment as stored text."""
    return stamp(utcnow())


_decided: ContextVar[str] = ContextVar("decided", default="")


def decision_time() -> str:
    """Return the time from which deadlines count, as stored text: now, or that of `as_decided`."""
    return _decided.get() or now()


@contextmanager
def as_decided(at: str) -> Iterator[None]:
    """Have `decision_time` return ``at`` in the body."""
    before = _decided.set(at)
    try:
        yield
    finally:
        _decided.reset(before)


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def moment(text: str) -> datetime:
    """Read a stored time as a datetime in UTC. Raises ValueError on any other text."""
    found = datetime.fromisoformat(text)
    if stamp(found) != text:
        raise ValueError(text)
    return found


def local_date(text: str, zone: str) -> date:
    """Return the calendar day of a stored time in the organisation's ``zone`` (IANA name)."""
    return moment(text).astimezone(ZoneInfo(zone)).date()
