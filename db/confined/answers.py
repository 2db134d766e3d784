"""What a file can be read as, and the form that each answer has: checked here, by whoever asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from db.confined.agreed import CELL_END, HIDDEN, HIGHEST, ROW_END, TITLE, WIDEST

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Kind(Generic[Answer]):
    """What a file is to be read as. ``parsed`` takes an answer of at most ``most`` bytes, and raises an error
    of any kind for one that has not the form agreed."""

    name: str
    most: int
    parsed: Callable[[bytes], Answer]


@dataclass(frozen=True, slots=True)
class Pixels:
    """A picture: three bytes a pixel, row by row."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What a PDF says about itself. ``pages`` is None where it can't be opened without its password."""

    version: str
    pages: int | None
    title: str
    locked: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Marks:
    """What in a found file may say whose copy it is (`db.desk.editions.tracing.TracedFile`)."""

    numbers: tuple[str, ...]
    codes: tuple[str, ...]
    seen: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Walls:
    """What the kernel gives to confine the child: the version of Landlock, 0 for none, and seccomp."""

    landlock: int
    seccomp: bool


@dataclass(frozen=True, slots=True)
class Bounce:
    """Holds what a message says of one that could not be delivered: the id of that, to whom, what became of
    it (``failed``, ``delayed`` …), the status of RFC 3463 and the server's words."""

    message: str
    address: str
    action: str
    status: str
    reason: str


class SheetRows(list[list[str]]):
    """A table's rows; ``hidden`` are the numbers, from 1, of those that a workbook does not show, ``sheets``
    others of its sheets that hold people and are not read."""

    hidden: tuple[int, ...] = ()
    sheets: tuple[str, ...] = ()


def _rows(answer: bytes) -> SheetRows:
    text, hidden, sheets = (*answer.decode("utf-8").split(HIDDEN), "", "")[:3]
    rows = SheetRows(row.split(CELL_END) for row in text.split(ROW_END)) if text else SheetRows()
    rows.hidden = tuple(map(int, hidden.split()))
    rows.sheets = tuple(filter(None, sheets.split(CELL_END)))
    return rows


def _pixels(answer: bytes) -> Pixels:
    width, height = int.from_bytes(answer[:2]), int.from_bytes(answer[2:4])
    if not (0 < width <= WIDEST and 0 < height <= HIGHEST and len(answer) == 4 + 3 * width * height):
        raise ValueError("no pixels")
    return Pixels(width, height, answer[4:])


def _document(answer: bytes) -> PdfFacts:
    said = json.loads(answer)
    pages = said.get("pages")
    return PdfFacts(
        version=str(said.get("version", ""))[:8],
        pages=None if pages is None else int(pages),
        title=str(said.get("title", ""))[:TITLE],
        locked=bool(said["locked"]),
        active=bool(said["active"]),
    )


def _marks(answer: bytes) -> Marks:
    said = json.loads(answer)
    return Marks(
        numbers=tuple(map(str, said["numbers"])),
        codes=tuple(map(str, said["codes"])),
        seen={str(label): int(bool(bit)) for label, bit in said["seen"].items()},
    )


def _walls(answer: bytes) -> Walls:
    said = json.loads(answer)
    return Walls(int(said["landlock"]), bool(said["seccomp"]))


def _bounce(answer: bytes) -> Bounce:
    said = json.loads(answer)
    return Bounce(*(str(said[name])[:TITLE] for name in ("message", "address", "action", "status", "reason")))


def _files(answer: bytes) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    at = 0
    while at < len(answer):
        line = answer.index(b"\n", at)
        size, _blank, name = answer[at:line].partition(b" ")
        at = line + 1 + int(size)
        if at > len(answer) or int(size) < 0:
            raise ValueError("no file")
        files[str(json.loads(name))] = answer[line + 1 : at]
    return files


SHEET: Final = Kind("sheet", 256 << 20, _rows)
PICTURE: Final = Kind("picture", 4 + 3 * WIDEST * HIGHEST, _pixels)
PHOTO: Final = Kind("photo", 32 << 20, bytes)
DOCUMENT: Final = Kind("document", 16 << 10, _document)
FOUND: Final = Kind("found", 16 << 20, _marks)
BOUNCE: Final = Kind("bounce", 4 << 10, _bounce)
WALLS: Final = Kind("probe", 1 << 10, _walls)
ARCHIVE: Final = Kind("archive", 320 << 20, _files)
