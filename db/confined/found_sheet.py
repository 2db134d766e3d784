"""The marks in a workbook: its names and properties, its texts, the height of rows and width of columns.

Its parts are read as they come, row by row: no part is ever held as a tree.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from xml.parsers import expat

from db.confined.marks import PIXELS_A_CHARACTER, POINTS_A_PIXEL, column_label, row_label
from db.confined.seen import DAMAGED, Seen

LARGEST_PART = 30 * 1024 * 1024
ALL_PARTS = 64 * 1024 * 1024
MOST_PARTS = 200
PART = re.compile(r"xl/worksheets/[^/]+\.xml|xl/sharedStrings\.xml|xl/workbook\.xml|docProps/[a-z]+\.xml")
SHARED = "xl/sharedStrings.xml"
MOST_COLUMNS = 200
HEAD_ROWS = 12
"""Rows in which the heads of columns are looked for."""
PIECE = 1 << 16


def gather_marks(content: bytes, seen: Seen) -> None:
    """Add the marks of a workbook to ``seen``. Skip parts that are too large; read damaged ones up to the
    damage."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [one for one in archive.infolist() if PART.fullmatch(one.filename)][:MOST_PARTS]
            left = ALL_PARTS
            strings = Strings(seen)
            for part in sorted(parts, key=lambda one: one.filename != SHARED):
                left -= part.file_size
                if left < 0 or part.file_size > LARGEST_PART or seen.is_enough:
                    continue
                if part.filename == SHARED:
                    _read(archive, part, strings)
                elif part.filename.startswith("xl/worksheets/"):
                    _read(archive, part, FoundTable(seen, strings.found))
                else:
                    _read(archive, part, SheetPart(seen))
    except (zipfile.BadZipFile, *DAMAGED):
        return


class SheetPart:
    """A part of a workbook while it is read. Names of elements come without their namespace."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Handle a start tag. Does nothing here."""

    def text(self, text: str) -> None:
        """Add a piece of text to ``seen``. Subclasses collect it instead."""
        self.seen.text(text.strip())

    def end(self, name: str) -> None:
        """Handle an end tag. Does nothing here."""


class Strings(SheetPart):
    """The texts that cells name by their number."""

    def __init__(self, seen: Seen) -> None:
        super().__init__(seen)
        self.found: list[str] = []
        self._pieces: list[str] | None = None

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "si":
            self._pieces = []

    def text(self, text: str) -> None:
        """Collect a piece of a shared string; parts in different type come as several."""
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if name == "si" and self._pieces is not None:
            self.found.append("".join(self._pieces))
            self.seen.text(self.found[-1])
            self._pieces = None


class FoundTable(SheetPart):
    """A worksheet: how wide its columns and how high its rows are, and what stands there."""

    def __init__(self, seen: Seen, shared: Sequence[str]) -> None:
        super().__init__(seen)
        self._shared = shared
        self._widths: dict[int, float] = {}
        self._rows = self._place = 0
        self._pixels: int | None = None
        self._cell: Mapping[str, str] = {}
        self._pieces: list[str] | None = None

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """Keep the width of a column, the height of a row, or begin to collect the text of a cell, header or
        footer."""
        if name == "col" and _is_number(attributes.get("width")) and len(self._widths) < MOST_COLUMNS:
            places = range(_place(attributes.get("min")), _place(attributes.get("max")) + 1)
            self._widths |= dict.fromkeys(places, float(attributes["width"]))
        elif name == "row":
            self._rows, self._place = self._rows + 1, 0
            height = attributes.get("ht", "")
            self._pixels = round(float(height) / POINTS_A_PIXEL) if _is_number(height) else None
        elif name == "c":
            self._place += 1
            self._cell = attributes
            self._pieces = None if attributes.get("t") == "s" else []
        elif name == "headerFooter" or (name == "v" and self._pieces is None):
            self._pieces = []

    def text(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        if name not in ("c", "headerFooter"):
            return
        text = "".join(self._pieces or ())
        self._pieces = None
        if name == "c" and self._cell.get("t") == "s":
            self._vote(self._string(text))
            return
        self.seen.text(text)
        if name == "c":
            self._vote(text)

    def _string(self, number: str) -> str:
        place = int(number) if number.isdecimal() and len(number) < 10 else -1
        return self._shared[place] if 0 <= place < len(self._shared) else ""

    def _vote(self, text: str) -> None:
        if not text:
            return
        if self._pixels is not None:
            self.seen.vote(row_label(text), self._pixels % 2)
        column = _column(self._cell.get("r", "")) or self._place
        if self._rows <= HEAD_ROWS and column in self._widths:
            self.seen.vote(column_label(text), round(self._widths[column] * PIXELS_A_CHARACTER) % 2)


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, part: SheetPart) -> None:
    """Feed one part to ``part``'s methods, up to where it is damaged or declares a document type: ours never
    do, and entities would come with it."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler = lambda name, attributes: part.begin(name.rpartition("}")[2], attributes)
    parser.EndElementHandler = lambda name: part.end(name.rpartition("}")[2])
    parser.CharacterDataHandler = part.text
    try:
        with archive.open(entry) as file:
            while not part.seen.is_enough and (piece := file.read(PIECE)):
                parser.Parse(piece)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, *DAMAGED):
        return


def _refuse(*_declared: object) -> None:
    raise ValueError("a document type")


def _place(text: str | None) -> int:
    """Return a column's number, at most `MOST_COLUMNS`; 0 for none."""
    return min(int(float(text)), MOST_COLUMNS) if text and _is_number(text) else 0


def _column(reference: str) -> int:
    """Return the column number of a cell reference (3 for ``C7``); 0 if it has no letters."""
    number = 0
    for letter in re.match(r"[A-Z]{0,3}", reference)[0]:  # type: ignore[index]  # an empty match is one
        number = number * 26 + ord(letter) - 64
    return number


def _is_number(text: str | None) -> bool:
    return re.fullmatch(r"\d{1,6}(\.\d{1,20})?", text or "") is not None
