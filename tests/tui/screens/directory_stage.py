"""The directory over one person's desk in the small organisation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from db.desk.entry.record import apply_values
from db.store.transactions import writing
from tests.conftest import Clock
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.world import World, build_world


class Hall(Stage):
    """The directory, and the requests beside it."""

    SHOWN: ClassVar[tuple[str, ...]] = ("directory", "requests")


@pytest.fixture
def hall(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """The organisation, one of whose values was verified."""
    with templates.copy(HALL, tmp_path / "state", clock) as world:
        yield world


def _fill(_clock: Clock) -> World:
    world = build_world()
    with writing():
        entry, account = world.entry("zhangwen"), world.accounts["zengqing"]
        apply_values(entry, {"extension": ("8015",)}, source="座位变更单", verifier=account)
    return world


HALL = Template(begin=MONDAY, seen=MONDAY, fill=_fill)
