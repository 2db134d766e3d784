"""What every list and every screen owes to whoever works in it."""

from __future__ import annotations

import pytest

from db.language import Language, say
from tests.tui.screens.directory_stage import Hall, hall
from tests.tui.screens.requests_stage import Office, office
from tests.world import World
from tui.kit import DataList
from tui.kit.common_keys import MORE
from tui.kit.topline import ModeBar
from tui.screens.modes import MODES
from tui.screens.sheets.columns import screen_columns
from tui.sheets.registry import SHEETS

__all__ = ["hall", "office"]


@pytest.mark.parametrize(
    ("language", "width", "more"),
    [("zh_CN", 80, True), ("zh_CN", 120, False), ("en", 120, False), ("en", 80, True)],
)
async def test_whoever_has_every_place_reads_their_names_whole(
    hall: World, language: Language, width: int, *, more: bool
) -> None:
    app = Hall(hall, "liuyang")
    app.language = language
    async with app.run_test(size=(width, 24)) as pilot:
        every = {mode.digit: mode for mode in reversed(MODES)}
        app.modes = tuple(mode for mode in MODES if every[mode.digit] is mode)
        bar = app.screen.query_one(ModeBar)
        bar.refresh(layout=True)
        await pilot.pause()
        assert bar.size.height == 1
        shown = bar.render_line(0).text
        lacking = [mode.id for mode in app.modes if mode.in_bar and say(mode.label, language) not in shown]
        assert bool(lacking) == more
        assert MORE.key in shown.split()


async def test_the_queue_says_of_how_many(office: World) -> None:
    app = Office(office, "liuyang")
    async with app.run_test(size=(80, 8)):
        rows = app.screen.query_one(DataList)
        total = office.desk("liuyang").waiting.count().all
        assert total > rows.rows_shown
        assert f" 1/{total}" in rows.head(0, 80).text


async def test_the_directory_says_of_how_many(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=(80, 12)) as pilot:
        rows = app.screen.query_one(DataList)
        for keys in ((), ("u", "2", "down", "down", "enter")):
            await pilot.press(*keys)
            said = rows.head(0, rows.size.width).text
            await pilot.press("end")
            assert f"/{rows.cursor + 1} " in f"{said} ", keys
            assert rows.cursor + 1 > rows.rows_shown or keys


def test_no_list_cuts_until_when() -> None:
    """A number set to the right is no day: it counts what is due."""
    days = {
        f"{sheet.id} {column.id}": column.whole
        for sheet in SHEETS
        for column in screen_columns(sheet)
        if (column.id == "due" and not column.right) or (column.id == "left" and column.drawn is not None)
    }
    assert "case left" in days
    assert all(days.values()), [name for name, whole in days.items() if not whole]
