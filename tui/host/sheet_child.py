"""Reads one spreadsheet in a process of its own: run as a script, with the file on standard input.

It has no key, no database and no network use; the kernel holds it to limits before it looks at the
first byte. It answers with rows on standard output, cells separated by U+001F and rows by U+001E; or
with an exit status that says what stood in the way. Nothing of ours is imported, so that it starts fast.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import resource
import sys
import zipfile
from collections.abc import Iterable, Sequence

import python_calamine

MEMORY = 1 << 30
"""Bytes of address space."""
PROCESSOR = 60
"""Seconds."""
UNPACKED = 256 << 20
"""Bytes all members of an XLSX may have together once unpacked."""
MEMBERS = 2000
ROWS = 200_000
COLUMNS = 100
CELL = 4000
"""Characters in a cell."""

TOO_LARGE, NOT_A_SHEET, TOO_MANY, LOCKED, BAD_TEXT, LONG_CELL = 11, 12, 13, 14, 15, 16
"""Exit statuses: would unpack too large, not a spreadsheet, too many rows or columns, password, encoding, a
cell of CSV that does not end."""

CELL_END, ROW_END = "\x1f", "\x1e"
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F, *range(0x80, 0xA0)))
_CONTROLS[0x09] = _CONTROLS[0x0A] = _CONTROLS[0x0D] = ord(" ")


class Unreadable(Exception):
    """The file is refused; ``status`` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def read(content: bytes) -> Iterable[Sequence[object]]:
    """The rows of the first visible sheet of an XLSX, or of a CSV file."""
    if content.startswith(b"PK"):
        return _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(LOCKED)
    return _comma_separated(content)


def _workbook(content: bytes) -> Iterable[Sequence[object]]:
    try:
        members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise Unreadable(NOT_A_SHEET) from None
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise Unreadable(TOO_LARGE)
    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet in workbook.sheets_metadata:
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible:
                found = workbook.get_sheet_by_name(sheet.name)
                if found.total_height > ROWS or found.total_width > COLUMNS:
                    raise Unreadable(TOO_MANY)
                return found.to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, zipfile.BadZipFile, OSError):
        raise Unreadable(NOT_A_SHEET) from None
    raise Unreadable(NOT_A_SHEET)


def _comma_separated(content: bytes) -> Iterable[Sequence[object]]:
    text = _decoded(content)
    if "\0" in text:
        raise Unreadable(NOT_A_SHEET)
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(CELL * 4)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error:
        raise Unreadable(LONG_CELL) from None


def _decoded(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(BAD_TEXT)


def write(rows: Iterable[Sequence[object]], out: io.TextIOBase) -> None:
    """Write ``rows`` as text. Raises Unreadable for too many or too long ones."""
    lines = []
    for number, row in enumerate(rows, start=1):
        if number > ROWS or len(row) > COLUMNS:
            raise Unreadable(TOO_MANY)
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
    """A cell as a person would read it: whole numbers without a point, dates as YYYY-MM-DD, no controls."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat() if cell.time() == datetime.time() else cell.isoformat(" ")
    if isinstance(cell, str):
        return cell.translate(_CONTROLS)[:CELL].strip()
    return str(cell)


def confine() -> None:
    """Hold this process to its limits. It can write to no file and start no other process."""
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (amount, amount))


def main() -> int:
    confine()
    out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="")
    try:
        write(read(sys.stdin.buffer.read()), out)
        out.flush()
    except Unreadable as unreadable:
        return unreadable.status
    except MemoryError:
        return TOO_LARGE
    return 0


if __name__ == "__main__":
    os._exit(main())
