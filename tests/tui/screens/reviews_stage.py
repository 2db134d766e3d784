"""Reviews under way in several books, and the application over one person's desk in it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
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
from tests.db.desk.reviewing import open_all, things
from tests.tui.conftest import View
from tests.wider_world import build_wider_world
from tests.world import World, build_world
from tui.kit import KitApp, Look, Mode, Reader
from tui.screens.modes import MODES


class Room(KitApp):
    """The reviews, for ``login``; over them another screen, where one is given."""

    TITLE = "mingce"

    def __init__(
        self,
        world: World,
        login: str,
        view: View | None = None,
        over: Callable[[KitApp], Screen[object]] | None = None,
    ) -> None:
        view = view or View("zh_CN", Look())
        desk = world.desk(login)
        me = desk.me.who()
        super().__init__(
            language=view.language, look=view.look, desk=desk, reader=Reader(me.name, me.books[0].unit)
        )
        self._over = over

    def on_mount(self) -> None:
        shown: list[Mode] = [mode for mode in MODES if mode.id in ("reviews", "requests")]
        self.offer(sorted(shown, key=lambda mode: mode.id != "reviews"))
        if self._over is not None:
            self.push_screen(self._over(self))


@pytest.fixture(scope="session")
def reviews_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The reviews once, with numbers that are the same in every run; each test gets a copy."""
    home = Home(tmp_path_factory.mktemp("reviews") / "state")
    home.folder.mkdir(mode=0o700)
    home.policies.mkdir()
    make_keys(home.keys)
    home.settings_file.write_text('organisation = "华星集团"\n', "utf-8")
    clock = Clock(datetime(2026, 11, 9, 1, 0, tzinfo=UTC))
    store_clock.use_source(lambda: clock.now)
    open_store(home)
    migrate()
    world = build_wider_world("safety", "general", "secured", beside=build_world())
    _fill(world, clock)
    close_store()
    store_clock.use_source(None)
    return home.folder, world


@pytest.fixture
def reviews(reviews_template: tuple[Path, World], tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Two weeks of reviews, seen on Monday 2026-11-23."""
    folder, world = reviews_template
    shutil.copytree(folder, tmp_path / "reviews")
    clock.set("2026-11-23T09:00+08:00")
    open_store(Home(tmp_path / "reviews"))
    yield world
    close_store()


def _fill(world: World, clock: Clock) -> None:
    safety, company = open_all("safety"), open_all("group")
    secured = open_all("secured")
    open_all("general")
    clock.set("2026-11-12T10:00+08:00")
    desk = world.desk("kangle")
    rows = things(desk, safety["full-review"])
    for name in ("潘安", "卫国"):
        desk.reviews.decide(safety["full-review"], rows[name].id, "right", rows[name].version)
    desk.reviews.decide(safety["full-review"], rows["牛二"].id, "removed", rows["牛二"].version)
    officer = world.desk("dingyi")
    for row in things(officer, safety["collection"]).values():
        officer.reviews.decide(safety["collection"], row.id, "right")
    head = world.desk("songjia")
    for row in things(head, company["sign-off"]).values():
        head.reviews.decide(company["sign-off"], row.id, "right")
    inspector = world.desk("xinan")
    points = inspector.reviews.items(secured["inspection"])
    inspector.reviews.decide(secured["inspection"], points[0].id, "right")
    finding = inspector.inspections.find(
        secured["inspection"], "三个离岗账号未收回", world.accounts["ganhr"], "2026-11-20", points[1].id
    )
    clock.set("2026-11-16T10:00+08:00")
    world.desk("ganhr").inspections.answer(finding, "两个已收回，一个等本人确认")
    hr = world.desk("jinhr")
    hr.training.record("general", "directory-rules", [world.entry("dubei", "general")], "2025-12-01")
    hr.training.record("general", "directory-rules", [world.entry("jinhr", "general")], "2026-09-01")
