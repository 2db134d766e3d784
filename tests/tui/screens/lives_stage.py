"""Human resources' day over a small organisation: a joiner, a mover and two leavers under way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Clock
from tests.db.desk.lives import duties, joiner, leave, move
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.wider_world import build_wider_world
from tests.world import World, build_world


class Lives(Stage):
    """Today, the directory and the requests."""

    SHOWN = ("today", "directory", "queue", "requests")


@pytest.fixture
def lives(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Tuesday 2026-12-01: a leaver overdue, a joiner due, a move and a hand-back under way."""
    with templates.copy(LIVES, tmp_path / "state", clock) as world:
        yield world


def _fill(clock: Clock) -> World:
    world = build_world()
    build_wider_world("secured", beside=world)
    leave(world, "liuyang", "zhangwen")
    clock.set("2026-11-27T09:00+08:00")
    values = {**joiner(world, "销售中心").values, "name": "赵新"}
    world.desk("liuyang").lifecycle.expect(joiner(world, "销售中心", joined="2026-11-27", values=values))
    clock.set("2026-11-30T10:00+08:00")
    move(world, "liuyang", "sunli", "销售中心", day="2026-11-30", position="客户经理")
    _take_out(world, "ABCD-EFGH")
    leave(world, "fuhr", "shibu", "secured", day="2026-11-30")
    clock.set("2026-12-01T09:00+08:00")
    duties()
    return world


def _take_out(world: World, mark: str) -> None:
    world.desk("shibu").overview.export(
        "directory", "secured", None, format="csv", sha256="0" * 64, size=1, rows=1, mark=mark, parameters={}
    )


LIVES = Template(begin=MONDAY, seen="2026-12-01T09:00+08:00", fill=_fill)
