"""One's own data and leavers at the keyboard."""

from __future__ import annotations

import pytest

from db.desk.entry import record
from db.desk.entry.record import load_entry
from db.desk.notation.values import display
from db.store.tables import AuditRecord, Entry, Erasure
from db.store.transactions import writing
from tests.agreed import settle
from tests.db.desk.asking import approve, ask_access
from tests.tui.conftest import SIZES, View
from tests.tui.plain.running import answered
from tests.tui.screens.at_the_door import settled, text_of
from tests.tui.screens.privacy_stage import Privacy, kept
from tests.world import World
from tui.kit import DataList
from tui.screens.asking.change import ChangeScreen
from tui.screens.door.account import MyAccount
from tui.screens.privacy.leavers import Leavers
from tui.screens.privacy.mydata import MyData
from tui.screens.reports.table import ReportTable
from tui.screens.reports.text import ReportText

__all__ = ["kept"]


def acts(act: str) -> int:
    return AuditRecord.select().where((AuditRecord.act == act) & (AuditRecord.outcome == "done")).count()


@pytest.mark.parametrize("view", SIZES)
async def test_everybody_sees_what_is_kept_of_them_and_by_whom_they_were_looked_up(
    kept: World, view: View
) -> None:
    app = Privacy(kept, "zhangwei", view)
    async with app.run_test(size=view.size) as pilot:
        await pilot.pause()
        await pilot.press("0", "b")
        await settled(pilot)
        assert isinstance(app.screen, MyData)
        assert display("mobile", load_entry(kept.entry("zhangwei")).first("mobile")) in text_of(app)
        await pilot.press("down", "down")
        await settled(pilot)
        meeting = {"zh_CN": "会议联络", "en": "meeting"}
        assert any(word in text_of(app).lower() for word in (meeting[view.language], "会议", "meeting"))
        assert "王芳" not in text_of(app), "who it was is the audit's to tell"
        await pilot.press("v", "3")
        await settled(pilot)
        assert isinstance(app.screen, ReportText)
    assert acts("privacy.mine") == 1


async def test_my_data_shows_on_coming_back_who_looked_meanwhile(kept: World) -> None:
    """It stood as it was first read for the whole session, and said so: this is how it stands now."""
    app = Privacy(kept, "zhangwei", View("en"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("0", "b", "down", "down", "tab")
        await settled(pilot)
        looked = text_of(app).count("open a card")
        await pilot.press("enter", "enter")
        await settled(pilot)
        assert acts("privacy.mine") == 1, "closing a row is no further look"
        for times, away in enumerate([("0", "a"), ()], 1):
            await pilot.press(*away)
            await settled(pilot)
            kept.desk("wangfang").directory.card(kept.entry("zhangwei"))
            await pilot.press("0", "b")
            await settled(pilot)
            assert text_of(app).count("open a card") == looked + times
            assert isinstance(app.focused, ReportTable), "the cursor stays where it was"
    assert acts("privacy.mine") == 3


async def test_it_is_taken_out_by_the_same_means_as_reports(kept: World) -> None:
    app = Privacy(kept, "zhangwei", View("en"), lambda _app: MyData())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("o", "2")
        await settled(pilot)
        assert "get > mydata.csv" in text_of(app)
    assert answered(kept, "zhangwei", "get").out.startswith(b"\xef\xbb\xbf")


@pytest.mark.clause("A.13")
async def test_whom_a_look_up_shows_ends_it_there_by_a_key(kept: World) -> None:
    """My data named who may see the reader for a time, and only a command ended it."""
    request = ask_access(kept.desk("zhangwei"), "staff", "客户现场对接", name="单宏", days=7)
    approve(kept, "zhouwei", request)
    app = Privacy(kept, "shanhong", View("en"), lambda _app: MyData())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("x", "2")
        await settled(pilot)
        assert "单宏, open to one colleague until 11-" in " ".join(text_of(app).replace("│", "").split())
        assert "张伟" not in text_of(app), "who it is was the audit's to tell"
        await pilot.press("y")
        await settled(pilot)
        assert "Ended: " in text_of(app)
        assert kept.desk("zhangwei").access.opened() == ()
        assert isinstance(app.screen, MyData)
        assert not app.screen.can("withdraw")


async def test_what_is_wrong_is_corrected_from_there(kept: World) -> None:
    app = Privacy(kept, "wangfang", View("en"), lambda _app: MyData())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("e")
        await settled(pilot)
        assert isinstance(app.screen, ChangeScreen)


@pytest.mark.clause("A.10")
async def test_why_one_is_not_erased_is_said_with_its_clauses(kept: World) -> None:
    app = Privacy(kept, "wangfang", View("en"), lambda _app: MyData())
    async with app.run_test(size=(120, 36)) as pilot:
        await settled(pilot)
        await pilot.press("x")
        await settled(pilot)
        told = text_of(app)
    assert all(part in told for part in ("36 months", "A.10", "safe default"))


@pytest.mark.clause("E.6.4")
async def test_a_leaver_is_erased_after_confirmation_reason_and_agreement(kept: World) -> None:
    app = Privacy(kept, "luoyan", View("en"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("0", "i")
        await settled(pilot)
        assert isinstance(app.screen, Leavers)
        assert "2029-11-20" in text_of(app)
        await pilot.press("x")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert Erasure.select().count() == 0, "the cursor starts on no"
        assert isinstance(app.screen, Leavers)
        await pilot.press("x")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        await pilot.press(*"asked", "enter")
        await settled(pilot)
        assert Erasure.select().count() == 0, "it waits for a second office"
        settle(kept.desk("chenjing"))
        assert Erasure.select().count() == 1
    assert acts("privacy.erase") == 1


async def test_the_cursor_stays_on_whose_erasure_was_asked_for_and_goes_on_from_there_once_erased(
    kept: World,
) -> None:
    with writing():
        record.remove_entry(Entry.get_by_id(kept.entry("helei", "group")).id, "2026-11-20")
    app = Privacy(kept, "luoyan", View("en"), lambda _app: Leavers())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        rows = app.screen.query_one(DataList)
        leavers = rows.in_sight
        await pilot.press("down", "x")
        await settled(pilot)
        await pilot.press("y")
        await settled(pilot)
        await pilot.press(*"asked", "enter")
        await settled(pilot)
        assert rows.current is not None
        assert rows.current.entry == leavers[1].entry, "it waits for a second office"
        settle(kept.desk("chenjing"))
        app.screen.refill()  # type: ignore[attr-defined]  # a SheetScreen
        await settled(pilot)
        assert rows.astray
        await pilot.press("down")
        await settled(pilot)
        assert rows.current == leavers[2]


@pytest.mark.clause("A.10")
async def test_who_must_be_kept_can_t_be_erased_here(kept: World) -> None:
    app = Privacy(kept, "zengqing", View("en"), lambda _app: Leavers())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert not app.screen.can("erase")  # type: ignore[attr-defined]  # a Frame
        assert "A.10" in text_of(app)


@pytest.mark.parametrize(("login", "offered"), [("zengqing", True), ("zhangwei", False), ("helei", False)])
async def test_leavers_are_the_maintainer_s(kept: World, login: str, offered: bool) -> None:
    app = Privacy(kept, login, View("en"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, MyAccount)
        assert ("leavers" in {mode.id for mode in app.modes}) is offered
