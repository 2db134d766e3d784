"""Texts from people never act: not as markup, not as terminal sequences, not when clicked."""

from __future__ import annotations

import pytest
from textual._compositor import LayoutUpdate
from textual.widget import Widget

from tests.tui.kit.hostile import HOSTILE
from tests.tui.kit.stage import Correction, Directory, Stage
from tui.kit import KitApp
from tui.kit.choosing import Choose
from tui.kit.dialogs import AskText
from tui.kit.refusal import Refusal

WIDE = (80, 24)


def unlinked(app: KitApp) -> bool:
    """No cell of the screen carries an action or a link."""
    update = app.screen._compositor.render_update(full=True)
    assert isinstance(update, LayoutUpdate)
    for strips in update.strips:
        for strip in strips:
            for segment in strip:
                style = segment.style
                if style is not None and (style.link or "@click" in style.meta):
                    return False
    return True


@pytest.mark.threat(11)
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_text_in_every_widget_is_only_text(text: str) -> None:
    app = Stage(text=text or None)
    async with app.run_test(size=WIDE) as pilot:
        assert unlinked(app)
        for screen, keys in ((Directory, ()), (Correction, ("e", "ctrl+s"))):
            await pilot.press(*keys)
            assert isinstance(app.screen, screen)
            assert unlinked(app)
        await pilot.press("escape", "r")
        assert isinstance(app.screen, Choose)
        assert unlinked(app)
        await pilot.press("escape", "w")
        assert isinstance(app.screen, AskText)
        assert unlinked(app)
        await pilot.press("escape", "c")
        assert isinstance(app.screen, Refusal)
        assert unlinked(app)
        app.tell(text, "warn")
        await pilot.press("escape")
        assert app.is_running


@pytest.mark.threat(11)
async def test_clicking_a_hostile_text_everywhere_does_nothing_of_its_own() -> None:
    app = Stage(text="[@click=app.quit()]张[/][@click=screen.command('leave')]伟[/]")
    async with app.run_test(size=WIDE) as pilot:
        for keys in ((), ("escape", "e")):
            await pilot.press(*keys)
            home = app.screen
            for y in range(WIDE[1] - 1):
                for x in (5, 31):
                    await pilot.click(offset=(x, y))
                    while app.screen is not home and len(app.screen_stack) > 1:
                        await pilot.press("escape")
        assert app.is_running
        assert app.crash is None
        assert app.return_value is None


@pytest.mark.threat(12)
async def test_what_is_told_goes_through_the_same_door() -> None:
    app = Stage()
    async with app.run_test(size=WIDE):
        for text in HOSTILE:
            app.notify(text)
            app.tell(text, "bad")
        assert not list(app._notifications)
        assert unlinked(app)


@pytest.mark.threat(15)
async def test_copying_sends_nothing_to_the_terminal_and_claims_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = Stage()
    async with app.run_test(size=WIDE) as pilot:
        sent: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", sent.append)
        await pilot.press("slash", "s", "e", "c", "r", "e", "t", "shift+home", "ctrl+c", "end", "ctrl+v")
        assert sent == []
        field = app.focused
        assert isinstance(field, Widget)
        assert getattr(field, "value", "") == "secretsecret"
