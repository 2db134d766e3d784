"""What an objection can do, and what it can't: over time, by whom it concerns, when its author is gone."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.desk.refusal import Overtaken
from db.language import say
from db.store import clock as store_clock
from db.store.tables import Account, Grant, Notice, NoticeRecipient, Request
from db.store.transactions import writing
from tests.agreed import agreed, asked
from tests.conftest import Clock
from tests.db.desk.asking import approve, names
from tests.db.desk.power.test_telling import state, told
from tests.db.desk.power.test_two import can_open
from tests.db.desk.test_calendar import FILE
from tests.db.desk.test_offices import ask, heads
from tests.db.desk.test_policies import revision
from tests.world import World
from tui.sheets.notice_words import describe_notice
from tui.sheets.notices import OBJECT


def hears_of_objections(world: World, login: str) -> bool:
    mine = NoticeRecipient.select().join(Notice).where(NoticeRecipient.account == world.accounts[login])
    return bool(mine.where(Notice.kind == "power-objected").exists())


def revoke(world: World, by: str, whom: str, role: str) -> int:
    grant = Grant.get((Grant.account == world.accounts[whom]) & (Grant.role == role))
    return asked(lambda: world.desk(by).accounts.revoke(grant.id))


@pytest.mark.threat(50)
def test_nobody_keeps_a_role_by_objecting_to_its_end(world: World) -> None:
    """Somebody independent decides on that; whom they decide against is heard, and stops nothing."""
    request = revoke(world, "liuyang", "guotao", "it")
    assert world.desk("guotao").objections.object(told(world, "guotao")[-1]) == "heard"
    assert Request.get_by_id(request).state == "open"
    assert all(hears_of_objections(world, login) for login in ("liuyang", "helei", "chenjing"))
    approve(world, "helei", request)
    assert Grant.get((Grant.account == world.accounts["guotao"]) & (Grant.role == "it")).revoked_at


@pytest.mark.threat(50)
def test_nor_an_office_that_another_is_to_fill(world: World) -> None:
    request = ask(world.desk("zengqing"), "holder", "张文")
    assert world.desk("wangfang").objections.object(told(world, "wangfang")[-1]) == "heard"
    approve(world, "liwei", request)
    assert (heads(world, "wangfang"), heads(world, "zhangwen")) == (False, True)


@pytest.mark.threat(50)
def test_who_is_to_get_an_office_still_stops_it(world: World) -> None:
    request = ask(world.desk("zengqing"), "holder", "张文")
    assert world.desk("zhangwen").objections.object(told(world, "zhangwen")[-1]) == "stopped"
    assert request not in names(world.desk("liwei"))
    asked_for = world.desk("zengqing").requests.one(request).row
    assert say(asked_for.state_label, "en") == "stopped by 张文", "its asker did not withdraw it"


@pytest.mark.threat(53)
def test_what_somebody_did_is_taken_back_also_when_they_have_lost_their_office(world: World) -> None:
    """Who shuts somebody off on their own last day."""
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    with writing():
        taken = Grant.update(revoked_at="2099-01-01T00:00:00.000000Z")
        taken.where(Grant.account == world.accounts["guotao"]).execute()
    assert world.desk("wangfang").objections.object(told(world, "wangfang")[-1]) == "stopped"
    assert state(world, "zhangwei") != "disabled"


@pytest.mark.threat(102)
def test_who_was_told_of_an_act_that_is_over_takes_back_none_that_came_since(
    world: World, clock: Clock
) -> None:
    """Somebody is shut off for a day, let in again, and shut off for good once the head is another."""
    it, whom = world.desk("guotao"), world.accounts["zhangwei"]
    it.accounts.disable(whom)
    (first,) = told(world, "wangfang")
    it.accounts.enable(whom)
    clock.forward(days=1)
    it.accounts.disable(whom)
    with writing():
        mine = NoticeRecipient.account == world.accounts["wangfang"]
        NoticeRecipient.delete().where(mine & (NoticeRecipient.notice > first)).execute()
    with pytest.raises(Refused, match="since"):
        world.desk("wangfang").objections.object(first)
    assert state(world, "zhangwei") == "disabled"
    world.desk("helei").objections.object(told(world, "helei")[-1])
    assert state(world, "zhangwei") != "disabled"


@pytest.mark.threat(53)
def test_what_they_could_not_do_any_more_then_is_not_done_for_them(world: World) -> None:
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    with writing():
        Grant.update(revoked_at="2020-01-01T00:00:00.000000Z").where(
            Grant.account == world.accounts["guotao"]
        ).execute()
    with pytest.raises(Refused):
        world.desk("wangfang").objections.object(told(world, "wangfang")[-1])


@pytest.mark.threat(53)
def test_an_announcement_is_objected_to_within_thirty_days(world: World, clock: Clock) -> None:
    """A year later nobody takes an act back who was told of it in an office of before."""
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    clock.forward(days=30)
    notice = told(world, "helei")[-1]
    clock.forward(days=1)
    with pytest.raises(Refused, match="is objected to within"):
        world.desk("helei").objections.object(notice)
    assert state(world, "zhangwei") == "disabled"


@pytest.mark.threat(50)
def test_what_is_decided_already_is_not_offered_for_an_objection(world: World) -> None:
    """Whoever was told and comes late reads what became of it, and whom to ask."""
    request = ask(world.desk("zengqing"), "holder", "张文")
    notice = told(world, "zhangwen")[-1]
    approve(world, "liwei", request)
    desk = world.desk("zhangwen")
    row = next(one for one in desk.notices.unread() if one.id == notice)
    assert not OBJECT.offered(row)
    assert say(describe_notice(row), "zh_CN").endswith("（已办结）")
    with pytest.raises(Overtaken) as caught:
        desk.objections.object(notice)
    assert "已生效" in say(caught.value.message, "zh_CN")
    assert heads(world, "zhangwen")


NEXT_SUPERVISOR = (
    "\nmaintainer",
    '\nsupervisor = { role = "chief-executive", clause = "A.12" }\nmaintainer',
)


def next_rules(world: World) -> int:
    """Ask for a version by which another supervises than helei."""
    text = revision("enterprise", "2", "2026-12-10", NEXT_SUPERVISOR)
    return asked(lambda: world.desk("liuyang").policies.add(text))


@pytest.mark.threat(56)
def test_who_supervises_stops_no_rules_by_which_another_does(world: World) -> None:
    """They are heard by who asked and who decides."""
    request = next_rules(world)
    assert world.desk("helei").objections.object(told(world, "helei")[-1]) == "heard"
    assert Request.get_by_id(request).state == "open"
    assert hears_of_objections(world, "liuyang")
    deciders = [
        login for login in world.accounts if login != "helei" and can_open(world.desk(login), request)
    ]
    assert deciders
    assert all(hears_of_objections(world, login) for login in deciders)
    approve(world, deciders[0], request)
    assert Request.get_by_id(request).state == "applied"


@pytest.mark.threat(56)
def test_nor_decides_on_them(world: World) -> None:
    request = next_rules(world)
    assert not can_open(world.desk("helei"), request)
    text = revision("enterprise", "3", "2026-12-20")
    other = asked(lambda: world.desk("liuyang").policies.add(text))
    assert can_open(world.desk("helei"), other)


@pytest.mark.threat(50)
def test_who_only_watches_is_heard_where_somebody_else_decides(world: World) -> None:
    request = asked(
        lambda: world.desk("liuyang").accounts.grant(world.accounts["zhangwei"], "staff", "it", None, None)
    )
    assert world.desk("wangfang").objections.object(told(world, "wangfang")[-1]) == "heard"
    assert Request.get_by_id(request).state == "open"


def lose(world: World, login: str) -> None:
    theirs = (Grant.account == world.accounts[login]) | (Grant.person == world.people[login])
    with writing():
        Grant.update(revoked_at=store_clock.now()).where(theirs).execute()


@pytest.mark.threat(106)
def test_who_watches_over_it_no_more_takes_nothing_back(world: World, clock: Clock) -> None:
    """A supervisor of before lets somebody in again; whoever still watches can."""
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    clock.forward(days=1)
    lose(world, "helei")
    with pytest.raises(Refused, match="office"):
        world.desk("helei").objections.object(told(world, "helei")[-1])
    assert state(world, "zhangwei") == "disabled"
    assert world.desk("wangfang").objections.object(told(world, "wangfang")[-1]) == "stopped"


@pytest.mark.threat(106)
def test_nor_stops_what_waits(world: World, clock: Clock) -> None:
    with writing():
        also = Account.get_by_id(world.accounts["shanhong"]).person
        Grant.create(person=also, role="security", book="staff", granted_at=store_clock.now())
    rows = [["日期", "类别", "名称"], ["2026-12-24", "放假", "年会"]]
    request = asked(lambda: world.desk("liuyang").calendar.add("staff", rows, FILE))
    clock.forward(hours=1)
    lose(world, "helei")
    with pytest.raises(Refused, match="office"):
        world.desk("helei").objections.object(told(world, "helei")[-1])
    assert Request.get_by_id(request).state == "open"
    assert world.desk("shanhong").objections.object(told(world, "shanhong")[-1]) == "stopped"


@pytest.mark.threat(53, 106)
def test_where_nobody_else_watches_who_did_still_takes_it_back(world: World, clock: Clock) -> None:
    """Else whoever shuts somebody off would only have to wait for a new supervisor."""
    world.desk("guotao").accounts.disable(world.accounts["zhangwei"])
    clock.forward(days=1)
    lose(world, "helei")
    lose(world, "wangfang")
    assert world.desk("helei").objections.object(told(world, "helei")[-1]) == "stopped"


def test_who_objects_to_a_role_that_was_taken_back_reads_that(world: World) -> None:
    grant = world.desk("liuyang").accounts.grant
    agreed(lambda: grant(world.accounts["zhangwei"], "staff", "it", None, None), world.desk("helei"))
    approve(world, "helei", revoke(world, "liuyang", "zhangwei", "it"))
    done = next(one for one in told(world, "chenjing") if Notice.get_by_id(one).kind == "power-done")
    with pytest.raises(Refused, match="taken back already"):
        world.desk("chenjing").objections.object(done)
