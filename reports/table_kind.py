"""A kind of report whose lines are rows of the desk: each column says once what it is and what it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from db.desk import Desk
from db.desk.extracts.drawing import ReportRows
from db.desk.frame import operation_of
from db.language import Message, Text
from reports.answer import Answering
from reports.framing import frame_report
from reports.kind import Months, ReportKind
from reports.report import Cell, Period, Report, ReportColumn

Row = TypeVar("Row")
Columns = tuple[tuple[ReportColumn, Callable[[Row], Cell]], ...]
"""Each column, and what it holds of a row."""


def table_kind(
    name: str,
    about: Message,
    columns: Callable[[Text], Columns[Row]],
    *,
    question: Message,
    answer: Answering,
    note: Callable[[Sequence[Row]], Message] | None = None,
    empty: Message | None = None,
    timed: bool = True,
    bar: str = "",
    months: Months | None = None,
) -> ReportKind:
    """Make the kind of report that draws, and thereby records, the desk's operation of its ``name`` and shows
    its rows by ``columns``, which is given the book's word for a unit. Below them stands a ``note`` on the
    rows, or ``empty`` where there are none."""

    def build(desk: Desk, book: str, unit: int | None, period: Period) -> Report:
        days = (period.first, period.last) if timed else ()
        table: ReportRows[Row] = operation_of(desk, f"overview.{name}")(book, unit, *days)
        told = columns(table.about.unit_label)
        return frame_report(
            table.about,
            name=name,
            columns=tuple(column for column, _value in told),
            rows=tuple(tuple(value(row) for _column, value in told) for row in table.rows),
            bar=bar,
            note=note(table.rows) if note is not None else None if table.rows else empty,
        )

    return ReportKind(name, about, question, answer, timed, build, months)
