"""Progress of reviews (B.5.1, B.5.3, C.5, E.6.2, F.5.1): how far each department is, and who is late."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words, listed
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Reviews")


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: reviews that were open at some time in ``period``."""
    table = desk.overview.reviews(book, unit, period.first, period.last)
    late = [row for row in table.rows if row.late]
    return frame_report(
        table.about,
        name="reviews",
        title=TITLE,
        columns=(
            ReportColumn("review", _("Review")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("opened", _("Opened"), kind="day", minor=True),
            ReportColumn("due", _("Due"), kind="day"),
            ReportColumn("closed", _("Closed"), kind="day", minor=True),
            ReportColumn("total", _("Things"), kind="number", sums=True),
            ReportColumn("decided", _("Decided"), kind="number", sums=True),
            ReportColumn("under_way", _("Under way"), kind="number", sums=True, minor=True),
            ReportColumn("late", _("Late"), kind="number", sums=True, alarming=True),
            ReportColumn("signed", _("Signed by")),
            ReportColumn("who", _("Waits for")),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                row.label,
                row.unit,
                row.opened,
                row.due,
                row.closed,
                row.total,
                row.decided,
                row.under_way,
                row.undecided if row.late else 0,
                listed(row.signed),
                listed(row.who),
                clause_words(row.clause),
            )
            for row in table.rows
        ),
        bar="late",
        note=_(
            "Undecided: {count}, of them past their day: {late}.",
            count=sum(row.undecided for row in table.rows),
            late=sum(row.undecided for row in late),
        ),
    )


KIND = ReportKind(
    "reviews",
    TITLE,
    _("How far each review is in each department, and for whom it waits."),
    timed=True,
    build=build,
)
