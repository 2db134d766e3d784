"""An office with requests in every state, and the application over one person's desk in it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from textual.screen import Screen

from db.store.engine import close_store, open_store
from db.store.migrations import migrate
from db.store.settings import Home
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.tui.conftest import View
from tests.world import World, build_world
from tui.kit import KitApp, Look, Mode, Reader
from tui.screens.modes import MODES

PICTURE = Path(__file__).with_name("badge.png")


class Office(KitApp):
    """The modes of requests, for ``login``; over them another screen, where one is given."""

    TITLE = "mingce"

    def __init__(
        self,
        world: World,
        login: str,
        view: View | None = None,
        first: str = "queue",
        over: Callable[[KitApp], Screen[object]] | None = None,
    ) -> None:
        view = view or View("zh_CN", Look())
        desk = world.desk(login)
        me = desk.me.who()
        super().__init__(
            language=view.language, look=view.look, desk=desk, reader=Reader(me.name, me.books[0].unit)
        )
        self._first = first
        self._over = over

    def on_mount(self) -> None:
        wanted: Sequence[Mode] = [mode for mode in MODES if mode.id in ("queue", "requests", "evidence")]
        self.offer(sorted(wanted, key=lambda mode: mode.id != self._first))
        if self._over is not None:
            self.push_screen(self._over(self))


@pytest.fixture
def office(home: Home, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Requests of a week, seen on Monday 2026-11-23: overdue, due today, returned, for access."""
    numbers = itertools.count(1)
    monkeypatch.setattr(secrets, "token_hex", lambda size=16: f"{next(numbers):0{2 * size}x}")
    open_store(home)
    migrate()
    world = build_world()
    _fill(world, clock)
    yield world
    close_store()


def _fill(world: World, clock: Clock) -> None:
    clock.set("2026-11-16T09:00+08:00")
    overdue = change(world, "zhangwei")
    approve(world, "wangfang", overdue)
    clock.set("2026-11-18T10:30+08:00")
    today = change(world, "zhangwen", asked={"mobile": "139 0000 2122", "extension": "8016"})
    change(world, "liwei", mobile="139 0000 2128")
    clock.set("2026-11-20T16:02+08:00")
    approve(world, "wangfang", today)
    access = world.desk("zhangwei").access.ask("staff", "客户现场对接", name="赵敏", unit="销售中心", days=7)
    assert access
    later = change(world, "sunli", mobile="139 0000 2199")
    approve(world, "qianjin", later)
    returned = change(world, "zhangwei", asked={"extension": "8013"}, reason="换座")
    head = world.desk("wangfang")
    head.queue.return_(returned, head.queue.one(returned).digest, "请附座位变更单")
    tray = world.desk("zhangwei").evidence
    tray.add("座位变更单.txt", "座位变更单\n编号：2026-1123\n\n张伟 由 3-102 迁至 3-215。\n".encode())
    tray.add("工牌.png", PICTURE.read_bytes())
    head.delegation.delegate("head", "staff", world.accounts["zhangwen"], "2026-11-24", "2026-11-27", "休假")
    clock.set("2026-11-23T09:00+08:00")
