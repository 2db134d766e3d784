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
    """Add the marks of a PDF to ``seen``, those of workbooks attached to it included. A damaged one counts as
    far as it opens; of a locked one, its identifier alone."""
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
    """Add the texts of the pages to ``seen``, until that is enough; skip pages that are damaged or too
    large."""
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
    """Return the drawing instructions of a page, cut soon after `LARGEST_PAGE` bytes: many streams may be one
    and the same."""
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
    """Return the unpacked data of ``stream``, cut at ``most + 1`` bytes; empty for a filter that no program
    of today uses for texts. Raises zlib.error."""
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
    """Return the characters outside the basic plane that the fonts of ``page`` write as a single surrogate
    code."""
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
    """Decode text of our fonts: UTF-16-BE with ``rare`` codes replaced; Latin-1 where it is not valid."""
    try:
        text = raw.decode("utf-16-be", "surrogatepass").translate(rare)
        text.encode("utf-8")
    except UnicodeError:
        return raw.decode("latin-1")
    return text
