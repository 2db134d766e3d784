"""What an import says: the errors of a spreadsheet row by row, and what it did or would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from db.desk.refusal import Invalid, Problem, Refused
from db.language import Label, Message, Text, _

MOST_ERRORS = 500
"""More than these are counted but not spelled out."""
NOT_TAKEN = "…"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong in one place. ``row`` counts as the spreadsheet does: the headings are row 1.

    ``clause`` is the one that keeps such content out of the book, where it is that.
    """

    row: int
    column: Text
    reason: Message
    advice: Message
    clause: str = ""

    def texts(self) -> dict[str, Text]:
        return {"column": self.column, "reason": self.reason, "advice": self.advice}


@dataclass(frozen=True, slots=True)
class Passed:
    """What of a file is not taken: columns by their headings, rows that are no people by their numbers.
    ``lacking``: columns that everybody should fill and that a file of another program never has; ``guessed``:
    headings that are not known, each with the column that its cells look like. ``top``: the number of the
    row of headings; ``places``: of the columns; ``kept``: cells, by row and place, that are looked at all the
    same."""

    headings: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    lacking: tuple[Label, ...] = ()
    guessed: tuple[tuple[str, Text], ...] = ()
    top: int = 1
    places: frozenset[int] = frozenset()
    kept: frozenset[tuple[int, int]] = frozenset()

    def blank_unread(self, rows: Sequence[Sequence[str]]) -> list[Sequence[str]]:
        """Return ``rows`` with "…" for filled cells of columns that are not imported, except those kept; rows
        that are no people are left as they are."""
        below = [
            [
                NOT_TAKEN if at in self.places and cell.strip() and (number, at) not in self.kept else cell
                for at, cell in enumerate(row)
            ]
            if number not in self.rows
            else row
            for number, row in enumerate(rows[self.top :], start=self.top + 1)
        ]
        return [*rows[: self.top], *below]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or on a dry run would do."""

    book: str
    entries: int
    internal: int
    external: int
    units: tuple[str, ...]
    """Paths of the units that are new."""
    heads: int
    first_load: bool
    """The book was empty."""
    passed: Passed = Passed()
    matched: tuple[tuple[str, str], ...] = ()
    """Departments that are written otherwise than on record, with the path of the one each was taken for."""
    alone: bool = False
    """The file was not held against who is in the book."""
    known: int = 0
    """People who are in the book already, and stay as they are."""
    notes: tuple[RowError, ...] = ()
    """What is told of rows that come in all the same."""
    before: int = 0
    """People who came in when the same file was imported before and broken off."""


RowState = Literal["wrong", "changed", "new", "same", "gone", "passed"]
"""``changed``: somebody in the book already of whom the file says something else; ``gone``: in the book and
not in the file, which has most of it."""


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One row before it comes in; with a ``row`` below 0 somebody who is on none. ``values``: what it says
    besides, with labels; ``doubted``: the path of a department that may be a new one; ``differs``: of the
    ``entry`` that is there already, fields with what the file says instead."""

    row: int
    state: RowState
    name: str = ""
    unit: str = ""
    position: str = ""
    values: tuple[tuple[Text, Text], ...] = ()
    problems: tuple[RowError, ...] = ()
    doubted: str = ""
    entry: int = 0
    differs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ImportView:
    """A file before it comes in. ``columns``: each heading with what it is taken for, nothing where it is not
    taken; ``units``, ``matched`` and ``passed`` as in `ImportReport`."""

    lines: tuple[ImportLine, ...]
    columns: tuple[tuple[str, Text], ...]
    passed: Passed
    units: tuple[str, ...]
    matched: tuple[tuple[str, str], ...]
    top: int = 1
    """The row of the headings."""
    matched_by: Text = ""
    keys: tuple[tuple[str, Text], ...] = ()
    """By what people are known to be the same, besides their names, and by what they may be."""

    def count(self, state: RowState) -> int:
        return sum(1 for line in self.lines if line.state == state)


LOOK = _("Look whether it is meant; it comes in as it is.")


BY_LEAVER = _("Where they left, let them leave (n in the directory).")


def hidden_row(row: int) -> RowError:
    return RowError(row, "", _("The file hides this row."), LOOK)


class BadRows(Invalid):
    """Rows that can't be imported; nothing was. ``errors`` holds the first `MOST_ERRORS` of ``count``;
    ``known`` says which headings there are, where those of the file are not right."""

    def __init__(self, errors: list[RowError], known: Message | None = None) -> None:
        self.known = known
        self.errors = tuple(sorted(errors, key=lambda error: error.row)[:MOST_ERRORS])
        self.count = len(errors)
        super().__init__(*(Problem(str(error.row), error.reason) for error in self.errors))
        self.args = (f"{self.count} errors, the first in row {self.errors[0].row}",)


class UnfitRows(BadRows, Refused):
    """Rows of which some hold what the book must not (H.4.3): refused as a whole, and recorded as that."""

    def __init__(self, errors: list[RowError], known: Message | None = None) -> None:
        super().__init__(errors, known)
        first = min((error for error in errors if error.clause), key=lambda error: error.row)
        self.message = _("Row {row}: {reason}", row=first.row, reason=first.reason)
        self.clause = first.clause
        self.advice = first.advice
