"""How the way in looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from auth import sessions
from auth.password_age import PasswordAge
from auth.provision import enrol_from_host, invite_from_host
from auth.recovery import store_codes
from auth.signin import SignIn
from db.desk import Actor, Desk, open_desk
from db.desk.lifecycle.last_day import end_due
from db.desk.me import UndertakingDue
from db.language import Label
from db.store.clock import stamp
from db.store.engine import Store
from db.store.tables import Account, Person, ScriptToken, SignInSession
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import leave, take_out
from tests.tui.conftest import Snap, View
from tests.tui.screens.at_the_door import PASSWORD, SECRET, app_of, present_code, text_of, type_in
from tests.tui.screens.test_too_many import app_of as of_session
from tests.wider_world import build_wider_world
from tests.world import World
from tui.app import MingceApp
from tui.kit import FramedScreen, KitApp, Memory, Mode, Reader
from tui.screens.door import password
from tui.screens.door.account import MyAccount
from tui.screens.door.hand_back import HandBackScreen
from tui.screens.door.password import ChangePassword
from tui.screens.door.recovery_codes import RecoveryCodes
from tui.screens.door.sign_in import SignInApp
from tui.screens.door.undertaking import UndertakingScreen

DUE = UndertakingDue(
    "enterprise",
    "1",
    Label("企业通讯录管理制度", "Enterprise directory"),
    Label(
        "我只为工作查阅通讯录，对看到的信息保密，不外传、不转发、不私自改动。",
        "I look up this directory for work only and keep what I see confidential.",
    ),
    "A.17",
)


@pytest.fixture
def first_sign_in(installation: Store, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes the application of somebody invited, with the same secrets every time."""
    numbers = iter(range(1, 100))
    monkeypatch.setattr("auth.totp.new_secret", lambda: SECRET)
    account, code = invite_from_host("zhangwei", Person.create(name="张伟").id)
    monkeypatch.setattr("auth.enrolment.new_code", lambda: f"{next(numbers):05}-7SJA1-2AQFV-K4PDH-9VXWK1")
    assert account

    def make(view: View) -> MingceApp:
        return app_of("zhangwei", code, "", view)

    return make


def at_a_gate(view: View, screen: Callable[[], FramedScreen]) -> KitApp:
    """One screen over a desk that has an undertaking waiting."""
    actor = Actor(1, "zhangwei", 1, "192.0.2.7", "ssh", "full", view.language)
    desk = SimpleNamespace(actor=actor, me=SimpleNamespace(undertakings=lambda: (DUE,)))

    class Stage(KitApp):
        def on_mount(self) -> None:
            self.push_screen(screen())

    return Stage(
        language=view.language,
        look=view.look,
        desk=cast(Desk, desk),
        reader=Reader("张伟", "研发一部"),
        memory=Memory(),
    )


def test_password(first_sign_in: Any, snap_matrix: Snap) -> None:
    """The first of five steps, and what was wrong with the password under its field."""

    async def short(pilot: Pilot[Any]) -> None:
        await type_in(pilot, "short", "short")

    snap_matrix(first_sign_in, run_before=short)


def test_picture(first_sign_in: Any, snap_matrix: Snap) -> None:
    """The whole QR code, black on white, and beside it the key in fours."""

    async def chosen(pilot: Pilot[Any]) -> None:
        await type_in(pilot, PASSWORD, PASSWORD)

    snap_matrix(first_sign_in, run_before=chosen)


def test_code(first_sign_in: Any, snap_matrix: Snap) -> None:
    """The code is typed with the picture still there; a wrong one is explained."""

    async def wrong(pilot: Pilot[Any]) -> None:
        await type_in(pilot, PASSWORD, PASSWORD, "", "12345")

    snap_matrix(first_sign_in, run_before=wrong)


def test_recovery_codes(first_sign_in: Any, snap_matrix: Snap) -> None:
    """Ten numbered codes, and what they are for."""

    async def confirmed(pilot: Pilot[Any]) -> None:
        await type_in(pilot, PASSWORD, PASSWORD, "", present_code())

    snap_matrix(first_sign_in, run_before=confirmed)


def test_undertaking(snap_matrix: Snap) -> None:
    """The text, its regulation, version and clause; one key accepts."""
    snap_matrix(lambda view: at_a_gate(view, UndertakingScreen))


def test_expired_password(snap_matrix: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    """Why it must be changed, by which clause, and three fields."""
    monkeypatch.setattr(password, "age_of_actor", lambda actor: PasswordAge(-3, True, "A.19"))
    snap_matrix(lambda view: at_a_gate(view, ChangePassword))


def test_sign_in(installation: Store, snap_matrix: Snap) -> None:
    """Login, password and code in a box, and that they were not accepted."""

    async def refused(pilot: Pilot[Any]) -> None:
        await type_in(pilot, "zhangwei", "wrong", "000000")

    def make(view: View) -> SignInApp:
        return SignInApp(language=view.language, look=view.look, organisation="华星集团", source="console")

    snap_matrix(make, run_before=refused)


def test_account(installation: Store, snap_matrix: Snap) -> None:
    """How long the password is good, the recovery codes left, and two sessions, one of them this one."""
    account, secret = enrol_from_host("zhangwei", None, PASSWORD)

    def make(view: View) -> MingceApp:
        SignIn("zhangwei", "198.51.100.66", "ssh").answer(PASSWORD, present_code(secret))
        store_codes(account, ["one", "two"])
        Account.update(totp_step=0).execute()
        return app_of("zhangwei", PASSWORD, present_code(secret), view, [Mode("account", "8", "", MyAccount)])

    snap_matrix(make)


def test_tokens(world: World, snap_matrix: Snap, monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    """One that was used, and one that was withdrawn; behind v of one's account."""
    numbers = iter(("3f2a9c01d4", "77ab03c1e2"))
    monkeypatch.setattr("db.desk.accounts.tokens.secrets.token_hex", lambda _size: next(numbers))
    desk = world.desk("liuyang")
    report = ("report", "compliance", "--book", "staff", "--format", "csv")
    desk.tokens.make("one", (("whoami",), report), "203.0.113.0/24")
    clock.forward(minutes=1)
    desk.tokens.end(desk.tokens.make("other", (("today",),), "203.0.113.9").number)
    used = {"used_at": stamp(clock.now), "used_from": "203.0.113.8"}
    ScriptToken.update(used).where(ScriptToken.id == "3f2a9c01d4").execute()

    def make(view: View) -> MingceApp:
        modes = [Mode("account", "8", "", MyAccount)]
        actor = replace(desk.actor, language=view.language)
        return MingceApp(
            language=view.language, look=view.look, renew=lambda: open_desk(actor),
            reader=Reader("刘洋"), memory=Memory(), modes=modes,
        )  # fmt: skip

    async def open_them(pilot: Pilot[Any]) -> None:
        await pilot.press("v")

    snap_matrix(make, run_before=open_them)


def test_new_recovery_codes(snap_matrix: Snap) -> None:
    """What they are for, and ten of them."""
    codes = [f"{number:05}-7SJA1-2AQFV-K4PDH-9VXWK1" for number in range(1, 11)]
    snap_matrix(lambda view: at_a_gate(view, lambda: RecoveryCodes(codes)))


def test_too_many_screens(installation: Store, world: World, clock: Clock, snap_matrix: Snap) -> None:
    """The five that are open, the oldest first and each with its source, and the key that ends it."""
    world.desk("zhangwei")
    SignInSession.delete().execute()
    inside = 0
    for source in ("192.0.2.7", "2001:db8:1234:5678:9abc:def0:1234:5678", *["192.0.2.8"] * 4):
        clock.forward(minutes=47)
        with writing():
            inside = sessions.start(world.accounts["zhangwei"], source, "ssh", "full")
    snap_matrix(lambda view: of_session(inside, view))


def after_the_last_day(clock: Clock) -> int:
    """A sign-in of somebody whose last day is over and who has two copies to hand back."""
    secured = build_wider_world("secured")
    take_out(secured, "shibu", "ABCD-EFGH")
    take_out(secured, "shibu", "JKLM-NPQR")
    leave(secured, "fuhr", "shibu", "secured", day="2026-11-27")
    clock.set("2026-11-30T09:00+08:00")
    end_due()
    with writing():
        return sessions.start(secured.accounts["shibu"], "192.0.2.7", "ssh", "leaving")


def test_copies_to_hand_back(installation: Store, clock: Clock, snap_matrix: Snap) -> None:
    """Why there is nothing else, the copies, and what was said of one of them."""
    inside = after_the_last_day(clock)
    desk = open_desk(sessions.resume(inside))
    desk.tasks.say_copy(desk.tasks.own_copies()[0].id, "returned", "交信息部前台")
    snap_matrix(lambda view: of_session(inside, view))


@pytest.mark.threat(72)
@pytest.mark.clause("A.10", "H.5.4")
async def test_after_the_last_day_one_says_what_became_of_a_copy(installation: Store, clock: Clock) -> None:
    """No key leads to anything else."""
    inside = after_the_last_day(clock)
    app = of_session(inside, View("zh_CN"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("escape", "1", "2", "f12")
        assert isinstance(app.screen, HandBackScreen)
        await pilot.press("c")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, HandBackScreen)
        assert "已交还（本人说明）" in text_of(app)
