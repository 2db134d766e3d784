"""What the reader decided and can still take back: told above the keys of every screen until it takes
effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from db.desk import Unavailable
from db.language import Text, _, _n
from tui.kit.common_keys import NOTHING_TO_UNDO
from tui.kit.datalist import DataList
from tui.kit.frame import FramedScreen

if TYPE_CHECKING:
    from tui.kit.base import KitApp

EVERY = 1.0
"""Seconds between two numbers of seconds that are told."""


class Undoing:
    """The seconds of one session's decisions. Where nothing is held no timer runs, and nothing is sent."""

    def __init__(self, app: KitApp) -> None:
        self._app = app
        self._said: Text = ""
        self._timer: Timer | None = None

    def begin(self, said: Text) -> None:
        """Tell what was ``said`` of a decision with the seconds that are left."""
        self._app.desk.holding.is_new = False
        self._said = said
        self._run()

    def catch_up(self) -> None:
        """Take in what another session of the reader's holds, or took back."""
        before = dict(self._app.desk.holding.matters)
        held = self._app.desk.held.mine()
        if held and held != before:
            self._said = _n("{count} decision", "{count} decisions", count=len(held))
        if held != before:
            self._run()

    def take_back(self) -> None:
        count = self._app.desk.held.undo()
        self._said = ""
        self._run()
        self._ask_again()
        if not count:
            self._app.tell(NOTHING_TO_UNDO, "warn")
            return
        self._app.tell(_n("Taken back: {count} decision", "Taken back: {count} decisions", count=count))

    def _run(self) -> None:
        self._show()
        if self._app.desk.holding.matters and self._timer is None:
            self._timer = self._app.set_interval(EVERY, lambda: self._app.call_later(self._look))

    def _look(self) -> None:
        """Have take effect what is due; stop where nothing is held any more."""
        if self._app.desk.holding.is_due:
            self._apply()
        self._show()
        if not self._app.desk.holding.matters and self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _apply(self) -> None:
        desk = self._app.desk
        try:
            failed = desk.apply_held()
            desk.held.mine()
            self._app.recount()
            self._ask_again()
        except Unavailable:  # it stays held, and the next second asks again
            return
        for why in failed:
            self._app.tell(why, "warn")

    def _ask_again(self) -> None:
        screen = self._app.screen
        if isinstance(screen, FramedScreen) and screen.is_mounted and not screen.is_busy:
            lists = [rows for rows in screen.query(DataList) if not rows.astray]
            for rows in lists:
                rows.begin_act()
            screen.come_back()
            for rows in lists:
                rows.end_act()

    def _show(self) -> None:
        holding, words = self._app.desk.holding, None
        if count := len(holding.matters):
            said = self._said or _n("{count} decision", "{count} decisions", count=count)
            left = holding.seconds_left
            words = _("{said}; takes effect in {seconds} s  z undoes it", said=said, seconds=left)
        self._app.held_words = words
        self._app.renew_notices()
