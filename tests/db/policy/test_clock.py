"""Working days of China in 2026, with its make-up workdays, and of a country without any."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.policy.clock import DaySpan, WorkingCalendar

CHINA = WorkingCalendar("CN", "Asia/Shanghai")

MADE_UP = [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)]
OFF = [(1, 1), (1, 2), (2, 16), (2, 23), (4, 6), (5, 4), (5, 5), (6, 19), (9, 25), (10, 1), (10, 7)]


@pytest.mark.parametrize(("month", "day"), MADE_UP)
def test_make_up_weekends_are_worked(month: int, day: int) -> None:
    made_up = date(2026, month, day)
    assert made_up.weekday() >= 5
    assert WorkingCalendar("CN").is_working_day(made_up), "also as the first date a calendar is asked for"


def test_a_day_exchanged_across_new_year_is_worked() -> None:
    assert WorkingCalendar("CN").is_working_day(date(2006, 12, 30)), "for a day off in January 2007"


@pytest.mark.parametrize(("month", "day"), OFF)
def test_public_holidays_are_off(month: int, day: int) -> None:
    assert not CHINA.is_working_day(date(2026, month, day))


def test_a_deadline_counts_make_up_days_and_skips_holidays() -> None:
    friday = date(2026, 2, 13)
    assert CHINA.deadline(friday, 1) == date(2026, 2, 14)
    assert CHINA.deadline(friday, 3) == date(2026, 2, 25)
    assert CHINA.deadline(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert CHINA.deadline(date(2026, 11, 20), 3) == date(2026, 11, 25)


def test_the_start_is_the_organisations_day() -> None:
    late = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)
    assert CHINA.deadline(late, 1) == date(2026, 11, 23), "it is already Friday in Shanghai"
    assert WorkingCalendar("CN", "UTC").deadline(late, 1) == date(2026, 11, 20)
    with pytest.raises(ValueError, match="without a time zone"):
        CHINA.deadline(datetime(2026, 11, 19), 1)  # noqa: DTZ001


def test_remaining_is_negative_once_overdue() -> None:
    due = date(2026, 11, 27)
    assert CHINA.remaining(date(2026, 11, 25), due) == 2
    assert CHINA.remaining(due, due) == 0
    assert CHINA.remaining(date(2026, 11, 28), due) == -1, "a weekend after the due day is late too"
    assert CHINA.remaining(date(2026, 12, 1), due) == -2


def test_no_days_is_today_or_the_next_working_day() -> None:
    assert CHINA.deadline(date(2026, 11, 20), 0) == date(2026, 11, 20)
    assert CHINA.deadline(date(2026, 11, 21), 0) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="ahead"):
        CHINA.add_days(date(2026, 11, 20), -1)


@pytest.mark.clause("I.4.2.1")
def test_a_monday_that_is_a_holiday_moves_on() -> None:
    assert CHINA.next_working_day(date(2026, 10, 5)) == date(2026, 10, 8)
    assert CHINA.next_working_day(date(2026, 11, 23)) == date(2026, 11, 23)


def test_periods_are_calendar_periods() -> None:
    day = date(2026, 11, 24)
    assert CHINA.period("quarter", day) == DaySpan(date(2026, 10, 1), date(2026, 12, 31))
    assert CHINA.period("half-year", day) == DaySpan(date(2026, 7, 1), date(2026, 12, 31))
    assert CHINA.period("month", day) == DaySpan(date(2026, 11, 1), date(2026, 11, 30))
    assert CHINA.period("week", day) == DaySpan(date(2026, 11, 23), date(2026, 11, 29))
    assert CHINA.period("year", day) == DaySpan(date(2026, 1, 1), date(2026, 12, 31))
    assert CHINA.period("day", day) == DaySpan(day, day)
    assert CHINA.period("two-days", day) == DaySpan(date(2026, 11, 23), day)
    assert CHINA.period("two-days", date(2026, 11, 25)).first == date(2026, 11, 25)
    assert CHINA.period("two-weeks", day) == DaySpan(date(2026, 11, 23), date(2026, 12, 6))
    assert CHINA.period("two-weeks", date(2026, 12, 6)) == CHINA.period("two-weeks", day)
    with pytest.raises(ValueError, match="once"):
        CHINA.period("once", day)


def test_another_country_has_its_own_days() -> None:
    germany = WorkingCalendar("DE", "Europe/Berlin")
    assert germany.is_working_day(date(2026, 2, 16))
    assert not germany.is_working_day(date(2026, 2, 14))
    assert not germany.is_working_day(date(2026, 10, 3))


@pytest.mark.parametrize(("country", "zone"), [("XX", "UTC"), ("CN", "No/Where")])
def test_an_unknown_country_or_zone_is_refused(country: str, zone: str) -> None:
    with pytest.raises(ValueError, match=r"XX|No/Where"):
        WorkingCalendar(country, zone)


@given(st.dates(date(2024, 1, 1), date(2026, 11, 30)), st.integers(1, 30))
def test_remaining_is_what_a_deadline_gave(start: date, days: int) -> None:
    due = CHINA.deadline(start, days)
    assert CHINA.is_working_day(due)
    assert CHINA.remaining(start, due) == days
    assert CHINA.remaining(due + timedelta(days=1), due) < 0


def test_a_calendar_loads_the_days_of_its_own_country_alone_and_keeps_no_others_calendars() -> None:
    program = (
        "import sys; from pathlib import Path; from db.policy.clock import WorkingCalendar; run = set(); "
        "sys.addaudithook(lambda event, told: event == 'exec' and run.add(Path(told[0].co_filename))); "
        "print(WorkingCalendar('CN').country, WorkingCalendar('DE').country); "
        "print(*sorted(file.stem for file in run if file.parent.name == 'countries')); "
        "print(*(name for name in sys.modules if name.startswith('holidays')))"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["CN", "DE", "china", "germany"]
