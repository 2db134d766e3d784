"""Moving somebody: what the form asks for, which days it takes, who may enter it, and what comes of it."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.offices import head_of
from db.desk.entry.record import load_entry
from db.desk.entry.units import close_unit, create_unit
from db.desk.refusal import SILENT
from db.desk.requests.ask_fields import values_of
from db.language import say
from db.store.engine import Store
from db.store.tables import Entry, Notice, Request, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import approved, leave, move, task_of
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.notice_words import describe_notice

ROOM = "研发中心/研发一部"


@pytest.mark.clause("A.9")
def test_a_move_is_entered_on_the_clock_and_announced_in_both_departments(world: World) -> None:
    request = move(world, "liuyang", "zhangwei", "研发中心/研发二部", position="测试工程师")
    entry = world.entry("zhangwei")
    assert (task_of("mover").due, task_of("mover").clause) == ("2026-11-26", "A.9")
    assert load_entry(entry).unit == world.unit("staff", ROOM)
    approved(world, "zengqing", request)
    assert load_entry(entry).unit == world.unit("staff", "研发中心/研发二部")
    assert load_entry(entry).first("position") == "测试工程师"
    assert (task_of("mover").state, task_of("mover").late) == ("done", 0)
    units = {notice.unit_id for notice in Notice.select().where(Notice.kind == "move")}
    assert units == {world.unit("staff", ROOM), world.unit("staff", "研发中心/研发二部")}
    assert {n.kind for n in world.desk("wangfang").notices.unread()} == {"move"}
    (mine,) = [n for n in world.desk("zhangwei").notices.unread() if n.kind == "move"]
    assert Notice.get_by_id(mine.id).unit_id == world.unit("staff", "研发中心/研发二部"), (
        "once, of the new one"
    )
    assert {n.clause for n in world.desk("zhangwei").notices.unread()} == {"A.9"}


@pytest.mark.clause("A.9")
def test_a_head_reports_a_move_and_one_who_moves_heads_no_more(world: World, clock: Clock) -> None:
    request = move(world, "liwei", "wangfang", "研发中心", position="副总监", day="2026-11-25")
    approved(world, "liuyang", request)
    assert load_entry(world.entry("wangfang")).unit == world.unit("staff", ROOM)
    clock.set("2026-11-25T09:00+08:00")
    world.desk("zhangwei").me.who()
    assert load_entry(world.entry("wangfang")).unit != world.unit("staff", ROOM)
    assert head_of(Unit.get_by_id(world.unit("staff", ROOM))) is None
    with pytest.raises(Refused) as caught:
        move(world, "zhangwei", "zhangwei", ROOM, position="总经理")
    assert caught.value.clause == "A.6"


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


@pytest.mark.clause("A.9")
def test_a_department_that_takes_nobody_of_that_side_is_not_called_missing(world: World) -> None:
    with writing():
        other = create_unit("staff", "合作单位", world.unit("staff", ""), side="external")
    world.units["staff", "合作单位"] = other
    with pytest.raises(Invalid) as moving:
        move(world, "liuyang", "zhangwei", "合作单位", position="组长")
    (problem,) = moving.value.problems
    assert (problem.field, say(problem.message, "en")) == ("unit", "Choose one from the list.")


@pytest.mark.clause("H.5.4")
def test_who_is_moved_reads_it_and_what_they_are_no_more_where_no_clause_announces_it(store: Store) -> None:
    world = build_wider_world("secured")
    request = move(world, "ganhr", "shibu", "市场部/策划组", "secured", position="策划总监")
    approved(world, "fuhr", request)
    told = world.desk("shibu").notices.unread()
    assert {(one.kind, one.clause, one.own) for one in told} == {
        ("move", SILENT, True),
        ("right-taken", SILENT, True),
    }
    assert {say(describe_notice(one), "en") for one in told} == {
        "石布 策划组: a move took effect · Department",
        "You no longer have the role head of 市场部",
    }
    assert not {one.kind for one in world.desk("qinyu").notices.unread()}
