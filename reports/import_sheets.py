"""Workbooks about an import: one to fill in, and one of its rows to be mended."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from db.desk.importing.columns import PROBLEM, ImportColumn
from db.desk.importing.outcome import ImportView
from db.desk.notation.cells import one_line
from db.language import LANGUAGES, Language, Text, _, say

WIDTH = 18


def template(columns: Sequence[ImportColumn]) -> bytes:
    """Return an empty workbook to fill in, its heads in both languages, required columns starred. The column
    for a unit's upper unit is left out."""
    asked = [one for one in columns if one.name != "unit_above"]
    return _cells_as_workbook([_both(one.label) + (" *" if one.required else "") for one in asked], ())


def rows_to_mend(rows: Sequence[Sequence[str]], view: ImportView, language: Language) -> bytes:
    """Return a workbook of the rows that can't be imported, each with its problems in a further column, then
    those that can. Mended, it can be imported in place of the file, which is imported whole or not at all."""
    found = []
    for line in sorted(view.lines, key=lambda line: line.state == "new"):
        if line.state in ("wrong", "changed", "new") and line.row > view.top:
            cells = [*rows[line.row - 1], *[""] * len(rows[view.top - 1])][: len(rows[view.top - 1])]
            problems = line.problems if line.state != "new" else ()
            said = (_("{column}: {reason} {advice}", **problem.texts()) for problem in problems)
            found.append([*cells, " ".join(say(one, language) for one in said)])
    return _cells_as_workbook([*rows[view.top - 1], _both(PROBLEM)], found)


def _both(label: Text) -> str:
    zh, en = (say(label, one) for one in sorted(LANGUAGES, reverse=True))
    return zh if zh == en else f"{zh} / {en}"


def _cells_as_workbook(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a workbook with every cell as text, so that none is taken for a formula or loses a digit."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        sheet, text = book.add_worksheet(), book.add_format({"num_format": "@"})
        strong = book.add_format({"num_format": "@", "bold": True})
        sheet.set_column(0, max(len(headings) - 1, 0), WIDTH, text)
        for row, cells in enumerate((headings, *rows)):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, one_line(cell), text if row else strong)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
