"""On a small window nothing crashes, and the list and the line of keys can be read."""

from __future__ import annotations

import pytest

from tests.tui.conftest import View
from tests.tui.screens.requests_stage import office
from tests.tui.screens.stage import Stage
from tests.tui.wide import show
from tests.world import World
from tui.kit import DataList
from tui.screens.modes import MODES

__all__ = ["office"]


class Everything(Stage):
    """All modes that there are for the reader."""

    SHOWN = tuple(mode.id for mode in MODES)


@pytest.mark.parametrize("plain", [False, True], ids=["drawn", "plain"])
@pytest.mark.parametrize("size", [(60, 15), (40, 10), (20, 6)], ids=str)
@pytest.mark.parametrize(
    ("login", "language"), [("zhangwei", "en"), ("wangfang", "zh_CN"), ("liuyang", "en")]
)
async def test_every_place_can_be_used_on_a_small_window(
    office: World, login: str, language: str, size: tuple[int, int], plain: bool
) -> None:
    app = Everything(office, login, View("en" if language == "en" else "zh_CN"))
    app.drawing = "plain" if plain else "drawn"
    async with app.run_test(size=size) as pilot:
        app.choose_drawing(app.drawing)
        for mode in app.modes:
            await pilot.press(*mode.digit.split())
            await pilot.pause()
            assert app.current_mode == mode.id
            _screen, lines = show(app, 1 + plain)
            assert all(len(line) <= size[0] for line in lines)
            if size == (20, 6):
                continue
            assert "?" in lines[-1], mode.id
            assert mode.digit in lines[1], "the place itself is always named"
            lists = [rows for rows in app.screen.query(DataList) if rows.has_focus]
            if mode.id != "today" and lists:
                assert lists[0].size.height - lists[0].HEAD >= 3, mode.id
            await pilot.press("question_mark", "escape", "end", "home")
        assert app.crash is None
