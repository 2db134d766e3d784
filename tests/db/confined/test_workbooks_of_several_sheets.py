"""Which sheet of a workbook is read, what of it has no result or is hidden, and pages that are named .xls."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from db.confined.answers import SHEET, SheetRows
from db.confined.reading import read
from db.confined.why import FileRefusal, Unreadable
from tests.db.confined.made_files import PEOPLE, ZH
from tests.db.confined.test_kinds_of_file import ods, ods_row


def book(*sheets: tuple[str, Any]) -> bytes:
    """A workbook of sheets by name, each filled by a table or a function."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as workbook:
        for name, content in sheets:
            sheet = workbook.add_worksheet(name)
            if callable(content):
                content(sheet)
                continue
            for row, cells in enumerate(content):
                sheet.write_row(row, 0, cells)
    return made.getvalue()


def rows(content: bytes) -> SheetRows:
    return read(SHEET, content)


@pytest.mark.parametrize(
    "first",
    [
        [("字段", "是否必填", "说明"), ("姓名", "是", "真实姓名"), ("部门", "是", ""), ("手机", "是", "")],
        [("编码", "部门", "上级"), ("01", "研发中心", ""), ("02", "研发一部", "研发中心")],
        [("Field", "Required", "Note"), ("Name", "yes", "as in the passport"), ("Mobile", "yes", "")],
    ],
)  # fmt: skip
def test_people_are_found_behind_a_sheet_about_the_columns(first: Any) -> None:
    found = rows(book(("填写说明", first), ("员工", (ZH, *PEOPLE))))
    assert found[1][0] == PEOPLE[0][0]
    assert found.sheets == ()


def test_sheets_with_people_that_are_not_read_are_named() -> None:
    notes = ("说明", [("请如实填写",)])
    found = rows(book(("研发中心", (ZH, *PEOPLE[:2])), ("人力资源部", (ZH, PEOPLE[2])), notes))
    assert (len(found), found.sheets) == (3, ("人力资源部",))


def rewritten(content: bytes, was: bytes, now: bytes) -> bytes:
    """Change what a workbook's parts say, into what other programs write."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(was, now))
    return made.getvalue()


def test_a_formula_that_was_never_calculated_has_no_result() -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ZH)
        sheet.write_row(1, 0, PEOPLE[0])
        sheet.write_formula(1, 1, '=VLOOKUP(A2,X!A:B,2,0)&""')

    assert rows(rewritten(book(("人员", fill)), b"</f><v>0</v>", b"</f><v></v>"))[1][1] == "#N/A"


def test_an_error_in_a_cell_is_no_empty_one() -> None:
    def fill(sheet: xlsxwriter.worksheet.Worksheet) -> None:
        sheet.write_row(0, 0, ZH)
        sheet.write_row(1, 0, PEOPLE[0])
        sheet.write_formula(1, 1, "=X!A1", None, "#REF!")
        sheet.write_formula(1, 2, '=IF(A2="","","")', None, "")

    as_excel = rewritten(book(("人员", fill)), b'r="C2"', b'r="C2" t="str"')
    assert rows(as_excel)[1][1:3] == ["#REF!", ""]


COLLAPSED, FILTERED = (f' table:visibility="{how}"' for how in ("collapse", "filter"))


def test_rows_that_a_sheet_of_libreoffice_hides_are_told() -> None:
    blank = '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
    notes = f'<table:table table:name="说明">{ods_row(["请填写"], COLLAPSED)}</table:table>'
    people = "".join(map(ods_row, PEOPLE, ("", COLLAPSED, FILTERED)))
    found = rows(ods(blank + ods_row(ZH) + people, notes))
    assert found[3][0] == PEOPLE[0][0]
    assert found.hidden == (5, 6)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body><table><tr><td>姓名</td></tr></table></body></html>",
        "<meta charset='gbk'><table border=1><tr><th>姓名</th></tr></table>",
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    ],
)
def test_a_page_that_is_named_as_a_workbook_is_to_be_saved_as_one(page: str) -> None:
    """What personnel systems export by the name of .xls."""
    with pytest.raises(Unreadable) as refused:
        rows(page.encode())
    assert refused.value.why is FileRefusal.OLD_XLS


def test_other_xml_is_no_table() -> None:
    with pytest.raises(Unreadable) as refused:
        rows(b"<?xml version='1.0'?><contacts><contact/></contacts>")
    assert refused.value.why is FileRefusal.NOT_A_SHEET
