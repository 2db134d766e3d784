"""Disclosures and consents (B.6.2): whose entry was asked for, the answer, and what was given until when."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words, listed
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Disclosures and consents")


def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
    """The report for ``desk``'s reader: what was asked for in ``period``."""
    table = desk.overview.disclosures(book, unit, period.first, period.last)
    return frame_report(
        table.about,
        name="disclosures",
        title=TITLE,
        columns=(
            ReportColumn("request", _("Request"), kind="id", minor=True),
            ReportColumn("name", _("Whose entry")),
            ReportColumn("unit", table.about.unit_label, minor=True),
            ReportColumn("asked_by", _("Asked by")),
            ReportColumn("to", _("Given to")),
            ReportColumn("fields", _("Fields"), minor=True),
            ReportColumn("asked", _("Asked"), kind="day"),
            ReportColumn("answer", _("Answer")),
            ReportColumn("answered", _("Answered"), kind="day"),
            ReportColumn("given", _("Given"), minor=True),
            ReportColumn("until", _("Until"), kind="day"),
            ReportColumn("clause", _("Clause"), minor=True),
        ),
        rows=tuple(
            (
                row.request,
                row.name,
                row.unit,
                row.asked_by,
                row.to,
                listed(row.fields),
                row.asked,
                row.answer,
                row.answered,
                row.given,
                row.until,
                clause_words(row.clause),
            )
            for row in table.rows
        ),
        note=_(
            "Asked: {count}, given: {given}, not answered yet: {waiting}.",
            count=len(table.rows),
            given=sum(bool(row.given) for row in table.rows),
            waiting=sum(row.state == "asked" for row in table.rows),
        ),
    )


KIND = ReportKind(
    "disclosures",
    TITLE,
    _("Whose entry was asked for, what they answered, and until when it is given."),
    timed=True,
    build=build,
)
