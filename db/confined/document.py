"""What a PDF says about itself: a terminal can't show its pages. The answer is a JSON object."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Iterable

import pikepdf

from db.confined.agreed import TITLE
from db.confined.qpdf import meet_encryption
from db.confined.seen import DAMAGED
from db.confined.why import FileRefusal, Unreadable

LOOK_FOR = 2.0
"""Seconds of processor time after which no more objects are looked at for what acts."""
ACTING = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?)\b")

meet_encryption()


def answer(content: bytes) -> Iterable[bytes]:
    """Yield JSON of version, pages, title, ``locked``, ``active``; of a file that only a password opens, the
    last two alone. Raises Unreadable for what is no PDF."""
    said: dict[str, object] = {"locked": False, "active": False}
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            said |= {
                "version": pdf.pdf_version,
                "pages": len(pdf.pages),
                "title": _title(pdf),
                "locked": pdf.is_encrypted,
                "active": _acts(pdf),
            }
    except pikepdf.PasswordError:
        said["locked"] = True
    except (pikepdf.PdfError, *DAMAGED):
        raise Unreadable(FileRefusal.DAMAGED) from None
    yield json.dumps(said).encode()


def _title(pdf: pikepdf.Pdf) -> str:
    title = pdf.docinfo.get("/Title")
    return str(title)[:TITLE] if isinstance(title, pikepdf.String) else ""


def _acts(pdf: pikepdf.Pdf) -> bool:
    """Return whether an object, compressed ones included, is a script, starts a program or embeds a file.
    Return False if none was found within `LOOK_FOR` seconds of processor time."""
    return any(ACTING.search(_object_bytes(one)) for one in pdf.objects if time.process_time() < LOOK_FOR)


def _object_bytes(one: pikepdf.Object) -> bytes:
    """Return an object's own syntax: without the objects that it refers to, and without its stream's data."""
    return (one.stream_dict if isinstance(one, pikepdf.Stream) else one).unparse(resolved=True)
