"""What leaves as a spreadsheet comes back by import as it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from db.desk.authority.offices import heads_in
from db.desk.authority.permissions import policy_of
from db.desk.editions.copy_to_make import to_make
from db.desk.editions.editions import Editions
from db.desk.entry.record import load_entry, tags_of
from db.desk.entry.units import path_of
from db.desk.importing.importing import Source
from db.desk.importing.outcome import BadRows
from db.desk.importing.rows import RowReading
from db.language import Language, say
from db.store.engine import Store
from db.store.tables import Book, EditionCopy, Entry, EntryTag
from reports import incomplete
from reports.directory import build
from reports.editions import edition_xlsx
from reports.export import export
from reports.formats import FORMATS
from reports.report import Period, Report, ReportColumn
from reports.wecom_sheet import member_file
from tests.conftest import Clock
from tests.db.desk.importing_world import desk_of, make_book
from tests.editions_world import assistant, build_editions_world
from tests.rules import put_under
from tests.wider_world import build_wider_world
from tests.world import World
from tui.host.shell import CommandFailure
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
        columns=tuple(ReportColumn(name, policy.field(name).label) for name in names),
        rows=(row,),
        footer=(),
    )
    content = FORMATS[format].write(report, "zh_CN", "")
    reading = RowReading(policy, "CN", {"华星集团"})
    (planned,) = reading.read(rows_of(content, format)[:2])
    assert reading.errors == []
    assert (planned.name, planned.position) == ("-王伟", "=HYPERLINK(1)")
    values = {name: value for name, _place, value in planned.values}
    assert values["mobile"] == "+8613800002121"
    assert values["office_phone"] == "+861062345678"


@pytest.mark.clause("F.2.1")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("format", ["csv", "xlsx", "json"])
@pytest.mark.parametrize(
    "book", ["staff", "subsidiary", "group", "safety", "class", "wecom", "general", "secured", "partners"]
)
def test_the_directory_that_leaves_comes_in_again(
    whole: World, tmp_path: Path, book: str, format: str, language: Language
) -> None:
    """With its title above and its footer below: every value, and what no field says of a person."""
    policies = json.loads(Book.get_by_id(book).policies)
    keeper = desk_of("keeper", book, policy_of(book).maintainer.role)
    content = FORMATS[format].write(build(keeper, book, None, THIS_MONTH), language, "mark")
    again = make_book("again", tuple(policies))
    desk = desk_of("newkeeper", again, policy_of(again).maintainer.role)
    report = desk.importing.load(again, _read(tmp_path, f"directory.{format}", content), SOURCE)
    assert report.entries == len(_people(book)) > 0
    assert _people(again) == _people(book)
    assert _heads(again) == _heads(book)


@pytest.fixture
def whole(world: World) -> World:
    """Every book, everybody's day of joining on record, tags, and two colleagues of one name who answer for
    contacts."""
    build_wider_world(beside=world)
    for number, entry in enumerate(Entry.select().order_by(Entry.id)):
        Entry.update(joined=f"2020-01-{1 + number % 28:02d}").where(Entry.id == entry.id).execute()
    for entry in Entry.select().where((Entry.book == "general") & (Entry.organisation != "")):
        for rule in policy_of("general").tags[:2]:
            EntryTag.create(entry=entry, tag=rule.id)
    for book in ("general", "group"):
        owners = Entry.select(Entry.inside_owner).where(
            (Entry.book == book) & Entry.inside_owner.is_null(False)
        )
        one, *_more = Entry.select().where(Entry.id.in_(owners)).order_by(Entry.id)
        same = Entry.select().where(
            (Entry.book == book) & (Entry.organisation == "") & (Entry.unit != one.unit)
        )
        Entry.update(name=one.name).where(Entry.id == same.first().id).execute()
    world.hire("twin", one.name, "/".join(path_of(one.unit_id)[1:]), book="group")
    return world


def test_a_report_that_leaves_under_a_password_is_told_to_be_opened_first(
    whole: World, tmp_path: Path
) -> None:
    teacher = desk_of("keeper", "class", "teacher")
    document = export(teacher, build(teacher, "class", None, THIS_MONTH), "xlsx", "zh_CN")
    (tmp_path / document.name).write_bytes(document.content)
    with pytest.raises(CommandFailure) as refused:
        read_sheet(tmp_path / document.name)
    assert "save the file attached" in say(refused.value.message, "en")


@pytest.mark.parametrize(
    "content",
    ["BEGIN:VCARD\nVERSION:3.0\n", "dn: dc=b\ndc: b\n", '[{"login": "a"}]', '{"Resources": []}'],
)
def test_what_is_no_table_is_not_read_as_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "people").write_text(content)
    with pytest.raises(CommandFailure):
        read_sheet(tmp_path / "people")


def test_the_day_of_joining_leaves_with_its_keeper_alone(whole: World) -> None:
    head = whole.desk("chenjing") if "chenjing" in whole.accounts else desk_of("lead", "staff", "security")
    report = build(head, "staff", None, THIS_MONTH)
    place = report.column("joined")
    assert {row[place] for row in report.rows} == {None}


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


@pytest.mark.clause("I.4.1.2")
@pytest.mark.parametrize("languages", [("zh_CN",), ("en",), ("zh_CN", "en")])
def test_a_copy_of_an_edition_comes_in_again(
    store: Store, clock: Clock, tmp_path: Path, languages: tuple[Language, ...]
) -> None:
    """With the division of each in the place of the departments above, in one language or in both."""
    world = build_editions_world()
    issue = Editions(assistant(world)).issue("controlled", "internal").id
    copy = EditionCopy.get((EditionCopy.issue == issue) & EditionCopy.account.is_null(False))
    made = replace(to_make(copy.id), languages=languages)
    book = make_book("again", ("controlled-document",))
    desk = desk_of("newkeeper", book, policy_of(book).maintainer.role)
    report = desk.importing.load(book, _read(tmp_path, "copy.xlsx", edition_xlsx.write(made)), SOURCE)
    assert report.entries == len(made.content.rows) > 0
    assert {name for name, *_rest in _named(book)} == {row.name for row in made.content.rows}


@pytest.mark.clause("A.7", "I.4.1.2")
def test_an_edition_that_lacks_what_another_regulation_asks_for_says_so(
    store: Store, clock: Clock, tmp_path: Path
) -> None:
    """I names the columns of an edition, and A's office phone is none of them. Nothing else leaves such a
    book (I.4.4.2); with the column that the sheet names it comes in."""
    world = build_wider_world("combined")
    issue = Editions(world.desk("tianhr")).issue("combined", "internal").id
    copy = EditionCopy.get((EditionCopy.issue == issue) & EditionCopy.account.is_null(False))
    made = to_make(copy.id)
    rows = _read(tmp_path, "copy.xlsx", edition_xlsx.write(made))
    assert any("办公电话" in cell for row in rows[-6:] for cell in row)
    book = make_book("again", ("controlled-document",))
    put_under(book, "enterprise", "directory-security", "controlled-document", maintainer="hr")
    desk = desk_of("newkeeper", book, "hr")
    with pytest.raises(BadRows):
        desk.importing.load(book, rows, SOURCE)
    head = next(number for number, row in enumerate(rows) if "姓名" in row)
    people = slice(head + 1, head + 1 + len(made.content.rows))
    added = [[*rows[head], "办公电话"], *([*row, "010 6234 5678"] for row in rows[people])]
    assert desk.importing.load(book, added, SOURCE).entries == len(made.content.rows) > 0


def _named(book: str) -> set[tuple[str, ...]]:
    return {(entry.name, *path_of(entry.unit_id)[1:]) for entry in Entry.select().where(Entry.book == book)}


@pytest.mark.clause("G.4.1")
def test_wecoms_own_template_goes_into_the_wecom_book(store: Store) -> None:
    """As WeCom gives it: notes above, an example, numbers as floats, columns that the book has no field for,
    and none for the WeChat ID."""
    notes = [[f"填写须知 {number}", *[""] * 10] for number in range(1, 9)]
    heads = ["姓名", "帐号", "别名", "职务", "部门", "性别", "手机", "座机", "个人邮箱", "地址", "企业简称"]
    example = ["张三（示例）", "zhangsan", "", "经理", "研发部", "男", "13800000000", "", "", "", ""]
    person = [
        "欧阳娜",
        "ouyangna",
        "Nana",
        "运营",
        "星云科技/产品部/运营组",
        "女",
        "13800000023",
        "010-8888",
        "a@b.cn",
        "x",
        "y",
    ]
    book = make_book("wecom", ("wecom",))
    desk = desk_of("hr", book, "hr")
    report = desk.importing.load(book, [*notes, heads, example, person], SOURCE)
    assert report.entries == 1
    assert report.passed.headings == ("帐号", "别名", "性别", "座机", "个人邮箱", "地址", "企业简称")
    assert [say(one, "en") for one in report.passed.lacking] == ["WeChat"]
    [row] = incomplete.KIND.build(desk, book, None, THIS_MONTH).rows
    assert "欧阳娜" in row


def test_a_list_of_ones_own_still_needs_every_column(store: Store) -> None:
    book = make_book("wecom", ("wecom",))
    desk = desk_of("hr", book, "hr")
    with pytest.raises(BadRows):
        desk.importing.load(book, [["姓名", "部门", "手机"], ["欧阳娜", "产品部", "13800000023"]], SOURCE)


def _read(folder: Path, name: str, content: bytes) -> list[list[str]]:
    """The rows of a file as an import reads them."""
    (folder / name).write_bytes(content)
    return read_sheet(folder / name).rows


def _heads(book: str) -> set[tuple[object, ...]]:
    """The units of a book with who heads each."""
    return {(*path_of(unit)[1:], Entry.get_by_id(head.entry).name) for unit, head in heads_in(book).items()}


def _people(book: str, fields: Collection[str] = ()) -> set[tuple[object, ...]]:
    """Everybody of a book by what a file of them holds; with ``fields`` only these values."""
    found: set[tuple[object, ...]] = set()
    for entry in Entry.select().where((Entry.book == book) & (Entry.state == "active")):
        recorded = load_entry(entry.id)
        values = {
            name: given
            for name, given in recorded.values.items()
            if name not in ("unit", "inside_owner", "photo") and (not fields or name in fields)
        }
        more: tuple[object, ...] = () if fields else _more(entry)
        found.add((*path_of(entry.unit_id)[1:], *more, *sorted(values.items())))
    return found


def _more(entry: Entry) -> tuple[object, ...]:
    """What no field says of an entry."""
    owner = Entry.get_or_none(Entry.id == entry.inside_owner)
    answers = (owner.name, owner.position, *path_of(owner.unit_id)[1:]) if owner else ()
    return entry.kind, entry.joined, tags_of(entry.id), entry.unit.region, entry.unit.kind, answers


def rows_of(content: bytes, format: str) -> list[list[str]]:
    """The table of a file, heads first."""
    if format == "csv":
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    head = next(place for place, row in enumerate(rows) if row[0] == "姓名")
    return [[str(cell) for cell in row] for row in rows[head:]]
