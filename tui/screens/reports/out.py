"""Periods to choose from, and the command by which a copy leaves."""

from __future__ import annotations

from datetime import date, timedelta

from db.desk.due_dates import today
from db.language import Text, _
from reports.catalogue import word_for
from reports.formats import FORMATS
from reports.period import name_of_period, parse_period, week_of
from reports.report import Period, Report
from tui.kit import FramedScreen, Pick, ask_text, choose
from tui.screens.reports.asked import ReportScope

NAMES: dict[str, Text] = {
    "xlsx": _("Excel workbook (XLSX)"),
    "csv": _("Comma-separated text (CSV)"),
    "md": "Markdown",
    "text": _("Plain text"),
    "json": _("JSON, for programs"),
    "pdf": _("Pages to print (PDF)"),
}
"""What the formats are called where one is chosen."""


def periods(day: date) -> list[tuple[Text, Period]]:
    """Return the usual periods around ``day``, this month first."""
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


async def ask_period(screen: FramedScreen, asked: ReportScope, *, has_months: bool = False) -> bool:
    """Ask for a period in a box and set it in ``asked``; return whether one was chosen. ``has_months``:
    months can be rows."""
    usual = periods(today())
    options = [Pick(str(place), label, note=str(period)) for place, (label, period) in enumerate(usual)]
    if has_months:
        options.append(Pick("months", _("By month"), "m", _("each month of it a row")))
    chosen = await choose(screen, _("Period"), [*options, Pick("other", _("Another one …"))])
    if chosen is None:
        return False
    period = asked.period
    if chosen != "months":
        said = await read_period(screen) if chosen == "other" else usual[int(chosen)][1]
        if said is None:
            return False
        period = said
    asked.by_month = chosen == "months" or (asked.by_month and chosen == "other")
    asked.period = period
    return True


async def read_period(screen: FramedScreen) -> Period | None:
    """Ask for a period as text; return it, None if the reader went back."""
    said = await ask_text(
        screen,
        _("Period"),
        _("A month, week, quarter, year, day, two days, or the last days"),
        value=f"{today():%Y-%m}",
        required=True,
        check=lambda text: parse_period(text, today()),
        yes=_("Choose"),
    )
    return parse_period(said, today()) if said is not None else None


def order_for(report: Report, format: str, period: Period | None) -> tuple[list[str], str]:
    """Return the words of the plain command for the same report, and the name of its file. Takes nothing
    out."""
    name = word_for(report.name)
    words = ["report", name, "--book", report.book]
    if report.unit is not None:
        words += ["--scope", str(report.unit)]
    if period is not None:
        words += ["--period", f"{period.first}..{period.last}"]
        name += f"-{name_of_period(period)}"
    words += ["--format", format]
    ending = ".pdf" if report.encrypted and format != "pdf" else ""
    return words, f"{name}.{FORMATS[format].suffix}{ending}"
