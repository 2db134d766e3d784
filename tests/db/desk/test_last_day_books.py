"""The last day of somebody who is in several directories (A.10, B.5.5)."""

from __future__ import annotations

import pytest

from db.desk import Invalid, Refused, SessionOver
from db.desk.authority.offices import head_of
from db.desk.lifecycle.forms import LeaveAsked
from db.language import say
from db.store.tables import (
    Account,
    Entry,
    Grant,
    Notice,
    NoticeRecipient,
    Task,
    Unit,
)
from tests.conftest import Clock
from tests.db.desk.lives import AFTER, DAY, approved, duties, leave, leave_all
from tests.wider_world import build_wider_world
from tests.world import World


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_leaving_the_organisation_ends_access_in_every_book_that_very_night(
    world: World, clock: Clock
) -> None:
    """And opens the leave in the others, also where no regulation has leavers entered; the task there does
    not end with nothing removed."""
    build_wider_world("controlled", beside=world)
    entry = world.entry("xiepi", "controlled")
    Entry.update(person=world.people["chenjing"]).where(Entry.id == entry).execute()
    leave_all(world, "liuyang", "chenjing")
    clock.set(AFTER)
    world.desk("luoyan").me.who()
    assert Account.get_by_id(world.accounts["chenjing"]).state == "disabled"
    assert head_of(Unit.get_by_id(world.unit("group", "集团办公室"))) is None
    duties()
    there = Task.get((Task.book == "group") & (Task.kind == "leaver"))
    assert (there.entry_id, there.clause, there.due) == (
        world.entry("chenjing", "group"),
        "E.6.2, E.14, own",
        "2026-12-04",
    )
    silent = Task.get((Task.book == "controlled") & (Task.kind == "leaver"))
    assert (silent.entry_id, silent.clause, silent.due) == (entry, "default", "2026-12-04")
    with pytest.raises(Refused) as caught:
        world.desk("luoyan").tasks.done(there.id)
    assert say(caught.value.message, "en") == "The entry is in the directory still."
    approved(world, "liuyang", leave(world, "luoyan", "chenjing", "group", DAY))
    assert Task.get_by_id(there.id).state == "done"
    duties()
    assert Task.select().where((Task.book == "group") & (Task.kind == "leaver")).count() == 1


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
def test_leaving_one_directory_ends_what_is_held_there_alone(world: World, clock: Clock) -> None:
    leave(world, "liuyang", "zhangwei", day=DAY)
    clock.set(AFTER)
    desk = world.desk("zhangwei")
    assert [book.id for book in desk.me.who().books] == ["group"]
    with pytest.raises(Refused):
        desk.directory.card(world.entry("zhangwen"))


@pytest.mark.threat(72)
@pytest.mark.clause("A.10")
@pytest.mark.parametrize("lifted", [None, "staff", "group"])
def test_whoever_leaves_each_of_their_directories_has_left(
    world: World, clock: Clock, lifted: str | None
) -> None:
    """In two requests, of one directory each; with one of them off the record the account is back."""
    kept = world.grant("zhangwei", "assistant", "group")
    requests = {
        "staff": leave(world, "liuyang", "zhangwei", day=DAY),
        "group": leave(world, "luoyan", "zhangwei", "group", DAY),
    }
    clock.set(AFTER)
    with pytest.raises(SessionOver):
        world.desk("zhangwei").me.who()
    assert Account.get_by_id(world.accounts["zhangwei"]).state == "disabled"
    if lifted is not None:
        world.desk("liuyang" if lifted == "staff" else "luoyan").requests.withdraw(requests[lifted])
        assert [book.id for book in world.desk("zhangwei").me.who().books] == [lifted]
        assert (Grant.get_by_id(kept).revoked_at is None) == (lifted == "group")


@pytest.fixture
def team(world: World) -> World:
    """The safety book beside the staff's: its officer 丁一 enters leavers of a workshop, 刘洋 is in both."""
    build_wider_world("safety", beside=world)
    Entry.update(person=world.people["liuyang"]).where(Entry.id == world.entry("renhe", "safety")).execute()
    return world


@pytest.mark.threat(84)
@pytest.mark.clause("A.6", "A.10", "B.3.2")
def test_who_enters_leavers_of_a_team_ends_nobody_s_access_to_the_others(team: World, clock: Clock) -> None:
    entry = team.entry("renhe", "safety")
    desk = team.desk("dingyi")
    assert [field.name for field in desk.lifecycle.leave_form(entry).fields] == ["day"]
    with pytest.raises(Invalid) as caught:
        desk.lifecycle.leave(LeaveAsked(entry, "2026-11-23", everywhere=True))
    assert "员工通讯录" in say(caught.value.problems[0].message, "zh_CN")
    desk.lifecycle.leave(LeaveAsked(entry, "2026-11-23"))
    clock.set("2026-11-24T00:00:01+08:00")
    assert team.desk("liuyang").me.who().name == "刘洋"
    assert Entry.get_by_id(team.entry("liuyang")).ended_at is None


@pytest.mark.threat(84)
@pytest.mark.clause("A.10", "G.4.3")
def test_who_watches_over_any_of_the_books_hears_of_it_and_leaving_one_asks_for_no_other(
    team: World, clock: Clock
) -> None:
    whole = team.desk("zengqing").lifecycle.leave(LeaveAsked(team.entry("liuyang"), DAY, everywhere=True))
    kind = Notice.kind == "last-day"
    told = {row.account_id for row in NoticeRecipient.select().join(Notice).where(kind)}
    assert told >= {team.accounts[login] for login in ("liuyang", "weiguo")}
    team.desk("zengqing").requests.withdraw(whole)
    team.desk("dingyi").lifecycle.leave(LeaveAsked(team.entry("renhe", "safety"), DAY))
    clock.set(AFTER)
    duties()
    waiting = (Task.kind == "leaver") & (Task.book == "staff") & (Task.state == "open")
    assert not Task.select().where(waiting).exists()


@pytest.mark.clause("A.8", "A.10")
def test_whose_last_day_is_lifted_is_to_be_removed_nowhere(team: World, clock: Clock) -> None:
    request = team.desk("zengqing").lifecycle.leave(LeaveAsked(team.entry("liuyang"), DAY, everywhere=True))
    clock.set(AFTER)
    duties()
    asked = (Task.book == "safety") & (Task.entry == team.entry("renhe", "safety"))
    opened = asked & (Task.kind == "leaver")
    assert Task.get(opened).state == "open"
    team.desk("zengqing").requests.withdraw(request)
    duties()
    assert Task.get(opened).state == "cancelled"


@pytest.mark.clause("A.8", "A.10", "B.5.5")
def test_who_came_back_since_is_to_be_removed_nowhere(team: World, clock: Clock) -> None:
    team.desk("zengqing").lifecycle.leave(LeaveAsked(team.entry("liuyang"), DAY, everywhere=True))
    clock.set("2026-11-30T09:00+08:00")
    team.desk("zengqing").me.who()
    Entry.update(joined="2026-11-30", ended_at=None).where(
        Entry.id == team.entry("renhe", "safety")
    ).execute()
    duties()
    asked = (Task.book == "safety") & (Task.entry == team.entry("renhe", "safety"))
    assert not Task.select().where(asked & Task.kind.in_(["leaver", "officer-change"])).exists()
