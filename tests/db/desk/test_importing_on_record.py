"""Rows of a file that say who on record their person is, by login or e-mail address: it holds once two agreed
(row 89)."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid, Pending, Refused
from db.desk.authority.permissions import permissions_now, policy_of
from db.desk.importing.importing import AS_IT_IS, Source
from db.desk.importing.outcome import BadRows
from db.desk.lifecycle.forms import LeaveAsked
from db.desk.requests.putting_off import do_deferred
from db.language import say
from db.store.tables import Account, Entry, Notice, NoticeRecipient, Person, Request
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.importing_world import desk_of, make_book
from tests.db.desk.lives import approved
from tests.wider_world import build_wider_world
from tests.world import World

HEADINGS = ["姓名", "部门", "职务", "办公电话", "手机", "邮箱", "已有帐号"]
SOURCE = Source("花名册.xlsx", "ab" * 32)


def row(name: str, account: str = "", number: int = 1) -> list[str]:
    """Somebody of human resources who comes into the staff book."""
    return [
        name,
        "人力资源部",
        "专员",
        "010-88888601",
        f"1381111{number:04}",
        f"n{number}@huaxing.example",
        account,
    ]


def submitted(world: World, *rows: list[str], by: str = "liuyang", book: str = "staff") -> int:
    """Hand a file in; the request's number."""
    with pytest.raises(Pending) as pending:
        world.desk(by).importing.submit_file(book, [HEADINGS, *rows], SOURCE, AS_IT_IS)
    return pending.value.request


def brought(name: str, book: str = "staff") -> Entry:
    (entry,) = Entry.select().where((Entry.name == name) & (Entry.book == book) & (Entry.state == "active"))
    return entry


def told() -> set[str]:
    rows = NoticeRecipient.select().join(Notice).where(Notice.kind == "bound")
    return {one.account.login for one in rows}


@pytest.mark.threat(89)
@pytest.mark.clause("A.10", "B.2")
def test_whom_a_row_names_is_the_same_person_in_both_directories(world: World) -> None:
    """Once another keeper agreed; they are told, and who watches over them where they were. That they leave
    the organisation is still said there."""
    persons = Person.select().count()
    request = submitted(world, row("方敏", "fangmin"), row("童童", number=2))
    assert told() == set()
    assert world.people["fangmin"] not in {
        one.person_id for one in Entry.select().where(Entry.book == "staff")
    }
    approved(world, "zengqing", request)
    entry = brought("方敏")
    assert entry.person_id == world.people["fangmin"]
    assert entry.bound_at is not None
    assert Person.select().count() == persons + 1
    assert {"fangmin", "yeqing"} <= told()
    assert "zengqing" not in told()
    (notice,) = [one for one in world.desk("fangmin").notices.unread() if one.kind == "bound"]
    assert "员工通讯录" in str(notice.detail)
    assert permissions_now(world.accounts["fangmin"]).own["staff"][0] == entry.id
    asked = LeaveAsked(world.entry("fangmin", "subsidiary"), "2026-11-23", everywhere=True)
    assert world.desk("yeqing").lifecycle.leave(asked)
    with pytest.raises(Invalid):
        world.desk("liuyang").lifecycle.leave(LeaveAsked(entry.id, "2026-11-23", everywhere=True))


@pytest.mark.threat(89)
def test_nobody_learns_by_a_file_who_has_which_account(world: World) -> None:
    """Whatever stands there is taken in alike, shown alike, and refused alike by the second keeper."""
    fitting = submitted(world, row("方敏", "fangmin"))
    views = [
        [line.state for line in world.desk("liuyang").importing.view("staff", [HEADINGS, one]).lines]
        for one in (row("方敏", "fangmin"), row("方明", "fangmin"), row("方敏", "nobody"))
    ]
    assert views == [["new"]] * 3
    refusals = set()
    for one in (row("方明", "fangmin"), row("方敏", "nobody"), row("方敏", "yeqing")):
        request = submitted(world, one)
        with pytest.raises(Refused) as caught:
            approved(world, "zengqing", request)
        refusals.add((say(caught.value.message, "en"), say(caught.value.advice, "en")))
    assert len(refusals) == 1
    approved(world, "zengqing", fitting)


@pytest.mark.threat(89)
def test_whom_a_file_names_does_not_decide_on_it(world: World) -> None:
    world.grant("luoyan", "hr", "staff")
    request = submitted(world, row("罗燕", "luoyan"))
    with pytest.raises(Refused) as caught:
        approved(world, "luoyan", request)
    assert "one of those who decide" in say(caught.value.message, "en")
    approved(world, "zengqing", request)
    assert brought("罗燕").person_id == world.people["luoyan"]


@pytest.mark.threat(89)
def test_one_hand_alone_recognises_nobody(world: World, clock: Clock) -> None:
    """Neither what comes in at once, nor what waits a week because nobody could agree."""
    with pytest.raises(Refused) as caught:
        world.desk("liuyang").importing.load("staff", [HEADINGS, row("方敏", "fangmin")], SOURCE)
    assert "nobody else has agreed" in say(caught.value.message, "en")
    with writing():
        Account.update(state="disabled").where(Account.login.in_(["zengqing", "luoyan"])).execute()
    request = submitted(world, row("方敏", "fangmin"))
    clock.set("2026-12-20T09:00+08:00")
    with writing():
        state = do_deferred(Request.get_by_id(request))
    assert state == "rejected"
    assert not Entry.select().where((Entry.name == "方敏") & (Entry.book == "staff")).exists()


def test_whoever_decides_reads_whom_rows_name(world: World) -> None:
    request = submitted(world, row("方敏", "fangmin"), row("童童", number=2))
    desk = world.desk("zengqing")
    said = {say(line.label, "en"): say(line.after, "en") for line in desk.queue.one(request).lines}
    assert said["people on record"].startswith("1, named by their account")
    (line,) = [one for one in desk.importing.asked(request).lines if one.name == "方敏"]
    assert "fangmin" in [value for _label, value in line.values]


def test_who_is_in_the_directory_already_is_told_to_who_keeps_it(world: World) -> None:
    (line,) = world.desk("liuyang").importing.view("staff", [HEADINGS, row("章伟", "zhangwei")]).lines
    assert line.state == "wrong"
    assert "in the directory already" in say(line.problems[0].reason, "en")
    with pytest.raises(BadRows):
        world.desk("liuyang").importing.submit_file("staff", [HEADINGS, row("章伟", "zhangwei")], SOURCE)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row("方敏", "方敏")], "no name"),
        ([row("方敏", "fangmin"), row("林晓", "fangmin", 2)], "Row 2 names this account already."),
    ],
)
def test_what_names_no_account_is_told_with_its_row(world: World, rows: list[list[str]], reason: str) -> None:
    with pytest.raises(BadRows) as caught:
        world.desk("liuyang").importing.submit_file("staff", [HEADINGS, *rows], SOURCE)
    assert reason in say(caught.value.errors[0].reason, "en")


@pytest.mark.threat(89)
@pytest.mark.clause("C.10")
def test_an_address_tells_of_those_alone_whom_the_importer_sees(world: World) -> None:
    """Human resources of the staff book see the group's people, and nobody of the subsidiary."""
    approved(world, "zengqing", submitted(world, row("宋佳", "songjia@huaxing.example")))
    assert brought("宋佳").person_id == world.people["songjia"]
    request = submitted(world, row("林晓", "linxiao@huaxing.example", 2))
    with pytest.raises(Refused):
        approved(world, "zengqing", request)


@pytest.mark.threat(89)
def test_a_namesake_is_a_question_and_nobody_is_guessed(world: World) -> None:
    """To who sees them; of others nothing is said."""
    view = world.desk("liuyang").importing.view("staff", [HEADINGS, row("宋佳"), row("林晓", number=2)])
    notes = {line.name: [say(one.reason, "en") for one in line.problems] for line in view.lines}
    assert notes["林晓"] == []
    assert "Somebody of this name is in" in notes["宋佳"][0]
    request = submitted(world, row("宋佳"))
    approved(world, "zengqing", request)
    assert brought("宋佳").person_id != world.people["songjia"]
    said = world.desk("liuyang").importing.view("staff", [HEADINGS, row("罗燕", "luoyan", 3)])
    assert said.lines[0].problems == ()


def test_a_file_does_not_change_who_somebody_in_the_directory_is(world: World) -> None:
    """Who is there already is told to stay who they are, whatever the row says."""
    there = [*row("张伟", "fangmin")]
    there[1] = "研发中心/研发一部"
    there[4:6] = ["", "zhangwei@huaxing.example"]
    (line,) = [
        one for one in world.desk("liuyang").importing.view("staff", [HEADINGS, there]).lines if one.row == 2
    ]
    assert line.state in ("same", "changed")
    assert "a file does not change who" in " ".join(say(one.reason, "en") for one in line.problems)


def test_who_came_in_as_somebody_new_is_recognised_once_they_left_the_directory(world: World) -> None:
    approved(world, "zengqing", submitted(world, row("方敏")))
    entry = brought("方敏")
    assert entry.person_id != world.people["fangmin"]
    left = world.desk("liuyang").lifecycle.leave(LeaveAsked(entry.id, "2026-11-22"))
    approved(world, "zengqing", left)
    approved(world, "zengqing", submitted(world, row("方敏", "fangmin")))
    assert brought("方敏").person_id == world.people["fangmin"]


def operator(book: str) -> Desk:
    return desk_of("operator", book, "it")


def test_the_first_load_at_the_host_brings_who_is_on_record(world: World) -> None:
    """And says of each row that names nobody, before anybody comes in."""
    make_book("extra")
    desk = operator("extra")
    with pytest.raises(BadRows) as caught:
        desk.importing.check("extra", [HEADINGS, row("方敏", "fangmin"), row("林晓", "linxia", 2)])
    assert [(one.row, say(one.reason, "en")) for one in caught.value.errors] == [
        (3, "There is nobody of that account and name on record who could come in here.")
    ]
    rows = [
        HEADINGS,
        row("方敏", "fangmin"),
        row("林晓", "linxiao@huaxing.example", 2),
        row("童童", number=3),
    ]
    desk.importing.load("extra", rows, SOURCE)
    assert brought("方敏", "extra").person_id == world.people["fangmin"]
    assert brought("林晓", "extra").person_id == world.people["linxiao"]
    assert brought("童童", "extra").person_id not in world.people.values()
    assert {"fangmin", "yeqing"} <= told()


@pytest.mark.clause("B.2")
def test_officers_who_come_in_a_file_hold_the_office_as_who_they_are(world: World, clock: Clock) -> None:
    world = build_wider_world("safety", beside=world)
    heads = [rule.label.zh for rule in policy_of("safety").fields if rule.required]
    officer = ["张伟", "安全员", "一车间", "13811110009", "zw@huaxing.example", "一车间", "消防"]
    desk = desk_of("keeper", "safety", "safety")
    desk.importing.load("safety", [[*heads, "已有帐号"], [*officer, "zhangwei"]], SOURCE)
    held = permissions_now(world.accounts["zhangwei"])
    assert "officer" in held.roles("safety")
    leaves = LeaveAsked(world.entry("zhangwei"), "2026-11-22", everywhere=True)
    approved(world, "zengqing", world.desk("liuyang").lifecycle.leave(leaves))
    clock.set("2026-11-25T09:00+08:00")
    assert "officer" not in permissions_now(world.accounts["zhangwei"]).roles("safety")
