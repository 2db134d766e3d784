"""An import by commands: looked at, mended in the workbook that says what is wrong, submitted, decided."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from db.confined.answers import SHEET
from db.confined.reading import read
from db.language import Language
from db.store.tables import Entry
from tests.tui.plain.running import answered
from tests.world import World

HEADINGS = "姓名,部门,职务,手机,办公电话,邮箱,血型"
ROWS = """
童童,研发一部,工程师,13811110001,010-88886601,tongtong@huaxing.example,A
高洁,人力资源部,专员,1381111000,010-88886602,gaojie@huaxing.example,B
"""


def sent(world: World, content: bytes, login: str = "liuyang", name: str = "花名册.csv") -> str:
    """Put a file into somebody's tray; its number there."""
    return world.desk(login).evidence.add(name, content).id


@pytest.fixture
def roster(world: World) -> str:
    """A roster of two, one of whom has a number that is none; a column that the book has no place for."""
    return sent(world, (HEADINGS + ROWS).encode())


def test_rows_with_problems_come_first_with_what_to_do(world: World, roster: str) -> None:
    looked = answered(world, "liuyang", f"import --book staff --file {roster} --json")
    assert [(row["row"], row["state"]) for row in looked.data] == [(1, "wrong"), (3, "wrong"), (2, "new")]
    text = answered(world, "liuyang", f"import --book staff --file {roster} --leave-rest").text
    assert "有问题：1" in text and "血型" in text and "没有这样的电话号码" in text  # noqa: PT018 - one look
    some = answered(
        world, "liuyang", f"import --book staff --file {roster} --leave-rest --only state=problem --json"
    )
    assert [row["name"] for row in some.data] == ["高洁"]


def test_other_sheets_with_people_are_told(world: World) -> None:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made) as book:
        for name, number in (("研发一部", 1), ("人力资源部", 2)):
            sheet = book.add_worksheet(name)
            for row, line in enumerate((HEADINGS, ROWS.split()[number - 1])):
                sheet.write_row(row, 0, line.split(","))
    file = sent(world, made.getvalue(), name="花名册.xlsx")
    said = answered(world, "liuyang", f"import --book staff --file {file} --leave-rest")
    assert "未读取工作表：人力资源部" in said.text
    assert "童童" in said.text


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "开通账号"), ("en", "makes accounts")])
def test_of_logins_it_is_told_what_they_are_for(world: World, language: Language, words: str) -> None:
    """A directory keeps none; what is neither is passed over without such a word."""
    for heading, is_told in (("帐号", True), ("血型", False)):
        file = sent(world, (HEADINGS.replace("血型", heading) + ROWS).encode())
        said = answered(
            world, "liuyang", f"import --book staff --file {file} --leave-rest", language=language
        )
        assert (words in said.text) is is_told


def test_what_is_wrong_goes_out_and_comes_back_mended(world: World, roster: str) -> None:
    out = answered(
        world, "liuyang", f"import problems --book staff --file {roster} --leave-rest", language="en"
    ).out
    headings, row, other = read(SHEET, out)
    assert headings == [*HEADINGS.split(","), "问题 / Problem"]
    assert "There is no such telephone number" in row[-1]
    assert (other[0], other[-1]) == ("童童", "")  # what is in order comes along: the file comes in as a whole
    row[3] = "13811110002"
    mended = io.BytesIO()
    with xlsxwriter.Workbook(mended) as book:
        sheet = book.add_worksheet()
        for number, cells in enumerate((headings, row, other)):
            sheet.write_row(number, 0, cells)
    file = sent(world, mended.getvalue(), name="改好.xlsx")
    looked = answered(world, "liuyang", f"import --book staff --file {file} --leave-rest --json")
    assert [(one["name"], one["state"]) for one in looked.data] == [("高洁", "new"), ("童童", "new")]


def test_submitted_by_one_and_decided_by_another(world: World) -> None:
    file = sent(world, (HEADINGS + ROWS.replace("1381111000,", "13811110002,")).encode())
    asked = answered(world, "liuyang", f"import submit --book staff --file {file} --leave-rest")
    assert asked.status == 0
    assert "曾晴" in asked.err
    (row,) = answered(world, "zengqing", "queue --json").data
    rows = answered(world, "zengqing", f"import asked --request {row['request']} --json").data
    assert [one["name"] for one in rows] == ["童童", "高洁"]
    assert not Entry.select().where(Entry.name == "童童").exists()
    done = answered(world, "zengqing", f"approve {row['request']} {row['code']}")
    assert done.status == 0
    assert Entry.select().where(Entry.name.in_(["童童", "高洁"])).count() == 2


def test_a_problem_keeps_the_whole_file_out(world: World, roster: str) -> None:
    refused = answered(
        world, "liuyang", f"import submit --book staff --file {roster} --leave-rest", language="en"
    )
    assert refused.status == 1
    assert "Row 3" in refused.err
    assert "Nothing was imported." in refused.err


@pytest.mark.parametrize("login", ["zhangwei", "helei", "guotao", "chenjing"])
def test_others_are_refused(world: World, login: str) -> None:
    file = sent(world, (HEADINGS + ROWS).encode(), login)
    for command in ("import", "import submit", "import problems"):
        assert answered(world, login, f"{command} --book staff --file {file}").status == 1
    assert answered(world, login, "import template --book staff").status == 1


def test_somebody_elses_file_is_not_there(world: World, roster: str) -> None:
    assert answered(world, "zengqing", f"import --book staff --file {roster}").status != 0


def test_a_template_has_the_books_own_columns_in_both_languages_and_comes_in(world: World) -> None:
    headings, *rest = read(SHEET, answered(world, "liuyang", "import template --book staff").out)
    assert rest == []
    assert {"姓名 / Name *", "部门 / Department *"} <= set(headings)
    filled = {
        "姓名": "童童",
        "部门": "研发一部",
        "职务": "工程师",
        "手机": "13811110001",
        "办公电话": "010-88886601",
    }
    filled["邮箱"] = "tongtong@huaxing.example"
    cells = [filled.get(heading.split(" /")[0], "") for heading in headings]
    file = sent(world, "\n".join(",".join(row) for row in (headings, cells)).encode())
    looked = answered(world, "liuyang", f"import --book staff --file {file} --json")
    assert [(one["name"], one["problem"]) for one in looked.data] == [("童童", "")]
