"""A list is a window on a query: it asks for what it shows, and repaints what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from wcwidth import wcswidth

from db.desk.notation.page import Page
from db.language import Text
from tests.tui.kit.stage import People, Row, Stage, directory, person
from tui.kit import DataList, ListColumn, ScreenCommand, Styled, cells
from tui.kit.notice import NoticeArea
from tui.kit.unittree import Node, UnitTree


def the_list(app: Stage) -> DataList[Row]:
    return directory(app).query_one(DataList)


async def test_only_a_screenful_is_asked_for() -> None:
    people = People(100_000)
    app = Stage(people=people)
    async with app.run_test() as pilot:
        await pilot.press("down", "down")
        assert sum(limit for _offset, limit in people.asked) <= 24
        assert len(the_list(app)._rows) <= 24


async def test_a_page_down_asks_for_the_next_page_only() -> None:
    people = People(100_000)
    app = Stage(people=people)
    async with app.run_test() as pilot:
        people.asked.clear()
        await pilot.press("pagedown", "pagedown")
        listed = the_list(app)
        assert sum(limit for _offset, limit in people.asked) <= 3 * listed.rows_shown
        assert listed.current is not None
        assert listed.current.id == listed.cursor == 2 * (listed.rows_shown - 1)


@pytest.mark.parametrize("count", [0, 1, 16, 17, 18, 600, 12_345])
async def test_end_finds_the_last_row_of_any_query(count: int) -> None:
    people = People(count)
    app = Stage(people=people)
    async with app.run_test() as pilot:
        await pilot.press("end")
        listed = the_list(app)
        assert listed.cursor == max(count - 1, 0)
        assert (listed.current.id if listed.current else -1) == count - 1
        assert sum(limit for _offset, limit in people.asked) < 200
        await pilot.press("home")
        assert listed.cursor == 0


@pytest.mark.parametrize("count", [0, 1, 17, 600, 12_345])
async def test_end_of_a_list_that_counts_from_its_end_asks_for_the_last_screenful_alone(count: int) -> None:
    people = People(count)
    asked: list[int] = []

    def fetch(offset: int, limit: int) -> Sequence[Row]:
        asked.append(offset)
        if offset >= 0:
            return people(offset, limit)
        return Page.of(people(max(count + offset, 0), limit), count)

    app = Stage(people=people)
    async with app.run_test() as pilot:
        listed = the_list(app)
        listed.show(fetch, from_end=True)
        asked.clear()
        await pilot.press("end")
        assert listed.cursor == max(count - 1, 0)
        assert (listed.current.id if listed.current else -1) == count - 1
        assert asked == ([-listed.rows_shown] if count >= listed.rows_shown else [])
        await pilot.press("home")
        assert listed.cursor == 0


async def test_what_an_empty_list_says_is_said_in_full() -> None:
    app = Stage(people=People(0))
    async with app.run_test() as pilot:
        listed = the_list(app)
        listed.empty = "Nobody you may see. " * 5 + "Ask."
        await pilot.resize_terminal(50, 24)
        lines = [listed.draw(row, 30, cursor=False).text.strip() for row in range(6)]
        assert " ".join(lines).strip() == listed.empty


async def test_enter_where_nothing_is_says_so_and_what_would_bring_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every key answers: Enter in an empty list said nothing."""
    app = Stage(people=People(0))
    async with app.run_test() as pilot:
        screen = directory(app)
        the_list(app).empty = "Nobody is here."
        await pilot.press("enter")
        assert said(app) == "Nobody is here."
        new = ScreenCommand("new", "n", "Begin", "Begin one.")
        monkeypatch.setattr(type(screen), "KEYS", (*type(screen).KEYS, new))
        for empty, told in (
            ("Nobody is here.", "Nobody is here.请按 n：Begin。"),
            ("Press n here.", "Press n here."),
        ):
            the_list(app).empty = empty
            await pilot.press("enter")
            assert said(app) == told
        the_list(app).empty = ""
        await pilot.press("enter")
        assert said(app).startswith("这里没有可打开的内容。")


def said(app: Stage) -> str:
    """What is said above the keys."""
    return app.screen.query_one(NoticeArea).render_line(0).text.strip().removeprefix("! ")


async def test_the_cursor_stops_at_both_ends() -> None:
    app = Stage(people=People(3))
    async with app.run_test() as pilot:
        await pilot.press("up")
        assert the_list(app).cursor == 0
        await pilot.press(*["down"] * 5)
        assert the_list(app).cursor == 2


async def test_space_marks_rows_and_reload_forgets_those_that_are_gone() -> None:
    people = People(10)
    app = Stage(people=people)
    async with app.run_test() as pilot:
        await pilot.press("end", "space", "home", "space")
        listed = the_list(app)
        assert set(listed.marked) == {0, 9}
        people.count = 5
        listed.reload()
        assert set(listed.marked) == {0}
        assert listed.cursor == 1


async def test_marks_out_of_sight_stay_when_the_list_is_asked_anew() -> None:
    app = Stage(people=People(380))
    async with app.run_test() as pilot:
        await pilot.press("space", "space", "end", "space")
        listed = the_list(app)
        listed.reload()
        assert set(listed.marked) == {0, 1, 379}


async def test_a_shorter_query_leaves_the_cursor_on_its_last_row() -> None:
    people = People(50)
    app = Stage(people=people)
    async with app.run_test() as pilot:
        await pilot.press("end")
        people.count = 7
        the_list(app).reload()
        await pilot.pause()
        assert the_list(app).cursor == 6


async def test_a_click_moves_the_cursor_and_a_second_opens() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.click(DataList, offset=(5, 3))
        assert the_list(app).cursor == 2
        assert directory(app).done == []
        await pilot.click(DataList, offset=(5, 3))
        assert directory(app).done == ["open"]


async def test_columns_stand_in_line_whatever_is_in_them() -> None:
    app = Stage()
    async with app.run_test():
        listed = the_list(app)
        starts = set()
        for row in range(listed.rows_shown):
            strip = listed.draw(row, 60, cursor=False)
            assert strip.cell_length == 60
            text = strip.text
            starts.add(wcswidth(text[: text.index("80")]))
        assert len(starts) == 1


async def test_a_narrow_list_leaves_out_what_it_may() -> None:
    app = Stage()
    async with app.run_test():
        titles = the_list(app).head(0, 45).text
        assert "手机" in titles
        assert "分机" not in titles


async def test_a_column_that_may_be_left_out_is_while_nothing_is_in_it() -> None:
    app = Stage()
    async with app.run_test():
        people = the_list(app)
        people.show_columns([replace(column, if_any=bool(column.from_width)) for column in people.columns])
        some = [replace(person(number), extension="–", mobile="–") for number in range(3)]
        for rows, shown in (([], True), (some, False), ([*some, person(3)], True)):
            people.show_all(rows)
            titles = people.head(0, 110).text
            assert ("分机" in titles) == shown
            assert "手机" in titles


async def test_the_tree_opens_closes_and_finds_its_way_up() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        tree = directory(app).query_one(UnitTree)
        tree.focus()
        await pilot.press("down", "down")
        assert [node.id for node in tree.path] == ["1", "2", "21"]
        await pilot.press("left", "left")
        assert tree.current is not None
        assert tree.current.id == "2"
        assert tree.last() == 3
        await pilot.press("right")
        assert tree.last() == 5
        await pilot.press("end")
        assert tree.current.id == "4"


async def test_the_tree_asked_again_stays_as_it_is_open_and_finds_its_node() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        tree = directory(app).query_one(UnitTree)
        tree.focus()
        await pilot.press("down", "down")
        inner, gone = tree._children, {""}

        def children(above: str | None) -> Sequence[Node]:
            return [Node(one.id, one.label, "7", one.leaf) for one in inner(above) if one.id not in gone]

        tree._children = children
        tree.reload()
        assert tree.current is not None
        assert (tree.current.id, tree.current.note) == ("21", "7")
        gone.add("21")
        last = tree.last()
        tree.reload()
        assert tree.last() == last - 1
        assert tree.current.id != "21"


@pytest.mark.parametrize(
    ("width", "shown"),
    [
        (14, "部门 研; 职务"),
        (13, "部门 研; 职务"),
        (12, "部门 研; 职…"),
        (11, "部门 研; …"),
        (9, "部门 研;…"),
        (8, "部门 研…"),
        (7, "部门 …"),
    ],
)
async def test_a_cell_of_several_parts_is_cut_at_one_ellipsis(width: int, shown: str) -> None:
    app = Stage()
    async with app.run_test():
        parts: list[Text | Styled] = ["部门", " ", Styled("研", "strong"), "; ", "职务"]
        spans = the_list(app)._cell(ListColumn[Row]("", lambda row: parts), person(0), width)
        assert "".join(text for text, _tone in spans).rstrip() == shown
        assert wcswidth("".join(text for text, _tone in spans)) == width


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (["手机 ", Styled("138 0000 2121", "dim"), " → ", "139 0000 2122"], "手机 138 … → 139 0000 2122"),
        (
            ["会计", "  ", Styled("010 5923 8070", "dim"), "  ", Styled("159 9323 3736", "dim")],
            "会计  010 5923 8070  159…",
        ),
    ],
)
async def test_what_is_dim_gives_way_to_what_comes_behind_it_alone(
    parts: list[Text | Styled], shown: str
) -> None:
    """Of several numbers at the end of a row one is cut, not each of them to a few digits."""
    app = Stage()
    async with app.run_test():
        spans = the_list(app)._cell(ListColumn[Row]("", lambda row: parts), person(0), cells(shown))
        assert "".join(text for text, _tone in spans) == shown


@pytest.mark.parametrize("width", [48, 60, 77, 120])
async def test_where_the_cursor_is_stands_above_every_list(width: int) -> None:
    """Of 380 rows, whatever the titles leave for it; before its end was seen, of how many at least."""
    app = Stage(people=People(380))
    async with app.run_test() as pilot:
        listed = the_list(app)
        assert f" 1/{len(listed.in_sight)}+" in listed.head(0, width).text
        await pilot.press("end")
        assert " 380/380" in listed.head(0, width).text
        titles = listed.head(0, width).text
        assert wcswidth(titles) == width
        assert [title for title in ("姓名", "职务", "部门") if title not in titles] == []


async def test_where_nothing_is_cut_for_it_the_cursors_number_stands_at_the_right_end() -> None:
    """Amid the titles it would be read as a number of that column."""
    app = Stage(people=People(47))
    async with app.run_test() as pilot:
        listed = the_list(app)
        listed._multi = False
        listed.show_columns(
            [
                ListColumn("姓名", lambda row: row.name, width=10),
                ListColumn("职务", lambda row: row.position, width=14),
                ListColumn("分机", lambda row: row.extension, width=7),
                ListColumn("手机", lambda row: row.mobile, width=9),
            ]
        )
        await pilot.press("end")
        assert listed.head(0, 43).text.endswith("手机  47/47")
        assert "高级工程师" in listed.draw(45, 43, cursor=False).text
        assert listed.head(0, 36).text.rstrip().endswith("手机")


async def test_how_many_are_selected_stands_above_the_list() -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("space", "space", "space")
        assert "已选 3  4/" in the_list(app).head(0, 60).text
        await pilot.press("up", "space")
        assert "已选 2  4/" in the_list(app).head(0, 60).text
        the_list(app).show_all([], narrowed=True)
        assert "已选 2" in the_list(app).head(0, 60).text, "a verb acts on them still"


@pytest.mark.parametrize("width", [48, 54, 60, 77])
async def test_titles_stand_above_their_columns_whatever_is_said_beside_them(width: int) -> None:
    app = Stage()
    async with app.run_test() as pilot:
        await pilot.press("space", "space", "space")
        listed = the_list(app)
        head, row = listed.head(0, width).text, listed.draw(0, width, cursor=False).text
        assert "已选 3" in head
        place = wcswidth(row[: row.index("研发")])
        assert "部门" not in head or wcswidth(head[: head.index("部门")]) == place


async def test_the_cursors_number_hides_no_title() -> None:
    app = Stage()
    async with app.run_test():
        listed = the_list(app)
        for width in range(24, 80):
            head = listed.head(0, width).text
            for column, share in listed._widths(width):
                title = listed.words(column.title)
                assert share < wcswidth(title) or title in head, (width, head)


async def test_after_ones_own_act_the_next_row_is_found_without_a_search_through_the_list() -> None:
    people = People(5000)
    app = Stage(people=people)
    async with app.run_test() as pilot:
        await pilot.press("down", "down")
        listed = the_list(app)
        taken, after = listed.current, listed._rows[listed.cursor + 1]
        listed.begin_act()
        people.asked.clear()

        def without(offset: int, limit: int) -> list[Row]:
            return [one for one in people(offset, limit + 1) if one != taken][:limit]

        listed.show(without, keep=True)
        listed.end_act()
        assert listed.current == after
        assert sum(limit for _offset, limit in people.asked) <= 3 * listed.rows_shown
