"""Moving somebody: what the form asks for, which days it takes, and who may enter it."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.desk.entry.units import close_unit, create_unit
from db.desk.requests.ask_fields import values_of
from db.language import say
from db.store.tables import Entry, Request
from db.store.transactions import writing
from tests.db.desk.lives import approved, leave, move
from tests.wider_world import build_wider_world
from tests.world import World

ROOM = "研发中心/研发一部"


@pytest.mark.clause("D.5.1")
def test_a_class_that_keeps_no_positions_is_not_asked_for_one(world: World) -> None:
    build_wider_world("class", beside=world)
    pupil = world.desk("yanlaoshi").lifecycle.move_form(world.entry("jiangtao", "class"))
    assert "position" not in values_of(pupil.fields)
    staff = world.desk("liuyang").lifecycle.move_form(world.entry("zhangwei"))
    assert "position" in values_of(staff.fields)


@pytest.mark.parametrize("day", ["2020-02-28", "2062-11-23", "2026-11-31", ""])
def test_a_day_that_can_not_be_is_said_at_its_field(world: World, day: str) -> None:
    Entry.update(joined="2020-03-01").where(Entry.id == world.entry("zhangwei")).execute()
    with pytest.raises(Invalid) as moving:
        move(world, "liuyang", "zhangwei", ROOM, position="组长", day=day)
    with pytest.raises(Invalid) as leaving:
        leave(world, "liuyang", "zhangwei", day=day)
    assert [problem.field for problem in (*moving.value.problems, *leaving.value.problems)] == ["day", "day"]
    assert Request.select().count() == 0


@pytest.mark.clause("B.3.2", "B.5.5")
def test_a_move_and_a_leaving_of_an_officer_are_handed_in_by_officers_and_the_safety_department(
    world: World,
) -> None:
    """A head holds no part in the safety officers' directory, even of their own department."""
    build_wider_world("safety", beside=world)
    world.grant("dingyi", "head", "safety", "二车间")
    with pytest.raises(Refused) as caught:
        move(world, "dingyi", "niuer", "二车间", "safety", position="组长")
    assert caught.value.clause == "B.3.2, B.5.5"
    with pytest.raises(Refused) as caught:
        leave(world, "dingyi", "niuer", "safety")
    assert caught.value.clause == "B.3.2, B.5.5"
    assert move(world, "panan", "niuer", "二车间", "safety", position="组长")


@pytest.mark.clause("A.9")
def test_nobody_is_moved_into_a_unit_that_was_closed_meanwhile(world: World) -> None:
    with writing():
        room = create_unit("staff", "新部", world.unit("staff", "研发中心"))
    world.units["staff", "研发中心/新部"] = room
    request = move(world, "liuyang", "zhangwei", "研发中心/新部")
    with writing():
        close_unit(room)
    with pytest.raises(Refused) as caught:
        approved(world, "zengqing", request)
    assert (caught.value.clause, "新部" in say(caught.value.message, "en")) == ("A.9", True)
    assert Entry.get_by_id(world.entry("zhangwei")).unit_id == world.unit("staff", ROOM)
    assert Request.get_by_id(request).state == "open"


def test_a_second_move_of_the_same_person_is_refused_before_anything_is_typed(world: World) -> None:
    request = move(world, "liuyang", "zhangwei", "研发中心/研发二部")
    with pytest.raises(Refused) as caught:
        world.desk("zengqing").lifecycle.move_form(world.entry("zhangwei"))
    assert str(request) in say(caught.value.message, "en")
