"""What kind of file some bytes are, told from the bytes and never from a name."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from db.language import Message, _

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN_WORKBOOK: Final = "application/vnd.oasis.opendocument.spreadsheet"
MediaType = Literal[
    "application/pdf",
    "image/png",
    "image/jpeg",
    "text/plain",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.spreadsheet",
    "text/csv",
]

TYPES: Final[dict[str, Message]] = {
    "application/pdf": _("PDF"),
    "image/png": _("PNG picture"),
    "image/jpeg": _("JPEG picture"),
    "text/plain": _("text"),
    WORKBOOK: _("workbook"),
    OPEN_WORKBOOK: _("workbook"),
    "text/csv": _("table"),
}
TABLES: Final[frozenset[str]] = frozenset({WORKBOOK, OPEN_WORKBOOK, "text/csv"})
"""What lies in a tray to be taken in as a list, and is evidence of nothing: nobody who decides opens a
workbook, nor a text in another character set than UTF-8."""
LISTS: Final = TABLES | {"text/plain"}
"""Types of files that can be imported; a text may be CSV, vCard, LDIF or JSON."""
SUFFIXES: Final[dict[MediaType, str]] = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
    WORKBOOK: ".xlsx",
    OPEN_WORKBOOK: ".ods",
    "text/csv": ".csv",
}
_ACCEPTED_SUFFIXES: Final[dict[MediaType, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "text/plain": (".txt", ".md", ".csv", ".log", ".eml", ".vcf", ".ldif", ".json"),
    WORKBOOK: (".xlsx",),
    OPEN_WORKBOOK: (".ods",),
    "text/csv": (".csv", ".txt", ".vcf"),
}
_PNG = b"\x89PNG\r\n\x1a\n"
_ACTED_ON = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
"""What a terminal acts on, or turns the direction of a text; a carriage return but before a line feed."""
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the direction of a text: phones and spreadsheets put it around numbers and addresses."""
_LISTED = re.compile(r"\ufeff?\s*(BEGIN:VCARD\b|[^\n,;\t]*([,;\t])[^\n,;\t]*\2)", re.IGNORECASE)
"""How a vCard begins, or a table of three columns."""
_UNFIT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')
NAME_LENGTH: Final = 80


def media_type(content: bytes) -> MediaType | None:
    """Recognise the type of ``content`` by its bytes; None where it is not accepted, not whole, or text that
    a terminal would act on."""
    if content.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in content[-2048:] else None
    if content.startswith(_PNG):
        return "image/png" if content[12:16] == b"IHDR" and b"IEND" in content[-64:] else None
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg" if b"\xff\xd9" in content[-64:] else None
    if content.startswith(b"PK\x03\x04"):
        is_whole = b"PK\x05\x06" in content[-66_000:]
        kinds: dict[bytes, MediaType] = {b"xl/workbook.xml": WORKBOOK, OPEN_WORKBOOK.encode(): OPEN_WORKBOOK}
        return next((kind for mark, kind in kinds.items() if is_whole and mark in content), None)
    if _is_text(content, "utf-8"):
        return "text/plain"
    if acts_on_terminal(content):
        plain = _TURNS.sub("", content.decode("utf-8"))
        return "text/csv" if _LISTED.match(plain) and _ACTED_ON.search(plain) is None else None
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    sets = ("utf-16",) if marked else ("gb18030", "big5", "cp1252")
    return "text/csv" if any(_is_text(content, one) for one in sets) else None


def _is_text(content: bytes, encoding: str) -> bool:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and _ACTED_ON.search(text) is None


def acts_on_terminal(content: bytes) -> bool:
    """Return whether ``content`` is UTF-8 text with characters on which a terminal acts."""
    try:
        return _ACTED_ON.search(content.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def without_acting_characters(content: bytes) -> bytes:
    """Return text ``content`` without the characters on which a terminal acts."""
    return _ACTED_ON.sub("", content.decode("utf-8")).encode("utf-8")


def clean_name(name: str, kind: MediaType) -> str:
    """Return a plain file name of at most 80 characters, without folders, ending as its type does."""
    bare = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    shown = "".join(c for c in bare if unicodedata.category(c)[0] != "C")
    shown = " ".join(_UNFIT_IN_NAMES.sub("_", shown).split()).strip(" .")
    stem, dot, suffix = shown.rpartition(".")
    if dot and f".{suffix.lower()}" in _ACCEPTED_SUFFIXES[kind]:
        return f"{stem.strip(' .')[:NAME_LENGTH] or 'file'}.{suffix.lower()}"
    return f"{shown[:NAME_LENGTH] or 'file'}{SUFFIXES[kind]}"
