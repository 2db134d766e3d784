"""Rows that stand among the people of a spreadsheet and are none: a sum, who drew the list up, a note, an
example, the lines that our own reports end with.

What is taken for one is passed over and told. Whoever lacks much but bears a name is a person who lacks
fields, and is told as that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from db.desk.importing.columns import head_key
from db.desk.importing.outcome import BY_LEAVER, LOOK, ImportLine, RowError
from db.language import Message, _

FOOTER: Final = re.compile(
    r"(合计|总计|小计|共计|总人数|人数|制表|填表|编制|审核|审批|复核|批准|备注|附注|说明|注|日期"
    r"|sub-?total|total|sum|notes?|prepared by|made by|checked by|approved by|printed|date)"
    r"\s*(人|者|人员|日期|时间)?\s*([:：(（\d]|$)",
    re.IGNORECASE,
)
_WANTED = re.compile(r"[(（*]?\s*(必填|选填|可选|required|optional)", re.IGNORECASE)
"""How cells begin that say what to fill in."""
_EXAMPLE = re.compile(r"[(（](示例|例|example)[)）]|^\s*(示例|样例|例如?|example)\s*[:：]", re.IGNORECASE)
_NO_NAME = re.compile(r"[:：;；,，。！!?？(（\[【<《/\d]|\s·\s|.{40}")
"""What stands in sentences and not in the names of people."""

_LEFT = re.compile(r"已?(离职|退休|停用|禁用)|left|terminated|disabled|inactive", re.IGNORECASE)
_STATES = {
    "active": "false", "accountenabled": "false", "nsaccountlock": "true", "useraccountcontrol": "",
    "禁用状态": "禁用", "员工状态": "离职", "在职状态": "离职", "账号状态": "禁用", "status": "left",
}  # fmt: skip
"""Headings of what says whether somebody is still there, with what says that they are not."""
_AS_THEY_ARE = _("Export the entries as they are now, and take that: it lists who differs.")
_CHANGES: Final[Mapping[str, tuple[Message, Message]]] = {
    "modify": (_("The file changes an entry of the server (modify)."), _AS_THEY_ARE),
    "modrdn": (_("The file renames or moves an entry of the server (modrdn)."), _AS_THEY_ARE),
    "moddn": (_("The file renames or moves an entry of the server (modrdn)."), _AS_THEY_ARE),
    "delete": (_("The file deletes an entry of the server (delete)."), BY_LEAVER),
}
"""By the changetype of RFC 2849: what is said of a record, and what to do."""
BLOCKED = 2
"""The bit by which Active Directory blocks an account."""
FEWEST = 3
"""Cells that say what to fill in, of which more than half as many make a row of them."""
Row = tuple[int, Sequence[str]]
"""A row's number in the spreadsheet, and its cells."""


def no_people(rows: Sequence[Row], names: int | None, required: Sequence[int]) -> set[int]:
    """Return the numbers of the rows that are no people, such as titles and sums; ``required``: columns that
    every person fills."""
    found = {number for number, row in rows if _says_so(row, names, required)}
    return found | _last_block(rows, found, names)


def repeated_headings(rows: Sequence[Row], names: int | None, headings: Sequence[str]) -> set[int]:
    """Return the numbers of the rows that repeat the headings, as each page of a long list does."""
    if names is None:
        return set()
    return {
        number
        for number, row in rows
        if row[names] == headings[names]
        and all(cell in ("", said) for cell, said in zip(row, headings, strict=False))
    }


def _says_so(row: Sequence[str], names: int | None, required: Sequence[int]) -> bool:
    if names is not None and _EXAMPLE.search(row[names]):
        return True
    filled = [text for text in map(str.strip, row) if text]
    if sum(1 for text in filled if _WANTED.match(text)) * 2 > max(len(filled), FEWEST):
        return True
    if not filled or not FOOTER.match(filled[0]):
        return False
    has = sum(1 for place in required if row[place].strip())
    return has * 2 <= len(required) or sum(1 for text in filled if FOOTER.match(text)) > 1


def called_gone(headings: Sequence[str], rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """Yield row and place of each cell that says of its person that they left, or that their account is
    blocked."""
    places = [place for place, heading in enumerate(headings) if head_key(heading) in _STATES]
    for number, row in rows:
        for place in places:
            if _is_gone(head_key(headings[place]), row[place].strip()):
                yield number, place


def changes_of(headings: Sequence[str], rows: Sequence[Row], names: int | None) -> Iterator[ImportLine]:
    """Yield the rows of an LDIF that change an entry of the server instead of adding one."""
    place = next((at for at, heading in enumerate(headings) if head_key(heading) == "changetype"), None)
    for number, row in rows if place is not None else ():
        if place is not None and (kind := row[place].strip()):
            reason, advice = _CHANGES.get(kind, _CHANGES["modify"])
            name = row[names].strip() if names is not None else ""
            yield ImportLine(number, "passed", name, problems=(RowError(number, "", reason, advice),))


def gone_row(row: int) -> RowError:
    return RowError(row, "", _("The file calls this person gone or blocked."), LOOK)


def _is_gone(key: str, said: str) -> bool:
    if key == "useraccountcontrol":
        return said.isdecimal() and int(said[:10]) & BLOCKED != 0
    return said.casefold() == _STATES[key] or _LEFT.fullmatch(said) is not None


def _last_block(rows: Sequence[Row], found: set[int], names: int | None) -> set[int]:
    """Return the numbers of the single-cell rows at the end of a list that are no people. Behind an empty row
    all of them are none as soon as one is: a title there reads like a name."""
    block: list[Row] = []
    for number, row in reversed(rows):
        if number not in found and sum(1 for cell in row if cell.strip()) != 1:
            break
        block.insert(0, (number, row))
    sentences = {number for number, row in block if number in found or not _is_name(row, names)}
    stands_apart = bool(block) and block[0][0] - 1 not in {number for number, _row in rows}
    return {number for number, _row in block} if sentences and stands_apart else sentences


def _is_name(row: Sequence[str], names: int | None) -> bool:
    """Return whether its only cell is the name of somebody."""
    return names is not None and bool(row[names].strip()) and not _NO_NAME.search(row[names])
