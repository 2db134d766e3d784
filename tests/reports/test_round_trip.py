"""What leaves as a spreadsheet comes back by import as it was."""

from __future__ import annotations

import csv
import io

import pytest

from db.desk.importing.rows import Reading
from db.desk.standing import policy_of
from reports.formats import FORMATS
from reports.report import Column, Report
from tests.world import World


@pytest.mark.threat(22)
@pytest.mark.clause("F.2.1")
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_numbers_with_a_plus_come_back_unchanged(world: World, format: str) -> None:
    """A spreadsheet would make +86 138 … a number and =cmd… a command; neither happens on the way."""
    policy = policy_of("staff")
    names = ("name", "unit", "position", "office_phone", "mobile", "email")
    row = ("-王伟", "研发中心", "=HYPERLINK(1)", "+86 10 6234 5678", "+86 138 0000 2121", "w@huaxing.example")
    report = Report(
        name="directory",
        title="名册",
        book="staff",
        unit=None,
        parameters=(),
        columns=tuple(Column(name, policy.field(name).label) for name in names),
        rows=(row,),
        footer=(),
    )
    content = FORMATS[format].write(report, "zh_CN", "")
    reading = Reading(policy, "CN", "华星集团")
    (planned,) = reading.read(rows_of(content, format)[:2])
    assert reading.errors == []
    assert (planned.name, planned.position) == ("-王伟", "=HYPERLINK(1)")
    values = {name: value for name, _place, value in planned.values}
    assert values["mobile"] == "+8613800002121"
    assert values["office_phone"] == "+861062345678"


def rows_of(content: bytes, format: str) -> list[list[str]]:
    """The table of a file, heads first."""
    if format == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    head = next(place for place, row in enumerate(rows) if row[0] == "姓名")
    return [[str(cell) for cell in row] for row in rows[head:]]
