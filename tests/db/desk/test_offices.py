"""Offices: appointed, replaced, relieved, acting, deputised, vacant; and in which one somebody decided."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest

from db.desk import Desk, Invalid, Refused, open_desk
from db.desk.accounts.appointing import UNHELD
from db.desk.authority.offices import heads_in, held_now, is_single, vacant_offices
from db.desk.authority.permissions import permissions_of, policy_of
from db.desk.entry.indexing import index_all
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.reviews.rights import rights_in_force
from db.language import say
from db.store.backups.dump import dump
from db.store.engine import Store
from db.store.migrations import OFFICES, STEPS, migrate
from db.store.proof.judging import judge_tables
from db.store.tables import Account, AuditRecord, Entry, Grant, Notice, Request, Unit
from db.store.transactions import writing
from tests.audited import detail_of
from tests.before_offices import make_as_before_offices
from tests.conftest import Clock
from tests.db.desk.asking import approve, change, history, names, refusal
from tests.db.desk.test_policies import operator
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.notice_words import describe_notice

UNIT = "研发中心/研发一部"


def ask(desk: Desk, what: str, whom: str, *, role: str = "head", book: str = "staff", **more: str) -> int:
    asked = {"what": what, "whom": whom, "role": role, "unit": "" if role != "head" else UNIT, **more}
    return desk.asking.ask("office", book, asked, "人事安排")


def appointed(world: World, what: str, whom: str, **more: str) -> int:
    """Asked for by one of human resources, agreed to by the head above."""
    request = ask(world.desk("zengqing"), what, whom, **more)
    approve(world, "liwei", request)
    return request


def heads(world: World, login: str) -> bool:
    return "head" in permissions_of(world.actor(login)).roles("staff")


def holders(world: World, role: str = "head", day: str = "") -> list[tuple[str, str, str, str, str]]:
    """Who holds ``role`` (of the one department), as human resources see it."""
    return [
        (row.holder, row.capacity, row.since, row.until, row.state)
        for row in world.desk("liuyang").offices.held("staff", day)
        if row.role == role and (role != "head" or row.unit == world.unit("staff", UNIT))
    ]


@pytest.mark.clause("C.5", "E.7", "H.3.2")
def test_a_head_is_replaced_on_the_day_and_what_was_is_still_told(world: World, clock: Clock) -> None:
    waits = change(world, "zhangwei")
    before = change(world, "zhangwen")
    approve(world, "wangfang", before)
    appointed(world, "holder", "张文", **{"from": "2026-11-26"})
    assert (heads(world, "wangfang"), heads(world, "zhangwen")) == (True, False)
    clock.forward(days=2)
    assert (heads(world, "wangfang"), heads(world, "zhangwen")) == (True, False), "the day before"
    clock.forward(days=1)
    assert (heads(world, "wangfang"), heads(world, "zhangwen")) == (False, True)
    assert names(world.desk("wangfang")) == set()
    assert names(world.desk("zhangwen")) == {waits}, "it waits for the office, not for the person"
    approve(world, "zhangwen", waits)
    assert history(world, waits, "zhangwei") == ["approved: 张文, head of 研发一部"]
    assert history(world, before, "zhangwen") == ["approved: 王芳, head of 研发一部"]
    assert holders(world) == [("张文", "holder", "2026-11-26", "", "held")]
    assert holders(world, day="2026-11-25") == [("王芳", "holder", "2026-11-23", "2026-11-25", "held")]


@pytest.mark.clause("A.13", "C.10.2")
def test_an_acting_head_decides_in_that_capacity_while_the_office_is_vacant(
    world: World, clock: Clock
) -> None:
    request = ask(world.desk("zengqing"), "relieve", "王芳")
    (row,) = world.desk("liwei").queue.window().rows
    said = [(say(one.label, "en"), say(one.after, "en")) for one in row.summary]
    assert ("what ends", "head of 研发一部, held by 王芳") in said, "who approves it reads what ends"
    approve(world, "liwei", request)
    assert holders(world) == [("", "holder", "", "", "vacant")]
    waits = change(world, "zhangwei")
    assert names(world.desk("liwei")) == {waits}, "the head above, while nobody acts"
    (first, _second) = world.desk("zhangwei").requests.one(waits).steps
    assert [say(one, "en") for one in first.who] == ["李伟 (head of 研发中心)"]
    appointed(world, "acting", "张文", until="2026-11-30")
    assert names(world.desk("zhangwen")) == {waits}
    (first, _second) = world.desk("zhangwei").requests.one(waits).steps
    assert [say(one, "en") for one in first.who] == ["张文 (acting head of 研发一部)"]
    approve(world, "zhangwen", waits)
    assert history(world, waits, "zhangwei") == ["approved: 张文, acting head of 研发一部"]
    act = AuditRecord.select().where(AuditRecord.request == waits).order_by(AuditRecord.seq.desc()).get()
    assert '"capacity":"acting"' in detail_of(act).replace(" ", "")
    clock.forward(days=8)
    assert not heads(world, "zhangwen"), "for the time being alone"


def test_who_may_not_fill_an_office_is_told_who_does(world: World) -> None:
    for login in ("zhangwei", "wangfang"):
        with pytest.raises(Refused) as refused:
            ask(world.desk(login), "holder", "张文")
        assert "unit above it" in say(refused.value.message, "en")
    ask(world.desk("liwei"), "holder", "张文")


def test_nobody_decides_on_an_office_of_their_own(world: World) -> None:
    request = ask(world.desk("zengqing"), "holder", "刘洋")
    assert refusal(world.desk("liuyang"), request, Request.get_by_id(request).digest)
    assert refusal(world.desk("zengqing"), request, Request.get_by_id(request).digest)
    approve(world, "helei", request)
    assert "head" in permissions_of(world.actor("liuyang")).roles("staff")
    (given,) = [one for one in world.desk("liuyang").notices.unread() if one.kind == "right-given"]
    assert say(describe_notice(given), "en").startswith("曾晴 gave you the role"), "who asked for it"
    assert say(describe_notice(given), "en").endswith("; 何磊 agreed to it"), "and who agreed"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "2026-11-22"}, "from"),
        ({"from": "2028-01-01"}, "from"),
        ({"from": "2026-12-02", "until": "2026-12-01"}, "until"),
        ({"from": "morgen"}, "from"),
        ({"whom": "没有此人"}, "whom"),
        ({"role": "employee"}, "role"),
        ({"unit": ""}, "unit"),
        ({"what": "crown"}, "what"),
        ({"what": "relieve", "whom": "张文"}, "whom"),
        ({"whom": "王芳"}, "whom"),
    ],
)
def test_what_is_unfit_is_said_at_its_field(world: World, asked: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as invalid:
        ask(world.desk("zengqing"), **({"what": "holder", "whom": "张文"} | asked))
    assert [problem.field for problem in invalid.value.problems] == [field]


def test_a_unit_has_one_head_whoever_was_to_come(world: World, clock: Clock) -> None:
    """Of two that were appointed ahead the one decided last counts from its own day on."""
    appointed(world, "holder", "张文", **{"from": "2026-12-10"})
    appointed(world, "holder", "张伟", **{"from": "2026-12-05"})
    clock.forward(days=30)
    assert [row[0] for row in holders(world)] == ["张伟"]
    assert Grant.select().where((Grant.role == "head") & Grant.in_force()).count() == len(
        {row.unit_id for row in Grant.select().where((Grant.role == "head") & Grant.in_force())}
    )


def test_an_office_whose_holder_is_suspended_stands_vacant_in_effect(world: World) -> None:
    world.desk("guotao").accounts.disable(world.accounts["wangfang"])
    assert [(row[0], row[4]) for row in holders(world)] == [("王芳", "suspended")], "one line, not two"
    waits = change(world, "zhangwei")
    assert names(world.desk("liwei")) == {waits}, "the head above decides meanwhile"
    appointed(world, "acting", "张文")
    assert [(row[0], row[4]) for row in holders(world)] == [("王芳", "suspended"), ("张文", "held")]
    assert names(world.desk("zhangwen")) == {waits}


def test_others_see_the_offices_of_people_within_their_reach(world: World) -> None:
    rows = world.desk("zhangwei").offices.held("staff")
    assert {row.holder for row in rows} == {"王芳"}
    assert all(row.state == "held" for row in rows)
    with pytest.raises(Invalid):
        world.desk("zhangwei").offices.held("staff", "2027-01-01")
    with pytest.raises(Refused):
        world.desk("zhangwei").offices.held("subsidiary")


@pytest.mark.clause("E.13.2")
def test_whom_a_holder_named_to_stand_in_is_told_below_them(world: World, clock: Clock) -> None:
    days = ("2026-11-25", "2026-11-27")
    named = world.desk("wangfang").delegation
    number = named.delegate("head", "staff", world.accounts["zhangwen"], *days, "休假")
    assert holders(world) == [
        ("王芳", "holder", "2026-11-23", "", "held"),
        ("张文", "stand-in", *days, "coming"),
    ]
    clock.forward(days=2)
    row = next(row for row in world.desk("zhangwei").offices.held("staff") if row.capacity == "stand-in")
    assert (row.holder, row.state, say(row.office, "en")) == ("张文", "held", "head of 研发一部, for 王芳")
    beyond = world.desk("zhaomin").offices.held("staff")
    assert not any(row.capacity == "stand-in" for row in beyond), "who is out of reach"
    named.revoke(number)
    clock.forward(days=3)
    assert [row[0] for row in holders(world)] == ["王芳"]
    assert [row[0] for row in holders(world, day="2026-11-24")] == ["王芳"], "it was still to come"


def test_an_upgrade_keeps_who_heads_what_and_who_holds_what(world: World) -> None:
    heads_before, rights = heads_in("staff"), Grant.select().where(Grant.role != "head").count()
    make_as_before_offices()
    assert dump(BytesIO(), bytes(32), None).schema == OFFICES - 1, "an upgrade begins with a backup"
    assert migrate() == list(range(OFFICES, len(STEPS) + 1))
    with writing():
        index_all()
    assert heads_in("staff") == heads_before
    assert Grant.select().where(Grant.role != "head").count() == rights
    assert [row[:3] for row in holders(world)] == [("王芳", "holder", "")], "since when is not on record"
    appointed(world, "acting", "张文")
    assert judge_tables().sound


@pytest.mark.clause("B.3.2", "G.3.1")
@pytest.mark.parametrize(("book", "unit"), [("safety", ()), ("wecom", ("运营组",))])
def test_a_department_lacks_a_head_only_where_a_regulation_has_heads_see_to_something(
    store: Store, book: str, unit: tuple[str, ...]
) -> None:
    build_wider_world(book)
    lacking = [one for one in vacant_offices(policy_of(book)) if one.role == "head"]
    assert tuple(Unit.get_by_id(one.unit).name for one in lacking) == unit


@pytest.mark.clause("C.5")
@pytest.mark.parametrize("what", ["deputy", "acting"])
def test_a_head_stands_in_for_nobody_but_others(world: World, what: str) -> None:
    with pytest.raises(Invalid) as caught:
        ask(world.desk("zengqing"), what, "王芳")
    assert [one.field for one in caught.value.problems] == ["whom"]


def test_what_the_host_does_to_whoever_is_in_no_directory_is_told_where_they_were(
    store: Store, clock: Clock
) -> None:
    """And not in whichever of the host's directories comes first."""
    wider = build_wider_world("general", "secured")
    gone = wider.accounts["ganhr"]
    Account.update(state="disabled").where(Account.id == gone).execute()
    Grant.update(revoked_at="2026-11-01T00:00:00.000000Z").where(Grant.account == gone).execute()
    Entry.update(state="left").where(Entry.id == wider.entry("ganhr", "secured")).execute()
    open_desk(replace(wider.actor(operator(wider)), front="host")).accounts.enable(gone)
    record = AuditRecord.get((AuditRecord.act == "accounts.enable") & (AuditRecord.outcome == "done"))
    assert record.book == "secured"
    assert {notice.book_id for notice in Notice.select()} == {"secured"}


@pytest.mark.clause("D.3", "F.5.1", "G.3.3")
@pytest.mark.threat(18)
@pytest.mark.parametrize("book", ["safety", "class", "wecom", "general", "secured", "controlled", "combined"])
def test_who_gets_or_loses_an_office_decides_on_it_in_no_book(store: Store, clock: Clock, book: str) -> None:
    """Of every office that the regulation knows: appointed in the place of who holds it, and relieved."""
    wider = build_wider_world(book)
    login_of = {number: login for login, number in wider.accounts.items()}
    keepers = {login for login in wider.accounts if fills_offices(wider, login, book)}
    headed, tried = Grant.get_or_none((Grant.role == "head") & Grant.unit.is_null(False)), set()
    for role in sorted({rule.id for rule in policy_of(book).roles} - UNHELD):
        unit = headed.unit_id if role == "head" and headed is not None else None
        present = {
            login_of[one.account_id or Account.get(Account.person == one.person_id).id]
            for one in held_now(book, role, unit)
        }
        others = sorted(set(wider.accounts) - present)
        for what, whom in [*(("holder", one) for one in others[:2]), *(("relieve", one) for one in present)]:
            losing = present if what == "holder" and is_single(policy_of(book), role) else set()
            asked = {"what": what, "role": role, "whom": whom, "unit": str(unit or "")}
            for asker in sorted(keepers):
                try:
                    number = wider.desk(asker).asking.ask("office", book, asked, "轮换")
                except (Refused, Invalid):
                    continue
                if not number:
                    continue  # the school alone, who tells them
                request, request_approvers = Request.get_by_id(number), RequestApprovers()
                found = [
                    request_approvers.approvers(request, step) for step in request_approvers.steps(request)
                ]
                approvers = {login_of[one.account] for step in found for one in step}
                assert approvers or request.due, "or its day"
                assert not approvers & {asker, whom, *losing}, (role, what, whom, asker)
                for login in {whom, *losing}:
                    refusal(wider.desk(login), number, request.digest)
                wider.desk(asker).requests.withdraw(number)
                tried.add((role, what))
    assert len({role for role, _what in tried}) > 1
    assert {what for _role, what in tried} == {"holder", "relieve"}


def fills_offices(world: World, login: str, book: str) -> bool:
    """Whether who signs in as ``login`` is offered to ask for offices in ``book``."""
    return ("office", book) in {(one.id, one.book) for one in world.desk(login).asking.offers()}


@pytest.mark.clause("F.5.1", "G.3.3")
def test_an_office_is_recertified_with_the_rights_and_taken_back_by_a_request_alone(world: World) -> None:
    request = ask(world.desk("zengqing"), "holder", "张文", role="security")
    approve(world, "guotao", request)
    held = Grant.get((Grant.role == "security") & Grant.person.is_null(False))
    assert held.id in {right.id for right in rights_in_force("staff")}
    assert not {right.role for right in rights_in_force("staff")} & {"head", "employee"}
    (shown,) = (row for row in world.desk("guotao").accounts.page("staff", 0, 100) if row.login == "zhangwen")
    assert [role.role for role in shown.roles] == ["security"]
    with pytest.raises(Refused) as refused:
        world.desk("liuyang").accounts.revoke(held.id)
    assert "request" in say(refused.value.message, "en")
    assert "security" in permissions_of(world.actor("zhangwen")).roles("staff")


@pytest.mark.clause("H.3.2")
def test_an_office_ends_at_midnight_and_one_ended_just_after_was_held_that_day(
    world: World, clock: Clock
) -> None:
    """Whoever is relieved from a day on held it to the end of the day before; at once, on that day still."""
    clock.set("2026-11-24T09:00+08:00")
    appointed(world, "relieve", "王芳", **{"from": "2026-11-26"})
    clock.set("2026-11-25T23:59+08:00")
    assert heads(world, "wangfang")
    clock.set("2026-11-26T00:01+08:00")
    assert not heads(world, "wangfang")
    assert [row[:1] + row[3:4] for row in holders(world, day="2026-11-25")] == [("王芳", "2026-11-25")]
    assert "王芳" not in {row[0] for row in holders(world, day="2026-11-26")}


@pytest.mark.clause("H.3.2")
def test_who_is_relieved_at_once_just_after_midnight_held_it_the_day_before(
    world: World, clock: Clock
) -> None:
    clock.set("2026-11-26T00:03+08:00")
    appointed(world, "relieve", "王芳")
    assert not heads(world, "wangfang")
    assert "王芳" in {row[0] for row in holders(world, day="2026-11-25")}
