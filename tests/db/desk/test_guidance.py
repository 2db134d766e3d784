"""Guidance of departments: given by the supervisor, read and confirmed by their heads (C.6)."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused
from db.desk.authority.offices import set_head
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import create_entry
from db.desk.reviews.guiding import Guidance
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import Grant, NoticeRecipient, Person, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.reviewing import refused
from tests.world import World
from tui.sheets.notice_words import describe_notice

pytestmark = pytest.mark.clause("C.6", "H.3.1")
HERE = RunnerPlace("host", "test")
BOOK, TEXT = "subsidiary", "下班前锁好纸质名单"


def given(world: World) -> int:
    """An instruction of information security; its number."""
    return Guidance(world.desk("panlong")).give(BOOK, TEXT)


def test_the_heads_of_all_departments_read_and_confirm_it(world: World) -> None:
    number = given(world)
    (row,) = Guidance(world.desk("panlong")).list()
    assert (row.text, row.clause, row.by) == (TEXT, "C.6", "潘龙")
    assert row.departments == len(row.missing) > 0
    heads = {login for login in world.accounts if any(one.mine for one in Guidance(world.desk(login)).list())}
    assert heads
    for login in heads:
        told = next(one for one in world.desk(login).notices.unread() if one.kind == "guidance")
        assert TEXT in say(describe_notice(told), "zh_CN")
        assert told.acknowledge
        before = Guidance(world.desk("panlong")).list()[0].missing
        world.desk(login).notices.acknowledge(number)
        assert len(Guidance(world.desk("panlong")).list()[0].missing) < len(before)
        assert not any(one.mine for one in Guidance(world.desk(login)).list())
    (row,) = Guidance(world.desk("panlong")).list()
    assert row.missing == row.headless, "only departments without a head are left"


def test_a_new_one_is_offered_to_the_supervisor_and_to_no_other_head(world: World) -> None:
    assert BOOK in Guidance(world.desk("panlong")).offers()
    given(world)
    heads = {login for login in world.accounts if any(one.mine for one in Guidance(world.desk(login)).list())}
    assert {login for login in heads if BOOK in Guidance(world.desk(login)).offers()} == {"panlong"}


def without_account(world: World, path: str, name: str) -> None:
    """``path`` is headed by somebody who has no account yet."""
    values = {"name": name, "position": "组长", "mobile": "+8613800007099", "email": "z@huaxing.example"}
    with writing():
        unit = world.unit(BOOK, path)
        person = Person.create(name=name).id
        held = {key: (value,) for key, value in values.items()}
        entry = create_entry(BOOK, unit, "full-time", held, person=person, source="入职登记表")
        set_head(unit, entry)


def test_a_head_without_an_account_is_named_and_confirms_once_there_is_one(world: World) -> None:
    without_account(world, "产品部/设计组", "刘飞")
    given(world)
    (row,) = Guidance(world.desk("panlong")).list()
    assert row.awaited == (("设计组", "刘飞", ()),)
    assert "设计组" in row.missing
    assert "设计组" not in row.headless
    world.grant("tangyu", "head", BOOK, "产品部/设计组")
    assert Guidance(world.desk("panlong")).list()[0].awaited == (("设计组", "刘飞", ("唐雨",)),)


def test_who_heads_two_departments_is_asked_for_both(world: World) -> None:
    account, unit = world.accounts["dengchao"], world.unit(BOOK, "产品部")
    with writing():
        set_head(unit, world.entry("dengchao", BOOK))
    given(world)
    (row,) = Guidance(world.desk("panlong")).list()
    assert {"产品部", "交付部"} <= {*row.missing} - {*row.headless}
    assert NoticeRecipient.select().where(NoticeRecipient.account == account).count() == 1
    world.desk("dengchao").notices.acknowledge(row.id)
    assert not {"产品部", "交付部"} & {*Guidance(world.desk("panlong")).list()[0].missing}


def test_nobody_else_instructs_and_nobody_else_reads_it(world: World) -> None:
    for login in ("wangfang", "xuning"):
        with pytest.raises(Refused):
            Guidance(world.desk(login)).give(BOOK, TEXT)
    given(world)
    assert Guidance(world.desk("tangyu")).list() == ()
    for text in ("", " ", "长" * 501):
        with pytest.raises(Invalid):
            Guidance(world.desk("panlong")).give(BOOK, text)


@pytest.mark.threat(101)
def test_who_supervises_a_part_instructs_nobody_beyond_it(world: World) -> None:
    world.grant("xuning", policy_of(BOOK).supervisor.role, BOOK, "产品部/设计组")
    assert refused(lambda: Guidance(world.desk("xuning")).give(BOOK, TEXT)).clause == "C.6"
    given(world)
    assert Guidance(world.desk("xuning")).list() == ()


def test_the_keeper_is_refused_by_the_clause(world: World) -> None:
    assert refused(lambda: Guidance(world.desk("xuning")).give(BOOK, TEXT)).clause == "C.6"


def test_a_new_head_confirms_what_the_one_before_did_not(world: World, clock: Clock) -> None:
    number = given(world)
    leaving = next(
        login for login in world.accounts if any(one.mine for one in Guidance(world.desk(login)).list())
    )
    office = Grant.get(
        (Grant.book == BOOK)
        & (Grant.role == "head")
        & Grant.revoked_at.is_null()
        & ((Grant.account == world.accounts[leaving]) | (Grant.person == world.people[leaving]))
    )
    unit = Unit.get_by_id(office.unit_id).name
    clock.forward(days=1)
    with writing():
        Grant.update(revoked_at="2026-11-24T00:00:00.000000Z").where(Grant.id == office.id).execute()
    world.grant("tangyu", "head", BOOK, unit)
    run(HERE)
    assert [one.id for one in Guidance(world.desk("tangyu")).list() if one.mine] == [number]
    missing = set(Guidance(world.desk("panlong")).list()[0].missing)
    world.desk("tangyu").notices.acknowledge(number)
    assert missing - set(Guidance(world.desk("panlong")).list()[0].missing) == {unit}
