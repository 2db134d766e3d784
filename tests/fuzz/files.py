"""Files that people bring: spreadsheets, evidence, copies that were found, evidence packs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from db.confined import archive, found, sheet
from db.confined.agreed import CELL, COLUMNS, ROWS
from db.confined.answers import FOUND, SHEET
from db.confined.why import Unreadable
from db.desk.notation.media import SUFFIXES, TYPES, clean_name, media_type
from reports.evidence import verifying
from tests.fuzz.target import Read, Target

PART = b"part:"
"""An XLSX input that begins so is one part of a workbook, ``part:NAME`` on its first line: a change of a
packed file would hardly ever get past its checksums."""


@contextmanager
def csv_rows() -> Iterator[Read]:
    """A CSV file's rows."""
    yield lambda content: _rows(content)


def rows_of(content: bytes) -> list[list[str]]:
    """The rows as the host's commands get them. Raises Unreadable."""
    return SHEET.parsed(b"".join(sheet.answer(content)))


def _rows(content: bytes) -> str:
    try:
        rows = rows_of(content)
    except Unreadable as unreadable:
        return unreadable.why.name.lower()
    assert len(rows) <= ROWS
    for row in rows:
        assert len(row) <= COLUMNS
        for cell in row:
            assert len(cell) <= CELL
            assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in cell if letter != "\n")
    return "read"


def workbook() -> dict[str, bytes]:
    """The parts of a small workbook."""
    import xlsxwriter

    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((("姓名", "部门", "手机"), ("张伟", "研发部", 13800002121.0))):
            sheet.write_row(number, 0, row)
    with zipfile.ZipFile(made) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(content: bytes, whole: dict[str, bytes]) -> bytes:
    """``content``, or the workbook ``whole`` with the one part that it gives."""
    if not content.startswith(PART):
        return content
    first, _newline, part = content.partition(b"\n")
    name = first[len(PART) :].decode("utf-8", "replace").strip() or "xl/workbook.xml"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, kept in whole.items():
            archive.writestr(other, part if other == name else kept)
    return made.getvalue()


@contextmanager
def evidence() -> Iterator[Read]:
    """A piece of evidence: its type and its name."""
    yield _evidence


def _evidence(content: bytes) -> str:
    kind = media_type(content)
    name = clean_name(content[:200].decode("utf-8", "replace"), kind or "text/plain")
    assert name.endswith((*SUFFIXES.values(), ".jpeg", ".md", ".csv", ".log", ".eml"))
    assert "/" not in name
    assert name.isprintable() or " " in name
    if kind == "text/plain":
        content.decode("utf-8")
    assert kind is None or kind in TYPES
    return kind or "refused"


@contextmanager
def found_copies() -> Iterator[Read]:
    """A found copy of an edition, as `trace` reads it: PDF, workbook, or text."""
    whole = workbook()

    def look(content: bytes) -> str:
        marks = FOUND.parsed(b"".join(found.answer(packed(content, whole))))
        return "marks" if marks.numbers or marks.codes or marks.seen else "no marks"

    yield look


@contextmanager
def packs() -> Iterator[Read]:
    """An evidence pack that is checked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verifying, "read", lambda kind, content: kind.parsed(b"".join(archive.answer(content))))
        yield from _packs()


def _packs() -> Iterator[Read]:
    public = Ed25519PrivateKey.from_private_bytes(b"k" * 32).public_key().public_bytes_raw()

    def look(content: bytes) -> str:
        if content.startswith(PART):
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w") as archive:
                for piece in content.split(PART)[1:]:
                    name, _newline, text = piece.partition(b"\n")
                    archive.writestr(name.decode("utf-8", "replace").strip("\0 \r") or "x", text)
            content = made.getvalue()
        checked = verifying.check(content, [public])
        assert checked.problems, "nobody but the key's owner makes a sound pack"
        return "refused"

    yield look


def picture(kind: str) -> bytes:
    """A small PNG or JPEG."""
    made = io.BytesIO()
    Image.new("RGB", (16, 12), (20, 90, 60)).save(made, kind)
    return made.getvalue()


TARGETS = (
    Target("csv", "a spreadsheet as CSV", csv_rows),
    Target("evidence", "a piece of evidence", evidence),
    Target("trace", "a found copy of an edition", found_copies, examples=150),
    Target("pack", "an evidence pack", packs, examples=200),
)
