"""Issues and receipts (I.4.3, I.4.2.1): each numbered copy, and who has not acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping

from db.desk import Desk
from db.desk.editions.receiving import Receipt
from db.language import Text, _, clause_words
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Issues and receipts")
RECEIPTS: Mapping[Receipt, Text] = {
    "acknowledged": _("acknowledged"),
    "recalled": _("called back"),
    "closed": _("closed with a reason"),
    "waiting": _("not yet acknowledged"),
    "no-account": _("no account"),
    "not-issued": _("has an account, no copy yet"),
    "left": _("left before acknowledging"),
}


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: what was issued in ``period``."""
    table = desk.overview.receipts(book, unit, period.first, period.last)
    late = {(row.edition, row.issue) for row in table.rows if row.late}
    return frame_report(
        table.about,
        name="receipts",
        title=TITLE,
        columns=(
            ReportColumn("edition", _("Edition")),
            ReportColumn("issue", _("Issue no."), kind="id", minor=True),
            ReportColumn("issued", _("Issued"), kind="day"),
            ReportColumn("late", _("Issued late"), minor=True),
            ReportColumn("number", _("Copy")),
            ReportColumn("name", _("Recipient")),
            ReportColumn("post", _("Position"), minor=True),
            ReportColumn("unit", table.about.unit_label, minor=True),
            ReportColumn("acknowledged", _("Acknowledged"), kind="day"),
            ReportColumn("reminded", _("Reminded"), kind="day", minor=True),
            ReportColumn("recalled", _("Called back"), kind="day", minor=True),
            ReportColumn("closed", _("Closed at"), kind="day", minor=True),
            ReportColumn("state", _("State")),
            ReportColumn("reason", _("Reason"), minor=True),
            ReportColumn("waiting", _("Outstanding"), kind="number", sums=True, alarming=True, minor=True),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                row.edition,
                row.issue,
                row.issued,
                _yes(row.late),
                row.number,
                row.name,
                row.post,
                row.unit,
                row.acknowledged,
                row.reminded,
                row.recalled,
                row.closed,
                RECEIPTS[row.receipt],
                row.reason,
                int(row.waits),
                clause_words(row.clause),
            )
            for row in table.rows
        ),
        note=_(
            "Copies: {count}, of them outstanding: {waiting}, closed: {closed}; late issues: {late}.",
            count=len(table.rows),
            closed=sum(row.receipt == "closed" for row in table.rows),
            waiting=sum(row.waits for row in table.rows),
            late=len(late),
        ),
    )


def _yes(what: bool) -> Text:
    return _("late") if what else ""


KIND = ReportKind(
    "receipts",
    TITLE,
    _("Every copy that was issued, who has not acknowledged it, and who got none."),
    timed=True,
    build=build,
)
