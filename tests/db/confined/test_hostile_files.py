"""Files made to do harm, and broken ones: an answer or a refusal comes of each, within the limits."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from PIL import Image

from db.confined.answers import ARCHIVE, DOCUMENT, FOUND, PICTURE, SHEET, Kind
from db.confined.marks import CODE, LONGEST_RUN, MARK, NUMBER, blanks_in
from db.confined.reading import PATIENCE, read
from db.confined.why import FileRefusal, Unreadable
from db.desk.editions.marks import CopyMark
from tests.fuzz.confined import read_as
from tests.fuzz.target import CORPUS

MB = 1 << 20


def outcome(kind: Kind[Any], content: bytes) -> object:
    """The answer, or why there is none."""
    began = time.monotonic()
    try:
        return read(kind, content)
    except Unreadable as unreadable:
        return unreadable.why
    finally:
        assert time.monotonic() - began < PATIENCE


def pdf(body: bytes) -> bytes:
    """``body`` between what makes it a PDF."""
    return b"%PDF-1.4\n" + body + b"\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"


def times(piece: bytes) -> bytes:
    """5 MB of ``piece``, which is as much as evidence may have."""
    return pdf(piece * (5 * MB // len(piece)))


@pytest.mark.threat(37)
@pytest.mark.parametrize(
    "make",
    [
        lambda: times(b"/Type /Pages "),
        lambda: times(b"/Count 1 "),
        lambda: times(b"1 0 obj << /Type /Pages /Kids [1 0 R] /Count 99999999 >> endobj\n"),
        lambda: times(b"/Title("),
        lambda: times(b"/ID" + b" " * 5000),
        lambda: times(b"["),
        lambda: times(b"<<"),
        lambda: times(b"1 0 obj [ "),
        lambda: pdf(
            b"".join(
                b"%d 0 obj << /Type /Pages /Kids [%d 0 R] >> endobj\n" % (n, n + 1) for n in range(1, 60_000)
            )
        ),
    ],
    ids=["pages", "counts", "itself", "titles", "blanks", "brackets", "dictionaries", "arrays", "deep"],
)
def test_a_pdf_that_froze_whoever_opened_it_is_read_or_refused(make: Callable[[], bytes]) -> None:
    """`/Count` was looked for in quadratic time: 360 kB took 162 s, and Esc did nothing meanwhile."""
    content = make()
    assert outcome(DOCUMENT, content) is not None
    assert outcome(FOUND, content) is not None


@pytest.mark.threat(37)
@pytest.mark.parametrize(
    ("piece", "count"),
    [
        ("1", 5_000_000),
        ("1 ", 2_500_000),
        ("1-", 2_500_000),
        ("+1 - ", 1_000_000),
        ("C1", 2_500_000),
        ("C123456789-", 450_000),
        ("7F3K-", 1_000_000),
        ("0123456789abcdef", 300_000),
    ],
    ids=["digits", "blanks", "dashes", "plus", "numbers", "half-numbers", "marks", "codes"],
)
def test_a_pasted_text_is_read_in_a_time_that_grows_with_its_length(piece: str, count: int) -> None:
    """A run of digits was begun anew at each of them, and each blank in it had a label as long as the run."""
    content = piece * count
    spent = []
    for part in (content[:10_000], content[: len(content) // 16], content):
        began = time.process_time()
        for form in (NUMBER, MARK, CODE):
            sum(1 for _found in form.finditer(part))
        assert sum(len(label) for label, _bit in blanks_in(part)) <= 4 * LONGEST_RUN * len(part)
        spent.append(time.process_time() - began)
    assert spent[2] < 4 * 16 * spent[1] + 0.2
    assert not isinstance(outcome(FOUND, content.encode()), FileRefusal)


@pytest.mark.threat(37)
def test_a_copy_is_written_in_a_time_that_grows_with_its_length() -> None:
    marking = CopyMark("0" * 32, b"k" * 32)
    assert marking.blanks("1" * 1_000_000) == "1" * 1_000_000
    assert marking.blanks("1 " * 500_000) == "1 " * 500_000


def workbook(**parts: bytes) -> bytes:
    """A zip with ``parts``, whose names are written without folder and ending."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            folder = "" if name in ("sharedStrings", "workbook") else "worksheets/"
            archive.writestr(f"xl/{folder}{name}.xml", content)
    return made.getvalue()


@pytest.mark.threat(44)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-16-le", "utf-8-sig"])
def test_a_document_type_is_refused_in_every_encoding(encoding: str) -> None:
    """In UTF-16 it was not seen, and its entities were read as text."""
    name = "utf-16" if encoding.startswith("utf-16") else "utf-8"
    declared = (
        f"<?xml version='1.0' encoding='{name}'?><!DOCTYPE x [<!ENTITY a 'C0001-001'>]><x>&a; C0003-003</x>"
    )
    plain = f"<?xml version='1.0' encoding='{name}'?><x>C0002-002</x>"
    found = read(FOUND, workbook(workbook=declared.encode(encoding), sheet1=b"<x/>"))
    assert found.numbers == ()
    if encoding in ("utf-8", "utf-16"):
        assert read(FOUND, workbook(workbook=plain.encode(encoding))).numbers == ("C0002-002",)


@pytest.mark.threat(44)
@pytest.mark.parametrize(
    "make",
    [
        lambda: {f"sheet{n}": b"<x>" + b"<c><v>1</v></c>" * 1_900_000 + b"</x>" for n in range(8)},
        lambda: {"sheet1": b"<x>" * 9_000_000},
        lambda: {"sheet1": b"<x " + b" ".join(b'a%d="1"' % n for n in range(1_000_000)) + b"/>"},
        lambda: {
            "sharedStrings": b"<x><si>" + b"A" * 2_000_000 + b"</si></x>",
            "sheet1": b"<x>" + b'<row ht="20"><c t="s"><v>0</v></c></row>' * 500_000 + b"</x>",
        },
        lambda: {"sheet1": b"<x><cols>" + b'<col min="1" max="16384" width="9"/>' * 700_000 + b"</cols></x>"},
    ],
    ids=["cells", "deep", "attributes", "shared", "columns"],
)
def test_a_workbook_that_unpacks_to_fill_the_memory_is_read_or_refused(
    make: Callable[[], dict[str, bytes]],
) -> None:
    """3 MB took 977 MB in the session, which ended in a MemoryError."""
    content = workbook(**make())
    assert len(content) < 4 * MB
    assert outcome(FOUND, content) is not None
    assert isinstance(outcome(SHEET, content), FileRefusal)


def png(width: int, height: int, pixels: bytes, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG of packed ``pixels``."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.threat(37)
def test_a_picture_that_would_fill_the_memory_is_not_unpacked() -> None:
    for width in (7_000, 50_000):  # Pillow itself refuses only what is larger still
        assert outcome(PICTURE, png(width, width, b"")) == FileRefusal.TOO_MANY_PIXELS
    large = zlib.compress(bytes((6300 * 8 + 1) * 6300), 1)
    assert len(large) < 2 * MB
    assert outcome(PICTURE, png(6300, 6300, large, 16, 6)) in (FileRefusal.LIMITS, FileRefusal.DAMAGED)


@pytest.mark.threat(37)
@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a", b"\xff\xd8\xff\xd9"])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    assert outcome(PICTURE, content) == FileRefusal.DAMAGED


@pytest.mark.threat(37)
def test_a_photo_of_a_telephone_is_shown() -> None:
    """12 megapixels, 4 MB; it is made small while it is unpacked."""
    made = io.BytesIO()
    Image.effect_noise((4000, 3000), 40).convert("RGB").save(made, "JPEG", quality=70)
    pixels = read(PICTURE, made.getvalue())
    assert (pixels.width, pixels.height) == (600, 450)


@pytest.mark.threat(37)
def test_an_archive_that_is_not_what_it_says_is_refused() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"x" * 1000)
    for old, new in (
        (struct.pack("<I", 1000), struct.pack("<I", 1001)),
        (struct.pack("<I", 1000), b"\xff" * 4),
    ):
        assert outcome(ARCHIVE, made.getvalue().replace(old, new)) in (
            FileRefusal.DAMAGED,
            FileRefusal.TOO_LARGE,
        )


READ_AS: tuple[tuple[Kind[Any], str], ...] = (
    (DOCUMENT, "pdf"), (FOUND, "pdf"), (PICTURE, "png"), (PICTURE, "jpeg"), (SHEET, "xlsx"), (FOUND, "xlsx"),
    (ARCHIVE, "zip"),
)  # fmt: skip


@pytest.mark.threat(37)
@pytest.mark.parametrize(("kind", "folder"), READ_AS)
def test_a_file_that_breaks_off_is_read_or_refused(kind: Kind[Any], folder: str) -> None:
    with read_as(kind) as read_one:
        for file in (CORPUS / folder).iterdir():
            content = file.read_bytes()
            for end in range(0, len(content), max(len(content) // 40, 1)):
                assert read_one(content[:end]) in ("read", "damaged", "not_a_sheet", "locked", "bad_text")


@pytest.mark.threat(37)
def test_what_a_pdf_says_about_itself() -> None:
    document = pikepdf.new()
    for _page in range(3):
        document.add_blank_page()
    document.docinfo["/Title"] = "收据"

    def saved(**options: Any) -> bytes:
        made = io.BytesIO()
        document.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate, **options)
        return made.getvalue()

    told = read(DOCUMENT, saved())
    assert (told.pages, told.title, told.locked, told.active) == (3, "收据", False, False)
    shut = read(DOCUMENT, saved(encryption=pikepdf.Encryption(owner="a", user="b")))
    assert (shut.pages, shut.locked) == (None, True)
    half = read(DOCUMENT, saved(encryption=pikepdf.Encryption(owner="a", user="")))
    assert (half.pages, half.locked) == (3, True)
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    assert read(DOCUMENT, saved()).active, "a script that lies in a packed object"
