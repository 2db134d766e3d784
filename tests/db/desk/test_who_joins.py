"""Who a joiner is of those on record holds once it is decided, and one book names nobody for another (rows 89
and 90)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.desk import Invalid, Refused, quota
from db.desk.audit.audit import AuditFilter
from db.desk.entry.persons import first_book
from db.desk.entry.record import create_entry
from db.desk.lifecycle.forms import JoinForm, LeaveAsked
from db.desk.privacy.erasing import erase_person
from db.desk.quota import LIMITS
from db.desk.requests.approvers import account_name
from db.desk.requests.payload import lines_of, open_verified
from db.desk.requests.request_approvers import RequestApprovers
from db.language import say
from db.store.subjects import key_of
from db.store.tables import Account, Entry, Erasure, Notice, NoticeRecipient, Person, Request, Task
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import PDF, approve, change
from tests.db.desk.lives import VALUES, approved, entry_of_request, joiner, leave, returned
from tests.wider_world import build_wider_world
from tests.world import World

ROOM = "研发中心/研发一部"
OFFICE = "人力资源部"


def said_to_be(world: World, login: str, name: str | None = None) -> int:
    """Human resources of the staff book hand in a joiner who is said to be ``login``; the request."""
    person = world.people[login]
    values = {**VALUES, "name": name or Person.get_by_id(person).name}
    return world.desk("zengqing").lifecycle.join(joiner(world, OFFICE, person=person, values=values))


def told(kind: str) -> set[str]:
    rows = NoticeRecipient.select().join(Notice).where(Notice.kind == kind)
    return {row.account.login for row in rows}


@pytest.mark.threat(89)
def test_one_hand_binds_and_names_nobody_who_is_on_record(world: World) -> None:
    """Neither by expecting somebody of their number nor by completing that in another name."""
    victim, hr = world.people["fangmin"], world.desk("zengqing")
    waiting = hr.lifecycle.expect(joiner(world, OFFICE, person=victim, values={"name": "方敏"}))
    assert Entry.get_by_id(waiting).person_id != victim
    request = hr.lifecycle.join(joiner(world, OFFICE, expected=waiting, values={**VALUES, "name": "严老师"}))
    assert account_name(world.accounts["fangmin"]) == "方敏"
    hr.requests.withdraw(request)
    bound = said_to_be(world, "fangmin")
    assert entry_of_request(bound).person_id != victim
    hr.requests.withdraw(bound)
    assert told("bound") == set()


@pytest.mark.threat(89)
def test_who_a_joiner_is_holds_once_it_is_decided_and_is_told_where_they_are(world: World) -> None:
    victim = world.people["fangmin"]
    request = said_to_be(world, "fangmin")
    decider = world.desk("liuyang").queue.one(request)
    (line,) = [one for one in decider.lines if one.field == "person"]
    assert str(victim) in say(line.after, "zh_CN")
    assert "known" not in [one.field for one in decider.lines], "out of the decider's reach (C.10)"
    returned(world, "liuyang", request)
    asked = joiner(world, OFFICE, person=victim, values={**VALUES, "name": "方敏"})
    form = world.desk("zengqing").lifecycle.amendment(request)
    assert isinstance(form, JoinForm)
    assert form.person == victim
    world.desk("zengqing").lifecycle.join(asked, amends=request)
    own = entry_of_request(request).person_id
    approved(world, "liuyang", request)
    entry = entry_of_request(request)
    assert (entry.person_id, entry.waited_as, entry.state) == (victim, own, "active")
    assert {"fangmin", "yeqing"} <= told("bound")
    assert "liuyang" not in told("bound")
    (notice,) = [one for one in world.desk("fangmin").notices.unread() if one.kind == "bound"]
    assert notice.detail["who"] == "方敏"
    row = Request.get_by_id(request)
    assert open_verified(row)["person"] == victim
    assert lines_of(row)


@pytest.mark.threat(89)
def test_nobody_decides_that_they_join(world: World) -> None:
    world.grant("luoyan", "hr", "staff")
    assert deciders_of(said_to_be(world, "luoyan")) == ["liuyang"]
    other = said_to_be(world, "fangmin")
    assert "luoyan" in deciders_of(other)


@pytest.mark.threat(89)
def test_who_decides_reads_who_a_joiner_is_as_far_as_they_may_know(world: World) -> None:
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    request = said_to_be(world, "zhangwen")
    lines = {line.field: line.after for line in world.desk("liuyang").queue.one(request).lines}
    assert "张文 (研发一部" in say(lines["known"], "en")


@pytest.mark.threat(89)
@pytest.mark.clause("C.10")
def test_nobody_learns_by_a_joiner_who_bears_which_number(world: World) -> None:
    """It is handed in alike, whoever is of that number; whoever decides is refused alike."""
    hr = world.desk("zengqing")
    fitting = said_to_be(world, "fangmin")
    refusals = set()
    for number, name in (
        (world.people["fangmin"], "方明"),
        (world.people["yeqing"], "方敏"),
        (999_999, "方敏"),
    ):
        values = {**VALUES, "name": name, "mobile": f"138 0000 {number % 1000 + 7000}"}
        request = hr.lifecycle.join(joiner(world, OFFICE, person=number, values=values))
        with pytest.raises(Refused) as caught:
            approved(world, "liuyang", request)
        refusals.add((say(caught.value.message, "en"), say(caught.value.advice, "en"), caught.value.clause))
        assert Request.get_by_id(request).state == "open"
    assert len(refusals) == 1
    approved(world, "liuyang", fitting)
    with pytest.raises(Refused) as again:
        approved(world, "liuyang", said_to_be_again(world))
    assert say(again.value.message, "en") in {message for message, _advice, _clause in refusals}


def said_to_be_again(world: World) -> int:
    """A head, who keeps no book, enters who is in it already, out of their reach."""
    values = {**VALUES, "name": "方敏", "mobile": "138 0000 8123", "email": "f2@huaxing.example"}
    return world.desk("wangfang").lifecycle.join(
        joiner(world, ROOM, person=world.people["fangmin"], values=values)
    )


def test_whoever_may_know_is_told_at_once_what_is_wrong_with_a_number(world: World) -> None:
    hr = world.desk("zengqing")
    here = joiner(world, OFFICE, person=world.people["zhangwei"], values={**VALUES, "name": "张伟"})
    for asked in (here, replace(here, values=VALUES)):
        with pytest.raises(Invalid) as caught:
            hr.lifecycle.join(asked)
        assert [problem.field for problem in caught.value.problems] == ["name"]
    approved(world, "liuyang", leave(world, "zengqing", "zhangwen"))
    wrong = joiner(world, OFFICE, person=world.people["zhangwen"])
    assert "another name" in str([say(one.message, "en") for one in hr.lifecycle.check_join(wrong).problems])


@pytest.mark.threat(90)
@pytest.mark.clause("A.10")
def test_no_book_comes_before_the_one_where_somebody_has_been_longest(world: World) -> None:
    """Whoever enters somebody of another book says neither that they leave all, nor keeps those who say it
    from it; nor by having waited for them before they were there."""
    approved(world, "liuyang", said_to_be(world, "dengchao"))
    entry = Entry.get((Entry.person == world.people["dengchao"]) & (Entry.book == "staff"))
    asked = LeaveAsked(entry.id, "2026-11-23", everywhere=True)
    with pytest.raises(Invalid) as caught:
        world.desk("zengqing").lifecycle.leave(asked)
    assert [problem.field for problem in caught.value.problems] == ["leaves"]
    own = LeaveAsked(world.entry("dengchao", "subsidiary"), "2026-11-23", everywhere=True)
    assert world.desk("fangmin").lifecycle.leave(own)


@pytest.mark.threat(90)
def test_who_was_awaited_before_they_were_on_record_is_not_first_there(world: World) -> None:
    waiting = world.desk("zengqing").lifecycle.expect(joiner(world, OFFICE, values={"name": "后来"}))
    with writing():
        there = create_entry("subsidiary", world.unit("subsidiary"), "full-time", {"name": ("后来",)})
    person, values = Entry.get_by_id(there).person_id, {**VALUES, "name": "后来"}
    asked = joiner(world, OFFICE, person=person, expected=waiting, values=values)
    approved(world, "liuyang", world.desk("zengqing").lifecycle.join(asked))
    assert Entry.get_by_id(waiting).person_id == person
    assert first_book(person) == "subsidiary"


@pytest.mark.threat(90)
def test_a_name_that_is_decided_in_a_second_book_is_that_of_the_entry_there(world: World) -> None:
    """In the first it is what the person is called in every book; entries elsewhere keep their own."""
    for book, called in (("group", "张伟"), ("staff", "章伟")):
        request = change(world, "liuyang", book, of="zhangwei", asked={"name": "章伟"}, reason="改名")
        while Request.get_by_id(request).state == "open":
            approve(world, decider_of(request), request)
        assert Entry.get_by_id(world.entry("zhangwei", book)).name == "章伟"
        assert account_name(world.accounts["zhangwei"]) == called
    request = change(world, "liuyang", "group", of="zhangwei", asked={"name": "张伟"}, reason="改名")
    while Request.get_by_id(request).state == "open":
        approve(world, decider_of(request), request)
    assert Entry.get_by_id(world.entry("zhangwei", "staff")).name == account_name(world.accounts["zhangwei"])


def decider_of(request: int) -> str:
    return deciders_of(request)[0]


def deciders_of(request: int) -> list[str]:
    """Those for whom the open step of ``request`` waits."""
    row, approvers = Request.get_by_id(request), RequestApprovers()
    step = approvers.open_step(row)
    assert step is not None
    return [Account.get_by_id(one.account).login for one in approvers.approvers(row, step)]


@pytest.mark.threat(90)
@pytest.mark.clause("G.3.1")
def test_a_leader_alone_names_an_entry_and_not_the_person(world: World) -> None:
    """Who decides elsewhere would be called there as somebody else is."""
    build_wider_world("wecom", beside=world)
    before = account_name(world.accounts["shuqi"])
    request = change(world, "caiming", "wecom", of="shuqi", asked={"name": "陆总"}, reason="更名")
    assert Request.get_by_id(request).state == "applied"
    assert Entry.get_by_id(world.entry("shuqi", "wecom")).name == "陆总"
    assert account_name(world.accounts["shuqi"]) == before


@pytest.mark.threat(89)
@pytest.mark.clause("C.6")
def test_records_without_a_book_are_of_the_books_somebody_is_in(world: World, clock: Clock) -> None:
    """Not of one that awaits or left them for another; of who is in none any more, still."""
    for login in ("dengchao", "zhangwen"):
        world.desk(login).evidence.add("病假条.pdf", PDF)

    def seen(supervisor: str, login: str) -> bool:
        rows = world.desk(supervisor).audit.window(AuditFilter()).rows
        return login in {row.login for row in rows if row.act == "evidence.add"}

    request = said_to_be(world, "dengchao")
    assert not seen("helei", "dengchao")
    approved(world, "liuyang", request)
    assert seen("helei", "dengchao")
    left = LeaveAsked(entry_of_request(request).id, "2026-11-23")
    approved(world, "liuyang", world.desk("zengqing").lifecycle.leave(left))
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    clock.forward(days=1)
    assert not seen("helei", "dengchao")
    assert seen("panlong", "dengchao")
    assert seen("helei", "zhangwen")


@pytest.mark.threat(58)
def test_joiners_are_awaited_so_many_times_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quota, "LIMITS", replace(LIMITS, on_others=1))
    hr = world.desk("zengqing")
    for number in range(quota.OFFICE):
        hr.lifecycle.expect(joiner(world, OFFICE, values={"name": f"新{chr(0x4E00 + number)}"}))
    before = Task.select().count()
    with pytest.raises(Refused) as caught:
        hr.lifecycle.expect(joiner(world, OFFICE, values={"name": "新人"}))
    assert "asked others" in say(caught.value.message, "en")
    assert Task.select().count() == before


@pytest.mark.threat(89)
def test_the_person_that_an_entry_waited_as_is_erased_with_whose_it_became(
    world: World, clock: Clock
) -> None:
    approved(world, "liuyang", said_to_be(world, "dengchao"))
    person = world.people["dengchao"]
    own = Entry.get((Entry.person == person) & (Entry.book == "staff")).waited_as
    assert own is not None
    assert key_of(own) is not None
    with writing():
        erase_person(person)
    assert {one.person for one in Erasure.select()} == {person, own}
    assert key_of(own) is None
    assert Person.get_by_id(own).name == f"#{own}"
