"""The tree of units beside the directory: its keys, its heads, what one types in it."""

from __future__ import annotations

import pytest

from tests.tui.screens.directory_stage import LARGE, SMALL, Hall, drawn, hall, names
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList, UnitTree

__all__ = ["hall"]


def lines_of(tree: UnitTree) -> str:
    return "\n".join(tree.render_line(y).text for y in range(tree.size.height))


async def test_the_tree_says_its_own_keys_and_a_card_how_to_copy(hall: World) -> None:
    """In the place of the list letters are part of a name: what is left is to choose or to go back."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "2")
        assert [line for line in drawn(app).splitlines() if "Enter 选定" in line and "Esc 返回" in line]
        await press(pilot, "escape", "enter")
        assert "y 复制" in drawn(app).splitlines()[-1]


@pytest.mark.clause("A.6")
@pytest.mark.parametrize(
    ("login", "seen"), [("liuyang", {"李伟", "王芳"}), ("liwei", {"李伟", "王芳"}), ("zhangwei", {"王芳"})]
)
async def test_the_tree_is_an_org_chart_as_far_as_the_reader_s_sight_goes(
    hall: World, login: str, seen: set[str]
) -> None:
    """A head out of sight is left out, as a vacant office is."""
    app = Hall(hall, login)
    async with app.run_test(size=LARGE) as pilot:
        tree = app.screen.query_one(UnitTree)
        assert "[头]" not in lines_of(tree), "nobody is looked up before it is opened"
        await press(pilot, "u", "2")
        assert {name for name in ("李伟", "王芳") if f"{name} [头]" in lines_of(tree)} == seen


@pytest.mark.parametrize("typed", ["yfyb", "研发一", "yanfayi"])
async def test_letters_in_the_tree_narrow_it_and_do_nothing_to_who_is_behind_it(
    hall: World, typed: str
) -> None:
    """By initials, as written, or in full pinyin; Enter shows the people of the unit, Esc the tree again."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "2", *typed)
        tree = app.screen.query_one(UnitTree)
        assert app.focused is tree, "y copies nobody, n begins nothing"
        assert [tree.nearest_row(9), tree.current.label if tree.current else ""] == [0, "研发一部"]
        assert "研发中心" in drawn(app)
        await press(pilot, "escape")
        assert app.focused is tree
        assert tree.current is not None
        assert tree.current.label != "研发一部"
        assert tree.last() > 0
        await press(pilot, "x", "q")
        assert "这里没有这个名称" in drawn(app)
        await press(pilot, "escape")
        assert "这里没有这个名称" not in drawn(app)
        await press(pilot, *typed, "backspace", *typed[-1:], "enter")
        assert isinstance(app.focused, DataList)
        assert {row.unit_name for row in app.focused.in_sight} == {"研发一部"}


async def test_what_no_unit_in_sight_is_called_narrows_the_tree_to_nothing(hall: World) -> None:
    """An employee learns no unit's name that they may not see."""
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "u", "2", *"rlzyb", "enter")
        tree = app.screen.query_one(UnitTree)
        assert tree.current is None
        await press(pilot, "escape", "escape")
        assert isinstance(app.focused, DataList)
        assert app.focused.in_sight


async def test_the_tree_narrows_list_and_search(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SMALL) as pilot:
        tree = app.screen.query_one(UnitTree)
        await press(pilot, "u", "2", "down", "down")
        assert tree.current is not None
        assert tree.current.label.zh == "研发中心"  # type: ignore[union-attr]
        assert set(names(app)) == {"李伟", "王芳", "张伟", "张文", "郑微", "周围", "单宏"}
        await press(pilot, "slash", *"wei")
        assert set(names(app)) == {"李伟", "张伟", "郑微", "周围"}
