"""The editions of one week, and the application over one person's desk among them."""

from __future__ import annotations

import itertools
import secrets
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
from tests.editions_world import THIS_WEEK, a_week_later, build_editions_world
from tests.tui.conftest import View
from tests.world import World
from tui.kit import KitApp, Look, Reader
from tui.screens.modes import MODES


class Issuing(KitApp):
    """The modes of editions and copies for ``login``; over them another screen, where one is given."""

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
        self.offer([mode for mode in MODES if mode.id in ("editions", "copies")])
        if self._over is not None:
            self.push_screen(self._over(self))


@pytest.fixture(scope="session")
def issued_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The week once, with passwords that are the same in every run; each test gets a copy."""
    home = Home(tmp_path_factory.mktemp("issued") / "state")
    home.folder.mkdir(mode=0o700)
    home.policies.mkdir()
    make_keys(home.keys)
    home.settings_file.write_text('organisation = "宏图集团"\n', "utf-8")
    clock = Clock(datetime(2026, 11, 16, 1, 0, tzinfo=UTC))
    store_clock.use_source(lambda: clock.now)
    open_store(home)
    migrate()
    letters = itertools.cycle("ABCDEFGH23456789")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "choice", lambda _alphabet: next(letters))
        world = build_editions_world()
        a_week_later(world, clock)
    close_store()
    store_clock.use_source(None)
    return home.folder, world


@pytest.fixture
def issued(issued_template: tuple[Path, World], tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Monday morning: last week's issue is out, this week's is due at six."""
    folder, world = issued_template
    shutil.copytree(folder, tmp_path / "issued")
    clock.set(THIS_WEEK)
    open_store(Home(tmp_path / "issued"))
    yield world
    close_store()
