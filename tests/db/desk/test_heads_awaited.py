"""A head who has no account yet is not passed over where a regulation has heads decide (C.5, E.7, E.13.2)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.desk.authority.offices import end_headships, set_head
from db.desk.entry.record import create_entry
from db.desk.reviews.review_approvers import ReviewApprovers as ReviewTurns
from db.desk.reviews.reviews import Reviews
from db.desk.tasks.assignees import TaskAssignees
from db.desk.tasks.duties import run
from db.language import say
from db.store.clock import stamp
from db.store.tables import (
    Account,
    Campaign,
    Entry,
    Grant,
    Notice,
    NoticeRecipient,
    Person,
    Task,
)
from db.store.transactions import writing
from tests.agreed import agreed
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.db.desk.lives import HERE
from tests.db.desk.reviewing import all_right
from tests.db.desk.test_last_day import decided_by
from tests.world import World

UNIT = "财务中心/会计部"


def headed_by_somebody_new(world: World, book: str = "group", unit: str = UNIT) -> int:
    """The entry of 邹静, who heads ``unit`` from now on and has no account."""
    place = world.unit(book, unit)
    with writing():
        person = Person.create(name="邹静")
        world.people["zoujing"] = person.id
        entry = create_entry(
            book, place, "full-time", {"name": ("邹静",), "position": ("主管",)}, person=person.id,
            joined="2026-11-20", source="任命书",
        )  # fmt: skip
        world.entries[book, "zoujing"] = entry
        set_head(place, entry)
    return entry


def account(world: World, login: str = "zoujing", state: str = "active") -> None:
    """Give 邹静 an account."""
    made = Account.create(login=login, person=world.people[login], state=state, created_at="2026")
    world.accounts[login] = made.id


def told(world: World, kind: str) -> set[str]:
    """The logins of those whom notices of ``kind`` are to."""
    login_of = {number: login for login, number in world.accounts.items()}
    rows = NoticeRecipient.select().join(Notice).where(Notice.kind == kind)
    return {login_of[row.account_id] for row in rows}


@pytest.mark.clause("E.13.2", "E.7")
@pytest.mark.parametrize("state", [None, "invited"])
def test_a_change_waits_for_a_head_without_an_account_with_one_alarm(
    world: World, clock: Clock, state: str | None
) -> None:
    """The head above does not decide in their place, nor does whoever keeps the directory."""
    headed_by_somebody_new(world)
    if state is not None:
        account(world, state=state)
    form = world.desk("majun").changes.form(world.entry("majun", "group"))
    assert [say(who, "zh_CN") for who in form.route.steps[0].who] == ["邹静（尚无账号）"]
    request = change(world, "majun", book="group")
    assert decided_by(request) == []
    assert request not in [row.id for row in world.desk("songjia").queue.window().rows]
    (first, _second) = world.desk("majun").requests.one(request).steps
    assert [say(who, "zh_CN") for who in first.who] == ["邹静（尚无账号）"]
    if state is not None:
        Account.update(activation_until=stamp(clock.now + timedelta(hours=72))).where(
            Account.state == "invited"
        ).execute()
        run(HERE)
        assert not Notice.select().where(Notice.kind == "head-awaited").exists(), "a code is out"
        clock.forward(hours=72)
    run(HERE)
    run(HERE)
    assert Notice.select().where(Notice.kind == "head-awaited").count() == 1
    assert told(world, "head-awaited") >= {"liuyang", "luoyan", "songjia"}
    with writing():
        if state is None:
            account(world)
        else:
            Account.update(state="active").where(Account.login == "zoujing").execute()
    assert decided_by(request) == ["zoujing"]


@pytest.mark.clause("E.13.2")
def test_it_waits_for_whom_they_named_or_who_acts(world: World) -> None:
    entry = headed_by_somebody_new(world)
    request = change(world, "majun", book="group")
    unit = world.unit("group", UNIT)
    hr = world.desk("luoyan")
    person = world.people["huangbo"]
    agreed(lambda: hr.appointments.fill("deputy", "group", "head", person, unit), world.desk("songjia"))
    assert decided_by(request) == ["huangbo"]
    with writing():
        Grant.update(revoked_at="2026-11-23T00:00:00.000000Z").where(Grant.capacity == "deputy").execute()
    assert decided_by(request) == []
    with writing():
        end_headships(unit=unit)
    assert decided_by(request) == ["songjia"], "a vacant office is another thing"
    assert Entry.get_by_id(entry).state == "active"


@pytest.mark.clause("E.13.2")
def test_a_suspended_head_and_one_who_is_concerned_are_passed_over(world: World) -> None:
    entry = headed_by_somebody_new(world)
    first = world.desk("luoyan").changes.form(entry).route.steps[0]
    assert [say(who, "zh_CN") for who in first.who] == ["宋佳（财务中心负责人）"]
    request = change(world, "majun", book="group")
    account(world, state="disabled")
    assert decided_by(request) == ["songjia"]


@pytest.mark.clause("E.13.2")
def test_what_a_head_asks_for_of_their_own_waits_for_the_head_of_the_department_above(
    world: World, clock: Clock
) -> None:
    """That human resources decide both steps would skip the review of a department's head."""
    headed_by_somebody_new(world, unit="财务中心")
    assert decided_by(change(world, "majun", book="group")) == ["huangbo"]
    form = world.desk("huangbo").changes.form(world.entry("huangbo", "group"))
    assert [say(who, "zh_CN") for who in form.route.steps[0].who] == ["邹静（尚无账号）"]
    own = change(world, "huangbo", book="group")
    assert decided_by(own) == []
    run(HERE)
    assert told(world, "head-awaited") >= {"liuyang", "luoyan"}
    account(world)
    assert decided_by(own) == ["zoujing"]


@pytest.mark.clause("E.7")
def test_what_a_head_asks_for_of_their_people_is_fed_back_past_a_head_without_an_account(
    world: World,
) -> None:
    """及时向人力资源部反馈: the department's head has seen it, and answers for it."""
    headed_by_somebody_new(world, unit="财务中心")
    assert set(decided_by(change(world, "huangbo", book="group", of="majun"))) & {"liuyang", "luoyan"}


@pytest.mark.clause("E.13.2")
def test_what_a_head_asks_for_of_their_own_rises_past_who_heads_the_whole_and_has_no_account(
    world: World,
) -> None:
    """A company is no department of its own: that it rises to whoever heads it is the safe default's."""
    headed_by_somebody_new(world, unit="")
    own = decided_by(change(world, "songjia", book="group"))
    assert own
    assert "zoujing" not in own


@pytest.mark.clause("A.15")
def test_where_the_default_alone_has_heads_decide_it_rises(world: World) -> None:
    headed_by_somebody_new(world, "staff", "研发中心/研发一部")
    assert decided_by(change(world, "zhangwei")) == ["liwei"]


@pytest.mark.clause("C.5")
def test_a_sign_off_waits_for_a_head_without_an_account_and_says_so(world: World, clock: Clock) -> None:
    headed_by_somebody_new(world, "subsidiary", "产品部/设计组")
    run(HERE)
    campaign = Campaign.get((Campaign.book == "subsidiary") & (Campaign.kind == "sign-off"))
    unit = world.unit("subsidiary", "产品部/设计组")
    review_approvers = ReviewTurns(campaign)
    assert review_approvers.for_unit(unit) == ()
    task = Task.get((Task.book == "subsidiary") & (Task.kind == "review") & (Task.unit == unit))
    assert TaskAssignees().assignees_of(task) == ()
    progress = {one.unit: one for one in Reviews(world.desk("panlong")).progress(campaign.id)}
    assert [say(who, "zh_CN") for who in progress[unit].who] == ["邹静（尚无账号）"]
    above = Reviews(world.desk("gaoshan")).items(campaign.id)
    assert "设计组" not in [say(row.name, "zh_CN") for row in above]
    run(HERE)
    assert told(world, "head-awaited") >= {"fangmin"}
    fangmin = world.desk("fangmin")
    tangyu = world.people["tangyu"]
    agreed(
        lambda: fangmin.appointments.fill("deputy", "subsidiary", "head", tangyu, unit), world.desk("gaoshan")
    )
    all_right(world.desk("tangyu"), campaign.id)
    signed = {one.unit: one.signed for one in Reviews(world.desk("panlong")).progress(campaign.id)}
    assert [say(who, "zh_CN") for who in signed[unit]] == ["唐雨（设计组副负责人）"]
    (item,) = [
        row for row in Reviews(world.desk("panlong")).items(campaign.id, "all") if row.unit == "设计组"
    ]
    assert say(item.who, "zh_CN") == "唐雨（设计组副负责人）", "what is signed says it too"
