"""What columns hold, as words, as data, and as what rows are sorted by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from db.desk.due_dates import Due
from db.desk.notation.page import ProgressCount
from db.language import Label, Language, Message, Text, _, listed, say
from tui.sheets.asks import At, Row
from tui.sheets.cell import Fact
from tui.sheets.date_words import due_text
from tui.sheets.sheet import Column, Sheet, Value


def value_words(value: Value) -> Text:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Due):
        return due_text(value)
    if isinstance(value, ProgressCount):
        return f"{value.decided}/{value.total}"
    if isinstance(value, str | Message | Label):
        return value
    return sentences(value) if any(say(one, "zh_CN").endswith("。") for one in value) else listed(value)


def sentences(parts: Sequence[Text]) -> Label:
    """Join sentences, adding missing full stops."""

    def stopped(language: Language, stop: str) -> list[str]:
        return [f"{say(one, language).rstrip(stop)}{stop}" for one in parts]

    return Label("".join(stopped("zh_CN", "。")), " ".join(stopped("en", ".")))


def data_of(sheet: Sheet[Row], row: Row) -> dict[str, object]:
    """Return key and columns of a row by id, for programs; due days as day and ``left``, progress as
    numbers."""
    found: dict[str, object] = {sheet.named: sheet.key(row)}
    for column in sheet.columns:
        value = column.data(row) if column.data is not None else column.value(row)
        if isinstance(value, Due):
            found |= {column.id: value.day, "left": value.left, "clause": value.clause}
        elif isinstance(value, ProgressCount):
            found[column.id] = asdict(value)
        else:
            found[column.id] = value
    return found


def facts_of(sheet: Sheet[Row], at: At[Any], row: Row) -> list[Fact]:
    told = list(sheet.facts(row) if sheet.facts is not None else ())
    known = [label for label, _value in told]
    found: list[Fact] = [
        (heading, value_words(column.value(row)))
        for column in sheet.columns
        if (heading := column.heading(at)) not in known
    ]
    return found + told


def sort_key(column: Column[Row], language: Language) -> Callable[[Row], tuple[bool, Any]]:
    """Return a sort key for rows by ``column``: days and numbers by size, texts by pinyin, empty ones
    last."""

    def key(row: Row) -> tuple[bool, Any]:
        value = column.value(row)
        if value is None or value == "":
            return True, 0
        if isinstance(value, int):
            return False, value
        if isinstance(value, Due):
            return False, value.day
        if isinstance(value, ProgressCount):
            return False, value.decided / max(value.total, 1)
        return False, pinyin_sort_key(say(value_words(value), language))

    return key


def pinyin_sort_key(text: str) -> bytes:
    """Return ``text`` in GB 18030, whose common characters are in the order of their pinyin, as a sort
    key."""
    return text.casefold().encode("gb18030", "replace")


def few_alike(sheet: Sheet[Row], row: Row, other: Row) -> bool:
    few = [column for column in sheet.columns if column.few]
    return bool(few) and all(column.value(row) == column.value(other) for column in few)
