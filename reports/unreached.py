"""Who is owed notices, copies or tasks and has no account in use, which copies nobody can acknowledge, and
which offices nobody holds."""

from __future__ import annotations

from db.desk.overview.unreached import UnreachedRow
from db.language import Text, _, _n, clause_words, listed
from reports.answer import NOT_RIGHT, answer_to_number
from reports.report import ReportColumn
from reports.table_kind import Columns, table_kind

PROBLEMS = {
    "no-account": _("no account in use"),
    "not-issued": _("has an account, no copy yet"),
    "left": _("left before acknowledging"),
    "vacant": _("nobody holds it"),
}


def _columns(unit: Text) -> Columns[UnreachedRow]:
    return (
        (ReportColumn("problem", _("What is wrong")), lambda row: PROBLEMS[row.problem]),
        (ReportColumn("name", _("Person or office")), lambda row: row.name),
        (ReportColumn("unit", unit), lambda row: row.unit),
        (ReportColumn("what", _("Undelivered")), lambda row: listed(row.what)),
        (ReportColumn("clause", _("Clause"), minor=True), lambda row: clause_words(row.clause)),
    )


KIND = table_kind(
    "unreached",
    _("Who is owed notices, copies or tasks and can't get them, and offices that nobody holds."),
    _columns,
    question=NOT_RIGHT,
    answer=answer_to_number(
        lambda count: _n("{count} notice or office", "{count} notices and offices", count=count)
    ),
    empty=_("Everybody who is owed something can get it."),
    timed=False,
)
