"""Reviews under way in several books, and the application over one person's desk in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.review_views import CampaignRow
from db.desk.reviews.reviews import Reviews
from db.desk.training.trainings import Trainings
from tests.conftest import Clock
from tests.db.desk.reviewing import open_all, things
from tests.tui.screens.stage import MONDAY, Stage, Template, Templates, press
from tests.wider_world import build_wider_world
from tests.world import World, build_world
from tui.kit import DataList

SIZE = (80, 24)


class Room(Stage):
    """The reviews, and the requests beside them."""

    SHOWN = ("reviews", "requests")


class Morning(Stage):
    """Today, with the requests beside it."""

    SHOWN = ("today", "requests")


async def enter(app: Room, pilot: Pilot[int], kind: str) -> CampaignRow:
    """Open the review of ``kind`` from the list."""
    rows = Reviews(app.desk).campaigns()
    place = next(number for number, row in enumerate(rows) if row.kind == kind)
    app.screen.query_one(DataList).go(place)
    await press(pilot, "enter")
    return rows[place]


@pytest.fixture
def reviews(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """Two weeks of reviews, seen on Monday 2026-11-23."""
    with templates.copy(REVIEWS, tmp_path / "state", clock) as world:
        yield world


def _fill(clock: Clock) -> World:
    world = build_wider_world("safety", "general", "secured", beside=build_world())
    safety, company = open_all("safety"), open_all("group")
    secured = open_all("secured")
    open_all("general")
    clock.set("2026-11-12T10:00+08:00")
    desk = world.desk("kangle")
    rows = things(desk, safety["full-review"])
    for name in ("潘安", "卫国"):
        Reviews(desk).decide(safety["full-review"], rows[name].id, "right", rows[name].version)
    Reviews(desk).decide(safety["full-review"], rows["牛二"].id, "removed", rows["牛二"].version)
    officer = world.desk("dingyi")
    for row in things(officer, safety["collection"]).values():
        Reviews(officer).decide(safety["collection"], row.id, "right")
    head = world.desk("songjia")
    for row in things(head, company["sign-off"]).values():
        Reviews(head).decide(company["sign-off"], row.id, "right")
    inspector = world.desk("xinan")
    points = Reviews(inspector).items(secured["inspection"])
    Reviews(inspector).decide(secured["inspection"], points[0].id, "right")
    finding = Inspections(inspector).find(
        secured["inspection"], "三个离岗账号未收回", world.accounts["ganhr"], "2026-11-20", points[1].id
    )
    clock.set("2026-11-16T10:00+08:00")
    Inspections(world.desk("ganhr")).answer(finding, "两个已收回，一个等本人确认")
    for keeper, attended, day in (("jinhr", "dubei", "2025-12-01"), ("yuhr", "jinhr", "2026-09-01")):
        Trainings(world.desk(keeper)).record(
            "general", "directory-rules", [world.entry(attended, "general")], day
        )
    return world


REVIEWS = Template(begin="2026-11-09T09:00+08:00", seen=MONDAY, fill=_fill)
