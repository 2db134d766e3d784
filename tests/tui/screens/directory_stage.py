"""The directory over one person's desk in the small organisation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from textual.screen import Screen

from db.desk.record import apply_values
from db.store.engine import close_store, open_store, writing
from db.store.migrations import migrate
from db.store.settings import Home
from tests.conftest import Clock
from tests.tui.conftest import View
from tests.world import World, build_world
from tui.kit import KitApp, Look, Mode, Reader
from tui.screens.modes import MODES


class Hall(KitApp):
    """The directory for ``login``; over it another screen, where one is given."""

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
        wanted: list[Mode] = [mode for mode in MODES if mode.id in ("directory", "requests")]
        self.offer(wanted)
        if self._over is not None:
            self.push_screen(self._over(self))


@pytest.fixture
def hall(home: Home, clock: Clock) -> Iterator[World]:
    """The organisation, one of whose values was verified."""
    open_store(home)
    migrate()
    world = build_world()
    with writing():
        entry, account = world.entry("zhangwen"), world.accounts["zengqing"]
        apply_values(entry, {"extension": ("8015",)}, source="座位变更单", verifier=account)
    yield world
    close_store()
