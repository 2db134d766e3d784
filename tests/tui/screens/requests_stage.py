"""An office with requests in every state, and the application over one person's desk in it."""

from __future__ import annotations

import itertools
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.screen import Screen

from db.store import clock as store_clock
from db.store.engine import close_store, open_store
from db.store.keys import make_keys
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


@pytest.fixture(scope="session")
def office_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The office once, with numbers that are the same in every run; each test gets a copy."""
    home = Home(tmp_path_factory.mktemp("office") / "state")
    home.folder.mkdir(mode=0o700)
    home.policies.mkdir()
    make_keys(home.keys)
    home.settings_file.write_text('organisation = "华星集团"\n', "utf-8")
    numbers = itertools.count(1)
    clock = Clock(datetime(2026, 11, 16, 1, 0, tzinfo=UTC))
    store_clock.use_source(lambda: clock.now)
    open_store(home)
    migrate()
    world = build_world()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "token_hex", lambda size=16: f"{next(numbers):0{2 * size}x}")
        _fill(world, clock)
    close_store()
    store_clock.use_source(None)
    return home.folder, world


@pytest.fixture
def office(office_template: tuple[Path, World], tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Requests of a week, seen on Monday 2026-11-23: overdue, due today, returned, for access."""
    folder, world = office_template
    shutil.copytree(folder, tmp_path / "office")
    clock.set("2026-11-23T09:00+08:00")
    open_store(Home(tmp_path / "office"))
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
    clock.forward(minutes=1)
    tray.add("座位变更单.txt", "座位变更单\n编号：2026-1123\n\n张伟 由 3-102 迁至 3-215。\n".encode())
    clock.forward(minutes=1)
    tray.add("工牌.png", PICTURE.read_bytes())
    head.delegation.delegate("head", "staff", world.accounts["zhangwen"], "2026-11-24", "2026-11-27", "休假")
