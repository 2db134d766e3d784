"""How Today with tasks, the task's card and the forms for joining, moving and leaving look."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from textual.pilot import Pilot

from db.desk import Refused
from db.desk.notation.localtime import local
from db.desk.notifications.notices import REVISION, store_notice
from db.language import _
from db.store.tables import Task
from db.store.transactions import writing
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import leave, take_out
from tests.tui.conftest import Snap
from tests.tui.screens.lives_stage import Lives, lives
from tests.tui.screens.stage import counted
from tests.world import World
from tui.kit import KitApp
from tui.screens.lifecycle.join import JoinScreen
from tui.screens.lifecycle.leave import LeaveScreen
from tui.screens.lifecycle.move import MoveScreen
from tui.screens.sheets.list import screen_of
from tui.screens.tasks.card import TaskCard
from tui.screens.tasks.tasks import TasksScreen
from tui.screens.today.today import ReadNotice
from tui.sheets.hand_back import OWN
from tui.sheets.notice_words import notice_line

__all__ = ["lives"]


def the_card(app: KitApp, book: str, kind: str) -> TaskCard:
    """The only task of that kind in ``book``."""
    task = Task.get((Task.book == book) & (Task.kind == kind))
    return TaskCard(app.desk.tasks.one(task.id))


def test_today_with_tasks(snap_matrix: Snap, lives: World) -> None:
    """Tasks and requests in one list, the oldest due day first, each matter once."""
    snap_matrix(lambda view: Lives(lives, "zengqing", view), run_before=counted)


def test_today_of_a_head(snap_matrix: Snap, lives: World) -> None:
    """What they agreed to, the numbers of their unit, and what is late elsewhere."""
    approve(lives, "wangfang", change(lives, "zhangwei"))
    for login in ("zhengwei", "zhangwen"):
        change(lives, "wangfang", of=login, asked={"extension": "8900"}, reason="座位调整")
    snap_matrix(lambda view: Lives(lives, "wangfang", view), run_before=counted)


def test_today_of_who_supervises(snap_matrix: Snap, lives: World) -> None:
    """What is unlike other days, and where it sticks; what one can do from here where little is."""
    for _each in range(3):
        with suppress(Refused):
            lives.desk("shanhong").overview.incomplete("staff")
    snap_matrix(lambda view: Lives(lives, "helei", view), run_before=counted)


def test_an_announcement_to_acknowledge(snap_matrix: Snap, lives: World) -> None:
    """In full, with the key that acknowledges it."""
    detail = {
        "zh": "企业通讯录管理制度",
        "en": "Enterprise directory",
        "version": "2",
        "effective": "2026-12-01",
    }
    with writing():
        store_notice(
            REVISION, "staff", [lives.accounts["zhangwei"]], clause="A.20", acknowledge=True, detail=detail
        )
    notice = next(one for one in lives.desk("zhangwei").notices.unread() if one.acknowledge)
    facts = [(_("When"), local(notice.at)[:16]), (_("Announcement"), notice_line(notice, whole=True))]

    async def read(pilot: Pilot[Any]) -> None:
        await counted(pilot)
        await pilot.app.push_screen(ReadNotice(facts, acknowledge=True))

    snap_matrix(lambda view: Lives(lives, "zhangwei", view), run_before=read)


def test_tasks(snap_matrix: Snap, lives: World) -> None:
    """What each task lacks and by when, with its clause."""
    snap_matrix(lambda view: Lives(lives, "zengqing", view, lambda _app: TasksScreen()))


def test_a_leavers_task(snap_matrix: Snap, lives: World) -> None:
    """A copy that is still out stands before the end."""
    snap_matrix(lambda view: Lives(lives, "ganhr", view, lambda app: the_card(app, "secured", "leaver")))


def test_own_copies(snap_matrix: Snap, lives: World) -> None:
    """What became of a copy, said before the last day."""
    take_out(lives, "xinan", "JKLM-NPQR")
    leave(lives, "fuhr", "xinan", "secured", day="2026-12-07")
    desk = lives.desk("xinan")
    desk.tasks.say_copy(desk.tasks.own_copies()[0].id, "returned", "交信息部前台")
    snap_matrix(lambda view: Lives(lives, "xinan", view, lambda _app: screen_of(OWN)()))


def test_join(snap_matrix: Snap, lives: World) -> None:
    """A joiner half typed: what is fit, what is missing, and by when it is due."""
    snap_matrix(
        lambda view: Lives(
            lives, "liuyang", view, lambda app: JoinScreen(app.desk.lifecycle.join_form("staff"))
        ),
        press=("赵", "敏", "tab", "tab", "1", "2"),
    )


def test_a_new_outside_contact(snap_matrix: Snap, lives: World) -> None:
    """The colleague who answers for it is named; one who is none is told at the field."""
    snap_matrix(
        lambda view: Lives(
            lives,
            "luoyan",
            view,
            lambda app: JoinScreen(app.desk.lifecycle.join_form("group", side="external")),
        ),
        press=("秦", "岚", *["tab"] * 10, "马", "军"),
    )


def test_choosing_a_unit(snap_matrix: Snap, lives: World) -> None:
    """Part of the name narrows the list."""
    snap_matrix(
        lambda view: Lives(
            lives, "liuyang", view, lambda app: JoinScreen(app.desk.lifecycle.join_form("staff"))
        ),
        press=("f3", "研", "发"),
    )


def test_move(snap_matrix: Snap, lives: World) -> None:
    """Where the person is, and where to."""
    entry = lives.entry("zhengwei")
    snap_matrix(
        lambda view: Lives(
            lives, "liuyang", view, lambda app: MoveScreen(app.desk.lifecycle.move_form(entry))
        )
    )


def test_leave(snap_matrix: Snap, lives: World) -> None:
    """Everything that ends with the entry, each with its clause."""
    entry = lives.entry("zhaomin")
    snap_matrix(
        lambda view: Lives(
            lives, "liuyang", view, lambda app: LeaveScreen(app.desk.lifecycle.leave_form(entry))
        )
    )
