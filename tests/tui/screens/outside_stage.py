"""The book under WeCom's regulation as a comparison left it, and the application over one desk in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from db.desk.outside import queue
from db.desk.outside.noting import wait_for
from db.desk.outside.survey import Difference, note_survey
from db.store import engine
from db.store.engine import store, writing
from db.store.settings import WeCom
from db.store.tables import Entry
from tests.conftest import Clock
from tests.db.desk.lives import approved, joiner
from tests.tui.screens.stage import Stage, copy_of, new_home
from tests.wider_world import build_wider_world
from tests.world import World

BOOK = "wecom"
REMOTE = WeCom(corpid="ww0123456789")


class Outside(Stage):
    """Today, and what is opened over it."""

    SHOWN = ("today", "directory")


@pytest.fixture(scope="session")
def outside_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """The differences once; each test gets a copy."""
    folder = tmp_path_factory.mktemp("outside") / "state"
    with new_home(folder, datetime(2026, 11, 23, 1, 0, tzinfo=UTC)), pytest.MonkeyPatch.context() as patch:
        world = build_wider_world(BOOK)
        connect(patch)
        _fill(world)
    return folder, world


@pytest.fixture
def outside(
    outside_template: tuple[Path, World], tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A comparison with every kind of difference, on Monday 2026-11-23, with WeCom connected."""
    folder, world = outside_template
    clock.set("2026-11-23T10:00+08:00")
    with copy_of(folder, tmp_path / "outside"):
        connect(monkeypatch)
        yield world


def connect(patch: pytest.MonkeyPatch, wecom: WeCom | None = REMOTE) -> None:
    """The settings name a WeCom that nobody reaches from here, or none."""
    settings = store().settings.model_copy(update={"wecom": wecom})
    patch.setattr(engine, "_open", replace(store(), settings=settings))


def _fill(world: World) -> None:
    values = {"name": "新来", "mobile": "138 0000 8990", "wechat": "wx_xinlai"}
    request = world.desk("huanghr").lifecycle.join(joiner(world, "产品部", BOOK, values=values))
    approved(world, "xuhr", request)
    change = queue.next_change()
    assert change is not None
    queue.failed(change, "WeCom 60104: mobile existed", for_good=True)
    with writing():
        wait_for(Entry.get_by_id(world.entry("shuqi", BOOK)), "change")
    note_survey(
        BOOK,
        [
            Difference("missing-there", change.entry, "m7"),
            Difference("missing-there", world.entry("maoxiao", BOOK), "maoxiao"),
            Difference("differs", world.entry("shuqi", BOOK), "shuqi", fields=("mobile", "unit")),
            Difference("missing-here", None, "waibu01", "外部测试"),
        ],
        here=7,
        there=6,
        by_digest=False,
    )
