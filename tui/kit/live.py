"""What others do shows on an open screen within seconds, without a key."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from db.desk import Refused, Unavailable
from db.language import _
from tui.kit.dialog import Dialog
from tui.kit.framed_screen import FramedScreen

if TYPE_CHECKING:
    from tui.kit.base import KitApp

EVERY: Final = 3.0
"""Seconds between two questions whether anything was done."""
REST: Final = 20
"""How many times as long as it took to show what was done it rests at least, so that a crowd of sessions or a
slow database is not made slower by it."""
LONGEST: Final = 60.0
"""Seconds that it rests at most, and where it was refused: the next key says why."""


class Live:
    """The questions of one session. Each that finds nothing costs one statement, and sends nothing."""

    def __init__(self, app: KitApp) -> None:
        self._app = app
        self._behind = False
        self._until = 0.0
        self._returned: frozenset[int] | None = None
        """Requests of which the reader knows that they were returned."""
        self._is_owed = False
        """Whether one came back of which they could not be told yet."""
        self._matters: frozenset[tuple[bool, int]] | None = None
        """What waited for the reader when it was last asked."""

    def start_asking(self) -> None:
        """Take what is on record by now as seen, and start a timer that calls `ask_once` between messages: a
        timer's own call may come amid a change of screens."""
        self._app.desk.pulse.has_changed()
        self._app.set_interval(EVERY, lambda: self._app.call_later(self.ask_once))

    def ask_once(self) -> None:
        """Ask the database whether anything changed, and if so call `catch_up`. Fails silently, and pauses
        the longer it took."""
        began = time.monotonic()
        if began < self._until:
            return
        rest = 0.0
        try:
            self._behind = self._app.desk.pulse.has_changed() or self._behind
            if self._behind or self._is_owed or self._returned is None:
                self.catch_up()
                self._behind = False
        except Unavailable:
            self._behind = True
        except Refused:
            rest = LONGEST
        now = time.monotonic()
        self._until = now + max(rest, min((now - began) * REST, LONGEST))

    def catch_up(self) -> None:
        """Count the waiting items for the top line, have the top screen ask again, and show requests that
        were returned."""
        self._app.hear_of_held()
        count, screen = self._app.desk.waiting.count(), self._app.screen
        came = count.matters - (count.matters if self._matters is None else self._matters)
        self._matters = count.matters
        self._app.fresh = (self._app.fresh | came) & count.matters
        self._app.set_waiting(count.all)
        known = self._returned if self._returned is not None else frozenset(count.returned)
        new = [request for request in count.returned if request not in known]
        self._is_owed = bool(new)
        if isinstance(screen, FramedScreen) and screen.is_mounted and not screen.is_busy:
            # What a list says as it asks again, that a row is gone from it, is no more than part of this.
            is_free = not (screen.is_typing() or screen.query("Notice.-told"))
            if self._behind:
                screen.catch_up()
            if is_free or not new:
                self._tell_returned(new)
                self._returned, self._is_owed = frozenset(count.returned), False
        elif isinstance(screen, Dialog) and screen.is_mounted and self._behind:
            screen.catch_up()

    def _tell_returned(self, new: list[int]) -> None:
        """Show the first newly returned request, with who returned it and why."""
        back = self._app.desk.requests.one(new[0]).row.returned if new else None
        if back is not None:
            said = {"number": new[0], "who": back.who, "word": back.word}
            self._app.tell(_("Request {number} came back from {who}: {word}", **said), "warn")
