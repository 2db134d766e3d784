"""Every kind of file that people keep contacts in: either its people come in, or it is told why not."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from db.confined import sheet_parts
from db.confined.answers import SHEET
from db.confined.reading import read
from db.confined.refusal_words import REASONS
from db.confined.why import FileRefusal, Unreadable
from db.desk import Desk
from db.desk.importing.importing import ImportWishes, Source
from db.desk.notation.media import media_type
from db.language import say
from db.store.engine import Store
from db.store.tables import Entry
from tests.db.desk.importing_world import desk_of, make_book

BROUGHT = Path(__file__).with_name("brought")
NAMES = "urn:oasis:names:tc:opendocument:xmlns"
HEADINGS = ("姓名", "部门", "职务", "办公电话", "手机", "邮箱")
PERSON = ("童童", "研发中心", "工程师", "010-88886675", "13800000110", "tt@example.com")
IN_FILES = {
    "outlook-21.vcf": ("周清", "研发中心", "工程师"),
    "phone-30.vcf": ("李娜娜", "行政部", "专员"),
    "rfc6350-40.vcf": ("Ann Lee", "研发中心", "Engineer, senior"),
    "directory-server.ldif": ("秦岭", "研发一部", "工程师"),
    "scim-list.json": ("韩雪", "研发中心", "工程师"),
    "gb18030.csv": ("王鑫", "研发中心", "工程师"),
    "excel-unicode.txt": ("马骏", "行政部", "专员"),
    "bom-semicolons.csv": ("高洁", "行政部", "专员"),
    "big5.csv": ("歐陽偉", "研發中心", "工程師"),
}
"""Files made after the published formats, and who is in each."""


def ods_row(cells: Sequence[str], marks: str = "") -> str:
    """A row of a sheet of LibreOffice."""
    begin, end = '<table:table-cell office:value-type="string"><text:p>', "</text:p></table:table-cell>"
    return f"<table:table-row{marks}>{''.join(f'{begin}{cell}{end}' for cell in cells)}</table:table-row>"


def ods(cells: str = "", before: str = "") -> bytes:
    """A sheet of LibreOffice, of a person or of the rows ``cells``; ``before``: the sheet before it."""
    cells = cells or ods_row(HEADINGS) + ods_row(PERSON)
    spaces = " ".join(f'xmlns:{one}="{NAMES}:{one}:1.0"' for one in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces} office:version="1.3"><office:body>'
        f'<office:spreadsheet>{before}<table:table table:name="人员">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        f'xmlns:manifest="{NAMES}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in (("mimetype", kind), ("META-INF/manifest.xml", manifest), ("content.xml", content)):
            archive.writestr(name, text)
    return made.getvalue()


def workbook(fill: Callable[[xlsxwriter.Workbook], object]) -> bytes:
    """An XLSX."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        fill(book)
    return made.getvalue()


def second_sheet(book: xlsxwriter.Workbook) -> None:
    """Notes first, people behind."""
    book.add_worksheet("说明").write(0, 0, "请如实填写")
    sheet = book.add_worksheet("人员")
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, PERSON)


def merged(book: xlsxwriter.Workbook) -> None:
    """One department over two people, and a blank far to the right."""
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, PERSON)
    sheet.write_row(2, 0, ("童二", "", "工程师", "010-88886676", "13800000111", "t2@example.com"))
    sheet.merge_range(1, 1, 2, 1, "研发中心")
    sheet.write(0, 150, " ")


def hidden(book: xlsxwriter.Workbook) -> None:
    """The second of two people is on a hidden row, of a sheet behind another."""
    book.add_worksheet("A & B").write(0, 0, "说明")
    sheet = book.add_worksheet("人员 <2>")
    sheet.write_row(0, 0, HEADINGS)
    sheet.write_row(1, 0, PERSON)
    sheet.write_row(2, 0, ("童二", "研发中心", "工程师", "010-88886676", "13800000111", "t2@example.com"))
    sheet.set_row(2, None, None, {"hidden": True})


def ods_merged() -> bytes:
    """One department over two people, behind columns that are empty, below a title across."""
    cell = '<table:table-cell office:value-type="string"{}><text:p>{}</text:p></table:table-cell>'
    blank = '<table:table-row><table:table-cell table:number-columns-repeated="2"/>'
    across = ' table:number-columns-spanned="6" table:number-rows-spanned="2"'
    down = ' table:number-columns-spanned="1" table:number-rows-spanned="2"'
    second = ods_row(("童二", "-", "工程师", "010-88886676", "13800000111", "t2@example.com"))
    people = ods_row(HEADINGS) + ods_row(PERSON).replace(
        cell.format("", "研发中心"), cell.format(down, "研发中心")
    )
    people += second.replace(cell.format("", "-"), "<table:covered-table-cell/>")
    title = f"<table:table-row>{cell.format(across, '花名册')}</table:table-row><table:table-row/>"
    return ods(title + people.replace("<table:table-row>", blank))


MADE: dict[str, Callable[[], bytes]] = {
    "ods": ods,
    "second sheet": lambda: workbook(second_sheet),
    "merged": lambda: workbook(merged),
    "ods merged": ods_merged,
}
TOLD: dict[str, tuple[bytes, FileRefusal]] = {
    ".xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), FileRefusal.OLD_XLS),
    "a password": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le"),
        FileRefusal.LOCKED,
    ),
    "a PDF": (b"%PDF-1.7 %%EOF", FileRefusal.IN_A_PDF),
    "other JSON": (b'{"a": 1}', FileRefusal.NO_REPORT),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), FileRefusal.NOT_A_SHEET),
    "an address book of nobody": (b"dn: dc=example,dc=com\nobjectClass: dcObject\n", FileRefusal.NOT_A_SHEET),
}


@pytest.fixture
def hr(store: Store) -> Desk:
    """Whoever maintains the empty book."""
    return desk_of("hr", make_book(), "hr")


def taken(desk: Desk, content: bytes) -> list[tuple[str, str, str]]:
    """Everybody in ``content``, once they are in: name, department and position."""
    rows = read(SHEET, content)
    desk.importing.load("staff", rows, Source("x", "0" * 64), None, ImportWishes(without_rest=True))
    return [(row.name, row.unit.name, row.position) for row in Entry.select().order_by(Entry.id)]


@pytest.mark.parametrize("name", sorted(IN_FILES))
def test_a_file_comes_in_as_its_program_wrote_it(hr: Desk, name: str) -> None:
    content = (BROUGHT / name).read_bytes()
    assert taken(hr, content) == [IN_FILES[name]]
    assert media_type(content) is not None


def test_every_file_of_the_folder_is_tried() -> None:
    assert {path.name for path in BROUGHT.iterdir()} == set(IN_FILES)


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_workbook_comes_in_from_wherever_its_people_are(hr: Desk, name: str) -> None:
    content = MADE[name]()
    assert ("童童", "研发中心", "工程师") in taken(hr, content)
    assert {row.unit.name for row in Entry.select()} == {"研发中心"}
    assert media_type(content) is not None


@pytest.mark.parametrize("size", range(260, 290))
def test_where_a_part_is_cut_into_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """No tag is missed, and none is counted twice."""
    monkeypatch.setattr(sheet_parts, "PIECE", size)
    found = sheet_parts.hidden_parts(ods_merged(), "人员")
    assert found.merged == {(3, 3): 2}


def test_a_hidden_row_comes_in_and_is_told(hr: Desk) -> None:
    rows = read(SHEET, workbook(hidden))
    assert rows.hidden == (3,)
    report = hr.importing.check("staff", rows, source=Source("x", "0" * 64, rows.hidden))
    assert [(note.row, say(note.reason, "en")) for note in report.notes] == [(3, "The file hides this row.")]
    view = hr.importing.view("staff", rows, hidden=rows.hidden)
    assert [(line.state, len(line.problems)) for line in view.lines] == [("new", 0), ("new", 1)]


@pytest.mark.parametrize("name", sorted(TOLD))
def test_what_is_not_read_is_told_in_words(name: str) -> None:
    content, why = TOLD[name]
    with pytest.raises(Unreadable) as caught:
        read(SHEET, content)
    assert caught.value.why == why
    assert say(REASONS[why], "zh_CN") != say(REASONS[why], "en")
