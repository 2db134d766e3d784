"""A report that can be made: its name, what it shows, and how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from db.desk import Desk
from db.desk.extracts.report_rights import REPORTS
from db.language import Message, _
from reports.answer import Answering
from reports.report import Cell, Period, Report, ReportColumn

HALF_A_YEAR: Final = 6
MOST: Final = 24
"""Months that are told at once."""

Build = Callable[[Desk, str, int | None, Period], Report]
"""Called with the desk, book, unit (None: the widest scope) and period, which an untimed report ignores."""


@dataclass(frozen=True, slots=True)
class Months:
    """How a report is told month by month: the ``columns`` of a month, what they hold for the report ``of``
    one, and which is quicker as bars."""

    columns: tuple[ReportColumn, ...]
    of: Callable[[Report], tuple[Cell, ...]]
    bar: str


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A report that can be made. ``answer``: what it comes to says of the ``question`` that it is looked at
    for. ``timed``: it is of a period, and with ``months`` also told by the month."""

    name: str
    about: Message
    question: Message
    answer: Answering
    timed: bool
    build: Build
    months: Months | None = None

    @property
    def title(self) -> Message:
        """What it is called, as its operation says."""
        return REPORTS[self.name].title

    def by_month(self, desk: Desk, book: str, unit: int | None, period: Period) -> Report:
        """Draw the report for each month that ``period`` touches, each drawing recorded, and return one of a
        row a month. Raises TypeError for a kind that isn't told by the month, Refused."""
        if self.months is None:
            raise TypeError(f"{self.name} is not told by the month")
        months = months_of(period)
        drawn = [self.build(desk, book, unit, month) for month in months]
        rows = tuple(
            (f"{month.first:%Y-%m}", *self.months.of(one)) for month, one in zip(months, drawn, strict=True)
        )
        return replace(
            drawn[-1],
            columns=(ReportColumn("month", _("Month")), *self.months.columns),
            rows=rows,
            parameters=(
                *drawn[-1].parameters[:-1],
                (_("Period"), str(Period(months[0].first, months[-1].last))),
            ),
            bar=self.months.bar,
            note=None,
        )


def months_of(period: Period) -> list[Period]:
    """Return the months that ``period`` touches, the last `MOST` of them at the most; where that is only one,
    the six months up to it."""
    last = period.last.year * 12 + period.last.month - 1
    first = period.first.year * 12 + period.first.month - 1
    first = last - HALF_A_YEAR + 1 if first == last else max(first, last - MOST + 1)
    begins = [date(at // 12, at % 12 + 1, 1) for at in range(first, last + 2)]
    return [Period(begin, after - timedelta(days=1)) for begin, after in pairwise(begins)]
