"""What every stage of screens is made of: the application over one person's desk, and ready-made stores."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from textual.pilot import Pilot
from textual.screen import Screen

from db.store import clock as store_clock
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from tests.conftest import Clock
from tests.tui.conftest import View
from tests.world import World
from tui.jobs import list_jobs
from tui.kit import KitApp, Look, Reader
from tui.screens.go import RecordFinder
from tui.screens.modes import MODES

MONDAY = "2026-11-23T09:00+08:00"
"""When most stages are seen."""


class Stage(KitApp):
    """The modes of ``SHOWN`` for ``login``, ``first`` before the others; over them another screen, where
    one is given."""

    TITLE = "mingce"
    SHOWN: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        world: World,
        login: str,
        view: View | None = None,
        over: Callable[[KitApp], Screen[object]] | None = None,
        *,
        first: str = "",
    ) -> None:
        view = view or View("zh_CN", Look())
        desk = world.desk(login)
        me = desk.me.who()
        super().__init__(
            language=view.language,
            look=view.look,
            desk=desk,
            reader=Reader(me.name, me.books[0].unit, me.classified_titles),
        )
        self._first = first or self.SHOWN[0]
        self._over = over
        self.finder = partial(RecordFinder, self)
        self.jobs = partial(list_jobs, desk)

    def on_mount(self) -> None:
        shown = [mode for mode in MODES if mode.id in self.SHOWN]
        self.offer_modes(sorted(shown, key=lambda mode: mode.id != self._first))
        if self._over is not None:
            self.push_screen(self._over(self))


async def press(pilot: Pilot[Any], *keys: str, pause: float | None = None) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause(pause)


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until what the cursor rests on in a queue or a review was opened beside it."""
    screen: Any = pilot.app.screen
    while screen._opened is None:
        await pilot.pause(0.05)


async def counted(pilot: Pilot[Any]) -> None:
    """Wait until Today has counted what its reader answers for."""
    screen: Any = pilot.app.screen
    while screen._outlook is None:
        await pilot.pause(0.05)


@contextmanager
def new_home(folder: Path, begin: datetime, organisation: str = "华星集团") -> Iterator[tuple[Home, Clock]]:
    """A new store in ``folder``, open and empty, with the clock at ``begin``; closed afterwards."""
    home = Home(folder)
    home.folder.mkdir(mode=0o700)
    home.policies.mkdir()
    make_keys(home.keys)
    home.settings_file.write_text(f'organisation = "{organisation}"\n', "utf-8")
    clock = Clock(begin.astimezone(UTC))
    before = store_clock.use_source(lambda: clock.now)
    open_store(home)
    try:
        migrate()
        yield home, clock
    finally:
        close_store()
        store_clock.use_source(before)


@contextmanager
def copy_of(template: Path, folder: Path) -> Iterator[None]:
    """A copy of a ready-made store, open."""
    shutil.copytree(template, folder)
    open_store(Home(folder))
    try:
        yield
    finally:
        close_store()


@dataclass(frozen=True)
class Template:
    """What a stage begins with: ``fill`` is called at ``begin`` and may move the clock it is given; tests see
    what it left behind at ``seen``. Both are ISO with offset."""

    begin: str
    seen: str
    fill: Callable[[Clock], World]
    organisation: str = "华星集团"


class Templates:
    """Stores made once a run and copied for every test, as filling one takes longer than most tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[Template, tuple[Path, World]] = {}

    @contextmanager
    def copy(self, template: Template, folder: Path, clock: Clock) -> Iterator[World]:
        """A copy of the store of ``template`` in ``folder``, open, with ``clock`` at the time it is seen."""
        if template not in self._made:
            self._made[template] = self._make(template)
        made, world = self._made[template]
        clock.set(template.seen)
        with copy_of(made, folder):
            yield deepcopy(world)

    def _make(self, template: Template) -> tuple[Path, World]:
        folder = self._folder / str(len(self._made))
        with new_home(folder, datetime.fromisoformat(template.begin), template.organisation) as (
            _home,
            clock,
        ):
            return folder, template.fill(clock)
