"""How a screen is drawn: in whole lines, all that a key sets off at once, and what was seen since when."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from textual import events, on
from textual.screen import Screen

from tui.kit.compositor import WholeLines
from tui.kit.painted import Spoken
from tui.kit.seen import DrawnSince

if TYPE_CHECKING:
    from tui.kit.base import KitApp

DRAWN_WITHIN: Final = 0.03
"""Seconds after which what changed is drawn even where more is about to."""


class DrawnScreen(Screen[Any]):
    """Base of full screens and dialogs: how they are drawn, and drawn again in another language."""

    app: KitApp

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._compositor = WholeLines()
        self._undrawn_since: float | None = None
        self._spoken = self.app.wording
        self.sight = DrawnSince()
        """What was drawn of this screen, and since when."""

    def _compositor_refresh(self) -> None:
        if not (self.is_current and self._repaint_required):  # else all is drawn in a moment
            super()._compositor_refresh()
            if self.is_current and self.is_mounted and not self._layout_required:
                self.sight.note_drawn(True, lead=self.lead)

    def _on_timer_update(self) -> None:
        """Draw pending changes; wait up to `DRAWN_WITHIN` seconds while more are on their way, so that one
        key's are drawn at once."""
        now = time.monotonic()
        self._undrawn_since = self._undrawn_since or now
        if now - self._undrawn_since < DRAWN_WITHIN and self._is_stirring():
            return  # the timer comes again
        self._undrawn_since = None
        super()._on_timer_update()

    def _is_stirring(self) -> bool:
        """Return whether messages wait for anything visible here."""
        parts = (self.app, self, *self._compositor.visible_widgets)
        return any(part.message_queue_size for part in parts)

    @property
    def lead(self) -> float:
        """Seconds for which this screen must be drawn before a key can mean what it shows."""
        return 0.0

    @on(events.ScreenResume)
    def _keep_styles(self, event: events.ScreenResume) -> None:
        """Skip styling anew: widgets are styled as they are mounted and whenever the look changes, on screens
        that others cover too. Textual would style all of them again."""
        event.refresh_styles = False

    @on(events.ScreenSuspend)
    def _covered(self) -> None:
        self.sight.note_hidden()

    def respeak(self) -> None:
        """Draw every text again, in the present language."""
        self._spoken = self.app.wording
        for widget in self.query("*"):
            if isinstance(widget, Spoken):
                widget.respeak()
            widget.refresh(layout=True)
