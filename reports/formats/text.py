"""Plain text for a terminal, columns aligned by the cells their characters take (CJK takes two)."""

from __future__ import annotations

import tabulate as tables
from wcwidth import wcswidth, wcwidth

from db.desk.cells import one_line
from db.language import Language, say
from reports.report import Report, footer_lines, heading, spoken

NARROWEST = 4
GAP = 2
tables.MIN_PADDING = 0  # heads are as wide as they are: two blanks more each would not fit 80 cells


def write(report: Report, language: Language, mark: str = "") -> bytes:
    """The whole report with every cell in full."""
    return (render(report, language, mark=mark) + "\n").encode("utf-8")


def render(report: Report, language: Language, width: int | None = None, mark: str = "") -> str:
    """The report as text. ``width``: cells of the terminal; the widest columns are cut to fit it."""
    lines = [one_line(say(report.title, language)), one_line(heading(report, language)), ""]
    lines.append(table(report, language, width))
    if report.note is not None:
        lines += ["", one_line(say(report.note, language))]
    lines += ["", *(one_line(line) for line in footer_lines(report, language, mark))]
    return "\n".join(lines)


def table(report: Report, language: Language, width: int | None = None) -> str:
    """Heads and rows alone."""
    heads = [one_line(say(column.head, language)) for column in report.columns]
    rows = [[one_line(spoken(value, language)) for value in row] for row in report.rows]
    if width is not None:
        widths = _fitted(_needed(heads, rows), width)
        heads = [clip(text, room) for text, room in zip(heads, widths, strict=True)]
        rows = [[clip(text, room) for text, room in zip(row, widths, strict=True)] for row in rows]
    return tables.tabulate(
        rows,
        heads,
        tablefmt="simple",
        disable_numparse=True,
        colalign=["right" if column.number else "left" for column in report.columns] if rows else None,
    )


def clip(text: str, width: int) -> str:
    """``text`` in at most ``width`` cells; what was cut is marked by an ellipsis."""
    if wcswidth(text) <= width:
        return text
    kept, room = "", width - 1
    for character in text:
        room -= max(wcwidth(character), 0)
        if room < 0:
            break
        kept += character
    return kept + "…"


def _needed(heads: list[str], rows: list[list[str]]) -> list[int]:
    return [max(wcswidth(row[place]) for row in [heads, *rows]) for place in range(len(heads))]


def _fitted(widths: list[int], width: int) -> list[int]:
    """``widths`` with the widest columns narrowed until all of them fit into ``width``."""
    fitted = list(widths)
    while sum(fitted) + GAP * (len(fitted) - 1) > width:
        widest = max(range(len(fitted)), key=lambda place: fitted[place])
        if fitted[widest] <= NARROWEST:
            break
        fitted[widest] -= 1
    return fitted
