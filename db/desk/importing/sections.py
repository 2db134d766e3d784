"""Departments that stand as headings among the people of a roster, each on a row of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from db.desk.importing.below import FOOTER

Row = Sequence[str]
_BEFORE: Final = re.compile(
    r"^(?:(?:部门|单位|department|dept)\s*[:：]\s*|[(（]?[一二三四五六七八九十]+[)）、.]\s*|\d+[、.]\s*)+",
    re.IGNORECASE,
)
_BEHIND: Final = re.compile(r"\s*[(（]\s*共?\s*\d+\s*(?:人|名|people|persons)?\s*[)）]$", re.IGNORECASE)
"""What is said of a section beside its name: its number, and how many people it has."""
_DEPARTMENT: Final = re.compile(
    r"(?:部|部门|中心|公司|科|处|室|组|所|院|局|队|厂|店|班|委员会)$"
    r"|\b(?:department|dept\.?|team|division|office|centre|center)$",
    re.IGNORECASE,
)
_SURELY: Final = re.compile(
    r".(?:部|部门|中心|公司|办公室|委员会)$|\s(?:department|dept\.?|team)$", re.IGNORECASE
)
"""How a department ends that stands where names stand, which end like that, too."""


def fill_sections(
    rows: Sequence[Row], top: int, column: Callable[[str], str | None]
) -> tuple[Sequence[Row], Mapping[int, str]]:
    """Return ``rows``, whose headings are in row ``top``, with the department of its section in each row that
    names none, and the sections' own rows emptied; and the department of each of those by its number, from 1.
    ``column`` tells which column a text heads. Without sections ``rows`` are returned as they are."""
    alone = {at: found for at, row in enumerate(rows) if at > top and (found := _only_cell(row))}
    heads = [column(heading) for heading in rows[top]]
    like = {place for place, text in alone.values() if _is_department(text, heads[place : place + 1])}
    if len(like) != 1:
        return rows, {}
    place = like.pop()
    said = {at: text for at, (where, text) in alone.items() if where == place and not FOOTER.match(text)}
    if sum(_is_department(text, heads[place : place + 1]) for text in said.values()) * 2 <= len(said):
        return rows, {}
    sections, leads = set(), False
    for at in range(len(rows) - 1, top, -1):
        if at in said and leads:
            sections.add(at)
        elif any(map(str.strip, rows[at])):
            leads = at not in alone
    unit = heads.index("unit") if "unit" in heads else len(heads)
    current, made = "", [*rows[:top], [*rows[top], *["unit"] * (unit == len(heads))]]
    for at, row in enumerate(rows[top + 1 :], top + 1):
        if at in sections:
            current, row = _name(said[at]), [""] * len(row)
        elif current and at not in alone and any(map(str.strip, row)):
            row = [*row, *[""] * (unit + 1 - len(row))]
            row[unit] = row[unit] if row[unit].strip() else current
        made.append(row)
    return (made, {at + 1: _name(said[at]) for at in sections}) if sections else (rows, {})


def _only_cell(row: Row) -> tuple[int, str] | None:
    """Return place and text of the only cell of ``row`` that holds anything."""
    filled = ((place, text) for place, cell in enumerate(row) if (text := cell.strip()))
    first = next(filled, None)
    return first if first is not None and next(filled, None) is None else None


def _name(text: str) -> str:
    return _BEHIND.sub("", _BEFORE.sub("", text))


def _is_department(text: str, head: Sequence[str | None]) -> bool:
    """Return whether ``text``, alone on its row below ``head``, names a department rather than a person."""
    named = _name(text)
    is_said = named != text and bool(_BEHIND.search(text) or ":" in text or "：" in text)
    return bool(named) and (is_said or bool((_SURELY if head == ["name"] else _DEPARTMENT).search(named)))
