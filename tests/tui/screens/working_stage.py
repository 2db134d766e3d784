"""Long work beside a session that goes on until it is let."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from db.desk.extracts.entries import directory
from db.desk.overview import overview
from db.store.progress import tell_progress
from tests.tui.screens.at_the_door import text_of
from tui.kit import KitApp, working

SIZE = (80, 24)
PATIENCE = 20.0


@dataclass
class Slow:
    """A report on the directory that goes on until it is let; it says who draws it, and half of how far."""

    folder: Path
    error: Exception | None = None
    made: Callable[..., Any] = directory

    def __call__(self, *asked: Any) -> Any:
        tell_progress(10, 20)
        (self.folder / "pid").write_text(str(os.getpid()))
        while not (self.folder / "go").exists():
            time.sleep(0.01)
        if self.error is not None:
            raise self.error
        return self.made(*asked)

    @property
    def process(self) -> int:
        return int((self.folder / "pid").read_text() or 0) if (self.folder / "pid").exists() else 0

    def let(self) -> None:
        (self.folder / "go").touch()

    @property
    def is_running(self) -> bool:
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        return True


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Slow:
    """The report is slow, and told as soon as it is begun."""
    monkeypatch.setattr(working, "SHOWN_AFTER", 0.01)
    monkeypatch.setattr(working, "EVERY", 0.05)
    found = Slow(tmp_path)
    monkeypatch.setattr(overview, "directory", found)
    return found


async def until(pilot: Pilot[int], holds: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, told(pilot)
        await pilot.pause(0.02)


def told(pilot: Pilot[int]) -> str:
    app = pilot.app
    assert isinstance(app, KitApp)
    return text_of(app)
