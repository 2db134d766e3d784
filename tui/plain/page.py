"""The help of a command as lines of text, over SSH and on the host."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from db.language import Text, _
from tui.plain.command import Described
from tui.safe import cells, fit, fold

LEAST = 20
"""Cells that an explanation has at the least, however narrow the terminal is."""


def page(command: Described, called: str, said: Callable[[Text], str], width: int) -> list[str]:
    """Return the lines of a help page: usage, help, options and an example, which begins with ``called``."""
    lines = [command.usage, *(f"  {line}" for line in fold(said(command.help), max(width - 2, LEAST)))]
    lines += columns([(f"  {option.usage}", said(option.help)) for option in command.options], width)
    example = said(_("Example: {command}", command=f"{called} {command.example}"))
    return [*lines, f"  {example}"]


def columns(rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    column = max((cells(name) for name, _text in rows), default=0) + 2
    lines = []
    for name, text in rows:
        first, *others = fold(text, max(width - column, LEAST))
        lines += [fit(name, column) + first, *(" " * column + line for line in others)]
    return lines


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a text table: ``heads``, a rule, ``rows``."""
    columns = zip(heads, *rows, strict=True)
    widths = [max([cells(head) + 2, *map(cells, column)]) for head, *column in columns]
    lines = (heads, ["-" * width for width in widths], *rows)
    return ["  ".join(map(fit, line, widths)).rstrip() for line in lines]
