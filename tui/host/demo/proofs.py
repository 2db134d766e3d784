"""Small real files for the evidence of the demonstration: text, a picture, a page."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from random import Random

from reports import pdf_file
from reports.typeface import FONT

WIDTH, HEIGHT = 240, 150
CELL = 10


def proof(name: str, about: str, random: Random) -> bytes:
    if name.endswith(".png"):
        return picture(random)
    if name.endswith(".pdf"):
        return page(name.removesuffix(".pdf"), about)
    return f"{name.removesuffix('.txt')}\n\n{about}\n".encode()


def picture(random: Random) -> bytes:
    """Draw a form as a scanner would see it: paper, ruled lines, grey words, a red seal (PNG, 8-bit RGB)."""
    paper, ink, rule, seal = b"\xfa\xf8\xf0", b"\x50\x50\x58", b"\xc8\xc8\xc8", b"\xc8\x30\x30"
    words = {(random.randrange(2, WIDTH // CELL - 6), line) for line in range(3, 12) for _word in range(5)}

    def pixel(x: int, y: int) -> bytes:
        distance = (x - 190) ** 2 + (y - 110) ** 2
        if 22**2 < distance < 26**2 or distance < 4**2:
            return seal
        if y % CELL == CELL - 1 and 20 <= y < 130 and 15 <= x < WIDTH - 15:
            return rule
        if (x // CELL, y // CELL) in words and 3 <= y % CELL < 7:
            return ink
        return paper

    return _png(WIDTH, HEIGHT, pixel)


def portrait() -> bytes:
    """Draw a photo for a badge: hair, face, shoulders, a light wall (PNG, 8-bit RGB)."""
    wall, hair, skin, coat = b"\xd8\xe4\xee", b"\x30\x28\x28", b"\xe8\xc0\xa0", b"\x28\x48\x78"

    def pixel(x: int, y: int) -> bytes:
        if ((x - 48) / 20) ** 2 + ((y - 50) / 26) ** 2 < 1 and y > 36:
            return skin
        if ((x - 48) / 25) ** 2 + ((y - 44) / 27) ** 2 < 1 and y < 58:
            return hair
        return coat if ((x - 48) / 44) ** 2 + ((y - 124) / 46) ** 2 < 1 else wall

    return _png(96, 120, pixel)


def _png(width: int, height: int, pixel: Callable[[int, int], bytes]) -> bytes:
    lines = b"".join(b"\0" + b"".join(pixel(x, y) for x in range(width)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(lines))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def page(title: str, about: str) -> bytes:
    out = io.BytesIO()
    canvas = pdf_file.canvas(out, (595, 842), "zh_CN", title=title, author="", subject="", invariant=True)
    lines = [title, "", *(about[start : start + 30] for start in range(0, len(about), 30))]
    canvas.setFont(FONT, 14)
    for number, line in enumerate(lines):
        canvas.drawString(72, 760 - 22 * number, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
