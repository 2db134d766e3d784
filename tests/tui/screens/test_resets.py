"""Resets at the keyboard: one's half of a code, and the key that stops it."""

from __future__ import annotations

import re

import pytest

from auth.signin import SignIn
from db.store.tables import Activation, HelpCall
from tests.auth.conftest import enrolled
from tests.auth.test_resets import ask, vouch
from tests.tui.conftest import SIZES, View
from tests.tui.screens.at_the_door import settled, text_of, type_in
from tests.tui.screens.stage import Stage
from tests.tui.screens.test_sign_in import door
from tests.world import World
from tui.kit.dialogs import AskText
from tui.screens.today.today import Today


class Morning(Stage):
    """Today alone."""

    SHOWN = ("today",)


async def half_of(world: World, login: str, view: View) -> str:
    """``login`` is shown the half, types its end wrongly, then rightly, and can't see it again."""
    app = Morning(world, login, view)
    async with app.run_test(size=view.size) as pilot:
        await pilot.pause()
        await pilot.press("r", "y")
        await settled(pilot)
        assert isinstance(app.screen, AskText)
        (half,) = re.findall(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{3}", text_of(app))
        end = half.replace("-", "")[-3:]
        await pilot.press(*("000" if end != "000" else "111"), "enter")
        await settled(pilot)
        assert isinstance(app.screen, AskText)
        await pilot.press("backspace", "backspace", "backspace", *end.lower(), "enter")
        await settled(pilot)
        assert isinstance(app.screen, Today)
        assert half not in text_of(app)
        assert not app.screen.can("half")
    return half


@pytest.mark.threat(32)
@pytest.mark.parametrize("view", SIZES)
async def test_each_of_the_two_is_shown_a_half_once_and_proves_to_have_noted_it(
    world: World, view: View
) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    halves = [await half_of(world, login, view) for login in ("guotao", "wangfang")]
    signed = SignIn("zhangwen", "203.0.113.7", "ssh").answer("".join(halves), "")
    assert signed is not None


@pytest.mark.threat(32)
@pytest.mark.parametrize("who", ["zhangwen", "helei"])
async def test_owner_and_supervisor_stop_it_with_one_key(world: World, who: str) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    app = Morning(world, who)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "按 x 停止" in text_of(app)
        await pilot.press("x", "y")
        await settled(pilot)
        assert isinstance(app.screen, Today)
        assert not app.screen.query_one("#reset").display
    assert Activation.get().stopped_at is not None


async def test_nobody_else_has_these_keys(world: World) -> None:
    enrolled(world, "zhangwen")
    vouch(world.desk("wangfang"), ask(world.desk("guotao"), "zhangwen"))
    app = Morning(world, "zhengwei")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Today)
        assert not app.screen.can("end")
        assert not app.screen.can("half")


@pytest.mark.threat(32)
async def test_at_the_screen_of_the_door_one_calls_for_help(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says the same for a login that nobody has."""
    monkeypatch.setattr("tui.screens.door.sign_in.HELP_TAKES", 0.0)
    said = []
    for login in ("zhangwen", "nobodyxx"):
        app = door()
        async with app.run_test(size=(80, 24)) as pilot:
            await type_in(pilot, login)
            await pilot.press("f4", "y")
            await settled(pilot)
            await pilot.pause()
        assert app.signed is None
        said.append(app.why)
    assert said[0] == said[1] != ""
    assert HelpCall.select().count() == 1
