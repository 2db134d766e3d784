"""The formats: aligned for terminals, neutral for spreadsheets, quiet for whatever opens them."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from xml.etree import ElementTree

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from wcwidth import wcswidth

from db.desk.notation.cells import guard, unguard
from db.language import LANGUAGES, Label, Language, _, say
from db.store.engine import Store
from reports.formats import FORMATS
from reports.formats.text import render, table
from reports.report import Kind, Report, ReportColumn, head_with_unit

PHONE = "+86 138 0000 2121"
RISKY = (
    "=cmd|'/c calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "'=1",
    PHONE,
)


def report(*rows: tuple[str | int | None, ...]) -> Report:
    """A report of three columns."""
    return Report(
        name="directory",
        title=_("Directory"),
        book="staff",
        unit=1,
        parameters=((_("Book"), "员工通讯录"),),
        columns=(
            ReportColumn("name", _("Name")),
            ReportColumn("mobile", "手机"),
            ReportColumn("due", _("Due"), kind="number"),
        ),
        rows=rows,
        footer=("华星集团 · 内部资料", "王芳 (wangfang)"),
    )


def csv_rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.threat(22)
@pytest.mark.parametrize("text", RISKY)
def test_csv_cells_are_no_formulas_and_come_back_unchanged(text: str) -> None:
    content = FORMATS["csv"].write(report((text, text, 1)), "zh_CN", "")
    cell = csv_rows(content)[1][0]
    assert cell.startswith("'")
    assert unguard(cell) == text


@pytest.mark.threat(22)
@given(st.text())
def test_guarding_is_reversible_for_every_text(text: str) -> None:
    assert unguard(guard(text)) == text
    assert guard(text)[:1] not in set("=+-@\t\r\n＝＋－＠")


@pytest.mark.threat(22)
def test_no_cell_begins_inside_another_whatever_the_separator() -> None:
    content = FORMATS["csv"].write(report(("a;=1", "b\t=1", 1)), "zh_CN", "").decode("utf-8-sig")
    first = content.splitlines()[1]
    assert first.startswith('"a;=1","')


def test_a_sheet_has_a_name_that_spreadsheets_take() -> None:
    named = replace(report(), title="'[a]:b*c?d/e\\f'" + "x" * 40)
    content = FORMATS["xlsx"].write(named, "en", "")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.name == "a  b c d e f xxxxxxxxxxxxxxxxxx"[: len(sheet.name)]
    assert 0 < len(sheet.name) <= 31


@pytest.mark.threat(22)
@pytest.mark.parametrize("text", RISKY)
def test_xlsx_holds_every_text_as_text(text: str) -> None:
    content = FORMATS["xlsx"].write(report((text, "https://example.org", 7)), "zh_CN", "ABCD-EFGH")
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    assert sheet.name == say(report().title, "zh_CN")
    rows = sheet.to_python()
    row = next(row for row in rows if row[1] == "https://example.org")
    assert str(row[0]).replace("_x000D_", "\r").strip() == text.strip()
    assert row[2] == 7
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert "hyperlink" not in xml


SHEETS = {"sheet": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def printed(made: Report, mark: str = "ABCD-EFGH") -> tuple[ElementTree.Element, ElementTree.Element]:
    """The only sheet of the workbook of ``made``, and the workbook itself."""
    with zipfile.ZipFile(io.BytesIO(FORMATS["xlsx"].write(made, "zh_CN", mark))) as archive:
        sheet, book = (
            ElementTree.fromstring(archive.read(f"xl/{name}.xml"))
            for name in ("worksheets/sheet1", "workbook")
        )
    return sheet, book


def found(element: ElementTree.Element, path: str) -> ElementTree.Element:
    one = element.find(path, SHEETS)
    assert one is not None, path
    return one


def wide(count: int, *rows: str) -> Report:
    """A report of ``count`` columns with a text of twenty characters in each."""
    columns = tuple(ReportColumn(f"c{number}", f"栏{number}") for number in range(count))
    return replace(report(), columns=columns, rows=tuple((text,) * count for text in rows))


@pytest.mark.parametrize(("count", "turned"), [(3, False), (9, True), (20, True)])
def test_a_printed_sheet_has_all_columns_side_by_side_under_their_heads(count: int, turned: bool) -> None:
    sheet, book = printed(wide(count, *["二十个字的一栏有二十个字"] * 60))
    page = found(sheet, "sheet:pageSetup")
    assert (page.get("orientation") == "landscape") is turned
    assert page.get("paperSize") == "9"
    assert page.get("fitToHeight") == "0"
    assert page.get("fitToWidth") is None  # one, unless said otherwise
    assert found(sheet, "sheet:sheetPr/sheet:pageSetUpPr").get("fitToPage") == "1"
    names = {one.get("name"): str(one.text) for one in book.iterfind(".//sheet:definedName", SHEETS)}
    last = chr(ord("A") + count - 1)
    assert names["_xlnm.Print_Titles"].endswith("!$4:$4")
    assert names["_xlnm.Print_Area"].endswith(f"!$A$1:${last}$68")
    widths = [float(one.get("width", "")) for one in sheet.iterfind(".//sheet:col", SHEETS)]
    taken = sum(
        width * (int(one.get("max", "")) - int(one.get("min", "")) + 1)
        for one, width in zip(sheet.iterfind(".//sheet:col", SHEETS), widths, strict=True)
    )
    assert taken <= max(190, 14 * count) + count


@pytest.mark.parametrize("mark", ["ABCD-EFGH", ""])
def test_each_printed_page_says_what_it_is_and_which_one(mark: str) -> None:
    named = replace(report(*ROWS), title="A&B", footer=("华星集团 · 内部资料" + "&" * 300,))
    sheet, _book = printed(named, mark)
    head, foot = found(sheet, ".//sheet:oddHeader").text or "", found(sheet, ".//sheet:oddFooter").text or ""
    assert head.startswith("&LA&&B\n华星集团 · 内部资料&&")
    assert foot == f"&L{mark}&R&P / &N"
    assert len(head) <= 255


def test_what_is_a_number_a_share_or_a_day_is_one_in_a_workbook_and_an_id_is_none() -> None:
    kinds: dict[str, Kind] = {
        "a": "number",
        "b": "percent",
        "c": "day",
        "d": "day",
        "e": "id",
        "f": "text",
        "g": "day",
    }
    made = replace(
        report(),
        columns=tuple(ReportColumn(id, id, kind) for id, kind in kinds.items()),
        rows=((7, 83, "2026-11-23", "2026-11-23 09:05", 41, "13800002121", "••••"),),
    )
    content = FORMATS["xlsx"].write(made, "zh_CN", "")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    row = rows[[row[0] for row in rows].index("a") + 1]
    assert row == [
        7,
        0.83,
        date(2026, 11, 23),
        datetime.fromisoformat("2026-11-23T09:05"),
        "41",
        "13800002121",
        "••••",
    ]
    assert found(printed(made)[0], ".//sheet:ignoredError").get("numberStoredAsText") == "1"


@pytest.mark.parametrize(
    "text", ["", "20261123", "2026-W47", "2026-02-30", "1899-12-31", "0001-01-01", "明天"]
)
def test_what_is_no_day_stays_the_text_it_is(text: str) -> None:
    made = replace(report((text, "", 1)), columns=(ReportColumn("day", "日期", "day"), *report().columns[1:]))
    content = FORMATS["xlsx"].write(made, "zh_CN", "")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[[row[0] for row in rows].index("日期") + 1][0] == text


@pytest.mark.parametrize("format", ["csv", "md", "text"])
def test_a_share_is_written_as_such(format: str) -> None:
    made = replace(
        report(("a", "b", 83)), columns=(*report().columns[:2], ReportColumn("kept", "按时率", "percent"))
    )
    assert "83%" in FORMATS[format].write(made, "zh_CN", "").decode("utf-8-sig")
    assert json.loads(FORMATS["json"].write(made, "zh_CN", ""))["rows"][0]["kept"] == 83


@pytest.mark.threat(12)
@pytest.mark.parametrize("format", sorted(FORMATS))
def test_control_characters_leave_in_no_format(store: Store, format: str) -> None:
    hostile = "张\x1b]52;c;aGk=\x07\x9b31m\u202e伟\u2066\x00"
    content = FORMATS[format].write(report((hostile, hostile, None)), "zh_CN", "ABCD-EFGH")
    if format == "xlsx":
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        text = "".join(str(cell) for row in rows for cell in row)
    elif format == "json":
        text = "".join(str(value) for row in json.loads(content)["rows"] for value in row.values())
    elif format == "pdf":
        text = pypdfium2.PdfDocument(content)[0].get_textpage().get_text_range()
        assert "张" in text
    else:
        text = content.decode("utf-8-sig")
    assert not set(text) & set("\x1b\x07\x9b\u202e\u2066\x00")


ROWS: tuple[tuple[str | int | None, ...], ...] = (
    ("张伟", "13800002121", 1),
    ("Émile Zola", "12", None),
    ("欧阳雪𠮷", "••••", 300),
)


def test_columns_of_chinese_and_latin_align_by_the_cells_they_take() -> None:
    """python-tabulate #52, #70: without wcwidth each Chinese character shifts what follows."""
    lines = table(report(*ROWS), "zh_CN").splitlines()
    head, rule, *rows = lines
    edge = rule.index(" ")
    starts = {
        wcswidth(line[: line.index(cell)]) for line, cell in zip(rows, ("138", "12", "••"), strict=True)
    }
    assert starts == {edge + 2}
    assert {wcswidth(line) for line in rows if line[-1].isdigit() and line != rows[1]} == {wcswidth(rule)}
    assert wcswidth(head) <= wcswidth(rule)


def test_a_report_that_is_wider_than_the_terminal_is_written_entry_by_entry() -> None:
    wide = report(("张伟" * 12, "13800002121", 1), ("x" * 30, "1", None))
    assert "---" in render(wide, "zh_CN", 80)
    lines = render(wide, "zh_CN", 50).splitlines()
    assert f"姓名  {'张伟' * 12}" in lines
    assert "手机  13800002121" in lines
    assert "---" not in "".join(lines)


def test_every_format_carries_footer_and_mark() -> None:
    for format in ("text", "csv", "md", "json"):
        text = FORMATS[format].write(report(*ROWS), "zh_CN", "ABCD-EFGH").decode("utf-8-sig")
        assert "ABCD-EFGH" in text
        assert "内部资料" in text
    content = FORMATS["xlsx"].write(report(*ROWS), "zh_CN", "ABCD-EFGH")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert any("ABCD-EFGH" in str(cell) for row in rows for cell in row)


def test_markdown_shows_cells_as_they_are() -> None:
    content = FORMATS["md"].write(report(("a|b*c*`d`<script>", "[x](y)", 1)), "en", "").decode()
    assert r"| a\|b\*c\*\`d\`\<script\> | \[x\](y) | 1 |" in content


def test_json_rows_are_objects_by_column() -> None:
    content = json.loads(FORMATS["json"].write(report(*ROWS), "en", ""))
    assert content["rows"][0] == {"name": "张伟", "mobile": "13800002121", "due": 1}
    assert content["columns"]["name"] == "Name"


def test_a_report_without_rows_is_a_report(store: Store) -> None:
    for format in FORMATS.values():
        assert format.write(report(), "zh_CN", "ABCD-EFGH")
    assert "华星集团" in render(report(), "zh_CN", 80)


def summed() -> Report:
    """A report with numbers that add up, others that don't, and a summary."""
    return replace(
        report(("研发部", 3, 12), ("市场部", 4, None), ("=1+1", 0, 2)),
        columns=(
            ReportColumn("unit", _("Unit")),
            ReportColumn("due", _("Due"), kind="number", sums=True),
            ReportColumn("days", _("Longest delay"), kind="number", unit=_("working days")),
        ),
        note=_("{due} of {count} are due.", due=7, count=9),
    )


@pytest.mark.parametrize("format", ["xlsx", "csv", "json", "text", "md"])
def test_every_format_carries_the_summary(format: str) -> None:
    content = FORMATS[format].write(summed(), "en", "mark")
    if format == "xlsx":
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert "7 of 9 are due." in rows[2]
    else:
        assert "7 of 9 are due." in content.decode("utf-8")


def test_what_numbers_are_counted_in_leaves_with_them() -> None:
    head = csv_rows(FORMATS["csv"].write(summed(), "en", ""))[0]
    assert head == ["Unit", "Due", "Longest delay (working days)"]
    assert json.loads(FORMATS["json"].write(summed(), "zh_CN", ""))["units"] == {"days": "个工作日"}
    rate = replace(summed(), columns=(*summed().columns[:2], ReportColumn("rate", _("Kept"), kind="percent")))
    assert json.loads(FORMATS["json"].write(rate, "en", ""))["units"] == {"rate": "%"}


def test_a_head_that_says_already_what_its_numbers_count_is_not_followed_by_it_again() -> None:
    days = ReportColumn("days", Label("工作日", "Working days"), kind="number", unit=_("working days"))
    assert [head_with_unit(days, language) for language in LANGUAGES] == ["工作日", "Working days"]


def test_a_workbook_can_be_filtered_adds_up_and_says_what_it_is() -> None:
    """The sum is one of what a filter leaves, and saved for whoever does not count."""
    content = FORMATS["xlsx"].write(summed(), "en", "mark-1")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    assert rows[[row[0] for row in rows].index("Total")] == ["Total", 7, ""]
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        sheet = files.read("xl/worksheets/sheet1.xml").decode("utf-8")
        core = files.read("docProps/core.xml").decode("utf-8")
    assert '<autoFilter ref="A4:C7"/>' in sheet
    assert "<f>SUBTOTAL(109,B5:B7)</f>" in sheet
    assert sheet.count("<f>") == 1
    assert "<dc:title>Directory</dc:title>" in core
    assert "员工通讯录" in core
    assert "mark-1" in core


def test_an_empty_table_has_no_total_and_no_filter() -> None:
    content = FORMATS["xlsx"].write(replace(summed(), rows=()), "en", "")
    with zipfile.ZipFile(io.BytesIO(content)) as files:
        sheet = files.read("xl/worksheets/sheet1.xml").decode("utf-8")
    assert "autoFilter" not in sheet
    assert "<f>" not in sheet


@pytest.fixture
def pages(store: Store) -> Callable[[Report], pikepdf.Pdf]:
    """A report's pages."""
    return lambda made: pikepdf.open(io.BytesIO(FORMATS["pdf"].write(made, "zh_CN", "ABCD-EFGH")))


Opened = Callable[[Report], pikepdf.Pdf]


def test_pages_say_their_heads_number_mark_and_classification_on_each(pages: Opened) -> None:
    made = replace(report(*(ROWS * 40)), classification="内部资料")
    pdf = pages(made)
    assert len(pdf.pages) > 2
    texts = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(_saved(pdf))]
    for number, text in enumerate(texts, start=1):
        assert "姓名" in text
        assert "内部资料" in text
        assert "ABCD-EFGH" in text
        assert f"第 {number} 页" in text
    assert sum(text.count("欧阳雪𠮷") for text in texts) == 40


def test_pages_lie_across_where_the_columns_have_no_room(pages: Opened) -> None:
    wide = replace(
        report(),
        rows=(("张伟", "1", 1, *["很长的一格" * 3] * 8),),
        columns=(*report().columns, *(ReportColumn(f"c{n}", f"列{n}") for n in range(8))),
    )
    for made, is_across in ((report(*ROWS), False), (wide, True)):
        pdf = pages(made)
        box = pdf.pages[0].mediabox
        assert (box[2] > box[3]) is is_across


def test_pages_are_tagged_in_the_order_in_which_they_are_read(pages: Opened) -> None:
    """With heads that are read once, a title and a language; each drawn text belongs to one of them."""
    pdf = pages(replace(report(*(ROWS * 40)), bar="due"))
    assert pdf.Root.MarkInfo.Marked
    assert pdf.Root.Lang == "zh-CN"
    with pdf.open_metadata() as about:
        assert about["dc:title"] == "通讯录"
    document = pdf.Root.StructTreeRoot.K
    kinds = [str(kid.S) for kid in document.K]
    assert kinds[:2] == ["/H1", "/P"]
    assert kinds.count("/Table") == 1
    table = document.K[kinds.index("/Table")]
    rows = [{str(cell.S) for cell in row.K} for row in table.K]
    assert len(pdf.pages) > 1
    assert rows.count({"/TH"}) == 1
    assert rows.count({"/TD"}) == len(ROWS) * 40
    owners = pdf.Root.StructTreeRoot.ParentTree.Nums
    for page, one in enumerate(pdf.pages):
        marked = [op for op in pikepdf.parse_content_stream(one) if str(op.operator) == "BDC"]
        assert len(owners[2 * page + 1]) == len(marked)
        assert all(_painted_within_marks(one))


def _painted_within_marks(page: pikepdf.Page) -> Iterator[bool]:
    """Of whatever is painted on a page, whether it is marked as read or as beside, once."""
    open_marks = 0
    for one in pikepdf.parse_content_stream(page):
        operator = str(one.operator)
        open_marks += {"BDC": 1, "BMC": 1, "EMC": -1}.get(operator, 0)
        if operator in ("Tj", "TJ", "S", "f", "f*", "B", "Do"):
            yield open_marks == 1


def test_a_workbook_shows_the_bars_that_the_screen_shows() -> None:
    content = FORMATS["xlsx"].write(replace(report(*ROWS), bar="due"), "zh_CN", "")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<dataBar>" in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(("language", "title"), [("zh_CN", "通讯录：到期"), ("en", "Directory: Due")])
def test_a_workbook_of_few_rows_draws_its_bars_as_a_chart(language: Language, title: str) -> None:
    """Below the table, named, with words for whoever does not see it; a share of few is no bar."""
    rows = (("张伟", "1", 3), ("李娜", "2", "0/1"), ("=cmd", "3", 0))
    parts = chart_of(FORMATS["xlsx"].write(replace(report(*rows), bar="due"), language, ""))
    assert parts is not None
    drawing, chart = parts
    assert title in "".join(chart.itertext())
    assert [one.text for one in chart.iter(f"{CHART}f")] == [
        f"{SHEET[language]}!$A$5:$A$7",
        f"{SHEET[language]}!$C$5:$C$7",
    ]
    shown = next(one for one in drawing.iter() if one.tag.endswith("cNvPr"))
    assert title.partition(":")[0].partition("：")[0] in shown.attrib["descr"]
    assert [one.attrib["val"] for one in chart.iter(f"{CHART}delete")].count("1") >= 1


@pytest.mark.parametrize("rows", [ROWS * 40, (("张伟", "1", 0), ("李娜", "2", None)), ROWS[:1]])
def test_where_a_chart_says_nothing_there_is_none(rows: tuple[tuple[str | int | None, ...], ...]) -> None:
    """Too many rows to read, nothing but noughts, one bar alone; nor where the screen has no bars."""
    assert chart_of(FORMATS["xlsx"].write(replace(report(*rows), bar="due"), "zh_CN", "")) is None
    assert chart_of(FORMATS["xlsx"].write(report(*ROWS), "zh_CN", "")) is None


CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
SHEET = {"zh_CN": "通讯录", "en": "Directory"}


def chart_of(content: bytes) -> tuple[ElementTree.Element, ElementTree.Element] | None:
    """The drawing and the chart of a workbook."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "xl/charts/chart1.xml" not in archive.namelist():
            return None
        names = ("xl/drawings/drawing1.xml", "xl/charts/chart1.xml")
        drawing, chart = (ElementTree.fromstring(archive.read(name)) for name in names)
        return drawing, chart


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
