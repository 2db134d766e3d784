"""Names to look at: those that would be refused today, and those that look like another one (UTS 39)."""

from __future__ import annotations

from db.desk import Desk
from db.desk.entry.alike import Strange
from db.language import Text, _, listed
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Names to look at")
WHAT = {True: _("department"), False: _("person")}


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.names(book, unit)
    return frame_report(
        table.about,
        name="names",
        title=TITLE,
        columns=(
            ReportColumn("name", _("Name")),
            ReportColumn("what", _("Whose name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("wrong", _("What is wrong")),
            ReportColumn("alike", _("Looks like")),
        ),
        rows=tuple(
            (row.name, WHAT[row.is_unit], row.unit, row.wrong or "", _others(row)) for row in table.rows
        ),
        note=None if table.rows else _("Every name is spelt as names are, and none looks like another one."),
    )


def _others(row: Strange) -> Text:
    return listed(_("{name} ({unit})", name=name, unit=unit) for name, unit in row.others)


KIND = ReportKind(
    "names",
    TITLE,
    _("Names that would be refused today, and those that look like another one."),
    timed=False,
    build=build,
)
