"""A table's rows: XLSX, ODS, CSV in any character set, one of our own reports as JSON, or people in a
file that is no table (`cards`).

The sizes that a workbook's directory states are summed before anything is unpacked. Formulas and macros are
never run: a cell counts with the value that was saved with it. The answer is the rows as text, cells parted
by U+001F and rows by U+001E.
"""

from __future__ import annotations

import csv
import datetime
import html
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
PIECE = 1 << 20
SEARCHED = 20
"""Lines of a text that say how its cells are parted: titles may stand above them."""
_PARTS = ("workbook.xml", "_rels/workbook.xml.rels")
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"[^>]*>')
_UNSEEN = re.compile(rb'\bhidden="(?:1|true)"')
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F, *range(0x80, 0xA0)))
_CONTROLS[0x09] = _CONTROLS[0x0D] = ord(" ")
_CONTROLS[0x0A] = ord("\n")


class _WorkbookRows(list[list[object]]):
    """A workbook's rows, and the numbers of those that it hides."""

    hidden: set[int]


def answer(content: bytes) -> Iterable[bytes]:
    """Return the rows of ``content``. Raises Unreadable."""
    out = io.StringIO()
    rows = read(content)
    write(rows, out)
    if isinstance(rows, _WorkbookRows):
        out.write(HIDDEN + " ".join(map(str, sorted(rows.hidden))))
    yield out.getvalue().encode("utf-8", "replace")


def read(content: bytes) -> Iterable[Sequence[object]]:
    """Return the rows of a workbook's first visible sheet that holds a table, of a text, or of JSON."""
    if content.startswith(b"PK"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        raise Unreadable(FileRefusal.LOCKED if is_locked else FileRefusal.OLD_XLS)
    if content.startswith(b"%PDF-"):
        raise Unreadable(FileRefusal.IN_A_PDF)
    text = _decoded(content)
    if text.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            found = json.loads(text)
            return cards.scim_table(found) or _reported(found)
    return cards.table_of(text) or _comma_separated(text)


def _reported(found: object) -> Iterable[Sequence[object]]:
    """Return the table of a report that left as JSON, its columns' heads first."""
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
        first: _WorkbookRows | None = None
        for sheet in workbook.sheets_metadata:
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible:
                rows = _WorkbookRows(_sheet(workbook.get_sheet_by_name(sheet.name)))
                rows.hidden = _hidden_rows(content, sheet.name)
                if _holds_a_table(rows):
                    return rows
                first = rows if first is None else first
    except python_calamine.PasswordError:
        raise Unreadable(FileRefusal.LOCKED) from None
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError):
        raise Unreadable(FileRefusal.NOT_A_SHEET) from None
    if first is None:
        raise Unreadable(FileRefusal.NOT_A_SHEET)
    return first


def _hidden_rows(content: bytes, sheet: str) -> set[int]:
    """Find the rows that an XLSX does not show, as far as its parts are where they usually are, by number."""
    found: set[int] = set()
    with suppress(KeyError), zipfile.ZipFile(io.BytesIO(content)) as archive:
        book, relations = (archive.read(f"xl/{name}").decode("utf-8", "replace") for name in _PARTS)
        ids = {html.unescape(_said(tag, "name")): _said(tag, "r:id") for tag in _SHEET.findall(book)}
        parts = {_said(tag, "Id"): _said(tag, "Target") for tag in _RELATION.findall(relations)}
        part = parts[ids[sheet]].removeprefix("/xl/")
        with archive.open(f"xl/{part}") as rows:
            rest = b""
            while piece := rows.read(PIECE):
                text = rest + piece
                found.update(int(row[1]) for row in _ROW.finditer(text) if _UNSEEN.search(row[0]))
                rest = text[text.rfind(b"<") :]
    return found


def _said(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found is not None else ""


def _sheet(sheet: python_calamine.CalamineSheet) -> list[list[object]]:
    """Read ``sheet``, empty ends of rows cut, merged columns filled. Raises Unreadable if it is too large."""
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
    """Return whether two rows have two cells or more each, unlike a cover or a page of notes."""
    wide = (row for row in rows if sum(cell != "" for cell in row) > 1)
    return next(wide, None) is not None and next(wide, None) is not None


def _comma_separated(text: str) -> Iterable[Sequence[object]]:
    beginning = list(islice(filter(None, text.splitlines()), SEARCHED))

    def parted(mark: str) -> tuple[int, int]:
        """Count the lines it stands in, and its uses; in a single one of several it is part of a cell."""
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
    """Decode UTF-16 without the mark that should begin it: the high bytes of its line ends and separators are
    0. Raises Unreadable."""
    is_little = content[1::2].count(0) > content[::2].count(0)
    with suppress(UnicodeDecodeError):
        text = content.decode("utf-16-le" if is_little else "utf-16-be")
        if "\n" in text and not any(char < " " and char not in "\r\n\t" for char in text):
            return text
    raise Unreadable(FileRefusal.NOT_A_SHEET)


def write(rows: Iterable[Sequence[object]], out: io.StringIO) -> None:
    """Write ``rows`` as text. Raises Unreadable for too many or too long ones."""
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
    """Write a cell as a person would read it: whole numbers without a point, ISO dates, no controls."""
    if isinstance(cell, float):
        if abs(cell) >= EXACT:
            return f"{cell:.14E}"
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, str):
        return cell.translate(_CONTROLS)[:CELL].strip()
    return str(cell)
