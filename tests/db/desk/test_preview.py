"""Whom somebody reports to, and what stands behind a name: as far as the reader may see it."""

from __future__ import annotations

import pytest

from db.approval.capacity import ACTING, DEPUTY
from db.desk import Desk, Refused
from db.language import say
from db.store import clock as store_clock
from db.store.tables import Entry, Grant
from db.store.transactions import writing
from tests.db.desk.asking import approve, ask_access
from tests.db.desk.lives import approved, leave
from tests.world import World


def names(desk: Desk, entry: int) -> list[str]:
    return [one.name for one in desk.directory.preview(entry).superiors]


def marks(desk: Desk, name: str, book: str = "staff") -> list[str]:
    (line,) = [line for line in desk.directory.search(book, name) if line.name == name]
    return [say(mark, "zh_CN") for mark in line.marks]


def test_the_way_up_leads_from_the_head_to_the_next_one(world: World) -> None:
    desk = world.desk("liuyang")
    assert names(desk, world.entry("zhangwei")) == ["王芳", "李伟"]
    assert names(desk, world.entry("wangfang")) == ["李伟"], "nobody is their own superior"
    assert names(desk, world.entry("chenjing")) == []
    first = desk.directory.preview(world.entry("zhangwei")).superiors[0]
    assert (first.number, first.acting) == ("8011", False)


@pytest.mark.threat(23)
@pytest.mark.clause("A.12")
def test_a_superior_out_of_sight_is_left_out_as_if_there_were_none(world: World) -> None:
    """An employee sees their own department: of the centre's head they hear as of a vacant office."""
    desk = world.desk("zhangwei")
    seen = [line.name for line in desk.directory.list("staff", limit=200)]
    assert "李伟" not in seen
    assert names(desk, world.entry("zhangwen")) == ["王芳"]


@pytest.mark.threat(23)
@pytest.mark.clause("A.13")
def test_of_somebody_seen_by_a_granted_access_no_superior_is_told(world: World) -> None:
    desk = world.desk("zhangwei")
    approve(world, "qianjin", ask_access(desk, "staff", "客户现场对接", name="孙丽", days=1))
    found = desk.directory.preview(world.entry("sunli"))
    assert (found.path, found.superiors) == ((), ())


@pytest.mark.threat(23)
def test_nothing_is_told_of_somebody_out_of_reach(world: World) -> None:
    with pytest.raises(Refused):
        world.desk("zhangwei").directory.preview(world.entry("zhaomin"))


def test_heads_and_deputies_are_marked(world: World) -> None:
    desk = world.desk("liuyang")
    assert marks(desk, "王芳") == ["[头]"]
    assert marks(desk, "张文") == []
    with writing():
        row, now = Entry.get_by_id(world.entry("zhangwen")), store_clock.now()
        Grant.create(
            person=row.person_id, role="head", book="staff", unit=row.unit_id, granted_at=now, capacity=DEPUTY
        )
    assert marks(desk, "张文") == ["[代]"]


def test_who_acts_is_told_from_the_holder(world: World) -> None:
    with writing():
        Grant.update(capacity=ACTING).where(
            Grant.person == Entry.get_by_id(world.entry("wangfang")).person_id
        ).execute()
    desk = world.desk("liuyang")
    assert marks(desk, "王芳") == ["[代]"]
    assert desk.directory.preview(world.entry("zhangwei")).superiors[0].acting


@pytest.mark.threat(23)
@pytest.mark.parametrize(
    ("login", "knows"),
    [("liuyang", True), ("zengqing", True), ("zhangwen", True), ("zhengwei", False), ("wangfang", False)],
)
def test_an_approved_last_day_is_known_to_whoever_decides_on_it_and_the_person(
    world: World, login: str, knows: bool
) -> None:
    """Not to a colleague or a head whom the regulation does not ask, though both see the person."""
    request = leave(world, "liuyang", "zhangwen", day="2026-11-30")
    approved(world, "zengqing", request)
    assert bool(marks(world.desk(login), "张文")) is knows
