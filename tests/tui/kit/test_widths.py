"""The columns of a list share its width by what they hold: nothing is cut while there is room elsewhere."""

from __future__ import annotations

import pytest

from tests.tui.kit.stage import COLUMNS, People, Row, Stage, directory, person
from tui.kit import DataList, ListColumn
from tui.kit.list_columns import fitted_spans
from tui.kit.widths import ColumnNeed, Goals, apportion
from tui.sheets.cell import Tone

LONG = "Александра Константинопольская"


def needs(*columns: tuple[str, int, list[str]]) -> tuple[Goals, ...]:
    found = []
    for head, usual, texts in columns:
        need = ColumnNeed(len(head), usual)
        for text in texts:
            need.take_row(text)
        found.append(need.goals)
    return tuple(found)


NAMES = ("Name", 8, ["Daniel Ashworth"])
POSTS = ("Position", 0, ["Senior test engineer"])
MOBILES = ("Mobile", 13, ["138••••21"])
DAYS = ("Due", 9, ["11-27 (五)"])


@pytest.mark.parametrize(
    ("columns", "room", "widths"),
    [
        pytest.param((NAMES, POSTS), 60, (15, 45), id="a name has what it holds where there is room"),
        pytest.param((NAMES, POSTS, MOBILES), 38, (15, 14, 9), id="else the widest alone is cut"),
        pytest.param((NAMES, POSTS, MOBILES), 24, (8, 7, 9), id="half a number tells nothing"),
        pytest.param((("Name", 8, ["李伟"]), POSTS), 40, (8, 32), id="what is usual stays so"),
        pytest.param((("Name", 8, ["李伟"]), POSTS), 24, (4, 20), id="what is usual is given up first"),
        pytest.param((("Name", 8, []), ("Position", 0, [])), 24, (8, 16), id="with nothing in it"),
        pytest.param((("Issues", 0, ["3"]), POSTS), 26, (6, 20), id="a title is not cut either"),
        pytest.param((NAMES, POSTS), 8, (4, 4), id="a window without room for anything"),
        pytest.param((NAMES, POSTS), -3, (0, 0), id="a window without any room"),
        pytest.param((), 40, (), id="no columns"),
    ],
)
def test_columns_share_by_what_they_hold(
    columns: tuple[tuple[str, int, list[str]], ...], room: int, widths: tuple[int, ...]
) -> None:
    assert apportion(needs(*columns), room) == widths


def test_who_it_is_is_cut_last() -> None:
    name, post = ColumnNeed(4, 8), ColumnNeed(8, 0)
    name.take_row("Daniel Ashworth", strong=True)
    post.take_row("Senior test engineer")
    assert apportion((name.goals, post.goals), 24) == (15, 9)
    name.take_row("A" * 40, strong=True)
    assert apportion((name.goals, post.goals), 40) == (24, 16)


def test_until_when_is_kept_before_anything_else() -> None:
    due, name, post = ColumnNeed(8, 12, whole=True), ColumnNeed(4, 8), ColumnNeed(8, 0)
    due.take_row("2 days left")
    name.take_row("Daniel Ashworth", strong=True)
    post.take_row("Senior test engineer")
    assert apportion((due.goals, name.goals, post.goals), 24) == (11, 7, 6)


def listed(app: Stage) -> DataList[Row]:
    return directory(app).query_one(DataList)


def test_a_title_is_not_cut_for_what_is_wide() -> None:
    name, step = ColumnNeed(4, 8), ColumnNeed(5, 3)
    name.take_row("A" * 40, strong=True)
    step.take_row("2/2")
    assert apportion((name.goals, step.goals), 27) == (22, 5)


async def test_a_long_name_is_not_cut_while_there_is_room() -> None:
    people = [person(0), Row(1, LONG, "工程师", "研发一部", "8001", "138••••01")]
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        listed(app).show(lambda offset, limit: people[offset : offset + limit])
        await pilot.pause()
        assert LONG in listed(app).draw(1, 90, cursor=False).text
        narrow = listed(app).draw(1, 60, cursor=False).text
        assert LONG[:8] in narrow
        assert all(value in narrow for value in ("工程师", "8001", "138••••01"))


async def test_a_column_that_turns_out_to_hold_more_moves_all_rows_at_once() -> None:
    people = People(100)
    app = Stage(people=people)
    async with app.run_test() as pilot:

        def rows(offset: int, limit: int) -> list[Row]:
            return [
                Row(one.id, LONG if one.id == 90 else one.name, "", "", "", "")
                for one in people(offset, limit)
            ]

        listed(app).show(rows)
        before = dict(zip(COLUMNS, (width for _column, width in listed(app)._widths(90)), strict=True))
        await pilot.press("end")
        await pilot.pause()
        after = dict(zip(COLUMNS, (width for _column, width in listed(app)._widths(90)), strict=True))
        assert (before[COLUMNS[0]], after[COLUMNS[0]]) == (8, len(LONG))
        await pilot.press("home")
        assert listed(app)._widths(90)[0][1] == len(LONG)
        listed(app).show(rows)
        assert listed(app)._widths(90)[0][1] == 8


async def test_another_language_is_measured_by_its_own_words() -> None:
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        assert "职务" in listed(app).head(0, 90).text
        app.set_language("en")
        await pilot.pause()
        head = listed(app).head(0, 60).text
        assert all(title in head for title in ("Name", "Position", "Unit", "Ext.", "Mobile"))


async def test_a_column_that_nothing_is_in_is_left_out_where_its_title_would_be_cut() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        columns = [
            ListColumn[str]("Name", lambda row: row),
            ListColumn[str]("Comments", lambda row: "–", width=8, right=True),
            ListColumn[str]("Step", lambda row: "2/2", width=3),
        ]
        few = DataList[str](columns, key=lambda row: row)
        await app.screen.mount(few)
        few.show_all(["Daniel Ashworth of the assembly"])
        await pilot.pause()
        assert few.head(0, 60).text.split() == ["Name", "Comments", "Step", "1/1"]
        assert few.head(0, 36).text.split() == ["Name", "1/1", "Step"]
        assert few.draw(0, 36, cursor=False).text.endswith("asse…  2/2 ")


async def test_the_last_title_of_an_empty_list_is_whole() -> None:
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        columns = [
            ListColumn[str]("Name", lambda row: row),
            ListColumn[str]("Together", lambda row: row, width=8, right=True),
        ]
        empty = DataList[str](columns, key=lambda row: row)
        await app.screen.mount(empty)
        empty.show_all([])
        await pilot.pause()
        assert empty.head(0, 40).text.endswith("Together")


async def test_a_line_that_is_cut_has_one_ellipsis() -> None:
    """A wide character that finds no room leaves a cell, which the next word does not mark again."""
    app = Stage()
    async with app.run_test(size=(80, 24)):
        strip = listed(app).paint([("更正案件", ""), ("  ", ""), ("删除", "")], 6)
        assert strip.text == "更正… "


def test_what_gave_way_is_not_followed_by_a_second_ellipsis() -> None:
    spans: list[tuple[str, Tone]] = [
        ("Mobile ", ""),
        ("139••••21", "dim"),
        (" → ", ""),
        ("138••••10", "strong"),
    ]
    for width in (13, 14):
        assert "".join(text for text, _tone in fitted_spans(list(spans), width)).rstrip() == "Mobile 139•…"
