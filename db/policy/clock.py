"""The clock of the regulations: working days and review periods of one country.

Public holidays are off and make-up workdays (weekend days that are worked instead) are on, as the
``holidays`` library has them, and what an organisation declared goes before. Where a government has not
announced a year's make-up days yet, they are not known and such weekends count as off.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from db.policy.vocabulary import Cycle

if TYPE_CHECKING:
    import holidays

_DAY = timedelta(days=1)
MONTHS: dict[Cycle, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
DAYS: dict[Cycle, int] = {"day": 1, "two-days": 2, "week": 7, "two-weeks": 14}
"""The length of each cycle; ``once`` has none."""


class DaySpan(NamedTuple):
    """From ``first`` to ``last`` day, both in it."""

    first: date
    last: date


class WorkingCalendar:
    """Working days of ``country`` (ISO 3166 two-letter code), dates in the time zone ``tz``. ``declared``
    says of single days whether they are worked, whatever they would be without it.

    Raises ValueError for a country or a time zone that isn't known.
    """

    def __init__(
        self, country: str = "CN", tz: str = "Asia/Shanghai", declared: Mapping[date, bool] | None = None
    ) -> None:
        try:
            self._days = _days_of(country)
            self._zone = ZoneInfo(tz)
        except (NotImplementedError, KeyError) as unknown:
            raise ValueError(str(unknown)) from unknown
        self.country = country
        self.tz = tz
        self._declared = dict(declared or {})

    def is_working_day(self, day: date) -> bool:
        declared = self._declared.get(day)
        return self._days.is_working_day(day) if declared is None else declared

    def is_weekend(self, day: date) -> bool:
        return day.weekday() in self._days.weekend

    def is_announced(self, year: int) -> bool:
        """Return whether the library knows the holidays of ``year``: where make-up workdays are exchanged for
        holidays, the government announces them year by year; elsewhere they follow from the law."""
        if hasattr(self._days, "substituted_label"):
            return year in self._days.special_public_holidays
        return self._days.start_year <= year <= self._days.end_year

    def local_date(self, moment: datetime) -> date:
        """Return the organisation's date at ``moment``. Raises ValueError where it has no time zone."""
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment.astimezone(self._zone).date()

    def add_days(self, day: date, days: int) -> date:
        """Return the ``days``-th working day after ``day``; for 0, ``day`` or the next one after it. Raises
        ValueError for fewer."""
        if days < 0:
            raise ValueError("a deadline lies ahead")
        if days == 0:
            return self.next_working_day(day)
        while days:
            day += _DAY
            days -= self.is_working_day(day)
        return day

    def deadline(self, start: datetime | date, days: int) -> date:
        """Return the last day of a deadline of ``days`` working days; the day of ``start`` does not count."""
        day = self.local_date(start) if isinstance(start, datetime) else start
        return self.add_days(day, days)

    def next_working_day(self, day: date) -> date:
        """Return ``day`` itself where it is worked, else the first working day after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def remaining(self, today: date, due: date) -> int:
        """Count the working days left: 0 on the day itself, negative once overdue.

        Every day after ``due`` is overdue, so the smallest lateness is −1 even over a weekend.
        """
        if today <= due:
            return sum(map(self.is_working_day, _days(today + _DAY, due)))
        return -max(1, sum(map(self.is_working_day, _days(due + _DAY, today))))

    def period(self, cycle: Cycle, day: date) -> DaySpan:
        """Return the calendar period of ``cycle`` that ``day`` lies in. Raises ValueError for ``once``."""
        if cycle in DAYS:
            # Day 1 of the calendar was a Monday, so periods counted from it begin weeks on Mondays.
            first = day - timedelta(days=(day.toordinal() - 1) % DAYS[cycle])
            return DaySpan(first, first + timedelta(days=DAYS[cycle] - 1))
        if cycle not in MONTHS:
            raise ValueError(cycle)
        months = MONTHS[cycle]
        first = date(day.year, (day.month - 1) // months * months + 1, 1)
        return DaySpan(first, _months_later(first, months) - _DAY)


def _months_later(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


@cache
def _days_of(country: str) -> holidays.HolidayBase:
    """Return the holidays of ``country`` alone; cached. Raises NotImplementedError for an unknown one."""
    import holidays

    package = "holidays.countries"
    if package not in sys.modules and (spec := find_spec(package)) is not None:
        sys.modules[package] = module_from_spec(spec)  # not run: it would import 250 countries
    days = holidays.country_holidays(country)
    for name in [one for one in sys.modules if one.partition(".")[0] == "holidays"]:
        del sys.modules[name]  # the calendars that this country doesn't use, most of its 4 MB, go with them
    return days
