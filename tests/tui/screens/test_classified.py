"""How a book is classified stands on every screen that shows its data (G.7.1)."""

from __future__ import annotations

import pytest

from db.language import Language
from db.store.engine import Store
from tests.conftest import Clock
from tests.tui.conftest import View
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.stage import Stage
from tests.wider_world import build_wider_world
from tests.world import World
from tui.kit import Look
from tui.screens.modes import MODES

SIZE = (80, 24)


class Everything(Stage):
    """All modes that there are for the reader."""

    SHOWN = tuple(mode.id for mode in MODES)


@pytest.fixture
def wecom(store: Store, clock: Clock) -> World:
    return build_wider_world("wecom")


@pytest.mark.clause("G.7.1")
@pytest.mark.parametrize(("language", "words"), [("zh_CN", "机密"), ("en", "Confidential")])
async def test_every_screen_says_how_what_it_shows_is_classified(
    wecom: World, language: Language, words: str
) -> None:
    """With who reads it beside it on 80 columns."""
    app = Everything(wecom, "huanghr", View(language, Look()))
    async with app.run_test(size=SIZE) as pilot:
        assert len(app.modes) >= 5
        for mode in app.modes:
            app.switch_mode(mode.id)
            await pilot.pause()
            top = text_of(app).splitlines()[0]
            assert words in top, mode.id
            assert "黄蓉" in top, mode.id


@pytest.mark.clause("G.7.1", "I.4.4.1")
async def test_of_several_books_that_of_the_named_one_counts_and_else_the_strictest(wecom: World) -> None:
    build_wider_world("controlled", beside=wecom)
    wecom.grant("huanghr", "assistant", "controlled")
    app = Everything(wecom, "huanghr", View("zh_CN", Look()), first="editions")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert " 版本  受控通讯录  受控文件，严禁转发  " in text_of(app).splitlines()[0]
        app.switch_mode("today")
        await pilot.pause()
        assert " 今日  机密  " in text_of(app).splitlines()[0]
