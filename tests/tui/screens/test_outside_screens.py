"""WeCom on the screen, key by key (G.4)."""

from __future__ import annotations

import re

import pytest

from db.desk.outside import outside as subject
from db.language import Language
from db.store.tables import Entry, OutsideChange, OutsideSurvey
from tests.db.desk.test_policies import TWO_STEPS, revision
from tests.rules import issue
from tests.tui.conftest import View
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.outside_stage import BOOK, Outside, outside
from tests.tui.screens.stage import counted, press
from tests.world import World
from tui.kit import DataList
from tui.screens.outside.drift import WeComDrift
from tui.screens.tasks.tasks import TasksScreen

__all__ = ["outside"]
SIZE = (80, 24)


def waiting() -> set[int]:
    """Entries of which WeCom is to be told."""
    rows = OutsideChange.select().where(OutsideChange.state == "waiting")
    return {row.entry_id for row in rows}


@pytest.mark.clause("G.4.1", "G.4.3")
async def test_human_resources_sees_the_differences_and_has_them_set_right(outside: World) -> None:
    before = waiting()
    app = Outside(outside, "huanghr", over=lambda _app: TasksScreen())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v")
        assert isinstance(app.screen, WeComDrift)
        await press(pilot, "down", "e")
        assert "更正：毛晓" in text_of(app)
        await press(pilot, "2")
        assert waiting() == before | {outside.entry("maoxiao", BOOK)}
        await press(pilot, "e", "1")
        assert re.search("不一致 3 人：.*毛晓", text_of(app))
        await press(pilot, "y")
        assert len(waiting()) == 3
        row = app.screen.query_one(DataList).current
        assert row is not None
        await press(pilot, "n")
        assert OutsideSurvey.get().asked_at is not None
        await press(pilot, "escape")
        assert isinstance(app.screen, TasksScreen)
    assert OutsideChange.select().where(OutsideChange.state == "dead").count() == 0


@pytest.mark.clause("G.5.2")
async def test_nobody_else_is_offered_it(outside: World) -> None:
    app = Outside(outside, "shuqi", over=lambda _app: TasksScreen())
    async with app.run_test(size=SIZE) as pilot:
        await press(pilot, "v")
        assert isinstance(app.screen, TasksScreen)


@pytest.mark.clause("G.4.1", "G.4.3")
@pytest.mark.parametrize(
    ("language", "words"), [("zh_CN", "尚缺：外部系统同步"), ("en", "lacks external sync")]
)
async def test_what_a_task_lacks_stands_whole_in_80_columns(
    outside: World, language: Language, words: str
) -> None:
    view = View(language)
    for over in (None, lambda _app: TasksScreen()):
        app = Outside(outside, "huanghr", view, over)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            assert words in text_of(app), text_of(app)


async def test_an_account_of_nobody_says_what_to_do_about_it(outside: World) -> None:
    """It can't be set right from here."""
    app = Outside(outside, "huanghr", over=lambda _app: WeComDrift(BOOK))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        rows = app.screen.query_one(DataList)
        found = subject.Outside(app.desk).drift(BOOK).rows
        rows.go(next(number for number, row in enumerate(found) if row.entry is None))
        await press(pilot, "enter")
        assert "请在企业微信中删除" in text_of(app)


async def test_one_key_takes_out_either_file_of_the_differences(outside: World) -> None:
    """What WeCom imports, of everybody; and the list as shown, in one of the formats."""
    app = Outside(outside, "huanghr", over=lambda _app: WeComDrift(BOOK))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "o", "1")
        assert "get > members.xlsx" in text_of(app)
        await press(pilot, "escape", "o", "2")
        assert "get > wecom-drift.xlsx" in text_of(app)
        await press(pilot, "escape", "o", "escape")
        assert isinstance(app.screen, WeComDrift)


async def test_a_name_of_some_length_stands_whole(outside: World) -> None:
    """There is room for it at 80 columns."""
    Entry.update(name="Daniel Smith").where(Entry.id == outside.entry("maoxiao", BOOK)).execute()
    app = Outside(outside, "huanghr", over=lambda _app: WeComDrift(BOOK))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "Daniel Smith" in text_of(app)


@pytest.mark.clause("G.9")
async def test_a_revision_is_acknowledged_by_one_key_which_says_so(outside: World) -> None:
    issue(outside, "huanghr", revision("wecom", "2", "2026-12-01", TWO_STEPS))
    app = Outside(outside, "shuqi")
    async with app.run_test(size=SIZE) as pilot:
        await counted(pilot)
        for _row in range(9):
            if any(line.startswith("▸") and "版本 2" in line for line in text_of(app).splitlines()):
                break
            await press(pilot, "down")
        await press(pilot, "a")
        assert "已确认，并已记录在案。" in text_of(app)
    assert outside.desk("shuqi").notices.unread() == ()
