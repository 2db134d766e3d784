"""How one's own data and the list of leavers look."""

from __future__ import annotations

from tests.tui.conftest import Snap
from tests.tui.screens.privacy_stage import Privacy, kept
from tests.world import World
from tui.screens.privacy.leavers import Leavers
from tui.screens.privacy.mydata import MyData

__all__ = ["kept"]


def test_my_data(snap_matrix: Snap, kept: World) -> None:
    """The parts with their rows, below what the directories hold."""
    snap_matrix(lambda view: Privacy(kept, "zhangwei", view, lambda _app: MyData()))


def test_who_looked_me_up(snap_matrix: Snap, kept: World) -> None:
    """The look with its purpose; who it was is not told."""
    snap_matrix(
        lambda view: Privacy(kept, "zhangwei", view, lambda _app: MyData()), press=("down", "down", "tab")
    )


def test_why_i_am_not_erased(snap_matrix: Snap, kept: World) -> None:
    """By directory: what asks for the entry, when it is erased, what stays."""
    snap_matrix(lambda view: Privacy(kept, "zhangwei", view, lambda _app: MyData()), press=("e",))


def test_leavers(snap_matrix: Snap, kept: World) -> None:
    """When each is erased, and by which clause."""
    snap_matrix(lambda view: Privacy(kept, "luoyan", view, lambda _app: Leavers()))


def test_a_leaver_who_is_held(snap_matrix: Snap, kept: World) -> None:
    """An archive for good: the clause, and no key to erase."""
    snap_matrix(lambda view: Privacy(kept, "zengqing", view, lambda _app: Leavers()), press=("enter",))


def test_erasing_is_asked_twice(snap_matrix: Snap, kept: World) -> None:
    """Whether it is meant, the cursor standing on no; then the reason."""
    snap_matrix(
        lambda view: Privacy(kept, "luoyan", view, lambda _app: Leavers()),
        press=("x",),
    )
