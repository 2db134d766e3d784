"""Record of processing (PIPL 51, 54, 55): what a directory holds of whom, for what, who sees it, how long."""

from __future__ import annotations

from db.desk import Desk
from db.language import _, clause_words
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Period, Report, ReportColumn

TITLE = _("Record of processing")


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """The report for ``desk``'s reader, from the rules in force now."""
    table = desk.overview.processing(book, unit)
    return frame_report(
        table.about,
        name="processing",
        title=TITLE,
        columns=(
            ReportColumn("what", _("What")),
            ReportColumn("nature", _("Nature"), minor=True),
            ReportColumn("whose", _("Of whom")),
            ReportColumn("why", _("What for"), minor=True),
            ReportColumn("who", _("Seen by")),
            ReportColumn("kept", _("Kept for")),
            ReportColumn("clause", _("Clause")),
        ),
        rows=tuple(
            (row.what, row.nature, row.whose, row.why, row.who, row.kept, clause_words(row.clause))
            for row in table.rows
        ),
        note=_(
            "Entries that were erased stand in old backups until those are thinned out; evidence, archives, "
            "requests and the words of the audit open from none of them."
        ),
    )


KIND = ReportKind(
    "processing",
    TITLE,
    _("What the directory holds of whom, for what, who sees it and how long, by clause."),
    timed=False,
    build=build,
)
