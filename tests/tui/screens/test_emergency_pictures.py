"""How an emergency looks."""

from __future__ import annotations

from tests.tui.conftest import Snap
from tests.tui.screens.class_stage import Classroom, school
from tests.world import World

__all__ = ["school"]


def test_first_number(snap_matrix: Snap, school: World) -> None:
    """The number to call now on top, all numbers below it."""
    snap_matrix(
        lambda view: Classroom(school, "yanlaoshi", view),
        press=(
            "exclamation_mark",
            "1",
        ),
    )


def test_after_two_calls(snap_matrix: Snap, school: World) -> None:
    """What came of two calls, and the third number."""
    snap_matrix(lambda view: Classroom(school, "yanlaoshi", view), press=("exclamation_mark", *"d1d3"))


def test_roll(snap_matrix: Snap, school: World) -> None:
    """Whose family was reached."""
    snap_matrix(
        lambda view: Classroom(school, "yanlaoshi", view),
        press=("v", "1", "enter", "a", "escape"),
    )
