"""A photo without what it says besides its pixels: place, device, time, thumbnail, comments (threat 63).

The answer is the picture made anew in its own format, upright; nothing where it says nothing besides.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from PIL import Image, ImageOps, TiffImagePlugin, UnidentifiedImageError

from db.confined.picture import LOADED as PICTURES
from db.confined.picture import MAX_PIXELS
from db.confined.why import FileRefusal, Unreadable

LOADED = (*PICTURES, TiffImagePlugin)
"""What Pillow would otherwise load when it meets an orientation, and couldn't any more."""
LARGEST, QUALITY = (2000, 2000), 90
"""Pixels of a photo that is made anew, and how well JPEG keeps them: less than 5 MB whatever it shows."""
PNG_BEGIN = 8
PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"IEND"}
JPEG_KEPT = {0xE0, 0xEE, 0xDB, 0xC4, 0xDD, *range(0xC0, 0xD0)}
"""JFIF's and Adobe's marks, tables and frames; other applications' marks and comments are not among them."""
SCAN, END = 0xDA, 0xD9


def answer(content: bytes) -> Iterable[bytes]:
    """Yield the picture encoded anew: upright, at most `LARGEST`, without metadata (threat 63). Yield nothing
    if ``content`` has no metadata. Raises Unreadable."""
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if picture.width * picture.height > MAX_PIXELS:
            raise Unreadable(FileRefusal.TOO_MANY_PIXELS)
        if _is_bare(content):
            return
        is_png, alpha = picture.format == "PNG", "A" in picture.getbands() or "transparency" in picture.info
        picture.thumbnail(LARGEST)
        upright = ImageOps.exif_transpose(picture)
        pixels = upright.convert("RGBA" if is_png and alpha else "RGB")
        pixels.info = {}
        made = io.BytesIO()
        if is_png:
            pixels.save(made, "PNG")
        else:
            pixels.save(made, "JPEG", quality=QUALITY)
    except Image.DecompressionBombError:
        raise Unreadable(FileRefusal.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Unreadable(FileRefusal.DAMAGED) from None
    yield made.getvalue()


def _is_bare(content: bytes) -> bool:
    """Return whether ``content`` consists only of parts that draw, with nothing behind its end."""
    parts = _png_parts(content) if content.startswith(b"\x89PNG") else _jpeg_parts(content)
    return all(parts)


def _png_parts(content: bytes) -> Iterator[bool]:
    at, kind = PNG_BEGIN, b""
    while at + 8 <= len(content) and kind != b"IEND":
        kind = content[at + 4 : at + 8]
        yield kind in PNG_KEPT
        at += 12 + int.from_bytes(content[at : at + 4])
    yield kind == b"IEND" and at == len(content)


def _jpeg_parts(content: bytes) -> Iterator[bool]:
    at, mark = 2, 0
    while at + 4 <= len(content) and mark != SCAN:
        mark = content[at + 1]
        yield content[at] == 0xFF and (mark in JPEG_KEPT or mark == SCAN)
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    # of a scan only its end is looked for; a second one (progressive) may hold any part, and is made anew
    yield mark == SCAN and content.find(bytes((0xFF, END)), at) == len(content) - 2
    yield b"\xff\xda" not in content[at:] and b"\xff\xe1" not in content[at:]
