"""An office under the regulations on controlled documents and on safety officers, with things to ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.tui.screens.stage import MONDAY, Template, Templates
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.fixture
def offices(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Books ``controlled`` and ``safety`` on Monday 2026-11-23; one disclosure waits for its consents."""
    with templates.copy(OFFICES, tmp_path / "state", clock) as world:
        yield world


def _fill(_clock: Clock) -> World:
    world = build_wider_world("safety", "controlled")
    to = str(world.unit("safety", "一车间"))
    asked = {"people": "牛二; 康乐", "what": "all", "to": to, "days": "7"}
    world.desk("dingyi").asking.ask("disclosure", "safety", asked, "联合消防演练")
    return world


OFFICES = Template(begin=MONDAY, seen=MONDAY, fill=_fill)
