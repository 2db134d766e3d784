"""The columns of a list of `tui.sheets` as a screen draws them."""

from __future__ import annotations

from typing import Any

from db.desk.due_dates import Due
from db.desk.notation.page import ProgressCount
from db.language import Text
from tui.kit import Cell, ListColumn, Styled
from tui.screens.sheets.bar import bar
from tui.sheets.asks import At, Row
from tui.sheets.date_words import days_left, due_day
from tui.sheets.reading import value_words
from tui.sheets.sheet import NEVER, Column, Sheet


def list_columns(sheet: Sheet[Row], at: At[Any]) -> list[ListColumn[Row]]:
    return [_list_column(column, column.heading(at)) for column in screen_columns(sheet)]


def screen_columns(sheet: Sheet[Row]) -> list[Column[Row]]:
    return [column for column in sheet.columns if column.from_width < NEVER]


def _list_column(column: Column[Any], heading: Text) -> ListColumn[Any]:
    def cell(row: Any) -> Cell:
        if column.drawn is not None:
            return column.drawn(row)
        value = column.value(row)
        if isinstance(value, Due):
            return [due_day(value), "  ", days_left(value)]
        if isinstance(value, ProgressCount):
            return bar(value, column.width)
        words = value_words(value)
        return Styled(words, column.toned_value(row)) if words else Styled("–", "dim")

    return ListColumn(
        heading,
        cell,
        width=column.width,
        right=column.right,
        from_width=column.from_width,
        if_any=bool(column.from_width),
        in_english=column.in_english,
        whole=column.whole,
    )
