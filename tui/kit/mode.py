"""A mode: one of the places reached by a digit, or by a letter behind 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from db.language import Text

if TYPE_CHECKING:
    from db.desk import Desk


def everyone(_desk: Desk) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Mode:
    """``screen`` makes the mode's first screen. ``digit`` may be ``0`` and a letter: More lists it there.

    Where ``visible_to`` is false the mode does not exist for the reader. ``count`` says in More how much is
    there.
    """

    id: str
    digit: str
    label: Text
    screen: Callable[[], Screen[Any]]
    visible_to: Callable[[Desk], bool] = everyone
    count: Callable[[Desk], int] | None = None

    @property
    def in_bar(self) -> bool:
        return " " not in self.digit


@dataclass(frozen=True, slots=True)
class RequiredScreen:
    """A screen shown after signing in, and again until ``holds`` is false: enrolment, an expired password.

    Passing it means that the screen dismisses itself; leaving it by F10 ends the session. ``opens`` are the
    commands of `KitApp.anywhere` that open over it.
    """

    holds: Callable[[Desk], bool]
    screen: Callable[[], Screen[Any]]
    opens: frozenset[str] = frozenset()
