"""Any declared list narrowed, sorted and taken out as a file, by commands and from the screen."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
import python_calamine

from db.desk.accounts.pickups import PickupView
from db.desk.extracts import report_rights
from db.desk.extracts.report_rights import LISTS
from db.desk.hooks import hooks
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.language import Label, say
from db.store.tables import AuditRecord
from tests.audited import detail_of
from tests.tui.plain.running import Answer, answered
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.reviews_stage import Room, reviews
from tests.tui.screens.stage import press
from tests.tui.screens.test_sheets import over
from tests.world import World
from tui.kit import DataList
from tui.screens.pickup import PickupDialog, told_of
from tui.sheets.out import to_type
from tui.sheets.registry import SHEETS

__all__ = ["reviews"]
SIZE = (200, 36)


def people(world: World, words: str = "", login: str = "yuhr") -> Answer:
    return answered(world, login, f"training people {words}")


def listed(world: World, words: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = people(world, f"{words} --json").data
    return found


def table(answer: Answer) -> list[list[str]]:
    """The rows of a CSV up to its footer, its heading first."""
    rows = list(csv.reader(io.StringIO(answer.text)))
    return rows[: rows.index([])]


def test_a_command_narrows_by_words_and_values_and_sorts(reviews: World) -> None:
    every = listed(reviews)
    assert [row["name"] for row in listed(reviews, "--sort name")] == sorted(
        (row["name"] for row in every), key=lambda name: name.encode("gb18030")
    )
    assert listed(reviews, "--sort -name") == listed(reviews, "--sort name")[::-1]
    unit = every[1]["unit"]
    assert listed(reviews, f"--only unit={unit}") == [row for row in every if row["unit"] == unit] != every
    both = listed(reviews, f"--only unit={unit},stands=从未培训")
    assert both == [row for row in every if (row["unit"], row["stands"]) == (unit, "never")] != []
    assert listed(reviews, f"--search {every[2]['name']}") == [every[2]]
    two = [row["entry"] for row in every[1:3]]
    assert [row["entry"] for row in listed(reviews, f"{two[0]} {two[1]}")] == two


@pytest.mark.parametrize(
    ("words", "known"),
    [("--only colour=red", "unit"), ("--only unit=无", "总部"), ("--sort colour", "stands")],
)
def test_what_names_no_column_or_value_is_told_what_there_is(reviews: World, words: str, known: str) -> None:
    said = people(reviews, words)
    assert (said.status, said.out) == (2, b"")
    assert known in said.err


def test_a_line_that_was_cut_is_not_said_to_be_a_file_that_was_refused() -> None:
    cut = Label("上一次未收到文件，请重新发送。", "The last try brought no file. Send it again.")
    made = PickupView("7f3a", "", True, "127.0.0.1", "2026-12-01T01:00:00Z", None, True, cut)
    assert told_of(made) == (cut, "warn")
    over, _tone = told_of(replace(made, is_open=False))
    assert say(over, "zh_CN") == f"取件码已失效。\n{cut.zh}"


def test_a_number_that_is_not_in_the_list_is_told(reviews: World) -> None:
    said = people(reviews, f"{listed(reviews)[0]['entry']} 9999")
    assert said.status == 1
    assert "9999" in said.err


@pytest.mark.clause("A.12", "C.9.1")
def test_a_list_leaves_marked_and_on_record_with_its_digest(reviews: World) -> None:
    said = people(reviews, "--search 人力 --sort name --format csv")
    heading, *rows = table(said)
    assert heading[:3] == ["编号", "姓名", "部门"]
    assert rows
    assert {row[2] for row in rows} == {"人力资源部"}
    taken = AuditRecord.select().where(AuditRecord.act == "overview.export").get()
    detail = json.loads(detail_of(taken))
    assert (detail["report"], detail["rows"]) == ("list training people", len(rows))
    assert detail["sha256"] == hashlib.sha256(said.out).hexdigest()
    assert detail["parameters"]["Search"] == "人力"
    assert detail["mark"] in said.text, "the copy names its reader"
    assert detail["mark"] in said.err
    assert "F.5.1" in said.text


def test_it_leaves_as_a_workbook_and_as_markdown_too(reviews: World) -> None:
    book = python_calamine.load_workbook(io.BytesIO(people(reviews, "--format xlsx").out))
    cells = [cell for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert {row["name"] for row in listed(reviews)} <= {*cells}
    assert "| 编号 | 姓名 |" in people(reviews, "--format md").text


@pytest.mark.threat(23)
@pytest.mark.clause("H.6.3")
def test_who_sees_a_list_without_the_right_to_its_book_takes_none_out(reviews: World) -> None:
    desk = reviews.desk("xinan")
    (inspection,) = {row.id for row in Reviews(desk).campaigns() if row.of == "points" and row.runs}
    Inspections(desk).find(inspection, "柜门未锁", reviews.accounts["shibu"], "2026-12-07")
    assert answered(reviews, "shibu", "findings --json").data
    said = answered(reviews, "shibu", "findings --format csv")
    assert (said.status, said.out) == (1, b"")
    assert "H.6.3" in said.err
    assert AuditRecord.select().where(AuditRecord.act == "overview.export").count() == 0


def test_lists_without_a_book_never_leave(reviews: World) -> None:
    assert answered(reviews, "yuhr", "notices --format csv").status == 2


def test_every_list_with_a_book_names_its_report() -> None:
    leaving = {sheet.id for sheet in SHEETS if sheet.book is not None}
    told = f"a list with book= names its report in LISTS of {report_rights.__file__}, or among its hooks"
    assert leaving == {*LISTS, *hooks().lists}, told


@pytest.mark.parametrize("narrowing", [(), ("f", "2", "1")])
async def test_the_screen_takes_out_what_is_shown(reviews: World, narrowing: tuple[str, ...]) -> None:
    app: Room = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "slash", *"人力", "escape", "s", "1", *narrowing, "o", "2", "2")
        shown = [row.name for row in app.screen_stack[-2].query_one(DataList).in_sight]
    said = answered(reviews, "yuhr", "get")
    assert [row[1] for row in table(said)[1:]] == shown


async def test_the_screen_takes_out_what_is_marked(reviews: World) -> None:
    app: Room = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "home", "space", "down", "space", "o", "2", "2")
        marked = [row.name for row in app.screen_stack[-2].query_one(DataList).marked.values()]
    assert {row[1] for row in table(answered(reviews, "yuhr", "get"))[1:]} == {*marked}


async def test_that_the_command_was_copied_is_said_until_it_is_another(reviews: World) -> None:
    app: Room = over(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "o", "2", "2", "y")
        box = app.screen
        assert isinstance(box, PickupDialog)
        box._show_code()
        assert "剪贴板" in text_of(app), "also at the next second of the code's time"
        await press(pilot, "tab")
        assert "剪贴板" not in text_of(app)


@pytest.mark.parametrize("word", ["plain", "two words", 'a "b" $(c) `d` \\e', "it's", "有效至 2027"])
def test_a_word_comes_through_both_shells_as_it_is(word: str) -> None:
    line = to_type("ssh host", ["training", "--search", word], "out.csv")
    ours = shlex.split(line)
    assert ours[-2:] == [">", "out.csv"]
    assert shlex.split(" ".join(ours[2:-2])) == ["training", "--search", word]
