"""Opening the form of a returned request about joining, moving or leaving."""

from __future__ import annotations

from typing import Final

from db.desk.lifecycle.events import EVENTS
from db.desk.lifecycle.forms import JoinForm, MoveForm
from tui.kit import Frame
from tui.screens.lifecycle.join import Join
from tui.screens.lifecycle.leave import Leave
from tui.screens.lifecycle.move import Move

KINDS: Final = frozenset(EVENTS)
"""Kinds of request that are amended here."""


def amend(screen: Frame, request: int) -> None:
    """Open the form of ``request`` with what was handed in then."""
    form = screen.app.desk.lifecycle.amendment(request)
    if isinstance(form, JoinForm):
        screen.app.push_screen(Join(form))
    elif isinstance(form, MoveForm):
        screen.app.push_screen(Move(form))
    else:
        screen.app.push_screen(Leave(form))
