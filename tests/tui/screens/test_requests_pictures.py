"""How queue, requests, change form, tray and viewers look."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from textual.pilot import Pilot

from auth.pickups import make_pickup
from db.desk import Invalid
from db.desk.authority.offices import end_headships
from db.desk.importing.importing import Source
from db.store.tables import Pickup
from db.store.transactions import writing
from tests.agreed import agreed
from tests.db.desk.lives import leave
from tests.tui.conftest import Snap, View
from tests.tui.screens.requests_stage import Office, office
from tests.tui.screens.stage import settled
from tests.world import World
from tui.kit import KitApp
from tui.screens.asking.change import ChangeScreen
from tui.screens.asking.form import AskForm
from tui.screens.directory.calendar import Calendar
from tui.screens.evidence.reading import ReadingDialog
from tui.screens.pickup import PickupDialog
from tui.screens.requests import queue
from tui.screens.sheets.list import screen_of
from tui.sheets.books import BOOK
from tui.sheets.calendar import HISTORY, ORGANISATION, WHOSE
from tui.sheets.delegation import DELEGATION
from tui.sheets.offices import DAY, OFFICES

__all__ = ["office"]


def the_form(office: World, view: View) -> Office:
    """The change form of one's own entry."""
    entry = office.entry("zhangwei")
    return Office(office, "zhangwei", view, over=lambda app: ChangeScreen(app.desk.changes.form(entry)))


@pytest.mark.every_look
def test_queue(snap_matrix: Snap, office: World) -> None:
    """Overdue first and marked in words; the request under the cursor with its difference and steps."""
    snap_matrix(lambda view: Office(office, "liuyang", view), run_before=settled)


def settled_once(monkeypatch: pytest.MonkeyPatch) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Make a wait for what is opened beside the first row; what the keys lead to is not opened, as it would
    be on a slow machine alone."""

    async def wait(pilot: Pilot[Any]) -> None:
        monkeypatch.setattr(queue, "SETTLED", 0.3)
        await settled(pilot)
        monkeypatch.setattr(queue, "SETTLED", 600.0)

    return wait


def test_held(snap_matrix: Snap, office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was decided is dim, its seconds stand above the keys with what takes it back."""

    def held(view: View) -> Office:
        app = Office(office, "liuyang", view)
        app.desk.holding.seconds = 10
        return app

    snap_matrix(held, press=("a",), run_before=settled_once(monkeypatch))


def test_queue_rejecting(snap_matrix: Snap, office: World) -> None:
    """A rejection asks for a word."""
    snap_matrix(lambda view: Office(office, "liuyang", view), press=("d",), run_before=settled)


def test_approving_several(snap_matrix: Snap, office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who and what, old and new, and which evidence was not opened."""
    press = ("space", "space", "a")
    before = settled_once(monkeypatch)
    snap_matrix(lambda view: Office(office, "liuyang", view), press=press, run_before=before)


def test_approving_a_leaver(snap_matrix: Snap, office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The question names whom, and what ends with it; the cursor stands on what does nothing."""
    leave(office, "liuyang", "zhangwen", day="2026-11-20")
    before = settled_once(monkeypatch)
    snap_matrix(lambda view: Office(office, "zengqing", view), press=("end", "a"), run_before=before)


def test_nothing_found(snap_matrix: Snap, office: World) -> None:
    """The search field stands in its own place, and an empty list says that nothing fits."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="requests"), press=("slash", *"zzz"))


def test_request_card(snap_matrix: Snap, office: World) -> None:
    """Everything about one request, with its history."""
    snap_matrix(lambda view: Office(office, "liuyang", view), press=("enter",), run_before=settled)


def test_my_requests(snap_matrix: Snap, office: World) -> None:
    """For whom each waits; a returned one can be amended."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="requests"), press=("down",))


def test_card_of_ones_own_request(snap_matrix: Snap, office: World) -> None:
    """One that was returned: why, and that it can be amended or withdrawn."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="requests"), press=("enter",))


def test_change_form(snap_matrix: Snap, office: World) -> None:
    """Present and new values side by side, one that is unfit, who will decide and by when."""
    snap_matrix(lambda view: the_form(office, view), press=("1", "tab", "tab", "home", "9"))


def test_picking_evidence(snap_matrix: Snap, office: World) -> None:
    """The tray over the form, one file selected, and how another gets here."""
    snap_matrix(lambda view: the_form(office, view), press=("f6", "space"))


def test_tray(snap_matrix: Snap, office: World, same_codes: None) -> None:
    """What waits and what was fetched, then the files, what they are attached to, and when each goes."""
    desk = office.desk("zhangwei")
    make_pickup(desk, ("mydata", "--format", "xlsx"), "mydata.xlsx")
    make_pickup(desk, (), "", coming=True)
    desk.pickups.take()
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="evidence"))


def test_bringing_a_file_in(snap_matrix: Snap, office: World, same_codes: None) -> None:
    """The command for another window, and the code that it is asked for."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="evidence"), press=("i",))


def test_a_file_that_was_refused(snap_matrix: Snap, office: World, same_codes: None) -> None:
    """Why it was not taken, under the code that is still good."""

    async def refused(pilot: Pilot[Any]) -> None:
        await pilot.pause()
        await pilot.press("i")
        for _turn in range(100):
            if isinstance(pilot.app.screen, PickupDialog):
                break
            await pilot.pause(0.02)
        desk = pilot.app.desk  # type: ignore[attr-defined]
        with writing():
            Pickup.update(used=desk.actor.session).execute()
        with pytest.raises(Invalid) as old:
            desk.evidence.add("花名册.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00")
        desk.pickups.renew(old.value.problems[0].message)
        pilot.app.screen.catch_up()  # type: ignore[attr-defined]

    snap_matrix(lambda view: Office(office, "zhangwei", view, first="evidence"), run_before=refused)


def test_evidence_text(snap_matrix: Snap, office: World) -> None:
    """A text as it is."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="evidence"), press=("down", "enter"))


def test_evidence_picture(snap_matrix: Snap, office: World) -> None:
    """A picture in half-blocks; without colours a word on why not."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="evidence"), press=("enter",))


def test_evidence_pdf(snap_matrix: Snap, office: World) -> None:
    """A PDF that is damaged: its size and digest, and the command that fetches it."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="evidence"), press=("end", "enter"))


def test_stand_in(snap_matrix: Snap, office: World) -> None:
    """Who stands in for whom, until when."""
    snap_matrix(lambda view: Office(office, "wangfang", view, over=lambda _app: screen_of(DELEGATION)()))


def test_offices(snap_matrix: Snap, office: World) -> None:
    """Who holds what since when; one department has no head."""
    with writing():
        end_headships(unit=office.unit("staff", "研发中心/研发二部"))
    snap_matrix(
        lambda view: Office(
            office, "liuyang", view, over=lambda _app: screen_of(OFFICES)({BOOK.id: "staff", DAY.id: ""})
        )
    )


def _declare(office: World) -> None:
    rows = [["日期", "类型", "名称"], ["2026-11-27", "放假", "公司日"], ["2026-11-28", "补班", "公司日调休"],
            ["2027-01-01", "放假", "元旦"]]  # fmt: skip
    agreed(
        lambda: office.desk("liuyang").calendar.add("", rows, Source("2027.csv", "ab" * 32)),
        office.desk("helei"),
    )


def test_calendar(snap_matrix: Snap, office: World) -> None:
    """Days that the organisation added, of one year and the next."""
    _declare(office)
    snap_matrix(lambda view: Office(office, "liuyang", view, over=lambda _app: Calendar()))


def test_calendar_history(snap_matrix: Snap, office: World) -> None:
    """Who put which days in, and when."""
    _declare(office)
    history = screen_of(HISTORY)
    snap_matrix(
        lambda view: Office(office, "liuyang", view, over=lambda _app: history({WHOSE.id: ORGANISATION}))
    )


def _access(app: KitApp) -> AskForm:
    return AskForm(app.desk.asking.form("access", "staff"))


def test_asking_for_access(snap_matrix: Snap, office: World) -> None:
    """Whom, why, for how long."""
    snap_matrix(lambda view: Office(office, "zhangwei", view, first="requests", over=_access))


def test_reading(snap_matrix: Snap, office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name of the file that is being read, and the key that stops it."""
    monkeypatch.setattr("tests.tui.conftest.is_reading", lambda _app: False)  # it never ends: don't wait
    snap_matrix(
        lambda view: Office(
            office,
            "zhangwei",
            view,
            first="evidence",
            over=lambda _app: ReadingDialog("座位变更单.txt", lambda: asyncio.Event().wait()),
        )
    )
