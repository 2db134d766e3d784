"""What leaves as a spreadsheet comes back by import as it was."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from datetime import date
from pathlib import Path

import pytest

from db.desk.authority.standing import policy_of
from db.desk.entry.record import load
from db.desk.entry.units import path_of
from db.desk.importing.importing import Source
from db.desk.importing.rows import Reading
from db.language import Language
from db.store.engine import Store
from db.store.tables import Entry
from reports.directory import build
from reports.export import export
from reports.formats import FORMATS
from reports.report import Column, Period, Report
from reports.wecom_sheet import member_file
from tests.conftest import Clock
from tests.db.desk.importing_world import desk_of, make_book
from tests.wider_world import build_wider_world
from tests.world import World
from tui.host.spreadsheet import read_sheet

SOURCE = Source("通讯录.xlsx", "0" * 64)
THIS_MONTH = Period(date(2026, 11, 1), date(2026, 11, 30))
ALL_IN_WECOM = ("name", "position", "mobile", "office_phone", "email", "wechat")


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
    reading = Reading(policy, "CN", {"华星集团"})
    (planned,) = reading.read(rows_of(content, format)[:2])
    assert reading.errors == []
    assert (planned.name, planned.position) == ("-王伟", "=HYPERLINK(1)")
    values = {name: value for name, _place, value in planned.values}
    assert values["mobile"] == "+8613800002121"
    assert values["office_phone"] == "+861062345678"


@pytest.mark.clause("F.2.1")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_directory_that_leaves_comes_in_again(
    world: World, tmp_path: Path, format: str, language: Language
) -> None:
    """With its title above and its footer below, and the department that each stands in."""
    hr = world.desk("luoyan")
    document = export(hr, build(hr, "group", None, THIS_MONTH), format, language)
    book = make_book("again", ("company",))
    desk = desk_of("newhr", book, "hr")
    report = desk.importing.load(book, _read(tmp_path, document.name, document.content), SOURCE)
    assert report.entries > 0
    assert report.passed.rows
    assert _people(book) == _people("group")


@pytest.mark.clause("G.4.1")
def test_what_wecom_is_to_import_comes_in_again(store: Store, clock: Clock, tmp_path: Path) -> None:
    office = build_wider_world("wecom")
    made = member_file(office.desk("huanghr"), "wecom")
    book = make_book("again", ("wecom",))
    desk = desk_of("newhr", book, policy_of(book).maintainer.role)
    report = desk.importing.load(book, _read(tmp_path, "members.xlsx", made.content), SOURCE)
    assert report.entries == made.rows
    assert report.passed.headings == ("帐号",)
    assert _people(book, ALL_IN_WECOM) == _people("wecom", ALL_IN_WECOM)


def _read(folder: Path, name: str, content: bytes) -> list[list[str]]:
    """The rows of a file as an import reads them."""
    (folder / name).write_bytes(content)
    return read_sheet(folder / name).rows


def _people(book: str, fields: Collection[str] = ()) -> set[tuple[object, ...]]:
    """Everybody of a book by what a file of them holds; with ``fields`` only these values."""
    found: set[tuple[object, ...]] = set()
    for entry in Entry.select().where((Entry.book == book) & (Entry.state == "active")):
        recorded = load(entry.id)
        values = {
            name: given
            for name, given in recorded.values.items()
            if name not in ("unit", "inside_owner", "photo") and (not fields or name in fields)
        }
        kind = "" if fields else entry.kind
        found.add((*path_of(entry.unit_id)[1:], kind, *sorted(values.items())))
    return found


def rows_of(content: bytes, format: str) -> list[list[str]]:
    """The table of a file, heads first."""
    if format == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    head = next(place for place, row in enumerate(rows) if row[0] == "姓名")
    return [[str(cell) for cell in row] for row in rows[head:]]
