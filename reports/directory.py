"""The directory of a scope (E.4, A.12): a copy of it, as far as its reader may see."""

from __future__ import annotations

from db.desk import Desk
from db.desk.authority.permissions import policy_of
from db.desk.extracts.entries import DirectoryColumn
from db.desk.importing.columns import extra_columns
from db.language import Label, _, _n
from reports.answer import ALL, answer_to_number
from reports.framing import frame_report
from reports.kind import ReportKind
from reports.report import Kind, Period, Report, ReportColumn

PLAIN = ("name", "position", "unit", "extension", "mobile", "email")
"""Columns that stay where there is no room for all."""


def build(desk: Desk, book: str, unit: int | None, _period: Period) -> Report:
    """Draw the report for ``desk``'s reader: the active entries within reach, which is recorded, as are the
    protected values that it shows. Raises Refused without the right to a copy."""
    table = desk.overview.directory(book, unit)
    more = extra_columns(policy_of(book))
    hidden = sum(row.masked for row in table.rows)
    within = [at for at, column in enumerate(table.columns) if column.name == "unit"]
    note = _(
        "Entries: {count}. {called}: {units}.",
        count=len(table.rows),
        called=table.about.unit_label,
        units=len({row.values[at] for row in table.rows for at in within}),
    )
    if hidden:
        covered = _n(
            "{count} entry has values that you may not see in full here.",
            "{count} entries have values that you may not see in full here.",
            count=hidden,
        )
        note = _("{said} {more}", said=note, more=covered)
    return frame_report(
        table.about,
        name="directory",
        columns=(
            *map(_column, table.columns),
            *(_further_column(name, label) for name, label in more.items()),
        ),
        rows=tuple((*row.values, *(row.more[name] or None for name in more)) for row in table.rows),
        note=note,
        granted=table.granted,
    )


def _column(column: DirectoryColumn) -> ReportColumn:
    kind: Kind = "day" if column.is_day else "text"
    return ReportColumn(column.name, column.label, kind, minor=column.name not in PLAIN)


def _further_column(name: str, label: Label) -> ReportColumn:
    """Make a column for what is no field of the book but belongs into an import."""
    return ReportColumn(name, label, "day" if name == "joined" else "text", minor=True)


KIND = ReportKind(
    "directory",
    _("Everyone of a scope with their contacts, as far as you may see them."),
    question=ALL,
    answer=answer_to_number(lambda count: _n("{count} entry", "{count} entries", count=count), is_bad=False),
    timed=False,
    build=build,
)
