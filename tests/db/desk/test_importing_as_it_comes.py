"""Spreadsheets as people have them: titles above, sums below, columns of other programs, digits gone."""

from __future__ import annotations

import pytest

from db.desk import Desk
from db.desk.importing.importing import ImportWishes, Source
from db.desk.importing.outcome import BadRows, ImportReport, RowError
from db.language import say
from db.store.engine import Store
from db.store.tables import Entry, Unit
from tests.db.desk.importing_world import HEADINGS, desk_of, make_book, person, sheet

SOURCE = Source("花名册.xlsx", "0" * 64)


@pytest.fixture
def hr(store: Store) -> Desk:
    """Whoever maintains the empty book."""
    return desk_of("hr", make_book(), "hr")


def errors(desk: Desk, rows: list[list[str]]) -> list[RowError]:
    """What is wrong with ``rows``."""
    with pytest.raises(BadRows) as caught:
        desk.importing.check("staff", rows)
    return list(caught.value.errors)


def checked(desk: Desk, rows: list[list[str]], *left_out: str) -> ImportReport:
    """What importing ``rows`` would do."""
    return desk.importing.check("staff", rows, ImportWishes(left_out))


@pytest.mark.parametrize("unit", ["研发;市场", "研发中心；市场部", "研发\n市场", "研发中心/一部;市场部/二部"])
def test_several_departments_in_a_cell_are_no_department_of_that_name(hr: Desk, unit: str) -> None:
    [error] = errors(hr, sheet(person(1, unit=unit)))
    assert (error.row, say(error.column, "zh_CN")) == (2, "部门")
    assert "several departments" in say(error.reason, "en")


def test_a_department_on_record_may_be_called_so(hr: Desk) -> None:
    """What left as a file comes in again."""
    hr.importing.load("staff", sheet(person(1, unit="研发部")), SOURCE)
    Unit.update(name="研发;市场").where(Unit.name == "研发部").execute()
    assert checked(hr, sheet(person(2, unit="研发;市场"))).units == ()


@pytest.mark.parametrize("place", [3, 4])
@pytest.mark.parametrize("cell", ["1.38E+10", "1.38e+10", "8.61E+12", "1.10101199003074E+17"])
def test_digits_that_the_spreadsheet_lost_are_said_to_be_gone(hr: Desk, place: int, cell: str) -> None:
    row = list(person(1))
    row[place] = cell
    [error] = errors(hr, sheet(tuple(row)))
    assert "digits are gone" in say(error.reason, "en")
    assert "E+" not in say(error.reason, "zh_CN")


def test_a_masked_number_is_said_to_be_one(hr: Desk) -> None:
    row = list(person(1))
    row[4] = "138••••21"
    [error] = errors(hr, sheet(tuple(row)))
    assert "masked" in say(error.reason, "en")


@pytest.mark.parametrize(
    "row",
    [
        ["合计", "", "", "", "", "", ""],
        ["合计：2人", "", "", "", "", "", ""],
        ["小计", "2", "", "", "", "", ""],
        ["制表人：李娜", "", "审核：王芳", "", "日期：2026-11-01", "", ""],
        ["Total", "2", "", "", "", "", ""],
        ["注：手机号以本人填报为准", "", "", "", "", "", ""],
        ["以上人员均已核对，共两页", "", "", "", "", "", ""],
        ["", "", "", "", "", "以上为全部人员", ""],
        ["张三（示例）", "研发部", "工程师", "", "13800000000", "", ""],
    ],
)
def test_a_row_that_is_nobody_is_passed_over_and_told(hr: Desk, row: list[str]) -> None:
    report = checked(hr, [*sheet(person(1), person(2)), row])
    assert (report.entries, report.passed.rows) == (2, (4,))


def test_sums_between_departments_are_passed_over_too(hr: Desk) -> None:
    rows = sheet(person(1), ("小计", "1"), person(2), ("小计", "1"), ("合计", "2"))
    report = checked(hr, rows)
    assert (report.entries, report.passed.rows) == (2, (3, 5, 6))


@pytest.mark.parametrize("name", ["李雷", "阿依古丽·买买提", "Jean-Luc Ab", "合欢", "Sum Ting", "注田"])
def test_somebody_who_lacks_everything_else_is_somebody(hr: Desk, name: str) -> None:
    """A person is not lost because the row has nothing but the name."""
    assert {error.row for error in errors(hr, sheet(person(1), (name,)))} == {3}


def test_titles_above_the_headings_are_no_headings(hr: Desk) -> None:
    rows = [["华星集团员工花名册"], ["填表日期：2026-11-01"], [], *sheet(person(1), ("张伟", "研发部"))]
    found = errors(hr, rows)
    assert {error.row for error in found} == {6}
    assert checked(hr, rows[:-1]).entries == 1


def test_columns_of_other_programs_are_passed_over_and_told_once(hr: Desk) -> None:
    headings = ["序号", *HEADINGS[:6], "帐号", "别名", "性别"]
    rows = [headings, *([str(n), *person(n)[:6], f"u{n}", "", "男"] for n in (1, 2))]
    report = checked(hr, rows)
    assert (report.entries, report.passed.headings) == (2, ("序号", "帐号", "性别"))


def test_an_unknown_column_is_an_error_unless_it_is_left_out_or_empty(hr: Desk) -> None:
    rows = [[*HEADINGS[:6], "星座", "血型"], [*person(1)[:6], "天蝎", ""]]
    [error] = errors(hr, rows)
    assert (error.row, error.column) == (1, "星座")
    assert checked(hr, rows, "星座").passed.headings == ("星座",)


def test_a_file_without_headings_is_not_complained_of_row_by_row(hr: Desk) -> None:
    rows = [list(person(number)[:6]) for number in (1, 2, 3)]
    assert {error.row for error in errors(hr, rows)} == {1}


def test_the_department_above_may_stand_in_a_column_of_its_own(hr: Desk) -> None:
    headings = [*HEADINGS[:6], "上级部门"]
    rows = [headings, [*person(1, unit="研发一部")[:6], "研发中心"], [*person(2, unit="行政部")[:6], ""]]
    assert set(checked(hr, rows).units) == {"研发中心", "行政部", "研发中心/研发一部"}


@pytest.mark.clause("A.6")
def test_the_operator_looks_at_a_file_and_not_at_who_is_in_the_book(store: Store) -> None:
    make_book()
    operator = desk_of("host", "staff", "admin")
    operator.importing.load("staff", sheet(person(1, head="是"), person(2)), SOURCE)
    report = checked(operator, sheet(person(1, head="是"), person(3)))
    assert (report.entries, report.alone) == (2, True)
    bad = list(person(4))
    bad[5] = "x"
    assert [error.row for error in errors(operator, sheet(tuple(bad)))] == [2]
    assert Entry.select().count() == 2


@pytest.mark.parametrize(
    "headings",
    [
        ["姓名", "岗位/职务", "部门", "办公电话", "手机", "邮箱", "是否此部门主管(是/否)"],
        ["Name", "Job Title", "Department", "Business Phone", "Mobile Phone", "E-mail Address", "Head"],
        ["姓名", "职务/岗位", "所在部门", "办公座机", "手机号码", "电子邮箱地址", "部门主管"],
    ],
)
def test_the_headings_of_rosters_dingtalk_and_outlook_are_known(hr: Desk, headings: list[str]) -> None:
    name, unit, position, phone, mobile, email, _head = person(1)
    row = [name, position, unit, phone, mobile, email, "是"]
    report = checked(hr, [headings, row])
    assert (report.entries, report.heads) == (1, 1)


@pytest.mark.parametrize("heading", ["入职日", "Joins on", "入学日", "Enrols on"])
def test_the_day_of_joining_is_known_by_what_its_form_calls_it(hr: Desk, heading: str) -> None:
    heads, row = sheet(person(1))
    hr.importing.load("staff", [[*heads, heading], [*row, "2026-11-02"]], SOURCE)
    assert Entry.get(Entry.name == row[0]).joined == "2026-11-02"


@pytest.mark.parametrize(("day", "told"), [("1899-01-01", "80 years"), ("2099-12-03", "a year away")])
def test_a_day_of_joining_that_nobody_can_mean_is_told(hr: Desk, day: str, told: str) -> None:
    heads, row = sheet(person(1))
    [error] = errors(hr, [[*heads, "入职日"], [*row, day]])
    assert (error.row, say(error.column, "zh_CN")) == (2, "入职日期")
    assert told in say(error.reason, "en")


def pupils(*given: tuple[str, str]) -> list[list[str]]:
    """A class as a school has it: each pupil's name and student number, no number of their own."""
    same = ["高二（3）班", "女", "2010-01-30", "江苏无锡", "张明远", "13900000001", "翠湖北路 1 号", "张德福"]
    heads = [
        "姓名",
        "学号",
        "班级",
        "性别",
        "出生日期",
        "籍贯",
        "家长姓名",
        "家长电话",
        "家庭住址",
        "紧急联系人",
    ]
    return [[*heads, "紧急联系电话", "与学生关系"], *([*one, *same, "13900000002", "祖父"] for one in given)]


def test_two_pupils_of_one_name_are_told_apart_by_their_student_numbers(store: Store) -> None:
    desk = desk_of("teacher", make_book("class", ("school-class",)), "teacher")
    report = desk.importing.load("class", pupils(("张明轩", "20240304"), ("张明轩", "20240326")), SOURCE)
    assert report.entries == 2
    assert desk.importing.check("class", pupils(("张明轩", "20240327"))).entries == 1
    assert desk.importing.check("class", pupils(("张明轩", "20240326"))).known == 1


def test_a_student_number_that_two_pupils_have_is_told(store: Store) -> None:
    desk = desk_of("teacher", make_book("class", ("school-class",)), "teacher")
    report = desk.importing.check("class", pupils(("张明轩", "20240304"), ("王一", "20240304")))
    [note] = report.notes
    assert (note.row, say(note.column, "zh_CN")) == (3, "学号")
    assert "same number" in say(note.reason, "en")
