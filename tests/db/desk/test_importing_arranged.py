"""Tables as other programs and people lay them out: what is where is found, and a guess is told as one."""

from __future__ import annotations

import csv
import io

import pytest

from db.desk import Desk
from db.desk.entry.record import load_entry
from db.desk.importing.importing import ImportWishes, Source
from db.desk.importing.outcome import BadRows
from db.language import say
from db.store.engine import Store
from db.store.tables import Entry
from tests.db.desk.importing_world import desk_of, make_book

SOURCE = Source("x.csv", "0" * 64)
REST = ImportWishes(without_rest=True)


@pytest.fixture
def hr(store: Store) -> Desk:
    """Whoever maintains the empty book."""
    return desk_of("hr", make_book(), "hr")


OUTLOOK = """Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Mobile Phone,Business Phone,E-mail Address,Notes
Mr,清,,周,,华星,研发中心,工程师,13800000101,010-88886666,zhouqing@example.com,
Dr,Ann,B.,Lee,,华星,研发中心,Engineer,13800000102,010-88886667,ann@example.com,x"""  # noqa: E501
GOOGLE_OLD = """Name,Given Name,Additional Name,Family Name,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value,Organization 1 - Name,Organization 1 - Title,Organization 1 - Department
周清,清,,周,* Work,zhouqing@example.com,Work,010-88886666,Mobile,13800000101,华星,工程师,研发中心"""  # noqa: E501
GOOGLE_NEW = """First Name,Middle Name,Last Name,Organization Name,Organization Title,Organization Department,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value
清,,周,华星,工程师,研发中心,* myContacts,Work,zhouqing@example.com,Mobile,13800000101,Work,010-88886666"""  # noqa: E501
ORANGE = """first_name,middle_name,last_name,employee_id,gender,mobile,work_telephone,work_email,Department,Job Title
清,,周,7,M,13800000101,010-88886666,zhouqing@example.com,研发中心,工程师"""  # noqa: E501
TWO_ROWS = """员工花名册,,,,,
姓名,组织,,联系方式,,
,部门,职务,手机,办公电话,邮箱
周清,研发中心,工程师,13800000101,010-88886666,zhouqing@example.com
合计,1,,,,"""
MERGED_HEADS = """姓名,部门,职务,联系方式,联系方式,联系方式
姓名,部门,职务,手机,办公电话,邮箱
周清,研发中心,工程师,13800000101,010-88886666,zhouqing@example.com"""
DINGTALK = """员工UserID,部门,职位,姓名,工号,是否此部门主管,手机号,邮箱,座机,办公地点,备注
u7,研发中心,工程师,周清,7,否,13800000101,zhouqing@example.com,010-88886666,3 楼,"""
WECOM_FLOATS = """姓名,帐号,别名,职务,部门,性别,手机,座机,个人邮箱,地址,企业简称
周清,zhouqing,,工程师,研发中心,女,13800000101.0,010-88886666,zhouqing@example.com,,"""
WECOM_MEMBERS = """*姓名,*帐号,别名,职务,部门,性别,手机,座机,个人邮箱,地址,企业简称,激活状态,禁用状态,微信插件
周清,zhouqing,,工程师,研发中心,女,13800000101,010-88886666,zhouqing@example.com,,,已激活,未禁用,已关注"""
FILES = {
    "outlook": OUTLOOK, "google": GOOGLE_OLD, "google, new": GOOGLE_NEW, "orangehrm": ORANGE,
    "two rows of headings": TWO_ROWS, "merged headings": MERGED_HEADS, "dingtalk": DINGTALK,
    "wecom": WECOM_FLOATS, "wecom, exported": WECOM_MEMBERS,
}  # fmt: skip
"""Laid out as these programs and people do."""
UNEDITED = ("two rows of headings", "merged headings", "dingtalk", "wecom", "wecom, exported")
"""Those that hold nothing that the book has no place for and nobody knows."""


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize("name", sorted(FILES))
def test_people_come_in_as_they_are_laid_out(hr: Desk, name: str) -> None:
    hr.importing.load("staff", rows(FILES[name]), SOURCE, None, ImportWishes() if name in UNEDITED else REST)
    first = Entry.get(Entry.name == "周清")
    assert (first.unit.name, first.position) == ("研发中心", "工程师")
    values = load_entry(first.id).values
    assert (values["mobile"], values["office_phone"]) == (("+8613800000101",), ("+861088886666",))
    assert values["email"] == ("zhouqing@example.com",)


def test_a_salutation_is_no_position(hr: Desk) -> None:
    """And names of several parts are put together as their language does."""
    hr.importing.load("staff", rows(OUTLOOK), SOURCE, None, REST)
    assert {(row.name, row.position) for row in Entry.select()} == {
        ("周清", "工程师"),
        ("Ann B. Lee", "Engineer"),
    }


def test_what_cells_look_like_is_guessed_and_told(hr: Desk) -> None:
    text = "姓名,部门,职务,联络,办公电话,邮箱\n" + "\n".join(
        f"王{chr(0x4E00 + n)},研发中心,工程师,1380000010{n},010-88886666,u{n}@example.com" for n in range(3)
    )
    report = hr.importing.check("staff", rows(text))
    assert [(heading, say(label, "zh_CN")) for heading, label in report.passed.guessed] == [("联络", "手机")]
    view = hr.importing.view("staff", rows(text))
    assert [(heading, say(label, "zh_CN")) for heading, label in view.passed.guessed] == [("联络", "手机")]
    left_out = ImportWishes(left_out=("联络",))
    with pytest.raises(BadRows):
        hr.importing.check("staff", rows(text), left_out)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("45352", "2024-03-01"),
        ("20240301", "2024-03-01"),
        ("2024-03-01", "2024-03-01"),
        ("2024/3/1", "2024-03-01"),
    ],
)
def test_days_as_spreadsheets_number_them(hr: Desk, cell: str, day: str) -> None:
    heads = "姓名,部门,职务,手机,办公电话,邮箱,入职日期"
    line = f"周清,研发中心,工程师,13800000101,010-88886666,z@example.com,{cell}"
    hr.importing.load("staff", rows(f"{heads}\n{line}"), SOURCE)
    assert Entry.get(Entry.name == "周清").joined == day


@pytest.mark.parametrize("cell", ["99999999", "1234", "20241301"])
def test_what_is_no_day_is_told(hr: Desk, cell: str) -> None:
    heads = "姓名,部门,职务,手机,办公电话,邮箱,入职日期"
    line = f"周清,研发中心,工程师,13800000101,010-88886666,z@example.com,{cell}"
    with pytest.raises(BadRows) as caught:
        hr.importing.check("staff", rows(f"{heads}\n{line}"))
    assert [say(error.column, "zh_CN") for error in caught.value.errors] == ["入职日期"]


def test_a_row_of_words_is_no_second_row_of_headings(hr: Desk) -> None:
    text = "姓名,部门,职务,手机,办公电话,邮箱\n部门,研发中心,职务,13800000101,010-88886666,z@example.com"
    assert hr.importing.check("staff", rows(text)).entries == 1


def test_one_mobile_for_two_people_comes_in_and_is_told(hr: Desk) -> None:
    lines_of = "王{},研发中心,工程师,13800000101,010-88886666,{}@example.com"
    text = "\n".join(
        ["姓名,部门,职务,手机,办公电话,邮箱", lines_of.format("甲", "a"), lines_of.format("乙", "b")]
    )
    (note,) = hr.importing.check("staff", rows(text)).notes
    assert (note.row, say(note.reason, "zh_CN")) == (3, "与第 2 行的王甲号码相同。")
    lines = hr.importing.view("staff", rows(text)).lines
    assert [(line.state, len(line.problems)) for line in lines] == [("new", 0), ("new", 1)]


def test_what_was_left_out_of_a_kind_of_file_is_left_out_of_the_next(hr: Desk) -> None:
    """Of the same headings in whatever order, in the same book; it is told each time."""
    heads, line = (
        "姓名,部门,职务,手机,办公电话,邮箱,血型",
        "周清,研发中心,工程师,13800000101,010-88886666,z@example.com,A",
    )
    with pytest.raises(BadRows):
        hr.importing.check("staff", rows(f"{heads}\n{line}"))
    hr.importing.load("staff", rows(f"{heads}\n{line}"), SOURCE, None, REST)
    other = rows(
        "血型,姓名,部门,职务,手机,办公电话,邮箱\nB,周二,研发中心,工程师,13800000102,010-88886666,y@example.com"
    )
    report = hr.importing.load("staff", other, SOURCE)
    assert (report.entries, report.passed.headings) == (1, ("血型",))
    more = rows(f"{heads},星座\n周三,研发中心,工程师,13800000103,010-88886666,x@example.com,A,白羊")
    with pytest.raises(BadRows):
        hr.importing.check("staff", more)


PEOPLE = ("周清,工程师,13800000101,010-88886666,zhouqing@example.com",
          "高洁,专员,13800000102,010-88886667,gaojie@example.com")  # fmt: skip
SECTIONS = {
    "numbered": "花名册\n序号,姓名,职务,手机,办公电话,邮箱\n一、研发中心（1人）\n1,{}\n"
    "二、人力资源部（1人）\n2,{}\n合计,2\n",
    "before the names": "姓名,职务,手机,办公电话,邮箱\n部门：研发中心\n{}\n部门：人力资源部,,,,\n{}\n",
    "in the column": "部门,姓名,职务,手机,办公电话,邮箱\n研发中心,,,,,\n,{}\n人力资源部\n,{}\n",
    "beside the column": "序号,姓名,职务,手机,办公电话,邮箱,部门\n研发中心\n1,{},研发中心\n\n"
    "人力资源部\n2,{},人力资源部\n",
    "a division above": "序号,姓名,职务,手机,办公电话,邮箱\n技术公司\n研发中心\n1,{}\n"
    "人力资源部\n2,{}\n制表人：王芳\n",
}


@pytest.mark.parametrize("name", sorted(SECTIONS))
def test_departments_on_rows_of_their_own_are_those_of_the_people_below(hr: Desk, name: str) -> None:
    view = hr.importing.view("staff", rows(SECTIONS[name].format(*PEOPLE)), REST)
    found = [(line.name, line.unit) for line in view.lines if line.state != "passed"]
    assert found == [("周清", "研发中心"), ("高洁", "人力资源部")]
    assert {line.unit for line in view.lines if line.state == "passed"} >= {"研发中心", "人力资源部"}
    assert not view.count("wrong")
    kept = view.passed.blank_unread(rows(SECTIONS[name].format(*PEOPLE)))
    assert hr.importing.view("staff", kept, REST).lines == view.lines


@pytest.mark.parametrize("row", ["王芳", "以上人员已核对", "陈司,,,,"])
def test_who_is_alone_on_a_row_is_no_department(hr: Desk, row: str) -> None:
    """Whoever lacks all fields but the name is told as that, and gives nobody a department."""
    text = "姓名,职务,手机,办公电话,邮箱\n{}\n" + row + "\n{}\n"
    view = hr.importing.view("staff", rows(text.format(*PEOPLE)), REST)
    assert not [line for line in view.lines if line.unit]


def test_what_changes_an_entry_of_a_server_is_told_row_by_row(hr: Desk) -> None:
    text = "name,unit,position,mobile,office_phone,email,changetype\n"
    text += "周清,研发中心,工程师,13800000101,010-88886666,zhouqing@example.com,\n"
    text += "u2,,,,,,modify\nu3,,,,,,delete\n"
    view = hr.importing.view("staff", rows(text))
    assert [(line.state, line.name) for line in view.lines] == [
        ("new", "周清"), ("passed", "u2"), ("passed", "u3"),
    ]  # fmt: skip
    said = [say(line.problems[0].reason, "en") for line in view.lines[1:]]
    assert ["(modify)" in said[0], "(delete)" in said[1]] == [True, True]
    assert hr.importing.load("staff", rows(text), SOURCE).entries == 1
