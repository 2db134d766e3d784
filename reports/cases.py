"""Cases and sanctions (B.7.2, C.12, E.17, G.8, H.7): what was reported, how it ended, and what it cost."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, _n, clause_words
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Cases and sanctions")


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: cases that were reported in ``period``."""
    table = desk.overview.cases(book, unit, period.first, period.last)
    return frame_report(
        table.about,
        name="cases",
        title=TITLE,
        columns=(
            ReportColumn("case", _("No."), kind="id"),
            ReportColumn("kind", _("About")),
            ReportColumn("unit", table.about.unit_label, minor=True),
            ReportColumn("reported", _("Reported"), kind="day"),
            ReportColumn("state", _("State")),
            ReportColumn("outcome", _("Outcome")),
            ReportColumn("who", _("Concerned")),
            ReportColumn("sanctions", _("Sanction")),
            ReportColumn("times", _("Times"), kind="number"),
            ReportColumn("fine", _("Fine"), kind="number", unit=_("yuan"), sums=True),
            ReportColumn("clause", _("Clause"), minor=True),
            ReportColumn("closed", _("Closed"), kind="day", minor=True),
        ),
        rows=tuple(
            (
                row.case,
                row.kind,
                row.unit,
                row.reported,
                row.state,
                row.outcome,
                row.who,
                row.sanctions,
                row.occurrences or None,
                row.amount or None,
                clause_words(row.clause),
                row.closed,
            )
            for row in table.rows
        ),
        note=_n(
            "{count} case; fines together {amount}.",
            "{count} cases; fines together {amount}.",
            count=len({row.case for row in table.rows}),
            amount=sum(row.amount for row in table.rows),
        ),
    )


KIND = ReportKind(
    "cases",
    TITLE,
    _("What was reported, how it ended, and the sanctions and fines by the book's ladder."),
    timed=True,
    build=build,
)
