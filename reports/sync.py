"""In whom the directory and WeCom differ (G.4): who is missing on which side, and which fields differ."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, listed
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Differences from WeCom")


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.sync(book, unit)
    return frame_report(
        table.about,
        name="sync",
        title=TITLE,
        columns=(
            ReportColumn("what", _("What is wrong")),
            ReportColumn("name", _("Name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("account", _("WeCom account")),
            ReportColumn("fields", _("Fields")),
            ReportColumn("stands", _("Stands")),
        ),
        rows=tuple(
            (row.what_label, row.name, row.unit, row.account, listed(row.fields), row.stands)
            for row in table.rows
        ),
        note=None if table.rows else _("The last comparison found no difference."),
    )


KIND = ReportKind(
    "sync",
    TITLE,
    _("Who is missing here or in WeCom, and which fields differ, as last compared."),
    timed=False,
    build=build,
)
