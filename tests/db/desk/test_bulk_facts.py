"""The approver rule gives the same answers from facts read at once as from those asked one by one."""

from __future__ import annotations

import random
from collections.abc import Iterable

import pytest

from db.desk.authority.offices import end_headships
from db.desk.requests import bulk_facts
from db.desk.requests.bulk_facts import ANSWERING, OFFICES, RIGHTS
from db.desk.requests.open_requests import BELOW, OPEN
from db.desk.requests.queue import to_decide
from db.desk.requests.request_approvers import RequestApprovers
from db.desk.reviews.review_approvers import ReviewApprovers
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.tasks import may_be_theirs, tasks_to_do
from db.policy.vocabulary import HEAD, PERSON
from db.store import clock
from db.store.engine import database, store
from db.store.tables import (
    Account,
    Activation,
    Campaign,
    Delegation,
    Entry,
    Grant,
    Request,
    ReviewItem,
    Task,
    Unit,
)
from db.store.transactions import writing
from tests.agreed import carried_through
from tests.db.desk.asking import approve, change
from tests.db.desk.lives import duties, joiner, leave
from tests.world import World

WHO = (
    "zhangwei",
    "wangfang",
    "liwei",
    "liuyang",
    "zengqing",
    "helei",
    "guotao",
    "chenjing",
    "songjia",
    "huangbo",
    "luoyan",
)


@pytest.fixture(params=[0, 1000], ids=["at once", "one by one"], autouse=True)
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to how many steps are asked one by one: this world has too few for the other reader."""
    monkeypatch.setattr(bulk_facts, "FEW", request.param)


def matters(world: World) -> None:
    """Requests at every step, of people, of heads and of HR themselves, and what is to be done about some."""
    for login in ("zhangwei", "zhangwen", "wangfang", "sunli", "liuyang", "zengqing", "liwei"):
        change(world, login)
    approve(world, "wangfang", change(world, "zhengwei"))
    change(world, "luoyan", "group", of="hanmei", asked={"position": "销售总监"})
    world.desk("liuyang").lifecycle.join(joiner(world, "研发中心/研发二部"))
    leave(world, "liuyang", "zhangwen")
    leave(world, "liuyang", "zhaomin")
    duties()


def compared(world: World, logins: Iterable[str] = WHO) -> int:
    """Ask both ways for everybody in ``logins``; how much of it was theirs."""
    found = 0
    for login in logins:
        permissions = world.desk(login).kept.permissions()
        account, request_approvers, assignees = permissions.account, RequestApprovers(), TaskAssignees()
        rows = Request.select().where((Request.state == "open") & Request.book.in_(permissions.books))
        decides = {row.id for row in rows if request_approvers.capacity(row, account) is not None}
        does = {task.id for task in Task.select() if assignees.acting_capacity(task, account) is not None}
        assert {one.id for one in to_decide(permissions)[0]} == decides, login
        assert {task.id for task in tasks_to_do(permissions)} == does, login
        found += len(decides) + len(does)
    return found


def reviewed(chance: random.Random) -> None:
    """A review under way of each book, by each who may be asked to decide, of entries and of units."""
    for book in ("staff", "group"):
        entries = list(Entry.select().where((Entry.book == book) & (Entry.state == "active")))
        for by in (HEAD, PERSON, "hr"):
            for of, kind in (
                ("entries", chance.choice(("full-review", "self-check"))),
                ("units", "sign-off"),
            ):
                if of == "units" and by == PERSON:
                    continue
                campaign = Campaign.create(
                    occasion=f"{book}:{by}:{of}", book=book, kind=kind, of=of, by=by, runs="hr",
                    clause=chance.choice(("A.11", "default")), policy_version="1", opened_at=clock.now(),
                    due=chance.choice(("2026-11-20", "2026-12-20")),
                )  # fmt: skip
                things = (
                    [(entry.unit_id, entry.id) for entry in entries]
                    if of == "entries"
                    else [(unit, None) for unit in sorted({entry.unit_id for entry in entries})]
                )
                for place, (unit, entry) in enumerate(things):
                    ReviewItem.create(campaign=campaign, ord=place, unit=unit, entry=entry)


def compared_in_reviews(world: World, logins: Iterable[str]) -> int:
    """Ask for each thing and for all at once; how much of it was theirs."""
    found = 0
    for login in logins:
        permissions = world.desk(login).kept.permissions()
        for campaign in Campaign.select().where(Campaign.book.in_(permissions.books)):
            approvers = ReviewApprovers(campaign)
            items = ReviewItem.select().where(ReviewItem.campaign == campaign)
            singly = {
                row.id
                for row in items
                if not approvers.is_own(row, permissions.account)
                and approvers.capacity(row, permissions.account) is not None
            }
            at_once = {row.id for row in items.where(approvers.condition_for(permissions))}
            assert at_once == singly, (login, campaign.occasion, campaign.kind, campaign.due)
            found += len(singly)
    return found


def test_both_readers_give_the_same_approvers(world: World) -> None:
    matters(world)
    assert compared(world) > 10


def test_it_does_so_where_nobody_heads_a_unit(world: World) -> None:
    matters(world)
    with writing():
        end_headships(unit=world.unit("staff", "研发中心/研发一部"))
        Account.update(state="disabled").where(Account.id == world.accounts["zhaomin"]).execute()
    assert compared(world) > 10


def test_it_does_so_where_somebody_let_the_other_in(world: World) -> None:
    matters(world)
    with writing():
        Activation.create(
            account=world.accounts["zhangwei"], how="invitation", by=world.accounts["wangfang"],
            voucher=world.accounts["liuyang"], made_at=clock.now(), opens_at=clock.now(),
            used_at=clock.now(),
        )  # fmt: skip
    assert compared(world) > 10


@pytest.mark.clause("A.11")
def test_it_does_so_in_reviews_where_somebody_let_the_head_in(world: World) -> None:
    """The head doesn't decide on their entry, so the next one has it in the list."""
    with writing():
        reviewed(random.Random(1))
        for head, hand in (("wangfang", "zhangwei"), ("huangbo", "majun")):
            Activation.create(
                account=world.accounts[head], how="invitation", by=world.accounts[hand],
                made_at=clock.now(), opens_at=clock.now(), used_at=clock.now(),
            )  # fmt: skip
    assert compared_in_reviews(world, sorted(world.accounts)) > 10


def test_it_does_so_for_whom_a_head_lets_decide_meanwhile(world: World) -> None:
    """A colleague who heads nothing finds the head's requests and tasks."""
    matters(world)
    desk = world.desk("wangfang")
    days = "2026-11-23", "2026-11-27"
    carried_through(
        lambda: desk.delegation.delegate("head", "staff", world.accounts["zhangwei"], *days), desk
    )
    with writing():
        here = world.unit("staff", "研发中心/研发一部")
        Task.update(role=HEAD, unit=here).where(Task.kind == "joiner").execute()
    assert compared(world) > 10
    assert [task.role for task in tasks_to_do(world.desk("zhangwei").kept.permissions())] == [HEAD]


def test_it_does_so_for_a_head_by_grant_and_for_hr_of_a_part(world: World) -> None:
    matters(world)
    world.grant("zhangwen", "head", "staff", "研发中心/研发一部")
    world.grant("sunli", "hr", "staff", "销售中心")
    with writing():
        Grant.update(revoked_at=clock.now()).where(Grant.account == world.accounts["liuyang"]).execute()
    assert compared(world) > 5


@pytest.mark.parametrize("chosen", range(6))
def test_it_does_so_whoever_holds_what(world: World, chosen: int) -> None:
    """Offices in every capacity, rights, delegations, accounts that are gone, contacts of others, tasks
    for any role anywhere, all by chance."""
    matters(world)
    chance = random.Random(chosen)
    logins = sorted(world.accounts)
    units = {book: [row.id for row in Unit.select().where(Unit.book == book)] for book in ("staff", "group")}
    heads = ("wangfang", "liwei", "zhouwei", "zhaomin", "qianjin", "huangbo", "songjia")
    with writing():
        for _ in range(6):
            lender, to = (world.accounts[chance.choice(among)] for among in (heads, logins))
            Delegation.create(
                account=lender, to=to, role=HEAD, book=chance.choice(("staff", "group")),
                from_day="2026-11-01", until_day="2026-12-31", created_at=clock.now(),
            )  # fmt: skip
            book = chance.choice(("staff", "group"))
            login, place = chance.choice(logins), {"book": book, "unit": chance.choice(units[book])}
            if chance.random() < 0.5:
                world.grant(login, chance.choice(("hr", "security")), book)
                continue
            person = Account.get_by_id(world.accounts[login]).person_id
            capacity = chance.choice(("holder", "acting", "deputy"))
            Grant.create(person=person, role=HEAD, capacity=capacity, granted_at=clock.now(), **place)
        for unit in units["staff"]:
            role = chance.choice((HEAD, "hr"))
            Task.create(
                duty=f"chance:{unit}", kind="leaver", book="staff", unit=unit, role=role,
                clause="A.10", detail="{}", opened_at=clock.now(), started_on="2026-11-23", due="2026-11-27",
            )  # fmt: skip
        Account.update(state="disabled").where(Account.login == chance.choice(logins)).execute()
        reviewed(chance)
        owners = [row.id for row in Entry.select().where(Entry.book == "group")]
        Entry.update(inside_owner=chance.choice(owners)).where(
            Entry.id == world.entry("hanmei", "group")
        ).execute()
    active = [row.login for row in Account.select().where(Account.state == "active") if row.login in logins]
    assert compared(world, active) > 10
    assert compared_in_reviews(world, active) > 10


def test_a_head_is_asked_about_tasks_below_alone(world: World) -> None:
    matters(world)
    below = {world.unit("staff", "研发中心/研发一部")}
    asked = Task.select().where(may_be_theirs(world.desk("wangfang").kept.permissions()))
    assert {task.unit_id for task in asked} <= below < {task.unit_id for task in Task.select()}


OPEN_ONES = OPEN.format(requests="request r", places="r.book_id = 'staff'")
THERE = OPEN.format(requests=BELOW.format(above="above_id = 1"), places="r.id = below.id")


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (OPEN_ONES, "r USING COVERING INDEX request_open"),
        (THERE, "r USING INTEGER PRIMARY KEY"),
        (THERE, "o USING COVERING INDEX entry_unit_id"),
        (ANSWERING, "e USING COVERING INDEX entry_answered_for"),
        (OFFICES, "a USING COVERING INDEX account_person_id_state"),
        (RIGHTS, "a USING INTEGER PRIMARY KEY"),
    ],
)
def test_what_tells_it_is_read_by_index(world: World, statement: str, index: str) -> None:
    if not store().is_postgresql:  # which decides by how many there are
        plan = database.execute_sql("EXPLAIN QUERY PLAN " + statement.replace("{now}", "''")).fetchall()
        assert any(row[-1].startswith(f"SEARCH {index}") for row in plan), plan
