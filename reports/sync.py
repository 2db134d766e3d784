"""In whom the directory and WeCom differ (G.4): who is missing on which side, and which fields differ."""

from __future__ import annotations

from db.desk.outside.drift_views import DriftRow
from db.language import Text, _, _n, listed
from reports.answer import NONE, NOT_RIGHT, Answer
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind


def _columns(unit: Text) -> Columns[DriftRow]:
    return (
        (ReportColumn("what", _("What is wrong")), lambda row: row.what_label),
        (ReportColumn("name", _("Name")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("account", _("WeCom account")), lambda row: row.account),
        (ReportColumn("fields", _("Fields")), lambda row: listed(row.fields)),
        (ReportColumn("stands", _("Status")), lambda row: row.stands),
    )


def _answer(numbers: tuple[int, ...]) -> Answer:
    count, compared = numbers
    if not compared:
        return Answer(_("not compared yet"))
    return Answer(_n("{count} difference", "{count} differences", count=count), True) if count else NONE


KIND = table_kind(
    "sync",
    _("Who is missing here or in WeCom, and which fields differ, as last compared."),
    _columns,
    question=NOT_RIGHT,
    answer=_answer,
    empty=_("The last comparison found no difference."),
    timed=False,
)
