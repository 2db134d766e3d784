"""How a reader sees a list: which of its rows, in which order."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.desk import Invalid, Problem
from db.language import LANGUAGES, Language, Text, _, listed, say
from tui.sheets.asks import At, Row
from tui.sheets.cell import Styled, cell_words
from tui.sheets.reading import sort_key, value_words
from tui.sheets.sheet import Column, Sheet, Value


@dataclass
class View:
    """Rows that hold every one of ``words`` in a column or fact, and each of ``values`` in its column, by the
    column's id; sorted by the column ``by``, the other way round where ``down``."""

    words: str = ""
    values: dict[str, Text] = field(default_factory=dict)
    by: str = ""
    down: bool = False

    def rows(self, sheet: Sheet[Row], rows: Sequence[Row], language: Language) -> list[Row]:
        columns = [
            (column, _name_of(self.values[column.id])) for column in sheet.columns if column.id in self.values
        ]
        seen = [
            row
            for row in rows
            if all(_name_of(column.value(row)) == name for column, name in columns)
            and (not self.words or _holds_words(sheet, row, self.words, language))
        ]
        by = next((column for column in sheet.columns if column.id == self.by), None)
        if by is None:
            return seen
        # Stable, and what holds nothing stays last whichever way.
        key = sort_key(by, language)
        full = sorted((row for row in seen if not key(row)[0]), key=key, reverse=self.down)
        return full + [row for row in seen if key(row)[0]]

    def filter_facts(self, sheet: Sheet[Any], at: At[Any]) -> list[tuple[Text, Text]]:
        """Return the columns and values to which the list is narrowed; not the words typed."""
        return [
            (column.heading(at), self.values[column.id] or _("nothing"))
            for column in sheet.columns
            if column.id in self.values
        ]

    def as_words(self, language: Language) -> str:
        """Return the values as `read_view` reads them."""
        line = io.StringIO()
        pairs = [f"{id}={say(value, language)}" for id, value in self.values.items()]
        csv.writer(line, lineterminator="").writerow(pairs)
        return line.getvalue()

    def sort_by(self, column: str) -> None:
        """Set ``column`` to sort by, in the other direction if it is set already."""
        self.by, self.down = column, self.by == column and not self.down


def read_view(sheet: Sheet[Row], rows: Sequence[Row], at: At[Any], words: Mapping[str, str]) -> View:
    """Return the view that options name: ``search``, ``only`` (``column=value``, separated as in CSV) and
    ``sort``, a column's id, with ``-`` before it descending. Raises Invalid."""
    view = View(words=words.get("search", ""))
    if "sort" in words:
        view.by, view.down = words["sort"].removeprefix("-"), words["sort"].startswith("-")
        _column(sheet, at, "sort", view.by)
    for pair in filter(None, words.get("only", "").split(",")):
        id, _equals, word = pair.partition("=")
        column = _column(sheet, at, "only", id.strip())
        values = [value for value, _count in values_in(column, rows)]
        found = [
            value for value in values if word.strip() in [say(value, language) for language in LANGUAGES]
        ]
        if not found:
            known = listed(value or _("nothing") for value in values)
            raise Invalid(Problem("only", _("“{word}” is none of these: {known}.", word=word, known=known)))
        view.values[column.id] = found[0]
    return view


def _column(sheet: Sheet[Row], at: At[Any], option: str, id: str) -> Column[Row]:
    for column in sheet.columns:
        if column.id == id:
            return column
    known = listed(_("{word} ({label})", word=one.id, label=one.heading(at)) for one in sheet.columns)
    raise Invalid(Problem(option, _("“{word}” is none of these: {known}.", word=id, known=known)))


def values_in(column: Column[Row], rows: Iterable[Row]) -> list[tuple[Text, int]]:
    """Return the values that ``column`` has in ``rows``, in words, with their counts, most frequent first."""
    words, counts = dict[str, Text](), Counter[str]()
    for row in rows:
        value = column.value(row)
        words.setdefault(_name_of(value), value_words(value))
        counts[_name_of(value)] += 1
    return [(words[name], count) for name, count in counts.most_common()]


def _name_of(value: Value) -> str:
    """Return a value's English words, by which equal ones are known."""
    return say(value_words(value), "en")


def _holds_words(sheet: Sheet[Row], row: Row, words: str, language: Language) -> bool:
    facts = sheet.facts(row) if sheet.facts is not None else ()
    values = [
        *(value_words(column.value(row)) for column in sheet.columns),
        *(value for _label, value in facts),
    ]
    text = " ".join(cell_words(value, language) for value in values).casefold()
    return all(word in text for word in words.casefold().split())


def narrowing_line(view: View, sheet: Sheet[Any], at: At[Any], shown: int, count: int) -> list[Text | Styled]:
    """Return a line with how the list is sorted and narrowed."""
    line: list[Text | Styled] = []
    by = next((column.heading(at) for column in sheet.columns if column.id == view.by), None)
    if by is not None:
        line += [_("by {column}", column=by), " ↓" if view.down else " ↑", "  "]
    for label, value in view.filter_facts(sheet, at):
        line += [label, " ", Styled(value, "accent"), "  "]
    if shown < count:
        line.append(Styled(_("{shown} of {count}", shown=shown, count=count), "dim"))
    return line
