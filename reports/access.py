"""Access and refusals (C.6, C.10): who used the directory how often, and what was refused them."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Access and refusals")


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.access(book, unit, period.first, period.last)
    refused = sum(row.refused for row in table.rows)
    return frame_report(
        table.about,
        name="access",
        title=TITLE,
        columns=(
            ReportColumn("who", _("Who")),
            ReportColumn("login", _("Login"), minor=True),
            ReportColumn("unit", table.about.unit_label, minor=True),
            ReportColumn("act", _("Act")),
            ReportColumn("done", _("Allowed"), kind="number", sums=True),
            ReportColumn("refused", _("Refused"), kind="number", sums=True, alarming=True),
            ReportColumn("clauses", _("Clause")),
            ReportColumn("last", _("Last"), kind="day"),
        ),
        rows=tuple(
            (
                row.who or _("system"),
                row.login,
                row.unit,
                row.label,
                row.done,
                row.refused,
                clause_words(row.clauses),
                row.last,
            )
            for row in table.rows
        ),
        bar="refused",
        note=_(
            "{done} acts allowed, {refused} refused.",
            done=sum(row.done for row in table.rows),
            refused=refused,
        ),
    )


KIND = ReportKind(
    "access",
    TITLE,
    _("Who used the directory how often, and what was refused by which clause."),
    timed=True,
    build=build,
)
