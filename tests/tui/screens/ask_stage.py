"""An office under the regulations on controlled documents and on safety officers, with things to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.tui.screens.stage import new_home
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[World]:
    """Books ``controlled`` and ``safety`` on Monday 2026-11-23; one disclosure waits for its consents."""
    with new_home(tmp_path / "offices", datetime(2026, 11, 23, 1, 0, tzinfo=UTC)):
        world = build_wider_world("safety", "controlled")
        to = str(world.unit("safety", "一车间"))
        asked = {"people": "牛二; 康乐", "what": "all", "to": to, "days": "7"}
        world.desk("dingyi").asking.ask("disclosure", "safety", asked, "联合消防演练")
        yield world
