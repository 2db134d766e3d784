"""What every PDF begins as: a canvas that knows the face, in a file that says what it is, in its language."""

from __future__ import annotations

import io
from typing import Any

from db.language import Language
from reports.typeface import FONT, register

CREATOR = "mingce"


def canvas(
    out: io.BytesIO,
    size: tuple[int, int],
    language: Language,
    *,
    title: str,
    author: str,
    subject: str,
    invariant: bool = False,
) -> Any:
    from reportlab.pdfgen.canvas import Canvas

    register()
    made = Canvas(
        out,
        pagesize=size,
        pageCompression=1,
        invariant=int(invariant),
        lang=language.replace("_", "-"),
        initialFontName=FONT,
    )
    made.setTitle(title)
    made.setAuthor(author)
    made.setSubject(subject)
    made.setCreator(CREATOR)
    made.setViewerPreference("DisplayDocTitle", "true")
    return made
