"""Human resources' day over a small organisation: a joiner, a mover and two leavers under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from textual.screen import Screen

from db.store.engine import close_store, open_store
from db.store.migrations import migrate
from db.store.settings import Home
from tests.conftest import Clock
from tests.db.desk.lives import duties, joiner, leave, move
from tests.tui.conftest import View
from tests.wider_world import build_wider_world
from tests.world import World, build_world
from tui.kit import KitApp, Look, Reader
from tui.screens.modes import MODES


class Lives(KitApp):
    """Today and the directory for ``login``; over them another screen, where one is given."""

    TITLE = "mingce"

    def __init__(
        self,
        world: World,
        login: str,
        view: View | None = None,
        over: Callable[[KitApp], Screen[object]] | None = None,
        first: str = "today",
    ) -> None:
        view = view or View("zh_CN", Look())
        desk = world.desk(login)
        me = desk.me.who()
        super().__init__(
            language=view.language, look=view.look, desk=desk, reader=Reader(me.name, me.books[0].unit)
        )
        self._over = over
        self._first = first

    def on_mount(self) -> None:
        wanted = [mode for mode in MODES if mode.id in ("today", "directory", "queue", "requests")]
        self.offer(sorted(wanted, key=lambda mode: mode.id != self._first))
        if self._over is not None:
            self.push_screen(self._over(self))


@pytest.fixture
def lives(home: Home, clock: Clock) -> Iterator[World]:
    """Tuesday 2026-12-01: a leaver overdue, a joiner due, a move and a hand-back under way."""
    open_store(home)
    migrate()
    world = build_world()
    build_wider_world("secured", beside=world)
    leave(world, "liuyang", "zhangwen")
    clock.set("2026-11-27T09:00+08:00")
    values = {**joiner(world, "销售中心").values, "name": "赵新"}
    world.desk("liuyang").lifecycle.expect(joiner(world, "销售中心", joined="2026-11-27", values=values))
    clock.set("2026-11-30T10:00+08:00")
    move(world, "liuyang", "sunli", "销售中心", day="2026-11-30", position="客户经理")
    _take_out(world, "ABCD-EFGH")
    leave(world, "fuhr", "shibu", "secured", day="2026-11-30")
    clock.set("2026-12-01T09:00+08:00")
    duties()
    yield world
    close_store()


def _take_out(world: World, mark: str) -> None:
    world.desk("shibu").overview.export(
        "directory", "secured", None, format="csv", sha256="0" * 64, size=1, rows=1, mark=mark, parameters={}
    )
