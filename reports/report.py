"""A report as data: what it is called, its table, and the lines that go with every copy of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from db.desk.extracts.granted import GrantedCopy
from db.language import Language, Message, Text, _, say

Cell = Text | int | None
"""One value of a row; None is an empty cell."""
Kind = Literal["text", "number", "percent", "id", "day"]
"""What a column holds. A percentage is a whole number of them; an id is counted with by nobody; a day is
``2026-11-23``, a moment of one ``2026-11-23 09:00`` or with seconds, and where it is neither it is a text."""


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """``id`` names the column in JSON, ``head`` for people.

    ``alarming``: a value other than 0 is something to look at. ``minor``: left out first where there is
    no room for all. ``unit``: what its numbers are counted in; ``sums``: they can be added up.
    """

    id: str
    head: Text
    kind: Kind = "text"
    alarming: bool = False
    minor: bool = False
    unit: Text = ""
    sums: bool = False

    @property
    def right(self) -> bool:
        """Whether its values are aligned right, digit below digit."""
        return self.kind in ("number", "percent", "id")


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last`` day, both in it, in the organisation's time zone."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first} – {self.last}"


FEW = 5
"""Of fewer than so many a percentage says more than is known: a share of them is written out."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report, ready to be shown.

    ``parameters`` are pairs of what was asked for and its value; ``footer`` says who made it, when,
    under which regulations and how it is classified. ``book`` and ``unit`` are the scope. ``granted``:
    the copy, to be taken once, that is the only right to it. ``encrypted``: it leaves under a password.
    ``bar``: the column whose numbers are quicker as bars beside them.
    """

    name: str
    title: Text
    book: str
    unit: int | None
    parameters: tuple[tuple[Text, Text], ...]
    columns: tuple[ReportColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footer: tuple[Text, ...]
    bar: str = ""
    classification: Text = ""
    note: Message | None = None
    granted: GrantedCopy | None = None
    encrypted: bool = False

    def column(self, id: str) -> int:
        """Return the index of the column ``id``. Raises KeyError for an unknown one."""
        for place, column in enumerate(self.columns):
            if column.id == id:
                return place
        raise KeyError(id)


def share(part: int, whole: int) -> Cell:
    """Return the percentage that ``part`` is of ``whole``; of fewer than `FEW`, both as ``0/1``; of 0,
    None."""
    if not whole:
        return None
    return f"{part}/{whole}" if whole < FEW else round(100 * part / whole)


def cell_text(cell: Cell, kind: Kind = "text") -> Text:
    if cell is None:
        return ""
    if isinstance(cell, int):
        return f"{cell}%" if kind == "percent" else str(cell)
    return cell


def spoken_cell(cell: Cell, language: Language, kind: Kind = "text") -> str:
    return say(cell_text(cell, kind), language)


def spoken_rows(report: Report, language: Language) -> Iterator[list[str]]:
    kinds = [column.kind for column in report.columns]
    for row in report.rows:
        yield [spoken_cell(cell, language, kind) for cell, kind in zip(row, kinds, strict=True)]


def head_with_unit(column: ReportColumn, language: Language) -> str:
    """Return the column's head, followed by the unit of its numbers unless it says that itself."""
    head, unit = say(column.head, language), say(column.unit, language)
    return f"{head} ({unit})" if unit and not unit.casefold().endswith(head.casefold()) else head


def heading(report: Report, language: Language) -> str:
    colon = "：" if language == "zh_CN" else ": "
    pairs = [f"{say(name, language)}{colon}{say(value, language)}" for name, value in report.parameters]
    return " · ".join(pairs)


def footer_lines(report: Report, language: Language, mark: str = "") -> Sequence[str]:
    """Return what stands below the table; ``mark`` is the copy's own, where it leaves as a file."""
    lines = [say(line, language) for line in report.footer]
    if mark:
        lines.append(say(_("Copy {mark}: for its reader only; do not pass it on.", mark=mark), language))
    return lines
