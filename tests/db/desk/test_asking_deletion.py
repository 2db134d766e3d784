"""Deletion on request: reviewed first (E.6.4), and not where an archive is due (A.10)."""

from __future__ import annotations

import pytest

from db.desk import Refused, SessionOver
from db.language import say
from db.store.engine import Store
from db.store.tables import Account, AuditRecord, Entry, Grant, Request
from tests.conftest import Clock
from tests.db.desk.asking import approve, change, names, refusal
from tests.wider_world import build_wider_world
from tests.world import World


def ask(world: World, login: str, whom: str, book: str = "group") -> int:
    return world.desk(login).asking.ask("delete", book, {"entry": whom}, "已停止合作")


@pytest.mark.clause("E.6.4")
def test_an_entry_is_deleted_only_after_hrs_review(world: World) -> None:
    request = ask(world, "huangbo", "马军")
    digest = Request.get_by_id(request).digest
    assert Request.get_by_id(request).clause == "E.6.4"
    entry = world.entry("majun", "group")
    for login in ("huangbo", "songjia", "majun"):
        refusal(world.desk(login), request, digest)
        assert Entry.get_by_id(entry).state == "active"
    assert refusal(world.desk("huangbo"), request, digest).clause == "E.6.4"
    assert world.desk("luoyan").directory.search("group", "马军")
    approve(world, "luoyan", request)
    assert Entry.get_by_id(entry).state == "left"
    assert not world.desk("luoyan").directory.search("group", "马军")
    done = AuditRecord.select().where(AuditRecord.act == "queue.approve", AuditRecord.outcome == "done").get()
    assert (done.entry, done.clause, done.journal is not None) == (entry, "E.6.4", True)


@pytest.mark.clause("E.6.4")
def test_hr_does_not_review_its_own(world: World) -> None:
    request = ask(world, "luoyan", "谢军")
    refused = refusal(world.desk("luoyan"), request, Request.get_by_id(request).digest)
    assert refused.clause == "E.6.4"
    assert names(world.desk("liuyang")) == {request}


def test_only_for_entries_that_one_may_propose_for(world: World) -> None:
    for login, whom in (("majun", "黄博"), ("huangbo", "宋佳"), ("huangbo", "无此人")):
        with pytest.raises(Refused):
            ask(world, login, whom)
    assert Request.select().count() == 0


@pytest.mark.clause("A.10")
def test_a_colleague_is_not_deleted_past_the_archive(world: World) -> None:
    with pytest.raises(Refused) as caught:
        ask(world, "liuyang", "张文", "staff")
    assert caught.value.clause == "A.10"


@pytest.mark.clause("A.6")
def test_it_does_not_have_entries_deleted(world: World) -> None:
    with pytest.raises(Refused) as caught:
        ask(world, "guotao", "张文", "staff")
    assert caught.value.clause == "A.6"


@pytest.mark.clause("H.3.3")
def test_employees_do_not_have_entries_deleted(store: Store, clock: Clock) -> None:
    wider = build_wider_world("secured")
    with pytest.raises(Refused) as caught:
        ask(wider, "qinyu", "秦玉", "secured")
    assert caught.value.clause == "H.3.3"
    assert "delete" not in {offer.id for offer in wider.desk("qinyu").asking.offers()}
    assert ask(wider, "shibu", "秦玉", "secured")


@pytest.mark.clause("E.6.4")
def test_who_cannot_be_found_is_said_at_the_field(world: World) -> None:
    with pytest.raises(Refused) as caught:
        ask(world, "luoyan", "无此人")
    assert caught.value.field == "entry"
    assert "Check the name" in say(caught.value.advice, "en")


@pytest.mark.clause("E.6.4")
def test_one_deletion_of_an_entry_is_under_way_at_a_time_and_a_returned_one_keeps_its_name(
    world: World,
) -> None:
    request = ask(world, "huangbo", "马军")
    with pytest.raises(Refused) as caught:
        ask(world, "luoyan", "马军")
    assert str(request) in say(caught.value.message, "en")
    queue = world.desk("luoyan").queue
    queue.return_(request, queue.one(request).digest, "请写明原因")
    form = world.desk("huangbo").asking.amendment(request)
    assert [field.value for field in form.fields] == ["马军"]
    world.desk("huangbo").asking.amend(request, {"entry": "马军"}, "停止合作")


def test_an_entry_that_changed_meanwhile_is_looked_at_again(world: World) -> None:
    request = ask(world, "huangbo", "马军")
    Entry.update(version=2).where(Entry.id == world.entry("majun", "group")).execute()
    assert "changed" in refusal(world.desk("luoyan"), request, Request.get_by_id(request).digest).message.text


@pytest.mark.clause("E.6.4", "F.5.1")
def test_with_a_deleted_entry_ends_what_ends_with_a_leaver(world: World) -> None:
    world.grant("majun", "hr", "group")
    open_session = world.desk("majun")
    waiting = change(world, "majun", "group")
    approve(world, "luoyan", ask(world, "huangbo", "马军"))
    account = world.accounts["majun"]
    assert Account.get_by_id(account).state == "disabled"
    assert Grant.select().where((Grant.account == account) & Grant.revoked_at.is_null()).count() == 0
    assert Request.get_by_id(waiting).state == "withdrawn"
    with pytest.raises(SessionOver):
        open_session.me.who()
