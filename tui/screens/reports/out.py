"""Periods to choose from, and the command by which a copy leaves."""

from __future__ import annotations

from datetime import date, timedelta

from db.desk.due_dates import today
from db.language import Text, _
from reports.formats import FORMATS
from reports.period import parse_period, week_of
from reports.report import Period, Report
from tui.kit import FramedScreen, ask_text
from tui.sheets.out import to_type

NAMES: dict[str, Text] = {
    "xlsx": _("Excel workbook (XLSX)"),
    "csv": _("Comma-separated text (CSV)"),
    "md": "Markdown",
    "text": _("Plain text"),
    "json": _("JSON, for programs"),
}
"""What the formats are called where one is chosen."""


def periods(day: date) -> list[tuple[Text, Period]]:
    """The usual periods around ``day``, this month first."""
    month = parse_period(f"{day:%Y-%m}", day)
    before = month.first - timedelta(days=1)
    quarter = parse_period(f"{day.year}-Q{(day.month + 2) // 3}", day)
    earlier = quarter.first - timedelta(days=1)
    return [
        (_("This month"), month),
        (_("Last month"), parse_period(f"{before:%Y-%m}", day)),
        (_("This week"), week_of(day)),
        (_("Last week"), week_of(day - timedelta(days=7))),
        (_("This quarter"), quarter),
        (_("Last quarter"), parse_period(f"{earlier.year}-Q{(earlier.month + 2) // 3}", day)),
        (_("This year"), parse_period(f"{day.year}", day)),
        (_("The last 30 days"), parse_period("30d", day)),
    ]


async def read_period(screen: FramedScreen) -> Period | None:
    """A period that the person writes; what is none is said where it is written."""
    said = await ask_text(
        screen,
        _("Period"),
        _("A month, week, quarter, year, day, two days, or the last days"),
        value=f"{today():%Y-%m}",
        required=True,
        check=lambda text: parse_period(text, today()),
    )
    return parse_period(said, today()) if said is not None else None


def command_for(report: Report, ssh: str, format: str, period: Period | None) -> str:
    """The line that writes the same report into a file where it is typed; ``ssh`` begins it (`Actor`)."""
    words = ["report", report.name, "--book", report.book]
    if report.unit is not None:
        words += ["--scope", str(report.unit)]
    if period is not None:
        words += ["--period", f"{period.first}..{period.last}"]
    words += ["--format", format]
    ending = ".pdf" if report.encrypted else ""
    return to_type(ssh, words, f"{report.name}.{FORMATS[format].suffix}{ending}")
