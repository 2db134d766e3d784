"""A table's rows: XLSX, ODS, CSV in any character set, one of our own reports as JSON, or people in a
file that is no table (`cards`).

The sizes that a workbook's directory states are summed before anything is unpacked. Formulas and macros are
never run: a cell counts with the value that was saved with it. The answer is the rows as text, cells parted
by U+001F and rows by U+001E.
"""

from __future__ import annotations

import csv
import datetime
import io
import json
import re
import zipfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import islice

import python_calamine
from charset_normalizer import from_bytes

from db.confined import cards
from db.confined.agreed import CELL, CELL_END, COLUMNS, HIDDEN, ROW_END, ROWS
from db.confined.sheet_parts import hidden_parts
from db.confined.why import FileRefusal, Unreadable

UNPACKED = 256 << 20
"""Bytes all members of an XLSX may have together once unpacked."""
MEMBERS = 2000
EXACT = 10**15
"""From here on a spreadsheet's number has lost digits; written out, others would stand in their place."""
SETS = ("gb18030", "big5", "cp1252")
"""Character sets that a text is tried in which is no Unicode."""
WIDEST = 1000
"""Columns of a sheet that is looked at; those that are empty at its right count for nothing."""
SEARCHED = 20
"""Lines of a text that say how its cells are parted: titles may stand above them."""
_HEADING = re.compile(
    r"姓名|名字|部门|单位|手机|电话|邮箱|职[务位]|岗位|name|department|phone|mobile|mail|title|position",
    re.IGNORECASE,
)
"""Words of headings above people, by which their sheet is told from one about columns."""
LONGEST_HEADING = 20
LEAST = 5
"""A sheet that is not read has to have more than half as many headings as this, to be told."""
PAGE_BEGINS = 10_000
"""Characters in which a page says that it is a table."""
_PAGE = re.compile(r"\s*<(\?xml|\?mso|!doctype|html|head|meta|style|body|div|table)\b", re.IGNORECASE)
_SAVED_PAGE = re.compile(r"<table|<html|Excel\.Sheet", re.IGNORECASE)
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F, *range(0x80, 0xA0)))
_CONTROLS |= dict.fromkeys((0x61C, 0x200B, 0xFEFF, *range(0x200E, 0x2010), *range(0x202A, 0x202F),
                            *range(0x2066, 0x206A)))  # fmt: skip
"""Characters that are left out: controls, and marks of direction or of no width, which phones put around
numbers."""
_CONTROLS[0x09] = _CONTROLS[0x0D] = ord(" ")
_CONTROLS[0x0A] = ord("\n")


class _WorkbookRows(list[list[object]]):
    """A sheet's rows, the numbers of those that it hides, and other sheets that hold people, too."""

    hidden: set[int]
    others: list[str]


def answer(content: bytes) -> Iterable[bytes]:
    """Yield the rows of ``content`` as `write` separates them, then for a workbook the numbers of hidden rows
    and the names of other sheets. Raises Unreadable."""
    out = io.StringIO()
    rows = read(content)
    write(rows, out)
    if isinstance(rows, _WorkbookRows):
        out.write(HIDDEN + " ".join(map(str, sorted(rows.hidden))))
        out.write(HIDDEN + CELL_END.join(map(as_text, rows.others)))
    yield out.getvalue().encode("utf-8", "replace")


def read(content: bytes) -> Iterable[Sequence[object]]:
    """Return the rows of ``content``: a workbook's visible sheet that holds people most clearly, delimited
    text, vCard, LDIF, SCIM, or a report saved as JSON. Raises Unreadable."""
    if content.startswith(b"PK"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        raise Unreadable(FileRefusal.LOCKED if is_locked else FileRefusal.OLD_XLS)
    if content.startswith(b"%PDF-"):
        raise Unreadable(FileRefusal.IN_A_PDF)
    text = _decoded(content)
    if _PAGE.match(text):
        is_saved = _SAVED_PAGE.search(text[:PAGE_BEGINS]) is not None
        raise Unreadable(FileRefusal.OLD_XLS if is_saved else FileRefusal.NOT_A_SHEET)
    if text.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            found = json.loads(text)
            return cards.scim_table(found) or _reported(found)
    return cards.table_of(text) or _comma_separated(text)


def _reported(found: object) -> Iterable[Sequence[object]]:
    """Return the rows of a report saved as JSON, its headings first. Raises Unreadable for other JSON."""
    match found:
        case {"report": str(), "columns": {**columns}, "rows": [*rows]} if all(
            isinstance(row, dict) for row in rows
        ):
            cells = ([row.get(column) for column in columns] for row in rows)
            return [
                [str(head) for head in columns.values()],
                *(["" if cell is None else str(cell) for cell in row] for row in cells),
            ]
    raise Unreadable(FileRefusal.NO_REPORT)


def _workbook(content: bytes) -> Iterable[Sequence[object]]:
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable(FileRefusal.NOT_A_SHEET) from None
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise Unreadable(FileRefusal.TOO_LARGE)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        shown = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        ]
        counts = {name: _headings(workbook.get_sheet_by_name(name)) for name in shown}
        most = max(counts.values(), default=0)
        if most > 1:
            best = max(counts, key=counts.__getitem__)
            others = [name for name in shown if name != best and counts[name] * 2 > max(most, LEAST)]
            return _of_sheet(content, workbook, best, others)
        tables = (name for name in shown if _holds_a_table(_sheet(workbook.get_sheet_by_name(name))))
        if (name := next(tables, next(iter(shown), None))) is not None:
            return _of_sheet(content, workbook, name, [])
    except python_calamine.PasswordError:
        raise Unreadable(FileRefusal.LOCKED) from None
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError):
        raise Unreadable(FileRefusal.NOT_A_SHEET) from None
    raise Unreadable(FileRefusal.NOT_A_SHEET)


def _headings(sheet: python_calamine.CalamineSheet) -> int:
    """Return the most headings of people (name, phone, department …) in any of the first `SEARCHED` rows."""
    top = sheet.to_python(skip_empty_area=False, nrows=SEARCHED)
    return max((len({cell for cell in row if _is_heading(cell)}) for row in top), default=0)


def _is_heading(cell: object) -> bool:
    return isinstance(cell, str) and len(cell) <= LONGEST_HEADING and _HEADING.search(cell) is not None


def _of_sheet(
    content: bytes, workbook: python_calamine.CalamineWorkbook, name: str, others: list[str]
) -> _WorkbookRows:
    """Read sheet ``name``: put the error or ``#N/A`` into formula cells without a result, fill merged cells,
    and list hidden rows."""
    rows, told = _WorkbookRows(_sheet(workbook.get_sheet_by_name(name))), hidden_parts(content, name)
    for (row, column), text in told.wrong.items():
        if row < len(rows) and column < len(rows[row]) and rows[row][column] == "":
            rows[row][column] = text
    for (top, left), count in told.merged.items():
        for below in rows[top + 1 : top + count] if top < len(rows) and left < len(rows[top]) else ():
            below[left] = rows[top][left]
    rows.hidden, rows.others = told.hidden, others
    return rows


def _sheet(sheet: python_calamine.CalamineSheet) -> list[list[object]]:
    """Read ``sheet``: merged columns filled, empty columns at the right cut if there are many. Raises
    Unreadable if it is too large."""
    if sheet.total_height > ROWS or sheet.total_width > WIDEST:
        raise Unreadable(FileRefusal.TOO_MANY)
    rows: list[list[object]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in rows[top + 1 : bottom + 1] if left == right else ():
            row[left] = rows[top][left]
    if sheet.total_width <= COLUMNS:
        return rows
    width = max(
        (place for row in rows for place, cell in enumerate(row, start=1) if as_text(cell)), default=0
    )
    return [row[:width] for row in rows]


def _holds_a_table(rows: Sequence[Sequence[object]]) -> bool:
    """Return whether at least two rows have two filled cells or more, unlike a cover or a page of notes."""
    wide = (row for row in rows if sum(cell != "" for cell in row) > 1)
    return next(wide, None) is not None and next(wide, None) is not None


def _comma_separated(text: str) -> Iterable[Sequence[object]]:
    beginning = list(islice(filter(None, text.splitlines()), SEARCHED))

    def parted(mark: str) -> tuple[int, int]:
        """Count the lines with ``mark`` and its uses; none where it stands in one of several lines alone, as
        part of a cell."""
        counts = [line.count(mark) for line in beginning if mark in line]
        return (0, 0) if len(counts) == 1 < len(beginning) else (len(counts), sum(counts))

    delimiter = max(",;\t|", key=parted)
    csv.field_size_limit(CELL * 4)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unreadable(FileRefusal.LONG_CELL) from None


def _decoded(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in content and not marked:
        return _unmarked(content)
    try:
        return content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        found = None if marked else from_bytes(content, cp_isolation=list(SETS)).best()
    if found is None:
        raise Unreadable(FileRefusal.BAD_TEXT)
    return str(found)


def _unmarked(content: bytes) -> str:
    """Decode UTF-16 without a byte order mark; the side with more zero bytes says the order. Raises
    Unreadable."""
    is_little = content[1::2].count(0) > content[::2].count(0)
    with suppress(UnicodeDecodeError):
        text = content.decode("utf-16-le" if is_little else "utf-16-be")
        if "\n" in text and not any(char < " " and char not in "\r\n\t" for char in text):
            return text
    raise Unreadable(FileRefusal.NOT_A_SHEET)


def write(rows: Iterable[Sequence[object]], out: io.StringIO) -> None:
    """Write ``rows`` to ``out``, cells separated by `CELL_END`, rows by `ROW_END`. Raises Unreadable for too
    many rows or columns."""
    lines = []
    for number, row in enumerate(rows, start=1):
        if number > ROWS or len(row) > COLUMNS:
            raise Unreadable(FileRefusal.TOO_MANY)
        lines.append(
            CELL_END.join(
                [
                    cell if type(cell) is str and len(cell) <= CELL and cell.isprintable() else as_text(cell)
                    for cell in row
                ]
            )
        )
    out.write(ROW_END.join(lines))


def as_text(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, ISO dates, without controls, cut at `CELL`."""
    if isinstance(cell, float):
        if abs(cell) >= EXACT:
            return f"{cell:.14E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, str):
        return cell.translate(_CONTROLS)[:CELL].strip()
    return str(cell)
