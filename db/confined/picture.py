"""A picture as pixels: PNG or JPEG, made small enough for a terminal.

The answer is width and height, two bytes each, and then three bytes a pixel.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

from PIL import Image, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, UnidentifiedImageError

from db.confined.agreed import HIGHEST, WIDEST
from db.confined.why import FileRefusal, Unreadable

MAX_PIXELS = 40_000_000
"""A small file can hold a picture that fills the memory; larger ones than this are not unpacked."""
LOADED = (JpegImagePlugin, MpoImagePlugin, PngImagePlugin)
"""What Pillow would otherwise load when it meets one, and couldn't any more."""

Image.preinit()


def answer(content: bytes) -> Iterable[bytes]:
    """Yield width and height, then the RGB pixels of ``content``, shrunk to `WIDEST` times `HIGHEST`. Raises
    Unreadable."""
    try:
        picture = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if picture.width * picture.height > MAX_PIXELS:
            raise Unreadable(FileRefusal.TOO_MANY_PIXELS)
        picture.thumbnail((WIDEST, HIGHEST))
        pixels = picture.convert("RGB")
    except Image.DecompressionBombError:
        raise Unreadable(FileRefusal.TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Unreadable(FileRefusal.DAMAGED) from None
    yield pixels.width.to_bytes(2) + pixels.height.to_bytes(2)
    yield pixels.tobytes()
