"""Markdown with a pipe table; nothing in a cell is taken for markup."""

from __future__ import annotations

import re

from db.desk.notation.cells import one_line
from db.language import Language, say
from reports.report import Report, footer_lines, heading, spoken_rows

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!])")


def write(report: Report, language: Language, mark: str = "") -> bytes:
    """Return title, parameters, table and footer in Markdown."""
    lines = [f"# {escape(say(report.title, language))}", "", escape(heading(report, language)), ""]
    lines.append(_row([escape(say(column.head, language)) for column in report.columns]))
    lines.append(_row(["--:" if column.right else "---" for column in report.columns]))
    lines += [_row(list(map(escape, row))) for row in spoken_rows(report, language)]
    if report.note is not None:
        lines += ["", escape(say(report.note, language))]
    for line in footer_lines(report, language, mark):
        lines += ["", escape(line)]
    return ("\n".join(lines) + "\n").encode("utf-8")


def escape(text: str) -> str:
    """Return ``text`` on one line, with every sign escaped that Markdown would read."""
    return _MARKUP.sub(r"\\\1", one_line(text))


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
