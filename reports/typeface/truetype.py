"""A TrueType file of a few outlines, with the tables that a PDF asks for and no other (PDF 32000-1, 9.9)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from struct import pack, unpack_from
from typing import Final

from reports.typeface.outlines import EM, Glyph

ASCENT, DESCENT = 880, -120
"""Of the square that Chinese characters fill."""
TRUETYPE: Final = "\x00\x01\x00\x00"
VERSION: Final = 0x00010000
MAGIC: Final = 0x5F0F3CF5


def font_file(glyphs: Sequence[Glyph]) -> bytes:
    """Return a TrueType font of ``glyphs`` in their order, the first for a missing one; the same input gives
    the same bytes."""
    from fontTools.ttLib.sfnt import SFNTWriter

    outlines, places = bytearray(), [0]
    for glyph in glyphs:
        outlines += glyph.outline + bytes(-len(glyph.outline) % 4)
        places.append(len(outlines))
    tables = {
        "glyf": bytes(outlines),
        "head": _head(*box_of(glyphs)),
        "hhea": pack(
            ">IhhhHhhhhhhqhH", VERSION, ASCENT, DESCENT, 0, max(glyph.width for glyph in glyphs),
            0, 0, EM, 1, 0, 0, 0, 0, len(glyphs),
        ),
        "hmtx": b"".join(pack(">Hh", glyph.width, glyph.box[0]) for glyph in glyphs),
        "loca": pack(f">{len(places)}I", *places),
        "maxp": pack(">IH13H", VERSION, len(glyphs), *_most_points(glyphs), 2, *[0] * 8),
    }  # fmt: skip
    file = io.BytesIO()
    writer = SFNTWriter(file, len(tables), TRUETYPE)
    for tag, table in tables.items():
        writer[tag] = table
    writer.close()
    return file.getvalue()


def box_of(glyphs: Sequence[Glyph]) -> tuple[int, int, int, int]:
    """Return the bounding box of all ``glyphs``: least x and y, greatest x and y."""
    left, low, right, high = zip(*(glyph.box for glyph in glyphs), strict=True)
    return min(left), min(low), max(right), max(high)


def _head(left: int, low: int, right: int, high: int) -> bytes:
    at_origin, long_places, forwards = 0b11, 1, 2
    return pack(
        ">IIIIHHqqhhhhHHhhh", VERSION, VERSION, 0, MAGIC, at_origin, EM, 0, 0, left, low, right, high,
        0, 8, forwards, long_places, 0,
    )  # fmt: skip


def _most_points(glyphs: Sequence[Glyph]) -> tuple[int, ...]:
    """Return the most points and the most contours of any simple outline, then of composite ones, of which
    there are none."""
    points = contours = 0
    for glyph in glyphs:
        if glyph.outline:
            (count,) = unpack_from(">h", glyph.outline)
            (last,) = unpack_from(">H", glyph.outline, 10 + 2 * (count - 1))
            points, contours = max(points, last + 1), max(contours, count)
    return points, contours, 0, 0
