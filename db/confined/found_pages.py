"""The marks in a PDF: its identifier, its texts, and where exactly they begin."""

from __future__ import annotations

import base64
import io
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from typing import Any

import pikepdf

from db.confined import found_sheet
from db.confined.marks import SHIFT, place_label
from db.confined.qpdf import meet_encryption
from db.confined.seen import DAMAGED, Seen

IDENTIFIER = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{32})>")
MOST_PAGES = 500
LARGEST_PAGE = 2 * 1024 * 1024
"""Bytes that the content of one page may unpack to; one of ours has a few thousand."""
MOST_FONTS = 20
LARGEST_CMAP = 256 * 1024
"""Bytes of a list of what codes stand for that are looked through."""
RARE = re.compile(rb"<(D[89A-F][0-9A-F]{2})> <(D[89AB][0-9A-F]{2}D[C-F][0-9A-F]{2})>")
LARGEST_ATTACHMENT = 20 * 1024 * 1024
ALL_PAGES = 20 * 1024 * 1024

meet_encryption()


def gather_marks(content: bytes, seen: Seen) -> None:
    """Gather the marks of ``content`` as far as it opens; a locked one shows its identifier, enough."""
    seen.codes.update(found.decode("ascii").lower() for found in IDENTIFIER.findall(content))
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            identifier = pdf.trailer.get("/ID")
            if isinstance(identifier, pikepdf.Array) and len(identifier):
                seen.codes.add(bytes(identifier[0])[:16].hex())
            _pages(pdf, seen)
            for name, file in pdf.attachments.items():
                if seen.is_enough:
                    return
                seen.text(str(name))
                attached = _unpacked(file.obj.EF.F, LARGEST_ATTACHMENT)
                if attached.startswith(b"PK\x03\x04") and len(attached) <= LARGEST_ATTACHMENT:
                    found_sheet.gather_marks(attached, seen)
    except (pikepdf.PasswordError, pikepdf.PdfError, zlib.error, *DAMAGED):
        return


def _pages(pdf: Any, seen: Seen) -> None:
    """Read the texts of the pages into ``seen``; one that is damaged or too large is passed over."""
    left = ALL_PAGES
    for number, page in enumerate(pdf.pages):
        if number == MOST_PAGES or seen.is_enough:
            return
        try:
            content = _content(page)
            left -= len(content)
            if len(content) <= LARGEST_PAGE and left >= 0:
                _page(pikepdf.Stream(pdf, content), _rare(page), seen)
        except (pikepdf.PdfError, zlib.error, *DAMAGED):
            continue


def _content(page: Any) -> bytes:
    """Return what draws a page, cut at `LARGEST_PAGE`. Many streams may be one and the same."""
    content = bytearray()
    for stream in _streams(page):
        content += _unpacked(stream, LARGEST_PAGE) + b"\n"
        if len(content) > LARGEST_PAGE:
            break
    return bytes(content)


def _streams(page: Any) -> Iterator[Any]:
    contents = page.obj.get("/Contents", ())
    yield from (contents,) if isinstance(contents, pikepdf.Stream) else contents


def _unpacked(stream: Any, most: int) -> bytes:
    """Return the content of ``stream``: of a longer one ``most`` bytes and another; nothing where it is
    packed in a way that the programs of today don't pack texts."""
    filters = stream.get("/Filter", ())
    data: bytes = stream.read_raw_bytes()
    for name in (filters,) if isinstance(filters, pikepdf.Name) else filters:
        if name == "/ASCII85Decode":
            data = base64.a85decode(data.strip().removesuffix(b"~>"))
        elif name == "/FlateDecode":
            data = zlib.decompressobj().decompress(data, most + 1)
        else:
            return b""
    return data


def _rare(page: Any) -> dict[int, str]:
    """Return what the units that stand for no character alone stand for in the fonts of ``page``."""
    found: dict[int, str] = {}
    with suppress(pikepdf.PdfError, zlib.error, *DAMAGED):
        for _name, font in islice(page.obj.Resources.Font.items(), MOST_FONTS):
            if isinstance(texts := font.get("/ToUnicode"), pikepdf.Stream):
                for code, text in RARE.findall(_unpacked(texts, LARGEST_CMAP)):
                    found[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    return found


def _page(content: Any, rare: dict[int, str], seen: Seen) -> None:
    x = Decimal(0)
    pieces: list[str] = []
    for instruction in pikepdf.parse_content_stream(content):
        operator, operands = str(instruction.operator), list(instruction.operands)
        if operator in ("Tm", "Td") and len(operands) in (6, 2):
            x = Decimal(str(operands[-2]))
        elif operator == "Tj" and operands:
            shown = _decoded(bytes(operands[0]), rare)
            seen.text(shown)
            fraction = float(x % 1)
            if shown and fraction in (0.0, SHIFT):
                seen.vote(place_label(shown), int(fraction == SHIFT))
            pieces.append(shown)
    # Numbers are looked for across pieces too: a program that saves anew may split them.
    seen.text("".join(pieces))


def _decoded(raw: bytes, rare: dict[int, str]) -> str:
    """Decode text of our fonts as UTF-16, but for ``rare`` characters; any other byte by byte."""
    try:
        text = raw.decode("utf-16-be", "surrogatepass").translate(rare)
        text.encode("utf-8")
    except UnicodeError:
        return raw.decode("latin-1")
    return text
