"""The office of `requests_stage`, seen by those who watch over it."""

from __future__ import annotations

from tests.tui.conftest import View
from tests.world import World
from tui.kit import KitApp, Look, Reader
from tui.screens.modes import MODES


class Oversight(KitApp):
    """The audit and the reports, as far as ``login`` has them; ``first`` is shown."""

    TITLE = "mingce"

    def __init__(self, world: World, login: str, view: View | None = None, first: str = "audit") -> None:
        view = view or View("zh_CN", Look())
        desk = world.desk(login)
        me = desk.me.who()
        super().__init__(
            language=view.language, look=view.look, desk=desk, reader=Reader(me.name, me.books[0].unit)
        )
        self._first = first

    def on_mount(self) -> None:
        wanted = [mode for mode in MODES if mode.id in ("audit", "reports")]
        self.offer(sorted(wanted, key=lambda mode: mode.id != self._first))
