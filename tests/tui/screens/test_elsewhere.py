"""Somebody who stands elsewhere than where one looks: said, and one key away; of who is hidden, nothing."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from db.language import say
from db.store.tables import AuditRecord
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.directory_stage import Hall, hall
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList, UnitTree
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.list import EMPTY
from tui.screens.directory.why import Explanation

__all__ = ["hall"]
SIZE = (120, 36)


def listing(app: Hall) -> DataList[Any]:
    return app.screen.query_one(DataList)


def browsed(app: Hall) -> DirectoryScreen:
    screen = app.screen
    assert isinstance(screen, DirectoryScreen)
    return screen


def names(app: Hall) -> list[str]:
    return [row.name for row in listing(app).in_sight]


async def choose_unit(pilot: Pilot[Any], name: str) -> None:
    """Put the cursor of the tree on the unit called ``name``."""
    tree = pilot.app.screen.query_one(UnitTree)
    await press(pilot, "u", "2")
    while tree.current is None or say(tree.current.label, "zh_CN") != name:
        await press(pilot, "down")


async def test_who_stands_in_another_unit_is_said_and_shown_with_enter(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await choose_unit(pilot, "信息安全部")
        await press(pilot, "/", *"赵敏")
        assert names(app) == []
        assert "赵敏（销售中心）" in text_of(app).replace("\n", "")
        assert "您无权" not in text_of(app)
        await press(pilot, "enter")
        assert names(app) == ["赵敏"]
        assert app.screen.query_one(UnitTree).cursor == 0
        assert isinstance(app.screen, DirectoryScreen)
        await press(pilot, "enter")
        assert "赵敏" in text_of(app)


async def test_who_fits_outside_the_unit_stands_below_those_in_it(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await choose_unit(pilot, "研发一部")
        await press(pilot, "/", *"z")
        found = names(app)
        here = found[: found.index("")]
        assert {"张伟", "张文", "郑微"} == set(here)
        assert {"曾晴", "赵敏", "周围"} <= set(found[found.index("") :])
        assert f"其他部门 {len(found) - len(here) - 1} 人" in text_of(app)
        await press(pilot, *["down"] * len(here), "f6")
        assert isinstance(app.screen, DirectoryScreen), "a heading is nobody"


@pytest.mark.threat(23)
async def test_outside_the_unit_nobody_out_of_reach_is_shown_or_counted(hall: World) -> None:
    app = Hall(hall, "zhangwei")
    async with app.run_test(size=SIZE) as pilot:
        await choose_unit(pilot, "研发一部")
        await press(pilot, "/", *"z")
        assert "" not in names(app)


async def test_enter_in_the_empty_list_looks_there_too(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await choose_unit(pilot, "信息安全部")
        await press(pilot, "/", *"赵敏", "escape", "enter")
        assert names(app) == ["赵敏"]


async def test_why_says_it_before_how_far_one_sees(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await choose_unit(pilot, "信息安全部")
        await press(pilot, "/", *"赵敏", "escape", "w")
        assert isinstance(app.screen, Explanation)
        assert "赵敏（销售中心）" in text_of(app)
        assert "A.4" in text_of(app) or "依 A" in text_of(app)


async def test_an_outside_contact_is_found_from_among_colleagues(hall: World) -> None:
    app = Hall(hall, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "/", *"谢军")
        assert "谢军（东方贸易）" in text_of(app)
        await press(pilot, "enter")
        assert names(app) == ["谢军"]
        assert browsed(app)._side == "external"


async def test_somebody_in_another_directory_is_found_from_this_one(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "/", *"马军")
        assert "集团公司通讯录" in text_of(app)
        await press(pilot, "enter")
        assert names(app) == ["马军"]
        book = browsed(app)._book
        assert book is not None
        assert book.id == "group"
        looked = AuditRecord.select().where(AuditRecord.act == "directory.settled")
        assert {record.book for record in looked} == {"staff", "group"}


async def test_what_a_list_is_narrowed_to_hides_nobody_unsaid(hall: World) -> None:
    app = Hall(hall, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        browsed(app)._facets = tuple(
            value
            for facet in app.desk.directory.facets("group")
            if facet.by == "position"
            for value in facet.values
            if value.facet == "position=会计"
        )
        await press(pilot, "/", *"宋佳")
        assert "宋佳（财务中心）" in text_of(app)
        await press(pilot, "enter")
        assert names(app) == ["宋佳"]
        assert browsed(app)._facets == ()


@pytest.mark.threat(23)
@pytest.mark.clause("C.10.1")
async def test_somebody_hidden_is_nowhere(hall: World) -> None:
    """The reader chooses the own unit and types the whole name of somebody out of reach, and of nobody."""
    said = []
    for name in ("赵敏", "赵民"):
        app = Hall(hall, "zhangwei")
        async with app.run_test(size=SIZE) as pilot:
            await choose_unit(pilot, "研发一部")
            await press(pilot, "/", *name)
            assert listing(app).empty == EMPTY
            await press(pilot, "enter", "enter")
            assert names(app) == []
            said.append(text_of(app).replace(name, "…"))
    assert said[0] == said[1]


async def test_that_a_colleague_has_no_photo_is_no_denial(hall: World) -> None:
    app = Hall(hall, "luoyan")
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "/", *"宋佳", "escape", "v", "1")
        assert isinstance(app.screen, DirectoryScreen)
        assert "没有 宋佳 的照片" in text_of(app)
