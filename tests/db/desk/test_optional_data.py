"""What rests on consent alone is taken out by its person, at once (PIPL 15)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from db.desk.entry.record import apply_values, load_entry
from db.language import say
from db.store.audit import journal_of
from db.store.tables import AuditRecord, ConsentWithdrawn, Evidence, Notice, NoticeRecipient, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, change, refusal
from tests.db.desk.lives import leave, move
from tests.db.desk.reviewing import refused
from tests.db.desk.test_photo import PNG, ask_for
from tests.wider_world import build_wider_world
from tests.world import World


def give(world: World, login: str = "majun", **values: str) -> int:
    """Have the entry hold ``values``; its number."""
    entry = world.entry(login, "group")
    with writing():
        apply_values(entry, {name: (value,) for name, value in values.items()}, source="", verifier=None)
    return entry


def told(world: World, kind: str) -> set[str]:
    """Logins that were told of it."""
    rows = NoticeRecipient.select().join(Notice).where(Notice.kind == kind)
    numbers = {row.account_id for row in rows}
    return {login for login, account in world.accounts.items() if account in numbers}


@pytest.mark.clause("E.4")
@pytest.mark.parametrize("field", ["qq", "wechat", "other_contact"])
def test_it_is_out_at_once_without_approval_and_whoever_keeps_the_book_hears_of_it(
    world: World, field: str
) -> None:
    entry = give(world, qq="10001", wechat="wx_ma", other_contact="Telegram ma")
    assert world.desk("majun").privacy.withdraw("group", field) == 0
    assert not load_entry(entry).values.get(field)
    assert not Request.select().where(Request.entry == entry).exists(), "nobody has to decide it"
    assert told(world, "optional-withdrawn") == {"liuyang", "luoyan"}
    record = AuditRecord.get(AuditRecord.act == "privacy.withdraw")
    assert (record.outcome, record.clause, record.entry) == ("done", "PIPL 15", entry)
    journal: Any = journal_of(record)
    assert list(journal["before"]) == [field], "sealed, for its time"
    [row] = [one for one in world.desk("majun").privacy.optional() if one.field == field]
    assert (row.value, row.withdrawn) == ("", "2026-11-23")


@pytest.mark.clause("E.4")
def test_a_photo_too_and_nobody_sees_it_any_more(world: World) -> None:
    """Its file stays what the request rested on, for its time."""
    file = world.desk("majun").evidence.add("me.png", PNG)
    request = ask_for(world, "majun", file.id)
    for login in ("huangbo", "luoyan"):
        approve(world, login, request)
    world.desk("majun").privacy.withdraw("group", "photo")
    assert world.desk("huangbo").directory.photo(world.entry("majun", "group")) is None
    assert Evidence.get_by_id(file.id).size > 0


@pytest.mark.threat(50)
def test_nobody_else_puts_it_in_again_and_the_person_does_by_a_change(world: World) -> None:
    entry = give(world, qq="10001")
    world.desk("majun").privacy.withdraw("group", "qq")
    for login in ("luoyan", "huangbo"):
        denied = refused(lambda login=login: change(world, login, "group", of="majun", asked={"qq": "10001"}))  # type: ignore[misc]
        assert denied.clause == "PIPL 15"
        assert "QQ" in say(denied.message, "zh_CN")
    request = change(world, "majun", "group", asked={"qq": "10002"})
    for login in ("huangbo", "luoyan"):
        approve(world, login, request)
    assert load_entry(entry).first("qq") == "10002"
    assert not ConsentWithdrawn.select().exists(), "it was put in again: others may keep it right from now on"
    assert change(world, "luoyan", "group", of="majun", asked={"qq": "10003"})


def test_a_change_that_waits_does_not_bring_it_back(world: World) -> None:
    """Whether it was asked for before, by whoever keeps the book or by the person."""
    entry = give(world, qq="10001")
    waiting = change(world, "luoyan", "group", of="majun", asked={"qq": "10009"})
    world.desk("majun").privacy.withdraw("group", "qq")
    desk = world.desk("huangbo")
    denied = refusal(desk, waiting, desk.queue.one(waiting).digest)
    assert "changed since" in say(denied.message, "en")
    assert not load_entry(entry).values.get("qq")


@pytest.mark.threat(50)
def test_what_somebody_else_asked_for_is_not_put_in_after_the_person_took_it_out(world: World) -> None:
    """Empty when it was asked for and empty when it is decided, with the person's word between."""
    waiting = change(world, "luoyan", "group", of="majun", asked={"qq": "10009"})
    entry = give(world, qq="10001")
    world.desk("majun").privacy.withdraw("group", "qq")
    desk = world.desk("huangbo")
    assert refusal(desk, waiting, desk.queue.one(waiting).digest).clause == "PIPL 15"
    assert not load_entry(entry).values.get("qq")
    assert ConsentWithdrawn.select().exists()


@pytest.mark.clause("E.4")
def test_what_the_rules_ask_for_is_not_taken_out(world: World) -> None:
    """Also where the same field rests on consent elsewhere: WeCom needs the WeChat ID (G.4.1)."""
    for book, field, clause in (("group", "mobile", "E.4"), ("staff", "mobile", "A.3, A.7")):
        denied = refused(partial(world.desk("zhangwei").privacy.withdraw, book, field))
        assert denied.clause == clause
    for book, field in (("group", "name"), ("group", "nothing"), ("subsidiary", "qq"), ("none", "qq")):
        refused(partial(world.desk("majun").privacy.withdraw, book, field))


def test_in_wecom_the_wechat_id_is_asked_for(store: object) -> None:
    wecom = build_wider_world("wecom")
    login = next(one for book, one in wecom.entries)
    denied = refused(lambda: wecom.desk(login).privacy.withdraw("wecom", "wechat"))
    assert denied.clause == "G.4.1"


def test_only_one_s_own_and_only_what_is_there(world: World) -> None:
    """The head, human resources and whoever has no entry take out nothing of anybody's."""
    give(world, qq="10001")
    for login in ("huangbo", "luoyan", "chenjing"):
        denied = refused(lambda login=login: world.desk(login).privacy.withdraw("group", "qq"))  # type: ignore[misc]
        assert denied.clause == "PIPL 15"
    assert load_entry(world.entry("majun", "group")).first("qq") == "10001"


def test_a_keeper_s_own_is_told_to_the_others_who_keep_the_book(world: World) -> None:
    give(world, "luoyan", qq="10007")
    world.desk("luoyan").privacy.withdraw("group", "qq")
    assert told(world, "optional-withdrawn") == {"liuyang"}


@pytest.mark.parametrize("when", ["moving", "leaving", "holiday"])
def test_it_is_open_on_any_day_also_while_one_moves_or_leaves(world: World, clock: Clock, when: str) -> None:
    entry = give(world, qq="10001")
    if when == "moving":
        move(world, "luoyan", "majun", "财务中心", "group")
    elif when == "leaving":
        leave(world, "huangbo", "majun", "group", day="2026-11-27")
    else:
        clock.forward(days=82)
    world.desk("majun").privacy.withdraw("group", "qq")
    assert not load_entry(entry).values.get("qq")


@pytest.mark.clause("E.4")
def test_a_pupil_takes_out_their_contact_for_classmates(store: object) -> None:
    """And the teacher, who keeps the class, is told (D.9.2)."""
    class_ = build_wider_world("class")
    entry = class_.entry("luoxi", "class")
    with writing():
        apply_values(entry, {"other_contact": ("QQ 10001",)}, source="", verifier=None)
    class_.desk("luoxi").privacy.withdraw("class", "other_contact")
    assert not load_entry(entry).values.get("other_contact")
    assert "yanlaoshi" in told(class_, "optional-withdrawn")


def test_it_is_no_way_to_erase_what_a_case_rests_on(world: World) -> None:
    """The request by which it came keeps its content and its evidence."""
    request = change(world, "majun", "group", asked={"qq": "10002"})
    for login in ("huangbo", "luoyan"):
        approve(world, login, request)
    files = Evidence.select().where(Evidence.size > 0).count()
    world.desk("majun").privacy.withdraw("group", "qq")
    assert Evidence.select().where(Evidence.size > 0).count() == files
    lines = world.desk("majun").requests.one(request).lines
    assert [say(line.after, "en") for line in lines] == ["10002"]
