"""The marks in a workbook: its names and properties, its texts, the height of rows and width of columns."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.etree import ElementTree

from db.desk.editions.marks import column_label, row_label
from reports.editions.seen import DAMAGED, Seen
from reports.editions.sheet import PIXELS_A_CHARACTER, POINTS_A_PIXEL

LARGEST_PART = 30 * 1024 * 1024
MOST_PARTS = 200
PART = re.compile(r"xl/worksheets/[^/]+\.xml|xl/sharedStrings\.xml|xl/workbook\.xml|docProps/[a-z]+\.xml")
MOST_COLUMNS = 200
HEAD_ROWS = 12
"""Rows in which the heads of columns are looked for."""


def look(content: bytes, seen: Seen) -> None:
    """Gather the marks of ``content``; parts that can't be read are left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [one for one in archive.infolist() if PART.fullmatch(one.filename)][:MOST_PARTS]
            trees = {one.filename: tree for one in parts if (tree := _tree(archive, one)) is not None}
    except (zipfile.BadZipFile, *DAMAGED):
        return
    shared = _shared(trees.pop("xl/sharedStrings.xml", None))
    seen.texts += shared
    for name, tree in trees.items():
        if name.startswith("xl/worksheets/"):
            _sheet(tree, shared, seen)
        else:
            seen.texts += [text for part in tree.iter() if (text := (part.text or "").strip())]


def _tree(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> ElementTree.Element | None:
    """A part as XML; None where it is too large, damaged, or declares a document type (entities)."""
    try:
        with archive.open(part) as file:
            data = file.read(LARGEST_PART + 1)
    except (zipfile.BadZipFile, zlib.error, *DAMAGED):
        return None
    if len(data) > LARGEST_PART or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        return None
    try:
        return ElementTree.fromstring(data)  # noqa: S314  (no document type, so no entities to expand)
    except (ElementTree.ParseError, *DAMAGED):
        return None


def _shared(tree: ElementTree.Element | None) -> list[str]:
    if tree is None:
        return []
    return [_joined(item) for item in tree.iter() if _named(item, "si")]


def _sheet(tree: ElementTree.Element, shared: list[str], seen: Seen) -> None:
    widths = {
        place: float(column.get("width", "0"))
        for column in tree.iter()
        if _named(column, "col") and _number(column.get("width"))
        for place in range(_place(column.get("min")), _place(column.get("max")) + 1)
    }
    for at, row in enumerate(part for part in tree.iter() if _named(part, "row")):
        height = row.get("ht")
        pixels = round(float(height) / POINTS_A_PIXEL) if height and _number(height) else None
        for place, cell in enumerate((part for part in row if _named(part, "c")), start=1):
            text = _cell(cell, shared)
            if cell.get("t") != "s":
                seen.texts.append(text)
            if not text:
                continue
            if pixels is not None:
                seen.votes.append((row_label(text), pixels % 2))
            column = _column(cell.get("r", "")) or place
            if at < HEAD_ROWS and column in widths:
                wide = round(widths[column] * PIXELS_A_CHARACTER)
                seen.votes.append((column_label(text), (wide % 2)))
    seen.texts += [_joined(part) for part in tree.iter() if _named(part, "headerFooter")]


def _place(text: str | None) -> int:
    """A column's number, up to as many as are looked at."""
    return min(int(float(text)), MOST_COLUMNS) if text and _number(text) else 0


def _cell(cell: ElementTree.Element, shared: list[str]) -> str:
    value = next((part for part in cell if _named(part, "v")), None)
    if cell.get("t") == "s" and value is not None:
        number = value.text or ""
        place = int(number) if number.isdecimal() and len(number) < 10 else -1
        return shared[place] if 0 <= place < len(shared) else ""
    return _joined(cell)


def _joined(part: ElementTree.Element) -> str:
    return "".join(part.itertext())


def _column(reference: str) -> int:
    """``C7`` is in column 3; 0 where there is no reference."""
    number = 0
    for letter in re.match(r"[A-Z]{0,3}", reference)[0]:  # type: ignore[index]  # an empty match is one
        number = number * 26 + ord(letter) - 64
    return number


def _named(part: ElementTree.Element, name: str) -> bool:
    return part.tag.rpartition("}")[2] == name


def _number(text: str | None) -> bool:
    return re.fullmatch(r"\d{1,6}(\.\d+)?", text or "") is not None
