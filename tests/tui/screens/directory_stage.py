"""The directory over one person's desk in the small organisation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.desk.record import apply_values
from db.store.engine import close_store, open_store, writing
from db.store.migrations import migrate
from db.store.settings import Home
from tests.conftest import Clock
from tests.tui.screens.stage import Stage
from tests.world import World, build_world


class Hall(Stage):
    """The directory, and the requests beside it."""

    SHOWN = ("directory", "requests")


@pytest.fixture
def hall(home: Home, clock: Clock) -> Iterator[World]:
    """The organisation, one of whose values was verified."""
    open_store(home)
    migrate()
    world = build_world()
    with writing():
        entry, account = world.entry("zhangwen"), world.accounts["zengqing"]
        apply_values(entry, {"extension": ("8015",)}, source="座位变更单", verifier=account)
    yield world
    close_store()
