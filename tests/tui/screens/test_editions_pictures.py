"""How editions, copies and traces look."""

from __future__ import annotations

from textual.pilot import Pilot

from tests.tui.conftest import Snap
from tests.tui.screens.editions_stage import Issuing, issued
from tests.world import World

__all__ = ["issued"]


async def settle(pilot: Pilot[object]) -> None:
    """Let the lists ask for their rows."""
    await pilot.pause(0.2)


def test_editions(snap_matrix: Snap, issued: World) -> None:
    """Both editions with when they are due, and the issues of the one under the cursor."""
    snap_matrix(lambda view: Issuing(issued, "zhuli", view), run_before=settle)


def test_preview(snap_matrix: Snap, issued: World) -> None:
    """What changed since the last issue: a sign and a word for each kind, values before and after."""
    snap_matrix(
        lambda view: Issuing(issued, "zhuli", view),
        press=(
            "v",
            "1",
        ),
        run_before=settle,
    )


def test_preview_entries(snap_matrix: Snap, issued: World) -> None:
    """The edition's own columns, as many as there is room for, in the order of departments."""
    snap_matrix(
        lambda view: Issuing(issued, "zhuli", view), press=("v", "1", "v", "1", "2"), run_before=settle
    )


def test_copies(snap_matrix: Snap, issued: World) -> None:
    """Who has acknowledged, with a sign besides the colour."""
    snap_matrix(
        lambda view: Issuing(issued, "zhuli", view),
        press=(
            "v",
            "2",
        ),
        run_before=settle,
    )


def test_my_copies(snap_matrix: Snap, issued: World) -> None:
    """One's own copies, and under which classification."""
    snap_matrix(lambda view: Issuing(issued, "taojs", view), run_before=settle)


def test_password(snap_matrix: Snap, issued: World) -> None:
    """The password in a box, and that the receipt is acknowledged."""
    snap_matrix(lambda view: Issuing(issued, "taojs", view), press=("enter",), run_before=settle)


def test_trace(snap_matrix: Snap, issued: World) -> None:
    """Whom a copy was issued to, and how far that is proof."""
    snap_matrix(
        lambda view: Issuing(issued, "wenmi", view),
        press=(*"v3C0001-004", "enter"),
        run_before=settle,
    )
