"""What the reader decided and can still take back: told above the keys of every screen until it takes
effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.timer import Timer

from db.desk import Invalid, Unavailable
from db.language import Message, Text, _, _n
from tui.front.beside import WorkStopped
from tui.kit.common_keys import NOTHING_TO_UNDO
from tui.kit.datalist import DataList
from tui.kit.framed_screen import FramedScreen

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
        self._lengthy: frozenset[str] = frozenset()
        """What was decided on beside the session, and takes effect beside it."""
        self._is_applying = False

    def begin(self, said: Text) -> None:
        """Show ``said`` with the seconds in which the decision can be undone, and start the timer."""
        self._app.desk.holding.is_new = False
        self._said = said
        self._run_timer()

    def catch_up(self) -> None:
        """Read which decisions are held and show those that another session made or undid."""
        before = dict(self._app.desk.holding.matters)
        held = self._app.desk.held.mine()
        if held and held != before:
            self._said = _n("{count} decision", "{count} decisions", count=len(held))
        if held != before:
            self._run_timer()

    def note_lengthy(self) -> bool:
        """Read the decisions made by work beside the session; return whether any is held. They are later
        applied beside it too."""
        holding = self._app.desk.holding
        before = frozenset(holding.matters)
        new = frozenset(self._app.desk.held.mine()) - before
        self._lengthy |= new
        holding.is_new = bool(new)
        return bool(new)

    def take_back(self) -> None:
        count = self._app.desk.held.undo()
        self._said = ""
        self._run_timer()
        self._ask_again()
        if not count:
            self._app.tell(NOTHING_TO_UNDO, "warn")
            return
        self._app.tell(_n("Taken back: {count} decision", "Taken back: {count} decisions", count=count))

    def _run_timer(self) -> None:
        self._show_held()
        if self._app.desk.holding.matters and self._timer is None:
            self._timer = self._app.set_interval(EVERY, lambda: self._app.call_later(self._apply_due))

    def _apply_due(self) -> None:
        """Put due decisions in force, lengthy ones beside the session; stop the timer if none is held."""
        if self._app.desk.holding.is_due and not self._is_applying:
            if self._lengthy.isdisjoint(self._app.desk.holding.matters):
                self._apply(self._app.desk.apply_held)
            else:
                self._is_applying = True
                self._app.run_worker(self._apply_beside())
        self._show_held()
        if not self._app.desk.holding.matters and self._timer is not None:
            self._timer.stop()
            self._timer = None

    async def _apply_beside(self) -> None:
        """Put held decisions in force in a process beside the session; stopping that undoes them. If other
        work runs, try again in a second; after a fault, the host's duties do it."""
        desk, failed = self._app.desk, list[Message]()
        with self._app.refusals_shown():
            try:
                failed = await self._app.working.do(None, self._said, desk.apply_held)
            except Invalid:
                self._is_applying = False
                return
            except WorkStopped:
                while not self._lengthy.isdisjoint(desk.held.mine()):
                    desk.held.undo()
                self._app.tell(_("Stopped; what was not in force yet is taken back."), "warn")
            self._is_applying = False
            self._apply(lambda: failed)

    def _apply(self, apply: Callable[[], list[Message]]) -> None:
        desk = self._app.desk
        try:
            failed = apply()
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

    def _show_held(self) -> None:
        holding, words = self._app.desk.holding, None
        if count := len(holding.matters):
            said = self._said or _n("{count} decision", "{count} decisions", count=count)
            left = holding.seconds_left
            words = _("{said}; takes effect in {seconds} s  z undoes it", said=said, seconds=left)
        self._app.held_words = words
        self._app.renew_notices()
