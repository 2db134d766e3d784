"""The book under WeCom's regulation as a comparison left it, and the application over one desk in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.desk.entry.noting import queue_change
from db.desk.outside import queue
from db.desk.outside.survey import OutsideDifference, note_survey
from db.store import engine
from db.store.engine import store
from db.store.settings import WeComSettings
from db.store.tables import Entry
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import approved, joiner
from tests.tui.screens.stage import Stage, Template, Templates
from tests.wider_world import build_wider_world
from tests.world import World

BOOK = "wecom"
REMOTE = WeComSettings(corpid="ww0123456789")


class Outside(Stage):
    """Today, and what is opened over it."""

    SHOWN = ("today", "directory")


@pytest.fixture
def outside(
    templates: Templates, tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """A comparison with every kind of difference, on Monday 2026-11-23, with WeCom connected."""
    with templates.copy(OUTSIDE, tmp_path / "state", clock) as world:
        connect(monkeypatch)
        yield world


def connect(patch: pytest.MonkeyPatch, wecom: WeComSettings | None = REMOTE) -> None:
    """The settings name a WeCom that nobody reaches from here, or none."""
    settings = store().settings.model_copy(update={"wecom": wecom})
    patch.setattr(engine, "_open", replace(store(), settings=settings))


def _fill(_clock: Clock) -> World:
    world = build_wider_world(BOOK)
    with pytest.MonkeyPatch.context() as patch:
        connect(patch)
        _compare(world)
    return world


def _compare(world: World) -> None:
    values = {"name": "新来", "mobile": "138 0000 8990", "wechat": "wx_xinlai"}
    request = world.desk("huanghr").lifecycle.join(joiner(world, "产品部", BOOK, values=values))
    approved(world, "xuhr", request)
    change = queue.next_change()
    assert change is not None
    queue.record_unsynced(change, "WeCom 60104: mobile existed", in_vain=True)
    with writing():
        queue_change(Entry.get_by_id(world.entry("shuqi", BOOK)), "change")
    note_survey(
        BOOK,
        [
            OutsideDifference("missing-there", change.entry, "m7"),
            OutsideDifference("missing-there", world.entry("maoxiao", BOOK), "maoxiao"),
            OutsideDifference("differs", world.entry("shuqi", BOOK), "shuqi", fields=("mobile", "unit")),
            OutsideDifference("missing-here", None, "waibu01", "外部测试"),
        ],
        here=7,
        there=6,
        by_digest=False,
    )


OUTSIDE = Template(begin="2026-11-23T09:00+08:00", seen="2026-11-23T10:00+08:00", fill=_fill)
