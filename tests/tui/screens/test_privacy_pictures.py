"""How one's own data and the list of leavers look."""

from __future__ import annotations

import pytest

from db.desk.authority.permissions import policy_of
from db.desk.privacy.collection import notice_of
from db.desk.privacy.privacy import Privacy as Privacy_
from tests.tui.conftest import Snap
from tests.tui.screens.privacy_stage import Privacy, kept
from tests.world import World
from tui.screens.door.undertaking import CollectionNoticeScreen
from tui.screens.privacy.leavers import Leavers
from tui.screens.privacy.mydata import MyData
from tui.screens.sheets.list import screen_of
from tui.sheets.books import BOOK
from tui.sheets.own_data import NOTICE, OPTIONAL, READERS

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
    snap_matrix(lambda view: Privacy(kept, "zhangwei", view, lambda _app: MyData()), press=("x",))


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


def test_notice_at_the_door(snap_matrix: Snap, kept: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parts with their clauses; one key accepts."""
    due = (notice_of(policy_of("group")),)
    monkeypatch.setattr(Privacy_, "notices_due", lambda _self: due)
    snap_matrix(lambda view: Privacy(kept, "zhangwei", view, lambda _app: CollectionNoticeScreen()))


def test_notice(snap_matrix: Snap, kept: World) -> None:
    """The same again, as a list."""
    snap_matrix(
        lambda view: Privacy(kept, "zhangwei", view, lambda _app: screen_of(NOTICE)({BOOK.id: "group"}))
    )


def test_optional_data(snap_matrix: Snap, kept: World) -> None:
    """What rests on consent alone, and what came of one that was taken back."""
    kept.desk("zhangwei").privacy.withdraw("group", "wechat")
    snap_matrix(lambda view: Privacy(kept, "zhangwei", view, lambda _app: screen_of(OPTIONAL)()))


def test_taking_consent_back(snap_matrix: Snap, kept: World) -> None:
    """What goes, what stays, and how it comes in again."""
    snap_matrix(
        lambda view: Privacy(kept, "songjia", view, lambda _app: screen_of(OPTIONAL)()), press=("down", "x")
    )


def test_who_accepted(snap_matrix: Snap, kept: World) -> None:
    """Who has, who has not, and who can't."""
    snap_matrix(
        lambda view: Privacy(kept, "luoyan", view, lambda _app: screen_of(READERS)({BOOK.id: "group"}))
    )
