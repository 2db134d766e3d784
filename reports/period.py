"""Periods as people write them: a day, week, month, quarter or year, two days, or the last days."""

from __future__ import annotations

import re
from datetime import date, timedelta

from db.desk import Invalid, Problem
from db.language import Message, _
from reports.report import Period

MONTH = re.compile(r"(\d{4})-(\d{2})")
WEEK = re.compile(r"(\d{4})-?[Ww](\d{2})")
QUARTER = re.compile(r"(\d{4})-?[Qq]([1-4])")
YEAR = re.compile(r"(\d{4})")
LAST = re.compile(r"(\d{1,4})d")
WAYS: Message = _("2026-11, 2026-W47, 2026-Q4, 2026, 2026-11-23, 2026-11-01..2026-11-30 or 30d")


def parse_period(text: str, today: date) -> Period:
    """Read a period; weeks are ISO 8601's, ``30d`` the last 30 days with ``today``. Raises Invalid."""
    text = text.strip()
    try:
        period = _parsed(text, today)
    except (ValueError, OverflowError):
        raise Invalid(
            Problem("period", _("“{text}” is no period. Write {ways}.", text=text, ways=WAYS))
        ) from None
    if period.last < period.first:
        raise Invalid(Problem("period", _("The last day is before the first.")))
    return period


def this_month(today: date) -> Period:
    """Return the month of ``today``, to its end."""
    return _months(today.year, today.month, 1)


def week_of(day: date) -> Period:
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6))


def _parsed(text: str, today: date) -> Period:
    first, dots, last = text.partition("..")
    if dots:
        return Period(date.fromisoformat(first), date.fromisoformat(last))
    if found := MONTH.fullmatch(text):
        return _months(int(found[1]), int(found[2]), 1)
    if found := WEEK.fullmatch(text):
        return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1))
    if found := QUARTER.fullmatch(text):
        return _months(int(found[1]), int(found[2]) * 3 - 2, 3)
    if found := YEAR.fullmatch(text):
        return _months(int(found[1]), 1, 12)
    if found := LAST.fullmatch(text):
        return Period(today - timedelta(days=max(int(found[1]), 1) - 1), today)
    day = date.fromisoformat(text)
    return Period(day, day)


def _months(year: int, month: int, count: int) -> Period:
    after = month - 1 + count
    end = date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    return Period(date(year, month, 1), end)


def name_of_period(period: Period) -> str:
    """Return a month, quarter or year as `parse_period` reads it, else both days, for the name of a file."""
    first, last = period.first, period.last
    usual = (f"{first:%Y-%m}", f"{first.year}-Q{(first.month + 2) // 3}", f"{first.year}")
    return next((one for one in usual if _parsed(one, first) == period), f"{first}_{last}")
