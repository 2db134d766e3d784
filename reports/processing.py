"""Record of processing (PIPL 51, 54, 55): what a directory holds of whom, for what, who sees it, how long."""

from __future__ import annotations

from collections.abc import Sequence

from db.desk.privacy.processing import ProcessingRow
from db.language import Message, Text, _, _n, clause_words
from reports.answer import ALL, answer_to_number
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(_unit: Text) -> Columns[ProcessingRow]:
    return (
        (ReportColumn("what", _("What")), lambda row: row.what),
        (ReportColumn("nature", _("Nature"), minor=True), lambda row: row.nature),
        (ReportColumn("whose", _("Of whom")), lambda row: row.whose),
        (ReportColumn("why", _("What for"), minor=True), lambda row: row.why),
        (ReportColumn("who", _("Seen by")), lambda row: row.who),
        (ReportColumn("kept", _("Kept for")), lambda row: row.kept),
        (ReportColumn("clause", _("Clause")), lambda row: clause_words(row.clause)),
    )


def _summary(_rows: Sequence[ProcessingRow]) -> Message:
    return _(
        "Entries that were erased stand in old backups until those are thinned out; evidence, archives, "
        "requests and the words of the audit open from none of them."
    )


KIND = table_kind(
    "processing",
    _("What the directory holds of whom, for what, who sees it and how long, by clause."),
    _columns,
    question=ALL,
    answer=answer_to_number(
        lambda count: _n("{count} kind of data", "{count} kinds of data", count=count), is_bad=False
    ),
    note=_summary,
    timed=False,
)
