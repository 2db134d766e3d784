"""An office under the regulations on controlled documents and on safety officers, with things to ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.store import clock as store_clock
from db.store.engine import close_store, open_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.settings import Home
from tests.conftest import Clock
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.fixture
def offices(tmp_path: Path) -> Iterator[World]:
    """Books ``controlled`` and ``safety`` on Monday 2026-11-23; one disclosure waits for its consents."""
    home = Home(tmp_path / "offices")
    home.folder.mkdir(mode=0o700)
    home.policies.mkdir()
    make_keys(home.keys)
    home.settings_file.write_text('organisation = "华星集团"\n', "utf-8")
    clock = Clock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    store_clock.use_source(lambda: clock.now)
    open_store(home)
    migrate()
    world = build_wider_world("safety", "controlled")
    to = str(world.unit("safety", "一车间"))
    asked = {"people": "牛二; 康乐", "what": "all", "to": to, "days": "7"}
    world.desk("dingyi").asking.ask("disclosure", "safety", asked, "联合消防演练")
    yield world
    close_store()
    store_clock.use_source(None)
