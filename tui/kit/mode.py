"""A mode: one of the places reached by a digit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from db.language import Text

if TYPE_CHECKING:
    from db.desk import Desk


def everyone(_desk: Desk) -> bool:
    """Visible to all who have signed in."""
    return True


@dataclass(frozen=True, slots=True)
class Mode:
    """``screen`` makes the mode's first screen. ``moved`` is said once a session at its digit, where that had
    another meaning before.

    Where ``visible_to`` is false the mode does not exist for the reader.
    """

    id: str
    digit: str
    label: Text
    screen: Callable[[], Screen[Any]]
    visible_to: Callable[[Desk], bool] = everyone
    moved: Text = ""


@dataclass(frozen=True, slots=True)
class RequiredScreen:
    """A screen shown after signing in, and again until ``holds`` is false: enrolment, an expired password.

    Passing it means that the screen dismisses itself; leaving it by F10 ends the session.
    """

    holds: Callable[[Desk], bool]
    screen: Callable[[], Screen[Any]]
