"""Who is owed notices, copies or tasks and has no account in use, which copies nobody can acknowledge, and
which offices nobody holds."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words, listed
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Undeliverable notices and vacant offices")
PROBLEMS = {
    "no-account": _("no account in use"),
    "not-issued": _("has an account, no copy yet"),
    "left": _("left before acknowledging"),
    "vacant": _("nobody holds it"),
}


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.unreached(book, unit)
    return frame_report(
        table.about,
        name="unreached",
        title=TITLE,
        columns=(
            ReportColumn("problem", _("What is wrong")),
            ReportColumn("name", _("Person or office")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("what", _("Undelivered")),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (PROBLEMS[row.problem], row.name, row.unit, listed(row.what), clause_words(row.clause))
            for row in table.rows
        ),
        note=None if table.rows else _("Everybody who is owed something can get it."),
    )


KIND = ReportKind(
    "unreached",
    TITLE,
    _("Who is owed notices, copies or tasks and can't get them, and offices that nobody holds."),
    timed=False,
    build=build,
)
