"""XLSX: every text is written as a string cell, so that none is ever taken for a formula or a link.

What is a number, a percentage or a day is one in the file too, to be sorted and counted with; ids and
telephone numbers are texts. On paper all columns stand side by side on one page, under their heads.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any

from wcwidth import wcswidth

from db.desk.notation.cells import harmless
from db.language import Language, _, say
from reports.report import Cell, Kind, Report, footer_lines, head_with_unit, heading, spoken_cell, spoken_rows

WIDEST, WRAPPED, BARE = 48, 14, 6
"""Characters of a column at the most, and how narrow one becomes where not all have room."""
UPRIGHT, ACROSS = 100, 190
"""Characters beside each other that an A4 page has room for: upright, and across, where they are some eight
points high."""
A4 = 9
MARGINS = {"left": 0.4, "right": 0.4, "top": 0.75, "bottom": 0.75}
"""Inches."""
LINE, LINE_PIXELS = 15, 20
"""How high a line is, in points and in pixels."""
SAMPLE = 200
"""Rows that are measured."""
LONGEST_CELL = 32_767
"""Characters that a cell can hold."""
LONGEST_NAME, NOT_IN_NAMES = 31, "[]:*?/\\'"
"""Characters that the name of a sheet can have, and those that it can't."""
LONGEST_ON_PAGES = 120
"""Characters of a line on each page: at its head or foot all together can have 255."""
FORMS = {
    "text": "@",
    "number": "0",
    "percent": "0%",
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
TOTAL = {"bold": True, "top": 1, "valign": "top"}
BARS = {"type": "data_bar", "bar_solid": True, "bar_color": "#BFBFBF", "min_type": "num", "min_value": 0}
MOST_BARS = 30
"""Rows of a chart, beyond which its labels can't be read."""
BAR, AROUND = 20, 60
"""How high a chart is, in pixels: for each bar, and besides."""
COUNTED = ("number", "percent")
"""What is set to the right, digit below digit."""
MOMENT = re.compile(r"(?:19|2\d)\d\d-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?")


def write(report: Report, language: Language, mark: str = "") -> bytes:
    """Return a workbook with title, parameters and summary above the table, totals and the footer below it;
    title, mark and number on each page. The table can be filtered."""
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        title = _cell(say(report.title, language))
        said = [_cell(line) for line in (heading(report, language), *footer_lines(report, language, mark))]
        book.set_properties({"title": title, "subject": said[0], "comments": "\n".join(said[1:])})
        sheet = book.add_worksheet(_name(title))
        strong = book.add_format({"bold": True, "font_size": 14})
        look = {"text_wrap": True, "valign": "top"}
        quiet = book.add_format({**look, "font_color": "#666666"})
        heads, forms = {}, {}
        for name, form in FORMS.items():
            aligned = {**look, **({"align": "right", "indent": 1} if name in COUNTED else {"align": "left"})}
            heads[name] = book.add_format({**aligned, "bold": True, "bottom": 1})
            forms[name] = book.add_format({**aligned, "num_format": form})
        widths = column_widths(report, language)
        top = 3
        sheet.write_string(0, 0, title, strong)
        _across(sheet, 1, heading(report, language), quiet, widths)
        if report.note is not None:
            _across(sheet, 2, say(report.note, language), quiet, widths)
        for place, column in enumerate(report.columns):
            form = heads.get(column.kind, heads["text"])
            sheet.write_string(top, place, _cell(head_with_unit(column, language)), form)
            sheet.set_column(place, place, widths[place])
        for line, row in enumerate(report.rows, start=top + 1):
            for place, value in enumerate(row):
                _write_cell(sheet, line, place, value, report.columns[place].kind, forms, language)
        last = top + len(report.rows)
        if report.rows:
            sheet.autofilter(top, 0, last, len(report.columns) - 1)
            last += _total(
                sheet, report, top + 1, last, book.add_format({**TOTAL, "num_format": "0"}), language
            )
        if report.bar and report.rows:
            place = report.column(report.bar)
            sheet.conditional_format(top + 1, place, top + len(report.rows), place, BARS)
        sheet.ignore_errors({"number_stored_as_text": f"A{top + 2}:XFD{last + 1}"})
        below = footer_lines(report, language, mark)
        for line, words in enumerate(below, start=last + 2):
            _across(sheet, line, words, quiet, widths)
        end = last + 1 + len(below)
        end += _chart(book, sheet, report, top + 1, end + 2, language)
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        sheet.print_area(0, 0, end, len(widths) - 1)
        sheet.set_paper(A4)
        if sum(widths) > UPRIGHT:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(**MARGINS)
        sheet.set_header("&L" + "\n".join(map(_on_pages, (title, *below[:1]))))
        sheet.set_footer(f"&L{_on_pages(mark)}&R&P / &N")
    return out.getvalue()


def _write_cell(
    sheet: Any, line: int, place: int, value: Cell, kind: Kind, forms: Mapping[str, Any], language: Language
) -> None:
    if value is None:
        return
    if isinstance(value, int) and kind == "percent":
        sheet.write_number(line, place, value / 100, forms["percent"])
    elif isinstance(value, int) and kind != "id":
        sheet.write_number(line, place, value, forms["number"])
    elif kind == "day" and (moment := _moment(value)) is not None:
        has_hour = " " in spoken_cell(value, language)
        sheet.write_datetime(line, place, moment, forms["moment" if has_hour else "day"])
    else:
        sheet.write_string(line, place, _cell(spoken_cell(value, language)), forms["text"])


def _chart(book: Any, sheet: Any, report: Report, first: int, line: int, language: Language) -> int:
    """Insert a bar chart at ``line`` over the rows from ``first``, which follows a filter. Return the lines
    it takes: 0 without a bar column, for a single row, for too many, or where all are empty."""
    if not report.bar:
        return 0
    place = report.column(report.bar)
    bars = [row[place] if isinstance(row[place], int) else None for row in report.rows]
    if not any(bars) or not 1 < len(bars) <= MOST_BARS:
        return 0
    label = next((at for at, column in enumerate(report.columns) if column.id == "name"), 0)
    title, head = say(report.title, language), head_with_unit(report.columns[place], language)
    labels, values = ([sheet.get_name(), first, at, first + len(bars) - 1, at] for at in (label, place))
    chart = book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "categories": labels,
            "values": values,
            "fill": {"color": BARS["bar_color"]},
            "data_labels": {
                "value": True,
                "custom": [{"delete": True} if bar is None else None for bar in bars],
            },
        }
    )
    named = _("{title}: {what}", title=title, what=head)
    chart.set_title({"name": _cell(say(named, language)), "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    height = AROUND + BAR * len(bars)
    chart.set_size({"width": 640, "height": height})
    said = _(
        "Bars of {what}, one a row of the table “{title}”; their numbers stand there.", title=title, what=head
    )
    sheet.insert_chart(line, 0, chart, {"description": say(said, language)})
    return 1 + height // LINE_PIXELS


def _total(sheet: Any, report: Report, first: int, last: int, form: Any, language: Language) -> int:
    """Write a line of sums, which follow a filter, below row ``last``, with today's sums for readers that
    calculate nothing. Return the lines that were written: 0 where no column can be summed."""
    from xlsxwriter.utility import xl_range

    summed = [place for place, column in enumerate(report.columns) if column.sums]
    if not summed:
        return 0
    if 0 not in summed:
        sheet.write_string(last + 1, 0, _cell(say(_("Total"), language)), form)
    for place in summed:
        numbers = [row[place] for row in report.rows]
        cells = xl_range(first, place, last, place)
        total = sum(number for number in numbers if isinstance(number, int))
        sheet.write_formula(last + 1, place, f"=SUBTOTAL(109,{cells})", form, total)
    return 1


def _moment(value: Cell) -> datetime | None:
    """Read ``value`` as a moment; a mere day as its midnight. None for any other text."""
    if isinstance(value, str) and MOMENT.fullmatch(value):
        with suppress(ValueError):
            return datetime.fromisoformat(value)
    return None


def _across(sheet: Any, line: int, words: str, form: Any, widths: list[int]) -> None:
    """Write a text into one cell merged over all columns, as high as its lines need."""
    words, room = _cell(words), sum(widths)
    if len(widths) > 1:
        sheet.merge_range(line, 0, line, len(widths) - 1, "", form)
    sheet.write_string(line, 0, words, form)
    sheet.set_row(line, LINE * -(-max(wcswidth(words), 1) // room))


def _name(title: str) -> str:
    """Return ``title`` as a worksheet may be called."""
    return "".join(" " if letter in NOT_IN_NAMES else letter for letter in title)[:LONGEST_NAME].strip()


def _cell(text: str) -> str:
    return harmless(text)[:LONGEST_CELL]


def _on_pages(text: str) -> str:
    """Return ``text`` for a page's head or foot: cut at `LONGEST_ON_PAGES`, with ``&``, which begins a code
    there, doubled."""
    return _cell(text)[:LONGEST_ON_PAGES].replace("&", "&&")


def column_widths(report: Report, language: Language) -> list[int]:
    """Return the width of each column in characters, by the first `SAMPLE` rows. Together wider than a page,
    columns are narrowed, first those that are empty, then the widest; their texts are wrapped."""
    texts = [[head_with_unit(column, language) for column in report.columns]]
    texts += islice(spoken_rows(report, language), SAMPLE)
    widths = [
        min(WIDEST, 2 + max(4, *(wcswidth(_cell(text)) for text in column)))
        for column in zip(*texts, strict=True)
    ]
    bare = [not any(map(_cell, column)) for column in zip(*texts[1:], strict=True)]
    if sum(widths) > ACROSS:  # heads that nothing stands below are wrapped first
        widths = [min(width, BARE) if is_bare else width for width, is_bare in zip(widths, bare, strict=True)]
    while sum(widths) > ACROSS and max(widths) > WRAPPED:
        widths[widths.index(max(widths))] -= 1
    return widths
