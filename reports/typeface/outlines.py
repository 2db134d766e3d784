"""The outline of a character, from the first font that has it; each is read once."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Final

from db.store.engine import store
from reports.typeface.own_font import UnusableFont, open_font

EM: Final = 1000
"""Units in which outlines and widths are measured, whatever those of their font."""
REGULAR: Final = 400
"""Weight of a font that has several (OpenType, axis ``wght``)."""
FONTS: Final = tuple(
    Path(__file__).with_name(f"NotoSans{script}.ttf") for script in ("SC", "TC", "JP", "KR", "")
)
"""Noto Sans, the last from `justmytype-western-core` 0.1.0; ``make`` takes the others from
`justmytype-intl-cjk`, of TC, JP and KR what those before lack."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """``outline`` as in the table ``glyf``, empty for a blank; ``box``: least and greatest x and y."""

    outline: bytes
    width: int
    box: tuple[int, int, int, int]


NOTHING: Final = Glyph(b"", 0, (0, 0, 0, 0))
SELECTORS: Final = frozenset((*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
"""They ask for a variant of the character before them, and are not drawn."""
BLANK: Final = "CMZ"
"""Unicode's categories of what may have no outline: controls, marks, separators. Some fonts have empty ones
for letters that they lack."""


class Outlines:
    """The outlines of ``own``, where there is one, and of the fonts that come along."""

    def __init__(self, own: Path | None) -> None:
        self._own = own
        self._known: dict[str, Glyph] = {}
        self._open: list[_Font] = []
        self._closed: Iterator[_Font] = self._fonts()

    @cached_property
    def none(self) -> Glyph:
        """The outline for a missing character: an empty frame."""
        return _compiled(_framed(), EM)

    def glyph(self, char: str) -> Glyph:
        if char not in self._known:
            self._known[char] = self._read(char)
        return self._known[char]

    def _read(self, char: str) -> Glyph:
        if ord(char) in SELECTORS:
            return NOTHING
        for font in self._all_fonts():
            if (number := font.number(char)) is not None:
                glyph = font.glyph(number)
                if glyph.outline or unicodedata.category(char)[0] in BLANK:
                    return glyph
        return self._box(char)

    def _all_fonts(self) -> Iterator[_Font]:
        """Yield the fonts in their order; each is opened when it is first reached."""
        yield from self._open
        for font in self._closed:
            self._open.append(font)
            yield font

    def _fonts(self) -> Iterator[_Font]:
        if self._own is not None:
            with suppress(UnusableFont, OSError):  # since the server started, then; `mingce doctor` says so
                open_font(self._own).close()
                # Not mapped: whoever reads what is cut short meanwhile is killed by the system.
                yield _Font(self._own.read_bytes())
        yield from map(_Font, FONTS)

    def _box(self, char: str) -> Glyph:
        """Draw a frame with the code point of ``char`` in it, in two lines."""
        from fontTools.pens.transformPen import TransformPen

        pen = _framed()
        code = f"{ord(char):04X}"
        half = (len(code) + 1) // 2
        for digits, y in ((code[:half], 420), (code[half:], 20)):
            step = 800 / half
            for place, digit in enumerate(digits):
                font, number = next(
                    (font, number) for font in self._all_fonts() if (number := font.number(digit)) is not None
                )
                scale = min(0.42, step / 600)
                font.draw(number, TransformPen(pen, (scale, 0, 0, scale, 110 + place * step, y)))
        return _compiled(pen, EM)


def _framed() -> Any:
    """Return a new pen that already holds the frame around a Chinese character's square."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for left, low, right, high in ((60, -80, 940, 840), (910, -50, 90, 810)):
        pen.moveTo((left, low))
        for corner in ((left, high), (right, high), (right, low)):
            pen.lineTo(corner)
        pen.closePath()
    return pen


class _Font:
    """A font that is open. HarfBuzz reads single outlines out of the mapped file, which all sessions share;
    fontTools takes whole tables into the memory of each."""

    def __init__(self, font: Path | bytes) -> None:
        import uharfbuzz

        mapped = uharfbuzz.Blob.from_file_path
        face = uharfbuzz.Face(uharfbuzz.Blob(font) if isinstance(font, bytes) else mapped(str(font)))
        self._font = uharfbuzz.Font(face)
        self._font.set_variations({"wght": REGULAR})
        self._scale = EM / face.upem
        self._is_cubic = "glyf" not in face.table_tags

    def number(self, char: str) -> int | None:
        found: int | None = self._font.get_nominal_glyph(ord(char))
        return found

    def glyph(self, number: int) -> Glyph:
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        pen = TTGlyphPen(None)
        self.draw(number, pen)
        return _compiled(pen, round(self._font.get_glyph_h_advance(number) * self._scale))

    def draw(self, number: int, pen: Any) -> None:
        """Draw outline ``number`` with ``pen``, scaled to `EM` units, its curves quadratic as TrueType's
        are."""
        from fontTools.pens.cu2quPen import Cu2QuPen
        from fontTools.pens.transformPen import TransformPen

        if self._is_cubic:
            pen = Cu2QuPen(pen, max_err=1.0, reverse_direction=True)
        if self._scale != 1:
            pen = TransformPen(pen, (self._scale, 0, 0, self._scale, 0, 0))
        self._font.draw_glyph_with_pen(number, pen)


def _compiled(pen: Any, width: int) -> Glyph:
    glyph = pen.glyph(dropImpliedOnCurves=True)
    outline: bytes = glyph.compile(None)
    return Glyph(
        outline, width, (glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax) if outline else (0, 0, 0, 0)
    )


def outlines() -> Outlines:
    named = store().settings.font
    return _outlines(store().home.folder if named else None, named)


@cache
def _outlines(folder: Path | None, named: str) -> Outlines:
    return Outlines(folder / named if folder is not None else None)
