"""Pictures of screens: each in both languages, at 80×24 and 120×36, and in every look.

    def test_queue(snap_matrix: Snap) -> None:
        '''The queue with an overdue request under the cursor.'''
        snap_matrix(lambda view: QueueStage(view, rows), press=("down",))

``pytest --snapshot-update`` accepts what is drawn now. The docstring says
what the picture must show; give the screen fixed data and a fixed clock.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest
from textual.app import App
from textual.pilot import Pilot

from db.language import Language
from tui.kit import KitApp, Look

Run = Callable[[Pilot[Any]], Awaitable[None]]


@dataclass(frozen=True)
class View:
    """One place of the matrix: what an application must be made with, and its size."""

    language: Language
    look: Look = field(default_factory=Look)
    size: tuple[int, int] = (80, 24)

    @property
    def id(self) -> str:
        """How the picture's file is called."""
        return f"{self.language}-{self.size[0]}x{self.size[1]}-{self.look.name}"


class Snap(Protocol):
    """Compares the picture of an application with the accepted one."""

    def __call__(
        self, make: Callable[[View], App[Any]], *, press: Iterable[str] = (), run_before: Run | None = None
    ) -> None: ...


LOOKS = (Look(light=True), Look(depth="256"), Look(depth=None))
SIZES = [View(language, size=size) for size in ((80, 24), (120, 36)) for language in ("zh_CN", "en")]
MATRIX = [*SIZES, *(View("zh_CN", look) for look in LOOKS)]


@pytest.fixture(params=MATRIX, ids=lambda view: view.id)
def snap_matrix(request: pytest.FixtureRequest, snap_compare: Callable[..., bool]) -> Snap:
    """Both languages in both sizes, and the other looks at 80×24 in Chinese."""
    view: View = request.param

    def compare(
        make: Callable[[View], App[Any]], *, press: Iterable[str] = (), run_before: Run | None = None
    ) -> None:
        assert snap_compare(make(view), press=press, terminal_size=view.size, run_before=run_before)

    return compare


@pytest.fixture(autouse=True)
def keys_have_their_effect(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that a test presses had its effect before the test looks, however busy the machine is."""
    press = Pilot.press

    async def and_wait(pilot: Pilot[Any], *keys: str) -> None:
        for key in keys:
            await press(pilot, key)
            if isinstance(pilot.app, KitApp) and pilot.app.is_running:
                await pilot.app.type_ahead.settled()

    monkeypatch.setattr(Pilot, "press", and_wait)


@pytest.fixture
def no_files(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty folder as working and home folder; the test says what is in it afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path
