"""Long work goes on beside the session: elsewhere one works on, sees how far it is, and may stop it."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from db.desk import desk
from db.desk.editions import editions
from db.desk.editions.duty import settle_tasks
from db.desk.importing import importing
from db.desk.importing.bulk import write_plan
from db.desk.requests.holding import apply_held
from db.language import _
from db.store import audit, clock
from db.store.engine import database
from db.store.tables import (
    AuditRecord,
    EditionIssue,
    Entry,
    Grant,
    HeldAct,
    RequestStep,
    SignInSession,
)
from db.store.transactions import writing
from reports.period import parse_period
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.tui.conftest import Snap
from tests.tui.screens.editions_stage import Issuing, issued
from tests.tui.screens.requests_stage import Office, office
from tests.tui.screens.stage import Stage
from tests.tui.screens.test_importing import Hall, hall, submitted
from tests.tui.screens.working_stage import SIZE, Slow, slow, told, until
from tests.world import World
from tui.kit import DataList, KitApp, WorkStopped, working
from tui.kit.choosing import Choose
from tui.kit.command_palette import Palette
from tui.kit.refusal import Problems, Refusal
from tui.screens.editions import preview
from tui.screens.editions.preview import EditionPreview
from tui.screens.reports.asked import ReportScope
from tui.screens.reports.reports import Reports
from tui.screens.reports.view import ReportView, open_drawn
from tui.screens.requests import deciding, queue
from tui.sheets.calendar import IMPORT as DECLARE_DAYS
from tui.sheets.calendar import REMOVE as TAKE_DAYS_OUT
from tui.sheets.editions import ISSUE_NOW
from tui.sheets.reviews import NEW as OPEN_REVIEW

__all__ = ["hall", "issued", "office", "slow"]


async def begin(pilot: Pilot[int], slow: Slow) -> Reports:
    """Open the report on the directory from the gallery, and wait until it is being drawn."""
    await pilot.pause()
    screen = pilot.app.screen
    assert isinstance(screen, Reports)
    listing = screen.query_one(DataList)
    place = next(n for n, (_q, offer) in enumerate(screen._rows) if offer.kind.name == "directory")
    listing.go(place)
    await pilot.press("enter")
    await until(pilot, lambda: slow.process)
    await until(pilot, lambda: "%" in told(pilot))
    return screen


def recorded() -> list[str]:
    rows = AuditRecord.select().where(AuditRecord.act == "overview.directory").order_by(AuditRecord.seq)
    return [str(row.outcome) for row in rows]


class Room(Stage):
    """The reports, and a place to go to meanwhile."""

    SHOWN = ("reports", "queue")


def reports(world: World, login: str = "liuyang") -> Room:
    return Room(world, login, first="reports")


async def test_keys_are_answered_while_a_report_is_drawn(office: World, slow: Slow) -> None:
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin(pilot, slow)
        assert "报表：" in told(pilot)
        assert "██████████┈┈┈┈┈┈┈┈┈┈ 50%" in told(pilot)
        assert "Ctrl+G 停止" in told(pilot)
        at = screen.query_one(DataList).cursor
        await pilot.press("up")
        assert screen.query_one(DataList).cursor != at
        slow.let()
        await until(pilot, lambda: isinstance(app.screen, ReportView))
        assert "停止" not in told(pilot)
    assert recorded() == ["done"]
    assert not slow.is_running


async def test_what_was_done_elsewhere_meanwhile_waits_for_its_screen(office: World, slow: Slow) -> None:
    """It opens nothing over the place where its reader is; g leads to it."""
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        await begin(pilot, slow)
        await pilot.press(next(mode.digit for mode in app.modes if mode.id == "queue"))
        assert app.current_mode == "queue"
        assert "50%" in told(pilot)
        slow.let()
        await until(pilot, lambda: "g 前往" in told(pilot))
        assert app.current_mode == "queue"
        await pilot.press("g")
        assert isinstance(app.screen, Palette)
        assert "完成    报表：通讯录" in told(pilot)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReportView))
        assert app.current_mode == "reports"
        await pilot.press("g")
        assert "完成    报表" not in told(pilot)
    assert recorded() == ["done"]


async def test_esc_stops_it_after_asking_where_it_would_leave_the_screen_that_waits_for_it(
    office: World, slow: Slow
) -> None:
    app = Room(office, "liuyang", first="queue")
    async with app.run_test(size=SIZE) as pilot:
        await app.push_screen(Reports())
        await begin(pilot, slow)
        await pilot.press("escape")
        assert isinstance(app.screen, Choose)
        await pilot.press("n")
        assert slow.is_running
        await pilot.press("escape", "y")
        await until(pilot, lambda: "已停止" in told(pilot))
        assert isinstance(app.screen, Reports)
        assert not slow.is_running
    assert recorded() == []


@pytest.mark.parametrize("at", ["a list", "a field", "a question", "the box of g"])
async def test_one_key_stops_it_from_anywhere_and_nothing_of_it_is_done(
    office: World, slow: Slow, at: str
) -> None:
    """Also where letters are typed or answer, and where x is something else."""
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        await begin(pilot, slow)
        assert "Ctrl+G 停止" in told(pilot)
        keys = {"a list": ["2"], "a field": ["2", "slash"], "a question": ["2", "s"], "the box of g": ["g"]}
        await pilot.press(*keys[at])
        await pilot.press("ctrl+g")
        await until(pilot, lambda: not slow.is_running)
        await until(pilot, lambda: "已停止" in told(pilot))
    assert recorded() == []


async def test_one_thing_at_a_time(office: World, slow: Slow) -> None:
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin(pilot, slow)
        await pilot.press("enter")
        assert "正在进行" in told(pilot)
        screen.query_one(DataList).go(0)
        await pilot.press("o")
        assert isinstance(app.screen, Problems)
        assert "Ctrl+G 停止" in told(pilot)
        await pilot.press("escape")
        slow.let()
        await until(pilot, lambda: isinstance(app.screen, ReportView))


async def test_a_report_stays_of_its_period_where_that_of_another_is_stopped(
    office: World, slow: Slow
) -> None:
    """What is taken out is what is shown."""
    slow.let()
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        gallery, asked = app.screen, ReportScope()
        assert isinstance(gallery, Reports)
        (offer,) = [offer for _q, offer in gallery._rows if offer.kind.name == "compliance"]
        await open_drawn(gallery, offer, asked)
        screen = app.screen
        assert isinstance(screen, ReportView)
        shown = asked.period
        asked.period = parse_period("2026-01", shown.first)
        drawing = asyncio.create_task(screen._draw())
        await asyncio.sleep(0)
        app.working.stop()
        with pytest.raises(WorkStopped):
            await drawing
        assert screen._period == shown


async def test_signing_out_asks_while_it_goes_on_and_ends_it(office: World, slow: Slow) -> None:
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        await begin(pilot, slow)
        await pilot.press("f10")
        assert isinstance(app.screen, Choose)
        await pilot.press("n")
        assert app.is_running
        await pilot.press("f10", "y")
    assert app.return_value == 0
    assert not slow.is_running


async def test_a_session_that_ends_meanwhile_ends_it(office: World, slow: Slow) -> None:
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        await begin(pilot, slow)
        SignInSession.update(ended_at=clock.now()).execute()
        slow.let()
        await until(pilot, lambda: not app.is_running)
    assert app.return_value == 3
    assert recorded() == []


async def test_a_right_withdrawn_meanwhile_is_told_where_it_was_begun(office: World, slow: Slow) -> None:
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        await begin(pilot, slow)
        with writing():
            Grant.update(revoked_at=clock.now()).where(Grant.account == office.accounts["liuyang"]).execute()
        slow.let()
        await until(pilot, lambda: isinstance(app.screen, Refusal))
    assert recorded() == ["refused"]


async def test_an_error_of_the_program_in_it_is_told_and_the_session_goes_on(
    office: World, slow: Slow
) -> None:
    slow.error = ZeroDivisionError("secret")
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        screen = await begin(pilot, slow)
        slow.let()
        await until(pilot, lambda: "程序出错" in told(pilot))
        assert "secret" not in told(pilot)
        slow.error = None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ReportView))
        assert screen.is_attached
    assert recorded() == ["done"]
    assert app.crash is None


async def test_a_process_that_the_system_ends_is_told_alike(office: World, slow: Slow) -> None:
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        await begin(pilot, slow)
        os.kill(slow.process, 9)
        await until(pilot, lambda: "程序出错" in told(pilot))
    assert app.crash is None


async def test_both_sides_of_the_fork_have_connections_of_their_own(office: World, slow: Slow) -> None:
    """The session writes while the other reads, and neither closes what the other has."""
    app = reports(office)
    async with app.run_test(size=SIZE) as pilot:
        before = database.connection()
        await begin(pilot, slow)
        assert database.connection() is not before
        with writing():
            Grant.update(revoked_at=None).where(Grant.id == 0).execute()
        slow.let()
        await until(pilot, lambda: isinstance(app.screen, ReportView))
        assert app.desk.pulse.last_record()
    assert recorded() == ["done"]


async def stop_issuing(pilot: Pilot[int], slow: Slow) -> None:
    """Issue the edition of the week, and stop that once it is at what is slow."""
    await pilot.pause()
    await pilot.press("v", "1")
    await until(pilot, lambda: isinstance(pilot.app.screen, EditionPreview))
    await pilot.press("n")
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    await pilot.press("y")
    await until(pilot, lambda: slow.process)
    await until(pilot, lambda: "%" in told(pilot))
    await pilot.press("ctrl+g")
    await until(pilot, lambda: not slow.is_running)


async def test_what_is_stopped_in_the_middle_of_writing_is_undone_whole(
    issued: World, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And begun again, it is done."""
    slow.made = settle_tasks
    monkeypatch.setattr(editions, "settle_tasks", slow)
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await stop_issuing(pilot, slow)
        await until(pilot, lambda: "已停止" in told(pilot))
        assert EditionIssue.select().count() == 2
        assert audit.verify().sound
        slow.let()
        await pilot.press("n")
        await until(pilot, lambda: isinstance(app.screen, Choose))
        await pilot.press("y")
        await until(pilot, lambda: "已发放" in told(pilot))
    assert EditionIssue.select().count() == 3
    assert audit.verify().sound


def approved() -> int:
    return int(RequestStep.select().where(RequestStep.state == "approved").count())


async def agree(pilot: Pilot[int]) -> None:
    await pilot.press("a")
    await until(pilot, lambda: isinstance(pilot.app.screen, Choose))
    await pilot.press("y")


async def test_deciding_on_an_import_goes_on_beside_and_may_be_stopped(
    hall: World, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody of its file came in when it is stopped; decided on again, everybody does."""
    submitted(hall)
    slow.made = write_plan
    monkeypatch.setattr(importing, "write_plan", slow)
    app = Hall(hall, "zengqing", first="queue")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(queue.SETTLED + 0.2)  # what is looked at is on record before others write
        at = app.screen.query_one(DataList)
        await agree(pilot)
        await until(pilot, lambda: slow.process and "Ctrl+G 停止" in told(pilot))
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "已停止" in told(pilot))
        assert not Entry.select().where(Entry.name == "童童").exists()
        assert at.current is not None
        slow.let()
        await agree(pilot)
        await until(pilot, lambda: "已同意" in told(pilot))
    assert Entry.select().where(Entry.name == "童童").exists()


async def test_many_decisions_take_effect_beside_and_stopping_that_takes_them_back(
    office: World, slow: Slow, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    """The seconds until then are told as of any decision."""
    for extension in ("8090", "8091"):
        change(office, "zhangwei", asked={"extension": extension}, reason="换号")
    before = approved()
    monkeypatch.setattr(deciding, "AT_ONCE", 1)
    slow.made = apply_held
    monkeypatch.setattr(desk, "apply_held", slow)
    app = Office(office, "wangfang")
    app.desk.holding.seconds = 10
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await pilot.press("equals_sign", "a")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await until(pilot, lambda: "秒后生效" in told(pilot))
        clock.forward(seconds=11)
        await until(pilot, lambda: "50%" in told(pilot))
        await pilot.press("4")
        assert app.current_mode == "requests"
        await pilot.press("ctrl+g")
        await until(pilot, lambda: "已撤销" in told(pilot))
        assert not HeldAct.select().exists()
        assert approved() == before
        slow.let()
        await pilot.press("3", "equals_sign", "a")
        await pilot.pause(0.5)
        await pilot.press("enter")
        await until(pilot, lambda: "秒后生效" in told(pilot))
        clock.forward(seconds=11)
        await until(pilot, lambda: not HeldAct.select().exists())
        await until(pilot, lambda: "秒后生效" not in told(pilot))
    assert approved() == before + 2


def test_what_may_take_long_is_done_beside() -> None:
    """Opening a review and declaring days look at everybody, or at every deadline."""
    assert all(verb.lengthy for verb in (OPEN_REVIEW, DECLARE_DAYS, TAKE_DAYS_OUT))


async def test_what_was_done_just_before_it_was_stopped_is_told_as_done(
    issued: World, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow.made = lambda made: made
    issue = ISSUE_NOW.do
    monkeypatch.setattr(preview, "ISSUE_NOW", replace(ISSUE_NOW, do=lambda at: slow(issue(at))))
    app = Issuing(issued, "zhuli")
    async with app.run_test(size=SIZE) as pilot:
        await stop_issuing(pilot, slow)
        await until(pilot, lambda: "停止前已办理完成" in told(pilot))
    assert EditionIssue.select().count() == 3


def test_the_bar_of_long_work(snap_matrix: Snap, office: World) -> None:
    """Above the keys: what is done, how far it is, for how long, and the key that stops it."""

    async def go_on(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, KitApp)
        app.work_words = working.bar_words(_("Report: {title}", title=_("Directory")), 7, 20, 12)
        app.renew_notices()

    snap_matrix(lambda view: Room(office, "liuyang", view, first="reports"), run_before=go_on)
