"""The marks in a PDF: its identifier, its texts, and where exactly they begin."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

from db.desk.editions.marks import place_label
from reports.editions import reading_sheet
from reports.editions.pages import SHIFT
from reports.editions.seen import Seen

IDENTIFIER = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{32})>")
MOST_PAGES = 500
LARGEST_STREAM = 20 * 1024 * 1024
LARGEST_ATTACHMENT = 20 * 1024 * 1024


def look(content: bytes, seen: Seen) -> None:
    """Gather the marks of ``content``. One that is locked shows its identifier only, which is enough."""
    import pikepdf

    seen.codes.update(found.decode("ascii").lower() for found in IDENTIFIER.findall(content))
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            identifier = pdf.trailer.get("/ID")
            if isinstance(identifier, pikepdf.Array) and len(identifier):
                seen.codes.add(bytes(identifier[0]).hex())
            for page in list(pdf.pages)[:MOST_PAGES]:
                _page(page, seen)
            for name, file in pdf.attachments.items():
                seen.texts.append(str(name))
                attached = file.get_file().read_bytes()
                if attached.startswith(b"PK\x03\x04") and len(attached) <= LARGEST_ATTACHMENT:
                    reading_sheet.look(attached, seen)
    except (pikepdf.PasswordError, pikepdf.PdfError):
        return


def _page(page: Any, seen: Seen) -> None:
    import pikepdf

    x = Decimal(0)
    text = ""
    for instruction in pikepdf.parse_content_stream(page):
        operator, operands = str(instruction.operator), list(instruction.operands)
        if operator in ("Tm", "Td") and len(operands) in (6, 2):
            x = Decimal(str(operands[-2]))
        elif operator == "Tj" and operands:
            shown = _decoded(bytes(operands[0]))
            seen.texts.append(shown)
            fraction = float(x % 1)
            if shown and fraction in (0.0, SHIFT):
                seen.votes.append((place_label(shown), int(fraction == SHIFT)))
            text += shown
    # Numbers are looked for across pieces too: a program that saves anew may split them.
    seen.texts.append(text)


def _decoded(raw: bytes) -> str:
    """Text of our font is UCS-2; any other is taken byte by byte."""
    try:
        return raw.decode("utf-16-be")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
