"""An office with requests in every state, and the application over one person's desk in it."""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest
from textual.pilot import Pilot

from db.desk.requests.request_views import RequestRow
from tests.conftest import Clock
from tests.db.desk.asking import approve, ask_access, change
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates, press
from tests.world import World, build_world
from tui.kit import DataList, TextInput

SIZE = (80, 24)
PICTURE = Path(__file__).with_name("badge.png")


class Office(Stage):
    """The modes of requests."""

    SHOWN = ("queue", "requests", "evidence")


@pytest.fixture
def office(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Requests of a week, seen on Monday 2026-11-23: overdue, due today, returned, for access."""
    with templates.copy(OFFICE, tmp_path / "state", clock) as world:
        yield world


def _fill(clock: Clock) -> World:
    """The numbers of evidence files are the same in every run."""
    world, numbers = build_world(), itertools.count(1)
    with patch.object(secrets, "token_hex", lambda size=16: f"{next(numbers):0{2 * size}x}"):
        _ask(world, clock)
    return world


def _ask(world: World, clock: Clock) -> None:
    clock.set("2026-11-16T09:00+08:00")
    overdue = change(world, "zhangwei")
    approve(world, "wangfang", overdue)
    clock.set("2026-11-18T10:30+08:00")
    today = change(world, "zhangwen", asked={"mobile": "139 0000 2122", "extension": "8016"})
    change(world, "liwei", mobile="139 0000 2128")
    clock.set("2026-11-20T16:02+08:00")
    approve(world, "wangfang", today)
    access = ask_access(world.desk("zhangwei"), "staff", "客户现场对接", name="赵敏", unit="销售中心", days=7)
    assert access
    later = change(world, "sunli", mobile="139 0000 2199")
    approve(world, "qianjin", later)
    returned = change(world, "zhangwei", asked={"extension": "8013"}, reason="换座")
    head = world.desk("wangfang")
    head.queue.return_(returned, head.queue.one(returned).digest, "请附座位变更单")
    tray = world.desk("zhangwei").evidence
    clock.forward(minutes=1)
    tray.add("座位变更单.txt", "座位变更单\n编号：2026-1123\n\n张伟 由 3-102 迁至 3-215。\n".encode())
    clock.forward(minutes=1)
    tray.add("工牌.png", PICTURE.read_bytes())
    head.delegation.delegate("head", "staff", world.accounts["zhangwen"], "2026-11-24", "2026-11-27", "休假")


OFFICE = Template(begin="2026-11-16T09:00+08:00", seen=MONDAY, fill=_fill)


def current(app: Office) -> RequestRow:
    """The request under the cursor."""
    row = app.screen.query_one(DataList).current
    assert isinstance(row, RequestRow)
    return row


def typed(app: Office, field: str) -> str:
    """What is in a field of the form."""
    return app.screen.query_one(f"#field-{field} TextInput", TextInput).value


async def fill(pilot: Pilot[int], **values: str) -> None:
    """Type values into the fields of the form."""
    for name, value in values.items():
        field = pilot.app.screen.query_one(f"#field-{name} TextInput")
        field.focus()
        await press(pilot, "end", "ctrl+u")
        await press(pilot, *value)
