"""Plain text for a terminal, columns aligned by the cells their characters take (CJK takes two)."""

from __future__ import annotations

import tabulate as tables
from wcwidth import wcswidth

from db.desk.notation.cells import one_line
from db.language import Language, say
from reports.report import Report, footer_lines, heading, spoken_rows

GAP = 2
tables.MIN_PADDING = 0  # heads are as wide as they are: two blanks more each would not fit 80 cells


def write(report: Report, language: Language, mark: str = "") -> bytes:
    return (render(report, language, mark=mark) + "\n").encode("utf-8")


def render(report: Report, language: Language, width: int | None = None, mark: str = "") -> str:
    """Return the report as text: title, parameters, table, note and footer. Where the table is wider than
    ``width`` cells, each row stands as lines of head and value instead."""
    body = table(report, language)
    if width is not None and max(map(wcswidth, body.splitlines()), default=0) > width:
        body = records(report, language)
    lines = [one_line(say(report.title, language)), one_line(heading(report, language)), "", body]
    if report.note is not None:
        lines += ["", one_line(say(report.note, language))]
    lines += ["", *(one_line(line) for line in footer_lines(report, language, mark))]
    return "\n".join(lines)


def table(report: Report, language: Language) -> str:
    """Return heads and rows as lines, each column as wide as its longest text."""
    heads = [one_line(say(column.head, language)) for column in report.columns]
    rows = [list(map(one_line, row)) for row in spoken_rows(report, language)]
    return tables.tabulate(
        rows,
        heads,
        tablefmt="simple",
        disable_numparse=True,
        colalign=["right" if column.right else "left" for column in report.columns] if rows else None,
    )


def records(report: Report, language: Language) -> str:
    """Return each row as a paragraph of lines ``head value``, without empty values: for narrow windows and
    screen readers."""
    heads = [one_line(say(column.head, language)) for column in report.columns]
    column = max(map(wcswidth, heads)) + GAP
    blocks = []
    for row in spoken_rows(report, language):
        pairs = zip(heads, map(one_line, row), strict=True)
        blocks.append(
            "\n".join(head + " " * (column - wcswidth(head)) + value for head, value in pairs if value)
        )
    return "\n\n".join(blocks)
