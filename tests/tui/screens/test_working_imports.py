"""A file to import is read beside the session, which goes on meanwhile and may stop it."""

from __future__ import annotations

import asyncio

import pytest
from textual.pilot import Pilot

from db.language import _
from tests.tui.menus import press_for
from tests.tui.screens.test_importing import Hall, hall, opened
from tests.tui.screens.working_stage import SIZE, Slow, slow, told, until
from tests.world import World
from tui.screens.directory import importing as import_screen
from tui.screens.directory.importing import ImportScreen
from tui.sheets.importing import view_at

__all__ = ["hall", "slow"]


async def test_a_file_whose_reading_was_stopped_is_not_called_empty(
    hall: World, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.made = view_at
    monkeypatch.setattr(import_screen, "view_at", slow)
    app = Hall(hall, "liuyang", first="queue")
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(opened(hall, app))
        await until(pilot, lambda: "Ctrl+G 停止" in told(pilot))
        assert "没有人员" not in told(pilot)
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "没有读完" in told(pilot))
        assert "没有人员" not in told(pilot)


async def begin_reading(pilot: Pilot[int], slow: Slow, monkeypatch: pytest.MonkeyPatch) -> ImportScreen:
    """Take the roster of the tray over the directory, and wait until it is being read."""
    slow.made = view_at
    monkeypatch.setattr(import_screen, "view_at", slow)
    await pilot.pause()
    await press_for(pilot, "n", "import")
    await pilot.press("enter")
    await until(pilot, lambda: "Ctrl+G 停止" in told(pilot))
    screen = pilot.app.screen
    assert isinstance(screen, ImportScreen)
    return screen


async def test_a_file_waits_for_what_is_under_way_and_is_then_read(hall: World, slow: Slow) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        slow.made = bool
        await pilot.pause()
        drawn = asyncio.create_task(app.work(app.screen, _("A report"), slow))
        await until(pilot, lambda: "Ctrl+G 停止" in told(pilot))
        await press_for(pilot, "n", "import")
        await pilot.press("enter")
        await until(pilot, lambda: "完成后自动读取 花名册.csv" in told(pilot))
        slow.let()
        await until(pilot, lambda: "童童" in told(pilot))
        drawn.cancel()


@pytest.mark.parametrize(("digit", "place"), [("2", "directory"), ("3", "queue")])
async def test_a_file_is_read_on_while_one_is_elsewhere_and_g_leads_to_its_rows(
    hall: World, slow: Slow, monkeypatch: pytest.MonkeyPatch, digit: str, place: str
) -> None:
    """Elsewhere is the place too that it was begun from, which its screen lay over."""
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin_reading(pilot, slow, monkeypatch)
        await pilot.press(digit)
        assert app.current_mode == place
        assert app.screen is app.screen_stack[0]
        await until(pilot, lambda: "50%" in told(pilot))
        slow.let()
        await until(pilot, lambda: "g 前往" in told(pilot))
        await pilot.press("g")
        assert "完成  读取 花名册.csv" in told(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: "童童" in told(pilot))
        assert app.screen is screen
        await pilot.press("escape")
        await until(pilot, lambda: not screen.is_attached)


async def test_beginning_the_import_again_leads_to_the_reading_that_goes_on(
    hall: World, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin_reading(pilot, slow, monkeypatch)
        await pilot.press("2")
        await press_for(pilot, "n", "import")
        await until(pilot, lambda: app.screen is screen)
        slow.let()
        await until(pilot, lambda: "童童" in told(pilot))
        assert "正在进行" not in told(pilot)


async def test_a_reading_that_is_stopped_from_elsewhere_says_so_and_leaves_nothing(
    hall: World, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin_reading(pilot, slow, monkeypatch)
        await pilot.press("2", "ctrl+g")
        await until(pilot, lambda: "已停止" in told(pilot))
        await until(pilot, lambda: not screen.is_attached)
        assert not slow.is_running
