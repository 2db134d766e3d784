"""Opening the forms for joining, moving and leaving: new ones, and those of requests that were returned."""

from __future__ import annotations

from typing import Final

from db.desk import Side
from db.desk.lifecycle.events import EVENTS
from db.desk.lifecycle.forms import JoinForm, LeaveForm, MoveForm
from tui.kit import FramedScreen
from tui.screens.lifecycle.form import LifeForm
from tui.screens.lifecycle.join import JoinScreen
from tui.screens.lifecycle.leave import LeaveScreen
from tui.screens.lifecycle.move import MoveScreen
from tui.screens.lifecycle.pupils import Enrol, Transfer, Withdraw

KINDS: Final = frozenset(EVENTS)
"""Kinds of request that are amended here."""


def screen_of(form: JoinForm | MoveForm | LeaveForm) -> LifeForm:
    pupil = form.route.of_pupils
    if isinstance(form, JoinForm):
        return Enrol(form) if pupil else JoinScreen(form)
    if isinstance(form, MoveForm):
        return Transfer(form) if pupil else MoveScreen(form)
    return Withdraw(form) if pupil else LeaveScreen(form)


def open_join_form(
    screen: FramedScreen, book: str, expected: int | None = None, side: Side = "internal"
) -> None:
    """Open the form of a joiner over ``screen``. Raises Refused if the reader may not ask for one."""
    screen.app.push_screen(screen_of(screen.app.desk.lifecycle.join_form(book, expected, side)))


def open_move_form(screen: FramedScreen, entry: int) -> None:
    """Open the form of a move over ``screen``. Raises Refused if the reader may not ask for it."""
    screen.app.push_screen(screen_of(screen.app.desk.lifecycle.move_form(entry)))


def open_leave_form(screen: FramedScreen, entry: int) -> None:
    """Open the form of a leaver over ``screen``. Raises Refused if the reader may not ask for it."""
    screen.app.push_screen(screen_of(screen.app.desk.lifecycle.leave_form(entry)))


def amendment(screen: FramedScreen, request: int) -> LifeForm:
    return screen_of(screen.app.desk.lifecycle.amendment(request))
