"""A file that somebody sent is read while the person goes on: Esc stops it at once, and the child is gone."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import psutil
import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from auth.pickups import make_pickup
from db.desk.editions.copies import Copies
from db.language import Language
from db.store.tables import AuditRecord, Trained
from reports.editions.delivering import fetch_copy
from tests.db.confined.children import HANG, taken_over
from tests.tui.conftest import View
from tests.tui.screens.editions_stage import Issuing, issued
from tests.tui.screens.requests_stage import Office, office
from tests.tui.screens.reviews_stage import Room, reviews
from tests.world import World
from tui.kit import KitApp, Look
from tui.screens.editions.trace import TraceScreen
from tui.screens.evidence.reading import ReadingDialog
from tui.screens.evidence.tray import EvidenceScreen
from tui.screens.evidence.view import EvidenceView
from tui.screens.sheets.list import screen_of
from tui.sheets.training import PEOPLE

__all__ = ["issued", "office", "reviews"]
SIZE = (80, 24)
AT_ONCE = 0.1
"""Seconds."""


def text_of(app: KitApp) -> str:
    """What stands on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


def children() -> list[psutil.Process]:
    """The processes that read at the moment."""
    found = []
    for one in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # also what has ended and nobody has waited for
            if "db.confined" in " ".join(one.cmdline()):
                found.append(one)
    return found


async def reads(app: KitApp, screen: type[Screen[Any]]) -> psutil.Process:
    """The process that reads a file under ``screen``, as soon as it does."""
    async with asyncio.timeout(30):
        while not (isinstance(app.screen, screen) and app.screen.is_mounted and children()):
            await asyncio.sleep(0.01)
    (child,) = children()
    return child


async def back_by_escape(
    app: KitApp, pilot: Pilot[Any], screen: type[Screen[Any]], child: psutil.Process, key: str = "escape"
) -> float:
    """Seconds from Esc, or another ``key`` that stops it, until ``screen`` is on top again; ``child`` is gone
    then too, and waited for."""
    began = time.monotonic()
    pressed = asyncio.create_task(pilot.press(key))
    async with asyncio.timeout(30):
        while not isinstance(app.screen, screen):
            await asyncio.sleep(0.001)
        took = time.monotonic() - began
        await pressed
        while child.is_running() or children():
            await asyncio.sleep(0.01)
    return took


@pytest.mark.threat(37)
async def test_esc_closes_a_piece_of_evidence_that_is_read_for_ever(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A picture that never ends to be unpacked: what was in the way of Esc is in a process of its own."""
    taken_over(monkeypatch, HANG)
    app = Office(office, "zhangwei", first="evidence")
    took = []
    async with app.run_test(size=SIZE) as pilot:
        for _again in range(5):
            await pilot.press("enter")
            child = await reads(app, EvidenceView)
            assert "Esc" in text_of(app)
            took.append(await back_by_escape(app, pilot, EvidenceScreen, child))
    assert min(took) < AT_ONCE, took


@pytest.mark.threat(37, 44)
async def test_esc_stops_a_trace_and_nothing_is_recorded(
    issued: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So does x, which stops whatever else is under way."""
    issued.desk("wenmi").evidence.add("捡到的.txt", b"C0001-004")
    taken_over(monkeypatch, HANG)
    app = Issuing(issued, "wenmi", over=lambda _app: TraceScreen())
    took = []
    async with app.run_test(size=SIZE) as pilot:
        for key in ("escape", "x", "escape", "x"):
            await pilot.press("f6")
            await pilot.press("1")
            child = await reads(app, ReadingDialog)
            took.append(await back_by_escape(app, pilot, TraceScreen, child, key))
    assert min(took) < AT_ONCE, took
    assert not AuditRecord.select().where(AuditRecord.act == "traces.file").exists()


@pytest.mark.threat(37)
async def test_esc_stops_an_attendance_list(reviews: World, monkeypatch: pytest.MonkeyPatch) -> None:
    reviews.desk("yuhr").evidence.add("签到.csv", "姓名,日期\n鲁南,2026-11-20\n".encode())
    taken_over(monkeypatch, HANG)
    app = Room(reviews, "yuhr")
    took = []
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("v", "4", "enter")
        for _again in range(5):
            await pilot.press("i")
            await pilot.press("enter")
            child = await reads(app, ReadingDialog)
            took.append(await back_by_escape(app, pilot, screen_of(PEOPLE), child))
    assert min(took) < AT_ONCE, took
    assert not Trained.select().where(Trained.on_day == "2026-11-20").exists()


@pytest.mark.threat(37)
async def test_who_signs_out_meanwhile_leaves_no_child(
    office: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_over(monkeypatch, HANG)
    app = Office(office, "zhangwei", first="evidence")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        child = await reads(app, EvidenceView)
        app.exit(0)
    assert not child.is_running()
    assert children() == []


@pytest.mark.threat(37)
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Reading it failed, or took more than 5 s or 256 MB."),
        ("zh_CN", "读取失败，或超过了 5 秒或 256 MB 的限额。"),
    ],
)
async def test_what_can_t_be_read_is_said_and_how_to_have_it_all_the_same(
    office: World, monkeypatch: pytest.MonkeyPatch, language: Language, words: str
) -> None:
    """It stays evidence: who decides fetches it and opens it on a machine of their own."""
    taken_over(monkeypatch, "def read(content): os.abort()")
    app = Office(office, "zhangwei", View(language, Look()), first="evidence")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("enter")
        await pilot.pause()
        shown = text_of(app)
        assert words in shown
        assert {"en": "to your own machine", "zh_CN": "取到自己的电脑"}[language] in shown
        await pilot.press("escape")
        assert isinstance(app.screen, EvidenceScreen)
        assert app.crash is None


async def test_enter_on_a_code_says_what_became_of_it(office: World) -> None:
    app = Office(office, "zhangwei", View("zh_CN", Look()), first="evidence")
    async with app.run_test(size=SIZE) as pilot:
        make_pickup(app.desk, ("mydata", "--format", "xlsx"), "mydata.xlsx")
        app.screen.come_back()  # type: ignore[attr-defined]
        await pilot.press("home", "enter")
        await pilot.pause()
        assert "等待取走 …  取件码只显示一次；x 作废。" in text_of(app)
        assert isinstance(app.screen, EvidenceScreen)


@pytest.mark.threat(44)
@pytest.mark.parametrize(
    ("language", "words"), [("en", "Only whether it is the"), ("zh_CN", "只核对了是否就是")]
)
async def test_a_copy_that_can_t_be_read_is_still_known_by_its_digest(
    issued: World, monkeypatch: pytest.MonkeyPatch, language: Language, words: str
) -> None:
    number = Copies(issued.desk("taojs")).mine()[0].number
    issued.desk("wenmi").evidence.add("捡到的.pdf", fetch_copy(issued.desk("taojs"), number).content)
    taken_over(monkeypatch, "def read(content): os.abort()")
    app = Issuing(issued, "wenmi", View(language, Look()), over=lambda _app: TraceScreen())
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f6")
        await pilot.press("1")
        await pilot.pause(0.1)
        await pilot.pause(0.1)
        shown = " ".join(text_of(app).split())
        assert words in shown
        assert number in shown
        assert app.crash is None


@pytest.mark.threat(37)
async def test_an_attendance_list_that_can_t_be_read_is_said_to_be_one(
    reviews: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviews.desk("yuhr").evidence.add("签到.csv", "姓名,日期\n鲁南,2026-11-20\n".encode())
    taken_over(monkeypatch, "def read(content): os.abort()")
    app = Room(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("v", "4", "enter")
        await pilot.press("i")
        await pilot.press("enter")
        await pilot.pause()
        assert "读取失败" in text_of(app)
        assert app.crash is None


@pytest.mark.threat(37)
@pytest.mark.parametrize(
    "text",
    ["é" * 2_500_000, "张伟\n" * 700_000, "\t" * 5_000_000 + "x", "a b " * 1_250_000],
    ids=["accents", "lines", "tabs", "words"],
)
async def test_a_text_of_5_mb_is_shown_as_far_as_that_is_quick(office: World, text: str) -> None:
    """It was folded in quadratic time."""
    content = text.encode()[: 5 << 20]
    office.desk("zhangwei").evidence.add("长.txt", content)
    app = Office(office, "zhangwei", first="evidence")
    async with app.run_test(size=SIZE) as pilot:
        began = time.process_time()
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(app.screen, EvidenceView)
        await pilot.press("end")
        await pilot.pause()
        assert time.process_time() - began < 10
        assert "取到自己的电脑" in text_of(app)
