"""One's own data and the leavers over the small organisation: somebody was looked up, two people left."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.desk.entry import record
from db.store.tables import Entry
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.db.desk.lives import approved, leave
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.world import World, build_world


class Privacy(Stage):
    """My account, and over it what is given."""

    SHOWN = ("account", "data", "leavers")


@pytest.fixture
def kept(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """张伟 was looked up for a meeting and asked for a change; 张文 and 马军 left."""
    with templates.copy(KEPT, tmp_path / "state", clock) as world:
        yield world


def _fill(_clock: Clock) -> World:
    world = build_world()
    world.desk("wangfang").directory.reveal(world.entry("zhangwei"), "mobile", "meeting", "客户来访对接")
    change(world, "zhangwei")
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    with writing():
        for login in ("majun", "huangbo"):
            record.remove_entry(Entry.get_by_id(world.entry(login, "group")).id, "2026-11-20")
    return world


KEPT = Template(begin=MONDAY, seen=MONDAY, fill=_fill)
