"""Files that people bring: spreadsheets, evidence, copies that were found, evidence packs."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from db.desk import Invalid
from db.desk.requests.media import MEDIA_TYPES, SUFFIXES, clean_name, media_type
from reports.editions import reading
from reports.evidence import verifying
from tests.fuzz.target import Read, Target
from tui.host import sheet_child
from tui.screens.evidence.pdf_facts import pdf_facts
from tui.screens.evidence.picture import UnfitPicture, _unpacked

STATUSES = {
    sheet_child.TOO_LARGE: "too-large", sheet_child.NOT_A_SHEET: "no-sheet", sheet_child.TOO_MANY: "too-many",
    sheet_child.LOCKED: "locked", sheet_child.BAD_TEXT: "bad-text",
}  # fmt: skip
KILLED = 125
"""What the child of `_apart` says of itself where an error got out."""
PART = b"part:"
"""An XLSX input that begins so is one part of a workbook, ``part:NAME`` on its first line: a change of a
packed file would hardly ever get past its checksums."""


@contextmanager
def csv_rows() -> Iterator[Read]:
    """A CSV file's rows."""
    yield lambda content: _rows(content)


@contextmanager
def xlsx_rows() -> Iterator[Read]:
    """A workbook's rows, read in a child with the limits of the real one: its reader is no Python."""
    whole = workbook()
    yield lambda content: _apart(packed(content, whole))


def rows_of(content: bytes) -> list[list[str]]:
    """The rows as the host's commands get them. Raises Unreadable."""
    out = io.StringIO()
    sheet_child.write(sheet_child.read(content), out)
    text = out.getvalue()
    return [row.split(sheet_child.CELL_END) for row in text.split(sheet_child.ROW_END)] if text else []


def _rows(content: bytes) -> str:
    try:
        rows = rows_of(content)
    except sheet_child.Unreadable as unreadable:
        return STATUSES[unreadable.status]
    assert len(rows) <= sheet_child.ROWS
    for row in rows:
        assert len(row) <= sheet_child.COLUMNS
        for cell in row:
            assert len(cell) <= sheet_child.CELL
            assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in cell)
    return "read"


def _apart(content: bytes) -> str:
    reading_end, writing_end = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing_end, 2)  # what a library says of its own failing is not the test's to show
        status = KILLED
        try:
            sheet_child.confine()
            status = {name: number for number, name in STATUSES.items()}.get(_rows(content), 0)
        finally:
            os._exit(status)
    os.close(writing_end)
    with os.fdopen(reading_end, "rb") as said:
        words = said.read().decode("utf-8", "replace")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        return "limits"  # memory or time: the reader says so
    assert code != KILLED, words[-2000:]
    return STATUSES.get(code, "read")


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
    """A piece of evidence: its type, its name, and how it is shown."""
    yield _evidence


def _evidence(content: bytes) -> str:
    kind = media_type(content)
    name = clean_name(content[:200].decode("utf-8", "replace"), kind or "text/plain")
    assert name.endswith((*SUFFIXES.values(), ".jpeg", ".md", ".csv", ".log", ".eml"))
    assert "/" not in name
    assert name.isprintable() or " " in name
    if kind == "application/pdf":
        pdf_facts(content)
    elif kind in ("image/png", "image/jpeg"):
        try:
            picture = _unpacked(content)
        except UnfitPicture:
            return "damaged picture"
        assert picture.width <= 600
        assert picture.height <= 1200
    elif kind is not None:
        content.decode("utf-8")
    assert kind is None or kind in MEDIA_TYPES
    return kind or "refused"


@contextmanager
def found_copies() -> Iterator[Read]:
    """A found copy of an edition, as `trace` reads it: PDF, workbook, or text."""
    whole = workbook()

    def look(content: bytes) -> str:
        try:
            finding = reading.read(packed(content, whole))
        except Invalid:
            return "refused"
        assert len(finding.sha256) == 64
        return "marks" if finding.numbers or finding.codes or finding.seen else "no marks"

    yield look


@contextmanager
def packs() -> Iterator[Read]:
    """An evidence pack that is checked."""
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
    Target("xlsx", "a spreadsheet as XLSX", xlsx_rows, examples=120),
    Target("evidence", "a piece of evidence", evidence),
    Target("trace", "a found copy of an edition", found_copies, examples=150),
    Target("pack", "an evidence pack", packs, examples=200),
)
