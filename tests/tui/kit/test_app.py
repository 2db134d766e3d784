"""The application of a session: gates first, then the modes; and the rehearsal of its parent."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import Any, cast

from textual.app import ComposeResult

from db.desk import Desk
from db.desk.entry.units import create_book
from db.desk.requests.holding import HeldDecisions
from db.desk.today.waiting import WaitingCount
from db.language import Label
from db.store.engine import close_store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.transactions import writing
from tests.tui.kit.stage import Directory
from tui.app import MingceApp, rehearse
from tui.kit import FramedScreen, Look, Memory, Mode, Reader, RequiredScreen, ScreenCommand, TextLine


class Quiet:
    """Nothing was done by others, and nothing waits."""

    def has_changed(self) -> bool:
        return False

    def count(self) -> WaitingCount:
        return WaitingCount(0, ())

    def mine(self) -> tuple[()]:
        return ()


@dataclass
class StandInDesk:
    """Says how far a sign-in has come; a desk as far as the gates of this test ask."""

    strength: str
    pulse: Quiet = field(default_factory=Quiet)
    waiting: Quiet = field(default_factory=Quiet)
    drafts: Quiet = field(default_factory=Quiet)
    holding: HeldDecisions = field(default_factory=HeldDecisions)
    held: Quiet = field(default_factory=Quiet)


@dataclass
class SignIn:
    """A sign-in that becomes stronger when its gate is passed."""

    strengths: list[str] = field(default_factory=lambda: ["enrolling"])

    def renew(self) -> Desk:
        return cast(Desk, StandInDesk(self.strengths[-1]))


class Enrolment(FramedScreen):
    """A gate with one step."""

    NAME = Label("首次登录", "First sign-in")
    SHOWS_MODES = False
    KEYS = (ScreenCommand("done", "d", Label("完成", "Done"), Label("完成。", "Done.")),)
    sign_in: SignIn

    def body(self) -> ComposeResult:
        yield TextLine("…")

    def do_done(self) -> None:
        self.sign_in.strengths.append("full")
        self.dismiss(None)


def application(sign_in: SignIn) -> MingceApp:
    def enrolment() -> Enrolment:
        screen = Enrolment()
        screen.sign_in = sign_in
        return screen

    def holds(desk: Any) -> bool:
        return bool(desk.strength == "enrolling")

    return MingceApp(
        language="zh_CN",
        look=Look(),
        renew=sign_in.renew,
        reader=Reader("李伟"),
        memory=Memory(),
        modes=[Mode("directory", "1", Label("名录", "Directory"), Directory)],
        gates=[RequiredScreen(holds, enrolment)],
    )


async def test_a_gate_is_shown_until_it_is_passed() -> None:
    sign_in = SignIn()
    app = application(sign_in)
    async with app.run_test() as pilot:
        await pilot.pause()
        assert isinstance(app.screen, Enrolment)
        await pilot.press("1")
        assert app.modes == (), "no mode exists before the gate"
        gate = app.screen
        await pilot.press("escape", "escape")
        assert app.screen is gate, "a gate is not left by going back"
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(app.screen, Directory)


async def test_without_a_gate_the_first_mode_is_there_at_once() -> None:
    app = application(SignIn(["full"]))
    async with app.run_test():
        assert isinstance(app.screen, Directory)


def test_a_first_book_that_was_decided_about_is_rehearsed_as_it_was_decided(home: Home) -> None:
    """Two regulations that name different maintainers don't go together without the organisation's word."""
    open_store(home)
    migrate()
    with writing():
        title = Label("集团", "Group")
        two = ["enterprise", "controlled-document"]
        create_book("group", title, two, root=title, decisions={"maintainer": "hr"})
    close_store()
    rehearse(str(home.folder))


def test_the_rehearsal_leaves_neither_thread_nor_loop(home: Home) -> None:
    open_store(home)
    migrate()
    close_store()
    threads, tasks = set(threading.enumerate()), set(os.listdir("/proc/self/task"))
    rehearse(str(home.folder))
    assert set(threading.enumerate()) <= threads
    assert set(os.listdir("/proc/self/task")) <= tasks
