"""What the terminal shows now, so that only cells that differ are sent.

Textual repaints a whole screen when the focus moves (20 kB at 80×24 in true colour). Everything it
draws passes through here: cells that are on the screen already are left out, colours are sent when
they change, and no control character leaves, whichever widget drew it (threat 12). Control sequences
of widgets are dropped with the rest: pictures are drawn in half cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple
from unicodedata import east_asian_width

from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Size

from tui.safe import as_drawn, cell_width, draws_plain, plain

GAP: Final = 6
"""Unchanged cells between two changes that are cheaper to send again than to skip."""


class Pen(NamedTuple):
    """SGR parameters: attributes, foreground, background."""

    attributes: str
    foreground: str
    background: str


Cell = tuple[str, Pen]
"""A character with what combines with it; empty for the second cell of a wide one."""
UNKNOWN: Final[Cell] = ("\0", Pen("", "", ""))
PLAIN: Final = Pen("", "", "")
OFF: Final = {"1": "22", "2": "22", "4": "24", "7": "27"}
"""The SGR code that ends each attribute alone (ECMA-48): bold and dim end together, by 22."""
IN_BLANKS: Final = frozenset("479")
"""Attributes that show where nothing is written: underlined, reversed, struck through."""


class Canvas:
    """The cells of one terminal."""

    def __init__(self) -> None:
        self._rows: list[list[Cell]] = []
        self._width = 0
        self._pen: Pen | None = None
        self._cursor: tuple[int, int] | None = None

    def forget(self) -> None:
        """Send everything at the next draw: the terminal may show anything."""
        self._rows = []
        self._pen = None
        self._cursor = None

    def draw(self, update: CompositorUpdate, size: Size, cursor: tuple[int, int], colors: ColorSystem) -> str:
        """Return what to send for ``update`` on a screen of ``size``; the cursor ends at ``cursor``."""
        if len(self._rows) != size.height or self._width != size.width:
            self.forget()
            self._width = size.width
            self._rows = [[UNKNOWN] * size.width for _row in range(size.height)]
        out: list[str] = []
        for x, y, strip in pieces(update):
            if 0 <= y < size.height and x < size.width:  # what was laid out for a larger window may come late
                self._draw_piece(x, y, list(_explode(strip, colors)), out)
        if self._cursor != cursor:
            out.append(_cursor_to(*cursor))
            self._cursor = cursor
        return "".join(out)

    def _draw_piece(self, x: int, y: int, new: list[Cell], out: list[str]) -> None:
        row = self._rows[y]
        new = new[: self._width - x]
        end = x + len(new)
        if new and row[x][0] == "" and x > 0:
            row[x - 1] = UNKNOWN  # half of a wide character is about to be overwritten
        if end < self._width and row[end][0] == "":
            row[end] = UNKNOWN
        for start, end in _changes(row[x : x + len(new)], new):
            if self._cursor != (x + start, y):
                out.append(_cursor_to(x + start, y))
            for place, (character, pen) in enumerate(new[start:end], start):
                if character:
                    now = self._pen
                    if pen != now and not (now and character == " " and _blank(now) == pen):
                        out.append(_change(now, pen))
                        self._pen = pen
                    unsure = not character.isascii() and draws_plain() and _is_ambiguous(character[0])
                    out.append(f"\x1b[2X{character}\x1b[{x + place + 3}G" if unsure else character)
            row[x + start : x + end] = new[start:end]
            # In the last column a terminal waits with the wrap: where it stands is not known.
            self._cursor = (x + end, y) if x + end < self._width else None


def pieces(update: CompositorUpdate) -> Iterator[tuple[int, int, Iterable[Segment]]]:
    """Yield column, row and segments of everything that an update may change, in whole pieces: the end of a
    changed part may lie inside a wide character."""
    if isinstance(update, LayoutUpdate):
        for y, line in enumerate(update.strips, update.region.y):
            yield update.region.x, y, [segment for strip in line for segment in strip]
    elif isinstance(update, ChopsUpdate):
        for y, x1, x2 in update.spans:
            for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if strip is not None and x <= x2 and end > x1:
                    yield x, y, strip


def _explode(segments: Iterable[Segment], colors: ColorSystem) -> Iterator[Cell]:
    for text, style, control in segments:
        if control:
            continue
        pen = _pen(style, colors) if style is not None else PLAIN
        if text.isascii() and text.isprintable():
            for character in text:
                yield character, _blank(pen) if character == " " else pen
            continue
        waiting = ""
        for character in as_drawn(plain(text)):
            width = cell_width(character)
            if width and waiting:
                yield from _cells_of(waiting, pen)
                waiting = ""
            waiting += character
        if waiting:
            yield from _cells_of(waiting, pen)


def _cells_of(character: str, pen: Pen) -> Iterator[Cell]:
    yield character, _blank(pen) if character == " " else pen
    if cell_width(character[0]) == 2:
        yield "", pen


@lru_cache(1024)
def _is_ambiguous(character: str) -> bool:
    """Return whether terminals may draw ``character`` in one cell or in two. Cached."""
    return east_asian_width(character) == "A"


def _changes(old: list[Cell], new: list[Cell]) -> Iterator[tuple[int, int]]:
    """Yield the ranges of ``new`` that must be sent, never beginning or ending inside a wide character."""
    start = end = -1
    for index, cell in enumerate(new):
        if index < len(old) and old[index] == cell:
            continue
        if start < 0:
            start = index
        elif index - end > GAP:
            yield _widened(start, end, new)
            start = index
        end = index + 1
    if start >= 0:
        yield _widened(start, end, new)


def _widened(start: int, end: int, new: list[Cell]) -> tuple[int, int]:
    while start > 0 and not new[start][0]:
        start -= 1
    while end < len(new) and not new[end][0]:
        end += 1
    return start, end


@lru_cache(4096)
def _pen(style: Style, colors: ColorSystem) -> Pen:
    codes = [
        (style.bold, "1"),
        (style.dim, "2"),
        (style.italic, "3"),
        (style.underline, "4"),
        (style.reverse, "7"),
        (style.strike, "9"),
    ]
    foreground, background = style.color, style.bgcolor
    return Pen(
        ";".join(code for on, code in codes if on),
        ";".join(foreground.downgrade(colors).get_ansi_codes(True)) if foreground else "",
        ";".join(background.downgrade(colors).get_ansi_codes(False)) if background else "",
    )


@lru_cache(4096)
def _blank(pen: Pen) -> Pen:
    """Return the part of ``pen`` that shows on blanks, mostly its background. Cached."""
    return Pen("", "", pen.background) if IN_BLANKS.isdisjoint(pen.attributes) else pen


@lru_cache(4096)
def _change(old: Pen | None, new: Pen) -> str:
    """Return the shortest SGR sequence from one pen to another. Cached."""
    anew = ";".join(["0", *(part for part in new if part)])
    if old is None:
        return f"\x1b[{anew}m"
    was, now = set(filter(None, old.attributes.split(";"))), set(filter(None, new.attributes.split(";")))
    parts = sorted({OFF.get(gone, "") for gone in was - now})
    parts += sorted(now if "22" in parts else now - was)
    if old.foreground != new.foreground:
        parts.append(new.foreground or "39")
    if old.background != new.background:
        parts.append(new.background or "49")
    changed = ";".join(parts)
    return f"\x1b[{anew if '' in parts or len(anew) < len(changed) else changed}m"


def _cursor_to(x: int, y: int) -> str:
    return f"\x1b[{y + 1};{x + 1}H"
