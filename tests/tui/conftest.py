"""Pictures of screens: each in both languages, at 80×24 and 120×36, and in every look.

    def test_queue(snap_matrix: Snap) -> None:
        '''The queue with an overdue request under the cursor.'''
        snap_matrix(lambda view: QueueStage(view, rows), press=("down",))

``pytest --snapshot-update`` accepts what is drawn now. The docstring says
what the picture must show; give the screen fixed data and a fixed clock.
Which screen it is that a test draws stands in ``pictured.txt``.
"""

from __future__ import annotations

import asyncio
import itertools
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pytest
from pytest_textual_snapshot import normalize_svg
from textual.app import App
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.screen import UPDATE_PERIOD, Screen

from db.language import Language
from tests.tui.wide import draw_wide
from tui.kit import KitApp, Look, Preview, seen, typeahead, working
from tui.kit.ambiguous import use_plain_set
from tui.kit.keyed import Keyed
from tui.kit.window import Window
from tui.safe import draws_plain
from tui.screens.directory.card import CardView
from tui.screens.evidence.reading import READING

Run = Callable[[Pilot[Any]], Awaitable[None]]


@dataclass(frozen=True)
class View:
    """One place of the matrix: what an application must be made with, and its size."""

    language: Language
    look: Look = field(default_factory=Look)
    size: tuple[int, int] = (80, 24)
    wide: bool = False
    """Whether the terminal draws characters of ambiguous width in two columns."""

    @property
    def id(self) -> str:
        """How the picture's file is called."""
        return f"{self.language}-{self.size[0]}x{self.size[1]}-{'wide' if self.wide else self.look.name}"


class Snap(Protocol):
    """Compares the picture of an application with the accepted one."""

    def __call__(
        self, make: Callable[[View], App[Any]], *, press: Iterable[str] = (), run_before: Run | None = None
    ) -> None: ...


LOOKS = (Look(light=True), Look(depth="256"), Look(strong=True), Look(depth=None))
SIZES = [View(language, size=size) for size in ((80, 24), (120, 36)) for language in ("zh_CN", "en")]
WIDE = [View(language, wide=True) for language in ("zh_CN", "en")]
EVERY_LOOK = [SIZES[0], *(View("zh_CN", look) for look in LOOKS), *SIZES[1:], *WIDE]
"""For the tests that are marked so: what differs between the looks is drawn in ten pictures."""
PATIENCE = 30.0
"""Seconds in which all comes to rest. They are not waited for where that is sooner."""
PICTURED = Path(__file__).with_name("pictured.txt")
"""Which screens the pictures show on top, so that one without any is found: a test and a class a line."""


@pytest.fixture(scope="session")
def drawn() -> dict[str, str]:
    """Pictures that were taken together with another one, by the name of the test that compares them."""
    return {}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "snap_matrix" in metafunc.fixturenames:
        views = _views(metafunc.definition)
        metafunc.parametrize("snap_matrix", views, indirect=True, ids=[view.id for view in views])


def _views(test: pytest.Item) -> list[View]:
    return EVERY_LOOK if test.get_closest_marker("every_look") else SIZES


@pytest.fixture
def snap_matrix(
    request: pytest.FixtureRequest, snap_compare: Callable[..., bool], drawn: dict[str, str]
) -> Snap:
    """Both languages in both sizes; of a test marked ``every_look`` also the other looks at 80×24 in Chinese,
    and a terminal that draws ambiguous characters wide in both.

    Whoever draws at 80×24 in Chinese goes on through all others. What is not as it was accepted then is
    drawn from the beginning: where a list scrolls, say, a terminal that grew shows another part of it.
    """
    view: View = request.param

    def compare(
        make: Callable[[View], App[Any]], *, press: Iterable[str] = (), run_before: Run | None = None
    ) -> None:
        def name(of: View) -> str:
            return str(request.node.nodeid).replace(view.id, of.id)

        if request.config.getoption("--show"):
            _show(make(view), tuple(press), run_before)
            return
        picture = drawn.pop(name(view), "")
        if not _is_accepted(request.node, picture):
            more = _views(request.node)[1:] if view is SIZES[0] else []
            screen, pictures = _draw(make(view), view, more, tuple(press), run_before)
            picture = pictures.pop(view)
            drawn.update({name(of): along for of, along in pictures.items()})
            line = f"{request.path.stem}::{request.node.originalname} {screen}"
            assert line in PICTURED.read_text("utf-8").splitlines(), f"in {PICTURED.name}: {line}"
        alike = snap_compare(Drawn(picture))
        assert alike, "see snapshot_report.html"

    return compare


def _is_accepted(test: pytest.Item, picture: str) -> bool:
    accepted = test.path.parent / "__snapshots__" / test.path.stem / f"{test.name}.svg"
    return accepted.exists() and normalize_svg(accepted.read_text("utf-8")) == normalize_svg(picture)


def _show(app: App[Any], press: Sequence[str], run_before: Run | None) -> None:
    """The screen of ``app`` in this terminal, until whoever looks at it ends it."""

    async def pilot_it(pilot: Pilot[Any]) -> None:
        if run_before is not None:
            await run_before(pilot)
        await pilot.press(*press)

    app.run(auto_pilot=pilot_it)


def _draw(
    app: App[Any], view: View, more: Sequence[View], press: Sequence[str], run_before: Run | None
) -> tuple[str, dict[View, str]]:
    """What class the screen of ``app`` is that is seen in the end, and pictures of it as ``view`` has it and
    then as each of ``more`` has it."""
    pictures: dict[View, str] = {}
    seen: list[str] = []

    async def pilot_it(pilot: Pilot[Any]) -> None:
        async def picture(of: View) -> str:
            if isinstance(app, KitApp) and draws_plain() != of.wide:
                app.choose_drawing("plain" if of.wide else "drawn")
                await pilot.pause(UPDATE_PERIOD)  # all is drawn anew at the next update
            await pilot.pause()
            for screen in app.screen_stack:
                while any(card.is_resting for card in screen.query(CardView)):
                    await pilot.pause(0.05)
            await pilot.pause()  # what a card looked up meanwhile is drawn, also below a dialog
            assert not out_of_reach(app.screen)
            return draw_wide(app) if of.wide else app.export_screenshot(simplify=True)

        await pilot.pause()
        if run_before is not None:
            await run_before(pilot)
            await pilot.pause()
        for key in press:
            await pilot.press(key)
            await pilot.pause()  # drawn before the next is typed, as what isn't drawn is not decided
        await pilot.wait_for_scheduled_animations()
        await pilot.pause()
        await pilot.pause()
        await pilot.wait_for_scheduled_animations()
        seen.append(type(app.screen).__name__)
        pictures[view] = await picture(view)
        for other in more:
            assert isinstance(app, KitApp)
            app.set_look(other.look)
            if app.language != other.language:
                app.set_language(other.language)
            if app.size != other.size:
                await pilot.resize_terminal(*other.size)
            pictures[other] = await picture(other)
        app.exit()

    app.run(headless=True, auto_pilot=pilot_it, size=view.size)
    if isinstance(app, KitApp) and app.crash is not None:
        raise app.crash
    return seen[0], pictures


class Drawn(App[str]):
    """Stands for an application whose picture was taken already."""

    def __init__(self, picture: str) -> None:
        super().__init__()
        self._picture = picture

    def run(self, **_options: Any) -> str:
        """Its picture, which is what a run that takes one ends with."""
        return self._picture


def out_of_reach(screen: Screen[Any]) -> list[object]:
    """What of ``screen`` is cut off where a list takes the arrows, so that no key shows the rest."""
    cut = (area for area in screen.query(VerticalScroll) if area.display and area.max_scroll_y)
    taken = isinstance(screen.focused, Window)
    return [area for area in cut if taken and not isinstance(area, Preview)]


@pytest.fixture(autouse=True)
def all_has_its_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that a test presses had its effect before the test looks, and all is drawn after a pause, however
    busy the machine is."""
    use_plain_set(False)
    monkeypatch.setattr(typeahead, "PATIENCE", PATIENCE)
    monkeypatch.setattr(working, "SHOWN_AFTER", PATIENCE)  # until then keys wait for what comes of it
    monkeypatch.setattr(seen, "LEAD", 0.0)  # a test's eye needs no time
    press, pause = Pilot.press, Pilot.pause

    async def and_wait(pilot: Pilot[Any], *keys: str) -> None:
        for key in keys:
            if isinstance(pilot.app, KitApp):  # who presses a key saw what is drawn
                await _come_to_rest(pilot.app, reads=False)
            await press(pilot, key)
            if isinstance(pilot.app, KitApp) and pilot.app.is_running:
                await pilot.app.type_ahead.wait_until_settled()
                await _come_to_rest(pilot.app, reads=False)

    async def until_still(pilot: Pilot[Any], delay: float | None = None) -> None:
        await pause(pilot, delay)
        await _come_to_rest(pilot.app)

    for module in ("app", "pilot"):
        monkeypatch.setattr(f"textual.{module}.wait_for_idle", _a_turn)
    monkeypatch.setattr(Pilot, "press", and_wait)
    monkeypatch.setattr(Pilot, "pause", until_still)


async def _a_turn(_min_sleep: float = 0, _max_sleep: float = 0) -> None:
    """In place of Textual's wait for a process that does nothing, which is 20 ms and more twice a key. What
    is waited for here is told by ``_come_to_rest``."""
    await asyncio.sleep(0)


async def _come_to_rest(app: App[Any], *, reads: bool = True) -> None:
    """Wait until nothing is on its way to any part of what is on the screen, nor comes in the next moment.

    Without ``reads`` what is being read may go on, so that a key can end it.
    """
    end, calm = time.monotonic() + PATIENCE, 0
    while calm < 3 and app.is_running and time.monotonic() < end:
        await asyncio.sleep(0)
        parts = [app, *(part for one in app.screen_stack for part in one.walk_children(with_self=True))]
        busy = (part.message_queue_size or part._next_callbacks or not part._is_mounted for part in parts)
        awaited, undrawn = reads and is_reading(app), _is_undrawn(app)
        if awaited or undrawn:
            await asyncio.sleep(0.01 if awaited else UPDATE_PERIOD)
        calm = 0 if awaited or undrawn or any(busy) else calm + 1


def _is_undrawn(app: App[Any]) -> bool:
    """Whether what changed on the screen waits for the timer that lays it out and draws it, or for the end of
    what is changed together, or something waits until it is drawn, or it scrolls."""
    screen = app.screen
    return bool(
        app._batch_count
        or app.animator._animations
        or screen._callbacks
        or screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
    )


def is_reading(app: App[Any]) -> bool:
    """Whether a file is being read, or a command goes on with what was read."""
    goes_on = isinstance(app.screen, Keyed) and app.screen.is_busy
    return goes_on or any(worker.name == READING and worker.is_running for worker in app.workers)


@pytest.fixture
def no_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty folder as working and home folder; the test says what is in it afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def same_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pick-up codes and their numbers are the same in every run."""
    letters, numbers = itertools.cycle("K7Q49MXD"), itertools.count(1)
    monkeypatch.setattr(secrets, "choice", lambda _letters: next(letters))
    monkeypatch.setattr(secrets, "token_hex", lambda size: f"{next(numbers):0{2 * size}x}")
