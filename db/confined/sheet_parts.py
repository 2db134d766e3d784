"""Finds in the parts of a workbook what the reader of its cells leaves out: hidden rows, missing results, and
in an ODS which cells are merged.

The parts are searched as they come, a piece at a time.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

NO_RESULT: Final = "#N/A"
"""Stands in the cell of a formula that was saved without its result."""
PIECE: Final = 1 << 20
_PARTS: Final = ("workbook.xml", "_rels/workbook.xml.rels")
_SHEET: Final = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION: Final = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ROW: Final = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d+)"[^>]*>')
_UNSEEN: Final = re.compile(rb'\bhidden="(?:1|true)"')
_WRONG: Final = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"(?P<marks>[^>]*)>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?'
    rb"(?:<v>(?P<value>[^<]*)</v>|<v ?/>)?</c>"
)
_IN_OPEN: Final = re.compile(rb"<(?P<end>/?)table:table(?P<what>-row)?(?P<marks>\s[^>]*)?>")
"""A tag of a sheet or of a row."""
_WITH_CELLS: Final = re.compile(
    rb"<(?P<end>/?)table:(?:covered-)?table(?P<what>-row|-cell)?(?P<marks>\s[^>]*)?/?>"
)
_SPANNED: Final = re.compile(rb'\bnumber-rows-spanned="(?!1")(\d{1,7})"')
_ACROSS: Final = re.compile(rb'\bnumber-columns-spanned="(?!1")')
_BESIDE: Final = re.compile(rb'\bnumber-columns-repeated="(\d{1,5})"')
_REPEATED: Final = re.compile(rb'\bnumber-rows-repeated="(\d{1,7})"')
_COLLAPSED: Final = re.compile(rb'\bvisibility="(?:collapse|filter)"')


class HiddenParts:
    """Numbers of rows that a sheet does not show, from 1, and texts of cells that are without result, by row
    and column, from 0. ``merged``: of an ODS, how many rows a cell goes down, by its row and column."""

    def __init__(self) -> None:
        self.hidden: set[int] = set()
        self.wrong: dict[tuple[int, int], str] = {}
        self.merged: dict[tuple[int, int], int] = {}


def hidden_parts(content: bytes, sheet: str) -> HiddenParts:
    """Return the hidden rows, formula cells without a result, and merged cells of ``sheet``; none where the
    workbook keeps its parts in unusual places."""
    found = HiddenParts()
    with suppress(KeyError), zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" in archive.namelist():
            _look_at_open(archive, sheet, found)
        else:
            _look_at_office(archive, sheet, found)
    return found


def _look_at_office(archive: zipfile.ZipFile, sheet: str, found: HiddenParts) -> None:
    book, relations = (archive.read(f"xl/{name}").decode("utf-8", "replace") for name in _PARTS)
    ids = {
        html.unescape(_read_attribute(tag, "name")): _read_attribute(tag, "r:id")
        for tag in _SHEET.findall(book)
    }
    parts = {
        _read_attribute(tag, "Id"): _read_attribute(tag, "Target") for tag in _RELATION.findall(relations)
    }
    part = parts[ids[sheet]].removeprefix("/xl/")
    for text in _pieces(archive, f"xl/{part}", b"<c "):
        found.hidden.update(int(row[1]) for row in _ROW.finditer(text) if _UNSEEN.search(row[0]))
        if b"<f" in text or b't="e"' in text:
            found.wrong.update(_without_result(text))


def _without_result(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for cell in _WRONG.finditer(text):
        is_error, is_text = (mark in cell["marks"] for mark in (b't="e"', b't="str"'))
        if is_error or (not is_text and b"<f" in cell[0] and not cell["value"]):
            column = 0
            for letter in cell[1]:
                column = column * 26 + letter - 64
            yield (int(cell[2]) - 1, column - 1), (cell["value"] or b"").decode() or NO_RESULT


def _look_at_open(archive: zipfile.ZipFile, sheet: str, found: HiddenParts) -> None:
    """Add the hidden rows and merged cells of ``sheet`` in an ODS to ``found``, counting its rows: an ODS
    numbers none."""
    is_here, row, column = False, 0, 0
    is_merged = any(map(_SPANNED.search, _pieces(archive, "content.xml", b"<")))
    tags = _WITH_CELLS if is_merged else _IN_OPEN  # of cells there may be millions
    for text in _pieces(archive, "content.xml", b"<"):
        for tag in tags.finditer(text):
            marks = tag["marks"] or b""
            if tag["what"] is None:
                is_here = (
                    not tag["end"]
                    and html.unescape(_read_attribute(marks.decode("utf-8", "replace"), "table:name"))
                    == sheet
                )
            elif is_here and not tag["end"] and tag["what"] == b"-cell":
                if (spanned := _SPANNED.search(marks)) and not _ACROSS.search(marks):
                    found.merged[row - 1, column] = int(spanned[1])
                column += int(beside[1]) if (beside := _BESIDE.search(marks)) else 1
            elif is_here and not tag["end"]:
                column = 0
                times = int(repeated[1]) if (repeated := _REPEATED.search(marks)) else 1
                if _COLLAPSED.search(marks):
                    found.hidden.update(range(row + 1, row + 1 + min(times, PIECE)))
                row += times


def _pieces(archive: zipfile.ZipFile, part: str, begin: bytes) -> Iterator[bytes]:
    """Yield a part in pieces, repeating at each beginning what the last may have cut: the tag ``begin``, or a
    row's."""
    with archive.open(part) as file:
        rest = b""
        while piece := file.read(PIECE):
            text = rest + piece
            yield text
            rest = text[max(text.rfind(begin), text.rfind(b"<row")) :][:PIECE]
            if begin == b"<" and b">" in rest:  # a whole tag was read already
                rest = b""


def _read_attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found is not None else ""
