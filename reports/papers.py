"""A sheet for signatures as pages, on its way out: numbered so that its scan can be matched to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from db.desk import Desk
from db.desk.papers.papers import PaperCopy
from db.desk.papers.sheets import PaperPage
from db.language import Message, _
from reports.export import Document
from reports.pages import MARGIN, WIDTH, Pages
from reports.protected import MEDIA_TYPE, encrypt_pdf, password

ROW, TEXT = 24, 10
"""Height of a row that is signed, and size of its text, in points."""
SIGNED, NARROW = (130, 70), 30
"""Widths of the columns for signature and day, and of the one for the line's number."""


def fetch_paper(desk: Desk, number: str) -> Document:
    """Return the PDF of the sheet ``number`` under a new mark, encrypted under a new password where the book
    asks for that, once it is recorded that it leaves (C.9.1). It is in the language that it was drawn up
    in."""
    copy, mark = desk.papers.one(number), desk.overview.mark()
    content, word = pages_of(copy, mark), ""
    if copy.encrypted:
        word = password()
        content = encrypt_pdf(content, word)
    digest = hashlib.sha256(content).hexdigest()
    desk.papers.leave(copy.number, sha256=digest, size=len(content), mark=mark, encrypted=copy.encrypted)
    return Document(f"{copy.number}.pdf", MEDIA_TYPE, content, digest, mark, word)


def pages_of(copy: PaperCopy, mark: str) -> bytes:
    """Return the pages as an unencrypted PDF. ``mark`` is the copy's own."""
    title = Message("{organisation}  ·  {number}", {"organisation": copy.organisation, "number": copy.number})
    foot = _("Sheet {number}. Scan all of it, with this number. Copy {mark}; do not pass it on.",
             number=copy.number, mark=mark)  # fmt: skip
    pages = Pages(copy.content.language, title, copy.organisation, copy.classification, foot=foot)
    for number, page in enumerate(copy.content.pages):
        if number:
            pages.turn()
        _draw_page(pages, page, copy.number)
    return pages.finish()


def _draw_page(pages: Pages, page: PaperPage, number: str) -> None:
    pages.line("title", Message("{title}  {number}", {"title": page.title, "number": number}))
    for label, value in page.facts:
        pages.line("fact", _("{name}: {value}", name=label, value=value))
    for words in page.words:
        pages.line("made", words)
    if page.heads:
        columns = _columns(page)
        pages.line("fact", "")
        pages.row(page.heads, columns, bold=True, size=TEXT)
        for row in page.rows:
            pages.row(row, columns, size=TEXT, least=ROW)
    pages.sign(page.signs)


def _columns(page: PaperPage) -> Sequence[float]:
    """Return each column's width in points: narrow for the number, wide for those to write in, the rest
    evenly."""
    written: tuple[int, ...] = () if page.signs else SIGNED
    others = len(page.heads) - 1 - len(written)
    left = WIDTH - 2 * MARGIN - NARROW - sum(written)
    return [NARROW, *[left / others] * others, *written]
