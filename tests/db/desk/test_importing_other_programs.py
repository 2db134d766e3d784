"""What rosters and other programs' files say besides people: two addresses, notes, missing results."""

from __future__ import annotations

import pytest

from db.desk import Desk
from db.desk.importing.importing import ImportWishes, Source
from db.desk.importing.outcome import ImportLine
from db.language import say
from db.store.engine import Store
from tests.db.desk.importing_world import HEADINGS, desk_of, make_book, person, sheet

REST = ImportWishes(without_rest=True)


@pytest.fixture
def hr(store: Store) -> Desk:
    """Whoever maintains the empty book."""
    return desk_of("hr", make_book(), "hr")


def lines(desk: Desk, rows: list[list[str]], wishes: ImportWishes = REST) -> list[ImportLine]:
    return sorted(desk.importing.view("staff", rows, wishes).lines, key=lambda line: line.row)


def values(line: ImportLine) -> list[str]:
    return [str(value) for _label, value in line.values]


def reasons(line: ImportLine) -> str:
    return " ".join(say(one.reason, "en") for one in line.problems)


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ("个人邮箱", "企业邮箱", 1),
        ("邮箱", "企业邮箱", 1),
        ("Work email", "Personal email", 0),
        ("电子邮箱", "其他邮箱", 0),
    ],
)
def test_of_two_addresses_that_at_work_is_taken(hr: Desk, first: str, second: str, taken: int) -> None:
    headings = [*HEADINGS[:5], first, second]
    row = [*person(1)[:5], "a@example.com", "b@example.com"]
    view = hr.importing.view("staff", [headings, row], REST)
    [line] = view.lines
    assert (line.state, values(line)[-1]) == ("new", ("a@example.com", "b@example.com")[taken])
    assert (first, second)[1 - taken] in view.passed.headings


def test_an_empty_column_takes_nothings_place(hr: Desk) -> None:
    headings = [*HEADINGS[:5], "邮箱", "企业邮箱"]
    [line] = lines(hr, [headings, [*person(1)[:5], "a@example.com", ""]])
    assert (line.state, values(line)[-1]) == ("new", "a@example.com")


def test_two_columns_of_one_heading_are_still_to_be_told_apart(hr: Desk) -> None:
    rows = [[*HEADINGS[:6], "邮箱"], [*person(1)[:6], "b@example.com"]]
    assert "Two columns" in reasons(lines(hr, rows)[0])


@pytest.mark.parametrize("comma", [",", "，"])
def test_departments_with_a_comma_between_are_asked_about(hr: Desk, comma: str) -> None:
    rows = sheet(person(1, unit=f"研发中心{comma}市场部"))
    [line] = lines(hr, rows)
    assert "several departments" in reasons(line)
    said = ImportWishes(new_units=(line.doubted,))
    assert hr.importing.view("staff", rows, said).units == (f"研发中心{comma}市场部",)


def test_a_department_that_is_an_office_on_record_is_asked_about(hr: Desk) -> None:
    hr.importing.load("staff", sheet(person(1, unit="信息化办公室")), SOURCE)
    [line] = lines(hr, sheet(person(2, unit="信息化部")))
    assert "looks like" in reasons(line)


def test_a_row_of_what_to_fill_in_is_nobody(hr: Desk) -> None:
    """Feishu's template has one below its headings."""
    notes = ("必填，最长 64 字", "必填，用 / 分级", "选填", "选填", "必填，11 位", "选填")
    assert [line.state for line in lines(hr, sheet(notes, person(1)))] == ["passed", "new"]
    notes = ("Required", "Required, use /", "Optional", "Optional", "Required", "optional")
    assert [line.state for line in lines(hr, sheet(notes, person(1)))] == ["passed", "new"]


def test_several_values_in_a_cell_of_google_are_told_apart(hr: Desk) -> None:
    phones = [f"Phone {number} - {what}" for number in (1, 2, 3) for what in ("Label", "Value")]
    headings = ["Name", "Organization Title", "Organization Department", "E-mail 1 - Value", *phones]
    numbers = ["Mobile", "13800000101 ::: 13900000101", "Work", "010-88886601", "Mobile", "13700000101"]
    row = ["童童", "工程师", "研发中心", "a@example.com ::: old@example.com", *numbers]
    view = hr.importing.view("staff", [headings, row], REST)
    [line] = view.lines
    assert (line.state, set(values(line))) == ("new", {"a@example.com", "138 0000 0101", "010 8888 6601"})
    assert {"email 2", "mobile 2"} <= set(view.passed.headings)


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"])
@pytest.mark.parametrize("place", range(6))
def test_a_formula_without_a_result_is_told_as_one(hr: Desk, place: int, cell: str) -> None:
    row = list(person(1))
    row[place] = cell
    [line] = lines(hr, sheet(tuple(row)))
    assert (line.state, "formula" in reasons(line)) == ("wrong", True)


@pytest.mark.parametrize("mark", ["/", "、", ";", "\n", " "])
def test_two_mobiles_in_a_cell_are_told_as_two(hr: Desk, mark: str) -> None:
    row = list(person(1))
    row[4] = f"13800000101{mark}13900000101"
    [line] = lines(hr, sheet(tuple(row)))
    assert "Several numbers" in reasons(line)


def test_a_short_number_behind_a_mobile_is_no_extension_of_it(hr: Desk) -> None:
    row = list(person(1))
    row[4] = "13800000101;6201"
    [line] = lines(hr, sheet(tuple(row)))
    assert "Several numbers" in reasons(line)


def test_a_column_of_mobiles_is_guessed_though_some_are_wrong(hr: Desk) -> None:
    """联系电话 is what rosters call it; the wrong ones are told row by row."""
    rows = [["姓名", "部门", "职务", "办公电话", "联系电话", "邮箱"]]
    rows += [list(person(number)[:6]) for number in range(1, 7)]
    rows[2][4], rows[4][4] = "1380000000", "13800000101/13900000101"
    view = hr.importing.view("staff", rows, REST)
    assert [(heading, say(label, "zh_CN")) for heading, label in view.passed.guessed] == [
        ("联系电话", "手机")
    ]
    assert [line.row for line in view.lines if line.state == "wrong"] == [3, 5]


def test_the_headings_of_english_rosters_are_known(hr: Desk) -> None:
    headings = ["No.", "Full Name", "Dept.", "Designation", "Tel.", "Mobile No.", "Email ID", "Remarks"]
    name, unit, position, phone, mobile, email, _head = person(1)
    [line] = lines(hr, [headings, ["1", name, unit, position, phone, mobile, email, ""]])
    assert line.state == "new"


@pytest.mark.parametrize("blank", [" ", "\u3000", "  "])
def test_blanks_that_widen_a_name_are_no_part_of_it(hr: Desk, blank: str) -> None:
    hr.importing.load("staff", sheet(person(1, "王芳")), SOURCE)
    [line] = lines(hr, sheet(person(1, f"王{blank}芳")))
    assert (line.state, line.name) == ("same", "王芳")
    assert lines(hr, sheet(person(2, "Ann Lee")))[0].name == "Ann Lee"


SOURCE = Source("花名册.xlsx", "0" * 64)


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("禁用状态", "禁用"), ("员工状态", "离职"), ("active", "False"), ("accountEnabled", "FALSE"),
     ("useraccountcontrol", "514"), ("nsaccountlock", "TRUE"), ("在职状态", "已离职")],
)  # fmt: skip
def test_somebody_whom_the_file_calls_gone_is_told(hr: Desk, heading: str, cell: str) -> None:
    rows = [[*HEADINGS[:6], heading], [*person(1)[:6], cell], [*person(2)[:6], ""]]
    gone, here = lines(hr, rows)
    assert (gone.state, "gone or blocked" in reasons(gone), here.problems) == ("new", True, ())


def test_whoever_decides_is_told_who_is_called_gone(hr: Desk) -> None:
    """Of columns that are not taken nothing else is kept with the request."""
    rows = [
        [*HEADINGS[:6], "员工状态", "籍贯"],
        [*person(1)[:6], "离职", "甲"],
        [*person(2)[:6], "在职", "乙"],
    ]
    report = hr.importing.check("staff", rows, REST)
    kept = report.passed.blank_unread(rows)
    assert [row[6:] for row in kept[1:]] == [["离职", "…"], ["…", "…"]]
    assert "gone or blocked" in reasons(lines(hr, [list(row) for row in kept])[0])


@pytest.mark.parametrize(
    ("heading", "cell"),
    [("禁用状态", "启用"), ("员工状态", "在职"), ("active", "true"), ("useraccountcontrol", "512")],
)
def test_somebody_who_is_there_is_not(hr: Desk, heading: str, cell: str) -> None:
    [line] = lines(hr, [[*HEADINGS[:6], heading], [*person(1)[:6], cell]])
    assert (line.state, line.problems) == ("new", ())


@pytest.mark.parametrize(
    ("place", "cell", "meant"),
    [
        (5, "张三 <a@example.com>", "a@example.com"),
        (5, '"Zhang San" <A@Example.com>', "a@example.com"),
        (5, "mailto:a@example.com", "a@example.com"),
        (5, "a@example.com；", "a@example.com"),
        (5, "a@example.com（常用）", "a@example.com"),
        (4, "13811110009（微信同号）", "138 1111 0009"),
        (4, "13811110009.00", "138 1111 0009"),
        (3, "010-88880009 (总机)", "010 8888 0009"),
        (6, "2024/3/1 0:00:00", "2024-03-01"),
        (6, "2024-03-01 00:00:00.000", "2024-03-01"),
        (6, "-", ""),
        (6, "无", ""),
    ],
)
def test_what_people_write_beside_a_value_is_no_part_of_it(
    hr: Desk, place: int, cell: str, meant: str
) -> None:
    """Out of a mail program, with a remark behind a number, and where there is nothing."""
    row = [*person(1)[:6], "2020-01-02"]
    row[place] = cell
    [line] = lines(hr, [[*HEADINGS[:6], "入职日期"], row])
    assert (line.state, reasons(line), meant in [*values(line), ""]) == ("new", "", True)
    assert len(values(line)) == 3 + bool(meant or place < 6)


@pytest.mark.parametrize("cell", ["无", "-", "/", "N/A"])
def test_where_a_value_is_needed_nothing_is_none(hr: Desk, cell: str) -> None:
    row = list(person(1))
    row[4] = cell
    [line] = lines(hr, sheet(tuple(row)))
    assert (line.state, reasons(line)) == ("wrong", "Mobile is required.")


def test_headings_that_a_page_repeats_are_nobody(hr: Desk) -> None:
    first, again, second = lines(hr, [HEADINGS, list(person(1)), HEADINGS, list(person(2))])
    assert (first.state, again.state, second.state) == ("new", "passed", "new")


@pytest.mark.parametrize("name", ["示例：张三", "例: Zhang San", "张三（示例）"])
def test_an_example_is_nobody(hr: Desk, name: str) -> None:
    assert [line.state for line in lines(hr, sheet(person(1, name), person(2)))] == ["passed", "new"]


def test_a_heading_in_two_languages_is_that_of_both(hr: Desk) -> None:
    heads = [
        "姓名 Name",
        "部门\nDepartment",
        "Position 职务",
        "办公电话Office phone",
        "手机 Mobile",
        "邮箱\nE-mail",
    ]
    [line] = lines(hr, [heads, list(person(1)[:6])])
    assert (line.state, reasons(line)) == ("new", "")


def test_words_of_another_language_do_not_make_a_heading(hr: Desk) -> None:
    """The name of whoever looks after somebody is not theirs."""
    view = hr.importing.view("staff", [[*HEADINGS[:6], "HRBP姓名"], [*person(1)[:6], "李四"]], REST)
    assert (view.lines[0].name, view.passed.headings) == (person(1)[0], ("HRBP姓名",))


def test_departments_by_their_levels_are_put_together(hr: Desk) -> None:
    heads = ["姓名", "一级部门", "二级部门", "三级部门", *HEADINGS[2:6]]
    rows = [
        [person(1)[0], "研发中心", "产品一部", "", *person(1)[2:6]],
        [person(2)[0], "研发中心", "产品一部", "测试组", *person(2)[2:6]],
        [person(3)[0], "研发中心", "研发中心", "研发中心", *person(3)[2:6]],
    ]
    assert [(line.state, line.unit) for line in lines(hr, [heads, *rows])] == [
        ("new", "研发中心/产品一部"),
        ("new", "研发中心/产品一部/测试组"),
        ("new", "研发中心"),
    ]
