"""A copy under a password, where the regulation asks for one (D.4): a page that says what it is, with the
file itself attached, or the pages of a file that is a PDF. It is encrypted with AES-256 (as
`reports.editions.container` says why).

Whatever the format, nothing of such a directory leaves in the clear. The password is made for this one copy,
told once to whoever takes it, and kept nowhere.
"""

from __future__ import annotations

import io
import secrets
from dataclasses import dataclass, field

from db.confined.marks import ALPHABET
from db.language import Language, _, say
from reports import pdf_file
from reports.report import Report
from reports.typeface import FONT

MEDIA_TYPE = "application/pdf"
SUFFIX = "pdf"
GROUPS = 4
SIZE, LEADING, MARGIN = 11, 20, 72
PAGE = (595, 842)
"""A4, in points."""


@dataclass(frozen=True, slots=True)
class File:
    """A file as it leaves; ``password`` opens it, where it takes one, and is kept nowhere."""

    name: str
    media_type: str
    content: bytes
    password: str = field(default="", repr=False)


def protect_file(file: File, report: Report, language: Language, mark: str = "") -> File:
    """Return ``file`` encrypted under a new password, which stands beside it, where ``report`` is to be; else
    ``file`` itself. What is no PDF is attached to a page that says what it is."""
    if not report.encrypted:
        return file
    word = password()
    if file.media_type == MEDIA_TYPE:
        return File(file.name, MEDIA_TYPE, encrypt_pdf(file.content, word), word)
    content = encrypt_file(word, file.content, file.name, file.media_type, report, language, mark)
    return File(f"{file.name}.{SUFFIX}", MEDIA_TYPE, content, word)


def password() -> str:
    """Make a new random password of 16 characters that can be read out and typed."""
    return "-".join("".join(secrets.choice(ALPHABET) for _each in range(4)) for _group in range(GROUPS))


def encrypt_pdf(
    content: bytes, word: str, name: str = "", inside: bytes = b"", media_type: str = ""
) -> bytes:
    """Return the PDF ``content`` encrypted (AES-256) so that ``word`` alone opens it. With a ``name``,
    ``inside`` is attached to it under that."""
    import pikepdf

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        if name:
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, inside, filename=name, mime_type=media_type)
        pdf.save(out, encryption=pikepdf.Encryption(owner=secrets.token_urlsafe(32), user=word, R=6))
    return out.getvalue()


def encrypt_file(
    word: str, content: bytes, name: str, media_type: str, report: Report, language: Language, mark: str
) -> bytes:
    """Return an encrypted PDF of one page, which says what ``report`` is, with the file ``content`` attached
    as ``name``. The password ``word`` alone opens it."""
    return encrypt_pdf(_page(report, name, language, mark), word, name, content, media_type)


def _page(report: Report, name: str, language: Language, mark: str) -> bytes:
    out, title = io.BytesIO(), say(report.title, language)
    canvas = pdf_file.canvas(out, PAGE, language, title=title, author="", subject=mark)
    lines = [
        title,
        *(f"{say(label, language)}: {say(value, language)}" for label, value in report.parameters),
        say(_("The file {name} is attached to this page.", name=name), language),
        *([say(_("Copy {mark}; do not pass it on.", mark=mark), language)] if mark else []),
        *(say(line, language) for line in report.footer),
    ]
    for number, line in enumerate(lines):
        canvas.setFont(FONT, SIZE)
        canvas.drawString(MARGIN, PAGE[1] - MARGIN - number * LEADING, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
