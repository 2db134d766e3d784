"""Human resources' day over a small organisation: a joiner, a mover and two leavers under way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.conftest import Clock
from tests.db.desk.lives import duties, joiner, leave, move
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates
from tests.wider_world import build_wider_world
from tests.world import World, build_world
from tui.app import MingceApp
from tui.kit import KitApp, Look, Memory, NoticeArea, Reader, ScreenCommand
from tui.kit import live as live_module
from tui.screens.modes import MODES
from tui.screens.today.today import Today

SIZE = (80, 24)


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


@pytest.fixture(autouse=True)
def unrested(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look asks, however long the one before took."""
    monkeypatch.setattr(live_module, "REST", 0)


async def look(pilot: Pilot[int]) -> None:
    """What a session does every few seconds."""
    app = pilot.app
    assert isinstance(app, Lives)
    app.live.ask_once()
    await pilot.pause()


def application(lives: World, login: str) -> MingceApp:
    """The whole application, without gates."""
    desk, modes = lives.desk(login), [mode for mode in MODES if mode.id in Lives.SHOWN]
    return MingceApp(
        language="zh_CN",
        look=Look(),
        renew=lambda: desk,
        reader=Reader(),
        memory=Memory(),
        modes=modes,
        gates=(),
    )


def offered(app: KitApp) -> tuple[ScreenCommand, ...]:
    """What can be done on the screen on top."""
    screen = app.screen
    assert isinstance(screen, Today)
    return screen.offered_commands()


def told(app: KitApp) -> str:
    """What stands above the keys."""
    notice = app.screen.query_one(NoticeArea)
    if not notice.has_class("-told"):
        return ""
    return "".join(notice.render_line(y).text for y in range(notice.size.height))


def row_of(app: Lives, words: str) -> str:
    return next(line for line in text_of(app).splitlines() if words in line)
