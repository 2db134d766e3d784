"""The sign-in as a screen: the same door, the same answers."""

from __future__ import annotations

import asyncio

import pytest

from db.language import say
from db.store.engine import Store
from db.store.tables import AuditRecord, SignInSession
from tests.conftest import Clock
from tests.tui.screens.at_the_door import PASSWORD, enrol, invite, present_code, text_of, type_in
from tests.world import World
from tui.kit import Look
from tui.screens.door.sign_in import SignInApp


def door() -> SignInApp:
    return SignInApp(language="zh_CN", look=Look(), organisation="华星集团", source="console")


async def test_login_password_and_code_let_in(installation: Store, world: World) -> None:
    enrol(world.accounts["zhangwen"])
    app = door()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_in(pilot, "zhangwen", PASSWORD, present_code())
    assert app.signed is not None
    assert app.signed.login == "zhangwen"
    assert app.return_value == 0
    assert SignInSession.get_by_id(app.signed.session).front == "console"


async def test_an_activation_code_does_with_the_code_left_empty(installation: Store, world: World) -> None:
    code = invite(world.accounts["zhangwen"])
    app = door()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_in(pilot, "zhangwen", code.lower(), "")
    assert app.signed is not None
    assert app.signed.strength == "enrolling"


@pytest.mark.threat(1)
async def test_three_tries_and_the_same_words_for_all(
    installation: Store, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the name exists can't be read off the screen."""
    enrol(world.accounts["zhangwen"])
    monkeypatch.setattr("auth.delays._seconds_to_wait", lambda _subject, _longest: 0.0)
    pictures = []
    for login in ("zhangwen", "nobodyxx"):
        app = door()
        async with app.run_test(size=(80, 24)) as pilot:
            await type_in(pilot, login, "not-my-password", "000000")
            pictures.append(text_of(app).replace(login, "········"))
            assert PASSWORD not in pictures[-1]
            await type_in(pilot, "not-my-password", "000000", "not-my-password", "000000")
        assert app.signed is None
        assert app.return_value == 1
    assert "未通过" in pictures[0]
    assert pictures[0] == pictures[1]
    assert AuditRecord.select().where(AuditRecord.outcome == "failed").count() == 6


@pytest.mark.threat(2)
async def test_the_answer_is_held_after_failures(
    installation: Store, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(world.accounts["zhangwen"])
    held = []
    turn = asyncio.sleep

    async def sleep(seconds: float) -> None:
        if seconds >= 1:
            held.append(seconds)
            clock.forward(seconds=seconds)
        await turn(0)

    app = door()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_in(pilot, "zhangwen", "not-my-password", "000000")
        monkeypatch.setattr("tui.screens.door.sign_in.asyncio.sleep", sleep)
        await type_in(pilot, "not-my-password", "000000")
    assert held[0] == 1


@pytest.mark.threat(1)
async def test_who_does_not_sign_in_in_time_makes_room(
    installation: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.door.sign_in.GRACE", 0.2)
    app = door()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.4)
    assert app.return_value == 1
    assert say(app.why, "en") == "The time to sign in is over."


@pytest.mark.threat(2)
async def test_a_delay_beyond_the_time_left_is_told_at_once(
    installation: Store, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody holds a place at the door for a minute only to wait; nothing was checked."""
    enrol(world.accounts["zhangwen"])
    monkeypatch.setattr("tui.screens.door.sign_in.SignIn.delay", lambda attempt: 58.0)
    app = door()
    async with app.run_test(size=(80, 24)) as pilot:
        await type_in(pilot, "zhangwen", PASSWORD, present_code())
    assert (app.signed, app.return_value) == (None, 1)
    assert say(app.why, "en") == "Too many failures. Please try again in 58 s."
