"""Lines on paper: numbers and addresses are broken where they part, and empty columns leave their room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.store.engine import Store
from reports.formats.xlsx_format import ACROSS, column_widths
from reports.pages import folded
from reports.report import ReportColumn
from tests.reports.test_formats import report


def by_count(text: str, _font: str, _size: float) -> float:
    return float(len(text))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("188 9953 9622", ["188 9953", "9622"]),
        ("010 5923 8025", ["010 5923", "8025"]),
        ("juan.zhao@holding.cn", ["juan.zhao@", "holding.cn"]),
        ("2026-12-01 至 12-31", ["2026-12-01", "至 12-31"]),
        ("人力资源部人事组长办公室主任", ["人力资源部人事组长办", "公室主任"]),
        ("12345678901234", ["1234567890", "1234"]),
        ("", [""]),
    ],
)
def test_a_line_is_broken_where_its_parts_end(text: str, lines: list[str]) -> None:
    assert list(folded(text, 8, 10, by_count)) == lines


def test_columns_in_which_nothing_stands_leave_their_room(store: Store) -> None:
    columns = tuple(ReportColumn(f"c{n}", f"其他联系方式{n}") for n in range(15))
    row = tuple("010 5923 8025 0001" if n < 7 else "" for n in range(15))
    widths = column_widths(replace(report(row), columns=columns), "zh_CN")
    assert sum(widths) <= ACROSS
    assert min(widths[:7]) >= 20
