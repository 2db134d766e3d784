"""Whether a key was typed at what it acts on: a decision acts on what was drawn when its key was typed."""

from __future__ import annotations

import math
import time
from typing import Final

LEAD: Final = 0.3
"""Seconds that something is on the screen before a key can mean it, where the reader's own hand did not bring
it there: a key held down comes thirty times a second, a line delays, and an eye needs as long."""


class DrawnSince:
    """What is drawn in one place, and since when a key can mean it."""

    def __init__(self) -> None:
        self._what: object = None
        self._since = math.inf

    def note_drawn(self, what: object, *, lead: float) -> None:
        """Note that ``what`` is drawn now; if it is new there, keys can mean it after ``lead`` seconds."""
        if self._since == math.inf or what != self._what:
            self._what, self._since = what, time.monotonic() + lead

    def may_mean(self, what: object, typed_at: float) -> bool:
        """Return whether ``what`` is drawn, and was there long enough before a key was typed at
        ``typed_at``."""
        return typed_at >= self._since and what == self._what

    def note_hidden(self) -> None:
        """Note that it is out of sight: whatever is drawn there next is new."""
        self._what, self._since = None, math.inf

    def put_off(self, typed_at: float) -> None:
        """Note that a key was dropped: a key held down can't mean anything until it is released."""
        if self._since < math.inf:
            self._since = max(self._since, typed_at + LEAD)
