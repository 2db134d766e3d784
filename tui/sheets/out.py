"""A list as a file, for who may take it out (A.12, C.9.1)."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from db.desk import Invalid, Problem
from db.desk.due_dates import Due
from db.language import Language, Text, _, listed
from reports.export import Document, export
from reports.formats import FORMATS
from reports.framing import frame_report
from reports.report import Cell, ReportColumn
from tui.sheets.asks import At, Key, Row
from tui.sheets.reading import value_words
from tui.sheets.sheet import Column, Sheet
from tui.sheets.view import View

OUT: Final = {name: FORMATS[name] for name in ("xlsx", "csv", "md", "pdf")}
"""The formats that a list leaves in."""
LEFT: Final = _("Working days left")


def taken_out(
    sheet: Sheet[Row], at: At[Any], rows: Sequence[Row], view: View, format: str, language: Language
) -> Document:
    """Build a file of ``rows``, marked for its reader and recorded as a copy that leaves. Raises Invalid if
    it is empty or of several books, Refused if the reader may not take it out."""
    book = book_of(sheet, at, rows)
    columns = sheet.columns
    if all(column.id != sheet.named for column in columns):
        columns = (Column(sheet.named, _("No."), lambda row: str(sheet.key(row))), *columns)
    drawn = [_draw_column(column, column.heading(at), rows) for column in columns]
    report = frame_report(
        at.desk.overview.listed(sheet.id, book),
        name=f"list {sheet.id}",
        title=sheet.title,
        columns=tuple(column for some, _cells in drawn for column in some),
        rows=tuple(sum(parts, ()) for parts in zip(*(cells for _some, cells in drawn), strict=True)),
    )
    narrowed = (*view.filter_facts(sheet, at), *([(_("Search"), view.words)] if view.words else []))
    return export(at.desk, replace(report, parameters=(*report.parameters, *narrowed)), format, language)


def book_of(sheet: Sheet[Row], at: At[Any], rows: Sequence[Row]) -> str:
    """Return the book that ``rows`` are of. Raises Invalid for none or several."""
    if sheet.book is None:
        raise TypeError(f"{sheet.id} never leaves")
    books = sorted({sheet.book(at, row) for row in rows})
    if not books:
        raise Invalid(Problem("format", _("There is nothing in the list.")))
    if len(books) > 1:
        several = _(
            "The rows are of several directories ({books}); narrow the list to one.", books=listed(books)
        )
        raise Invalid(Problem("format", several))
    return books[0]


def _draw_column(
    column: Column[Row], heading: Text, rows: Sequence[Row]
) -> tuple[list[ReportColumn], list[tuple[Cell, ...]]]:
    """Return the report's column, two for due days, and its cells row by row."""
    values = [column.value(row) for row in rows]
    if any(isinstance(value, Due) for value in values):
        clocks: list[tuple[Cell, ...]] = [
            (one.day, one.left) if isinstance(one, Due) else (value_words(one), None) for one in values
        ]
        return [ReportColumn(column.id, heading, "day"), ReportColumn("left", LEFT, "number")], clocks
    numbers = [value for value in values if value is None or isinstance(value, int)]
    if len(numbers) == len(values):
        return [ReportColumn(column.id, heading, "number")], [(number,) for number in numbers]
    return [ReportColumn(column.id, heading)], [(value_words(value),) for value in values]


def order_for(
    sheet: Sheet[Any], at: At[Any], keys: Sequence[Key], view: View, format: str, language: Language
) -> tuple[list[str], str]:
    """Return the words of the command that takes the rows ``keys``, or all of ``view``, out, and the file's
    name. Takes nothing out."""
    words = [*sheet.id.split(), *map(str, keys)]
    for ask in sheet.of:
        answer = at.answers.get(ask.id)
        if answer is not None and answer != "":
            words += [f"--{ask.id}", ask.as_word(answer)]
    if not keys:
        if view.words:
            words += ["--search", view.words]
        if view.values:
            words += ["--only", view.as_words(language)]
    if view.by:
        words += ["--sort", f"-{view.by}" if view.down else view.by]
    words += ["--format", format]
    return words, f"{sheet.id.replace(' ', '-')}.{OUT[format].suffix}"


def to_type(ssh: str, words: Sequence[str], file: str) -> str:
    """Return the shell line that writes the output of the command ``words`` to ``file``; ``ssh`` begins it
    (`Actor`). The words go through two shells, the reader's own and the one that SSH's protocol implies."""
    plain = " ".join(words)
    if shlex.join(words) != plain:
        plain = " ".join(word if shlex.quote(word) == word else _quoted(word) for word in words)
        plain = shlex.quote(plain)
    return f"{ssh} {plain} > {file}"


def _quoted(word: str) -> str:
    """Return ``word`` in double quotes, escaped within; they read well within the single ones around all of
    it."""
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'
