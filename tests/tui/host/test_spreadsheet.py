"""Spreadsheets from outside: hostile ones are refused whole, ordinary ones read as people meant them."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import xlsxwriter

from db.confined import sheet
from db.confined.agreed import CELL
from db.confined.why import FileRefusal, Unreadable
from tests.tui.host.conftest import Host
from tui.host.shell import CommandFailure
from tui.host.spreadsheet import read_sheet

CONTENT_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/></Types>"""
SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


def workbook(path: Path, rows: list[list[object]]) -> Path:
    """An ordinary XLSX."""
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def with_sheet(path: Path, xml: bytes, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """An XLSX whose sheet is ``xml``."""
    workbook(path, [["姓名"]])
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(path, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, xml if name == "xl/worksheets/sheet1.xml" else old.read(name))
    return path


def understate(path: Path, name: bytes) -> None:
    """Have the zip's directory say that member ``name`` unpacks to 100 bytes."""
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", content, at + 28)[0]
        if content[at + 46 : at + 46 + length] == name:
            struct.pack_into("<I", content, at + 24, 100)
        at = content.find(b"PK\x01\x02", at + 4)
    path.write_bytes(content)


FAR = (
    SHEET + '<dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
    '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
).encode()


@cache
def bomb() -> bytes:
    """An XLSX of less than a megabyte whose sheet unpacks to 312 MB. Packing it takes seconds."""
    rows = b"<row><c><v>1</v></c></row>" * 12_000_000
    xml = b"".join((SHEET.encode(), b"<sheetData>", rows, b"</sheetData></worksheet>"))
    with TemporaryDirectory() as folder:
        return with_sheet(Path(folder) / "bomb.xlsx", xml).read_bytes()


def hostile(folder: Path, kind: str) -> Path:
    """A file made to do harm, or broken."""
    path = folder / f"{kind}.xlsx"
    match kind:
        case "bomb":
            path.write_bytes(bomb())
        case "bomb-that-lies":
            path.write_bytes(bomb())
            understate(path, b"xl/worksheets/sheet1.xml")
        case "far-cell":
            with_sheet(path, FAR)
        case "many-members":
            with zipfile.ZipFile(path, "w") as made:
                for number in range(sheet.MEMBERS + 1):
                    made.writestr(f"x{number}", "")
        case "truncated":
            workbook(path, [["姓名"]])
            path.write_bytes(path.read_bytes()[:-200])
        case "empty-zip":
            with zipfile.ZipFile(path, "w") as made:
                made.writestr("[Content_Types].xml", CONTENT_TYPES)
        case "locked":
            path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
        case "picture":
            path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(4096))
        case "huge-cell":
            path.write_text("姓名\n" + "张" * 1_000_000, "utf-8")
    return path


KINDS = (
    "bomb", "bomb-that-lies", "far-cell", "many-members", "truncated", "empty-zip", "locked", "picture",
    "huge-cell",
)  # fmt: skip


@pytest.mark.threat(21)
@pytest.mark.parametrize("kind", KINDS)
def test_a_hostile_file_is_refused_whole(tmp_path: Path, kind: str) -> None:
    path = hostile(tmp_path, kind)
    with pytest.raises(CommandFailure) as caught:
        read_sheet(path)
    assert path.name in str(caught.value)


@pytest.mark.threat(21)
def test_sizes_are_summed_before_anything_is_unpacked(tmp_path: Path) -> None:
    """143 kB that become 300 MB: the directory's own words are enough to refuse it."""
    content = hostile(tmp_path, "bomb").read_bytes()
    assert len(content) < 2 << 20
    with pytest.raises(Unreadable) as caught:
        sheet.read(content)
    assert caught.value.why == FileRefusal.TOO_LARGE


@pytest.mark.threat(21)
def test_nothing_of_a_refused_file_is_imported(installed: Host, tmp_path: Path) -> None:
    path = hostile(tmp_path, "far-cell")
    refused = installed.run("import", path, "--book", "staff")
    assert refused.status == 1
    assert "far-cell.xlsx" in refused.err
    assert installed.run("import", path, "--book", "staff", "--dry-run").status == 1


@pytest.mark.threat(21)
def test_no_cell_is_longer_than_what_a_person_could_have_typed(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"姓名,部门\n{'张' * 9000},研发部\n", "utf-8")
    assert [len(cell) for cell in read_sheet(path).rows[1]] == [CELL, 3]


def test_cells_are_read_as_people_see_them(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, ["姓名", "手机", "入职日期", "备注"])
        sheet.write(1, 0, " 张伟\n")
        sheet.write_number(1, 1, 13800002121)
        sheet.write_datetime(
            1, 2, __import__("datetime").datetime(2026, 3, 9), made.add_format({"num_format": "yyyy-mm-dd"})
        )
        sheet.write_formula(1, 3, "=1+1", value=2)
    assert read_sheet(path).rows[1] == ["张伟", "13800002121", "2026-03-09", "2"]


def test_a_number_without_its_last_digits_does_not_get_others(tmp_path: Path) -> None:
    """A workbook keeps 15 digits of a number; written out, noughts would stand for those that are gone."""
    rows = read_sheet(workbook(tmp_path / "long.xlsx", [[110101199003074477, 13800002121, 2026]])).rows
    assert rows == [["1.10101199003074E+17", "13800002121", "2026"]]


def test_line_breaks_within_a_cell_part_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes('姓名,手机\r\n张伟,"13800002121\n13900002121"\r\n'.encode())
    assert read_sheet(path).rows[1] == ["张伟", "13800002121\n13900002121"]


def test_hidden_sheets_are_passed_by(tmp_path: Path) -> None:
    path = tmp_path / "hidden.xlsx"
    with xlsxwriter.Workbook(str(path)) as made:
        hidden, shown = made.add_worksheet("甲"), made.add_worksheet("乙")
        hidden.write(0, 0, "旧")
        shown.write(0, 0, "新")
        shown.activate()
        hidden.hide()
        shown.set_first_sheet()
    assert read_sheet(path).rows == [["新"]]


@pytest.mark.parametrize(
    "content",
    [
        "姓名,部门\n张伟,研发部\n".encode(),
        b"\xef\xbb\xbf" + "姓名;部门\r\n张伟;研发部\r\n".encode(),
        "姓名\t部门\n张伟\t研发部\n".encode("gb18030"),
        "姓名,部门\n张伟,研发部\n".encode("utf-16"),
        '"姓名","部门"\n"张伟","研发部"\n'.encode(),
    ],
)
def test_csv_comes_in_the_ways_spreadsheets_write_it(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(content)
    assert read_sheet(path).rows == [["姓名", "部门"], ["张伟", "研发部"]]


def test_control_characters_do_not_come_in(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("姓名\n张\x1b]52;c;x\x07伟\x1e\x1f\n", "utf-8")
    assert read_sheet(path).rows == [["姓名"], ["张]52;c;x伟"]]
