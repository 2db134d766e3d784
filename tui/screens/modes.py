"""The places that digits lead to, in the order of their digits, and what comes before them."""

from __future__ import annotations

from typing import Final

from tui.kit.mode import Gate, Mode
from tui.screens.enrolment import FirstSignIn
from tui.screens.password import ChangePassword
from tui.screens.undertaking import Undertaking

MODES: Final[tuple[Mode, ...]] = ()
"""One line a mode: ``Mode("today", "1", _("Today"), Today)``, with ``visible_to`` where not all see it.

Digits: Today 1, Directory 2, Queue 3, Requests 4, Evidence 5, Audit 6, Reports 7."""

GATES: Final[tuple[Gate, ...]] = (
    Gate(lambda desk: desk.actor.strength == "enrolling", FirstSignIn),
    Gate(lambda desk: desk.actor.strength == "expired", ChangePassword),
    Gate(lambda desk: bool(desk.me.undertakings()), Undertaking),
)
"""Screens to pass before any mode, in order: ``Gate(holds, screen)``; each dismisses itself when passed."""
