"""Changes in a period (A.9, E.6.4): what, on whose request, decided by whom."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk import Desk
from db.desk.overview.changes import ChangeAudience
from db.language import Label, Text, _, clause_words, listed, say
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Changes")


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader."""
    table = desk.overview.changes(book, unit, period.first, period.last)
    return frame_report(
        table.about,
        name="changes",
        title=TITLE,
        columns=(
            ReportColumn("applied", _("Applied on"), kind="day"),
            ReportColumn("request", _("Request"), kind="id", minor=True),
            ReportColumn("kind", _("Kind")),
            ReportColumn("name", _("Name")),
            ReportColumn("unit", table.about.unit_label),
            ReportColumn("fields", _("Fields")),
            ReportColumn("asked_by", _("Asked by"), minor=True),
            ReportColumn("decided_by", _("Decided by")),
            ReportColumn("told", _("Announced to"), minor=True),
            ReportColumn("days", _("Working days"), kind="number", unit=_("working days"), minor=True),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                row.applied.isoformat(),
                row.request,
                row.kind,
                row.name,
                row.unit,
                listed(row.fields),
                row.asked_by,
                _in_turn(row.decided_by),
                listed(map(_told, row.told)),
                row.days,
                clause_words(row.clause),
            )
            for row in table.rows
        ),
    )


KIND = ReportKind(
    "changes",
    TITLE,
    _("What was changed, who asked, decided, and was told."),
    timed=True,
    build=build,
)


def _told(told: ChangeAudience) -> Text:
    """Who heard of it, and what of the directory was opened to them (A.8)."""
    names = listed(told.names)
    return (
        _("{names}, who could open {units}", names=names, units=listed(told.opens)) if told.opens else names
    )


def _in_turn(approvers: Sequence[Text]) -> Label:
    """Who decided, one after the other."""
    return Label(*(" → ".join(say(one, language) for one in approvers) for language in ("zh_CN", "en")))
