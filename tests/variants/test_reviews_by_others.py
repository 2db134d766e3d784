"""Reviews that somebody else takes over: the new officer, keeper, head or inspector, and who acts for one."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from db.desk import Desk, Refused
from db.desk.entry.stale import note_bounce
from db.desk.reviews.inspecting import Inspections
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import Campaign, Entry, Grant, Task
from tests.conftest import Clock
from tests.db.desk.reviewing import open_all, things
from tests.db.desk.test_update_notices import updates
from tests.variants.acting import approve, change, leave
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, cites, deputise, refusal, succeed
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
HERE = RunnerPlace("host", "test")
REVIEWS = [
    ("B.5.1", "safety", "collection", "dingyi", "weiguo", "officer", "一车间"),
    ("B.5.2", "safety", "self-check", "dingyi", "weiguo", "officer", "一车间"),
    ("B.5.3", "safety", "full-review", "panan", "niuer", "safety", ""),
    ("C.5", "subsidiary", "sign-off", "linxiao", "xuning", "head", "产品部/设计组"),
    ("C.6", "subsidiary", "inspection", "panlong", "tangyu", "security", ""),
    ("E.6.2", "group", "check", "luoyan", "majun", "hr", ""),
    ("E.7", "group", "sign-off", "huangbo", "zhangwei", "head", "财务中心/会计部"),
    ("F.2.2", "general", "check", "jinhr", "lunan", "hr", ""),
    ("F.5.1", "general", "recertification", "jinhr", "lunan", "hr", ""),
    ("H.3.2", "secured", "sign-off", "shibu", "xinan", "head", "市场部"),
    ("H.3.1 H.6.1", "secured", "inspection", "xinan", "qinyu", "security", ""),
    ("H.6.3", "secured", "recertification", "fuhr", "qinyu", "hr", ""),
]


def first_open(desk: Desk, campaign: int, but: str) -> tuple[int, int | None]:
    """The first thing that waits for the desk's reader and is not about ``but``: its id and version."""
    found = next(one for one in Reviews(desk).items(campaign) if one.status == "open" and one.name != but)
    return found.id, found.version


@pytest.mark.parametrize(
    ("clause", "book", "kind", "former", "new", "role", "path", "acts"),
    [row(*values, False, of=values[0], person="successor", day="office-changed") for values in REVIEWS]
    + [row(*values, True, of=values[0], person="acting", day="make-up") for values in REVIEWS],
)
def test_a_review_under_way_goes_on_with_who_holds_the_office_now(
    house: World, clock: Clock, clause: str, book: str, kind: str, former: str, new: str, role: str,
    path: str, acts: bool,
) -> None:  # fmt: skip
    """Opened under the former, who then decides nothing of it any more; the clause is cited to them."""
    campaign = open_all(book)[kind]
    thing = first_open(house.desk(former), campaign, "")
    if acts:
        act_for(house, new, role, book, path, instead_of="" if role == "head" else former)
        clock.set("2026-11-28T10:00+08:00")
    else:
        succeed(house, new, role, book, path, instead_of="" if role == "head" else former)
        clock.forward(days=1)
    late = refusal(
        lambda: Reviews(house.desk(former)).decide(campaign, thing[0], "right", thing[1], word="核对无误")
    )
    assert set(clause.split()) & set(late.clause.split(", ")) or late.clause == "default"
    desk = house.desk(new)
    item, version = first_open(desk, campaign, str(desk.me.who().name))
    Reviews(desk).decide(campaign, item, "right", version, word="仍需要")
    assert next(one for one in Reviews(desk).items(campaign, "all") if one.id == item).status == "decided"


DUE = [
    ("B.5.2", "safety", "self-check"),
    ("B.5.3", "safety", "full-review"),
    ("B.3.3", "safety", "confirmation"),
    ("C.5", "subsidiary", "sign-off"),
    ("C.6", "subsidiary", "inspection"),
    ("E.6.2 E.12 E.14", "group", "check"),
    ("E.10", "group", "confirmation"),
    ("F.2.2", "general", "check"),
    ("F.5.1", "general", "recertification"),
    ("H.6.1 H.3.1", "secured", "inspection"),
    ("H.3.2", "secured", "sign-off"),
    ("H.6.3", "secured", "recertification"),
]


@pytest.mark.parametrize(
    ("clause", "book", "kind"), [row(*values, of=values[0], day="make-up") for values in DUE]
)
def test_a_review_is_due_after_ten_working_days_the_worked_saturday_among_them(
    house: World, clause: str, book: str, kind: str
) -> None:
    """Opened on Monday 11-23: 24, 25, 26, 27, 28 (Saturday), 30, 12-01, 02, 03, 04."""
    found = Campaign.get_by_id(open_all(book)[kind])
    assert found.due == "2026-12-04"
    assert set(clause.split()) & set(found.clause.split(", "))


@pytest.mark.parametrize(
    ("clause", "book", "kind"),
    [
        row(*values, of=values[0], day="spring-festival")
        for values in DUE
        if values[2] in ("self-check", "inspection") and values[1] != "subsidiary"
    ],
)
def test_a_monthly_review_of_february_gives_as_many_days_round_the_festival(
    house: World, clock: Clock, clause: str, book: str, kind: str
) -> None:
    """Opened on Monday 02-01: 2, 3, 4, then 12, 13 (Saturday), 15, 16, 17, 18, 19."""
    clock.set("2027-02-01T09:00+08:00")
    assert Campaign.get_by_id(open_all(book)[kind]).due == "2027-02-19"


@pytest.mark.parametrize(
    ("book", "login", "name", "clause"),
    [
        row("safety", "kangle", "康乐", "B.5.3", of="B.5.3", person="oneself"),
        row("group", "luoyan", "罗燕", "default", of="E.6.2", person="oneself"),
        row("general", "yuhr", "余慧", "default", of="F.2.2", person="oneself"),
    ],
)  # fmt: skip
def test_nobody_finds_their_own_entry_right_in_a_review_of_all(
    house: World, book: str, login: str, name: str, clause: str
) -> None:
    """A full review asks for that (B.5.3); what the clause of a check does not say holds by default."""
    campaign = open_all(book)["full-review" if book == "safety" else "check"]
    desk = house.desk(login)
    assert name not in {one.name for one in Reviews(desk).items(campaign)}
    item = next(one for one in Reviews(desk).items(campaign, "all") if one.name == name)
    cites(clause, lambda: Reviews(desk).decide(campaign, item.id, "right", item.version))


@pytest.mark.parametrize(
    ("book", "login", "keeper", "name", "clause"),
    [
        row("safety", "weiguo", "kangle", "卫国", "B.3.3", of="B.3.3", person="leaver", day="last-day"),
        row("group", "huangbo", "luoyan", "黄博", "E.10", of="E.10", person="leaver", day="last-day"),
    ],
)
def test_whom_a_review_asked_and_who_left_is_answered_for_by_the_keeper(
    house: World, clock: Clock, book: str, login: str, keeper: str, name: str, clause: str
) -> None:
    """The question does not wait for somebody who can't answer any more."""
    campaign = open_all(book)["confirmation"]
    assert name in things(house.desk(login), campaign)
    assert name not in things(house.desk(keeper), campaign)
    leave(house, keeper, book, login, "2026-11-27", {"group": "马军"}.get(book, ""))
    clock.set("2026-11-30T09:00+08:00")
    house.desk(keeper).me.who()
    assert name in things(house.desk(keeper), campaign)


@walks("B.3.3 E.10", person="two-books")
def test_who_is_in_two_books_is_asked_in_each_about_that_entry(house: World) -> None:
    from tests.variants.setting import also_in

    also_in(house, "majun", "renhe", "safety")
    here, there = open_all("group")["confirmation"], open_all("safety")["confirmation"]
    desk = house.desk("majun")
    assert set(things(desk, here)) == {"马军"}
    (mine,) = things(desk, there).values()
    Reviews(desk).decide(there, mine.id, "right", mine.version)
    assert things(house.desk("majun"), here)["马军"].status == "open"


@walks("E.12", person="acting", day="spring-festival")
@walks("E.12", person="head-and-keeper")
def test_a_check_outside_the_cycle_says_why_whoever_opens_it(house: World, clock: Clock) -> None:
    act_for(house, "majun", "hr", "group", instead_of="luoyan")
    clock.set("2027-02-08T10:00+08:00")
    for login in ("majun", "liuyang"):
        cites("E.12", partial(Reviews(house.desk(login)).open, "group", "check", " "))
    campaign = Reviews(house.desk("majun")).open("group", "check", "春节值班表调整")
    assert Campaign.get_by_id(campaign).reason == "春节值班表调整"


@walks("E.6.5", person="successor", day="office-changed")
def test_a_new_head_hears_what_was_updated_in_the_department(house: World, clock: Clock) -> None:
    run(HERE)
    clock.set("2026-11-24T10:00+08:00")
    request = change(house, "majun", "group")
    approve(house, "huangbo", request)
    approve(house, "liuyang", request)
    succeed(house, "zhangwei", "head", "group", "财务中心/会计部")
    clock.set("2026-11-30T08:00+08:00")
    run(HERE)
    assert [one.unit for one in updates(house, "zhangwei") if one.unit == "会计部"] == ["会计部"]


@walks("E.6.5", day="spring-festival")
def test_what_was_updated_in_the_week_before_the_festival_is_told_in_it_or_after(
    house: World, clock: Clock
) -> None:
    clock.set("2027-02-01T08:00+08:00")
    run(HERE)
    clock.set("2027-02-04T10:00+08:00")
    request = change(house, "majun", "group")
    approve(house, "huangbo", request)
    approve(house, "liuyang", request)
    clock.set("2027-02-15T08:00+08:00")
    run(HERE)
    assert [one.unit for one in updates(house, "majun")].count("会计部") == 1


@walks("E.14", person="successor", day="office-changed")
@walks("E.14", person="oneself")
def test_a_bounced_address_lands_with_the_keeper_of_today(house: World, clock: Clock) -> None:
    """Also where it is the keeper's own address."""
    succeed(house, "majun", "hr", "group", instead_of="luoyan")
    clock.forward(days=1)
    note_bounce("majun@huaxing.example")
    assert [one.name for one in Stale(house.desk("majun")).entries("group")] == ["马军"]
    with pytest.raises(Refused):
        Stale(house.desk("luoyan")).entries("group")
    assert set(things(house.desk("liuyang"), open_all("group")["clean-up"])) == {"马军"}


@walks("F.5.1 H.6.3", person="leaver", day="last-day")
def test_a_leavers_rights_are_nothing_to_recertify(house: World, clock: Clock) -> None:
    """They ended in the night; what a review asked of them before is decided by that."""
    before = open_all("general")["recertification"]
    assert "谭兰" in things(house.desk("jinhr"), before)
    leave(house, "jinhr", "general", "tanlan", "2026-11-27")
    clock.set("2026-11-30T09:00+08:00")
    house.desk("jinhr").me.who()
    row_ = things(house.desk("jinhr"), before).get("谭兰")
    assert row_ is None or row_.status != "open"
    held = (Grant.account == house.accounts["tanlan"]) & (Grant.book == "general") & Grant.in_force()
    assert not Grant.select().where(held).exists()


@walks("C.6 H.6.1", person="leaver", day="last-day")
def test_a_finding_whose_owner_left_waits_for_the_inspector(house: World, clock: Clock) -> None:
    for book, inspector, owner, keeper in (
        ("subsidiary", "panlong", "ouyangxue", "fangmin"), ("secured", "xinan", "ganhr", "fuhr"),
    ):  # fmt: skip
        campaign, desk = open_all(book)["inspection"], house.desk(inspector)
        finding = Inspections(desk).find(campaign, "账号未收回", house.accounts[owner], "2026-12-04")
        if book == "secured":
            house.grant("qinyu", "hr", book)
        leave(house, keeper, book, owner, "2026-11-27")
        clock.set("2026-11-30T09:00+08:00")
        desk = house.desk(inspector)
        assert finding in [one.thing for one in desk.tasks.mine().rows if one.kind == "finding"]
        clock.set("2026-11-26T09:00+08:00")


@walks("B.5.3 F.2.2 E.6.2", day="after-deadline")
def test_a_review_that_is_late_stays_open_and_is_told_of(house: World, clock: Clock) -> None:
    for book, kind, keeper in (
        ("safety", "full-review", "kangle"), ("general", "check", "yuhr"), ("group", "check", "luoyan"),
    ):  # fmt: skip
        campaign = open_all(book)[kind]
        clock.set("2026-12-22T09:00+08:00" if kind == "check" else "2026-12-07T09:00+08:00")
        run(HERE)
        desk = house.desk(keeper)
        assert any(one.kind == "duty-overdue" for one in desk.notices.unread())
        clause = str(Campaign.get_by_id(campaign).clause).split(", ")[0]
        cites(clause, partial(Reviews(desk).close, campaign))
        task = Task.select().where((Task.book == book) & (Task.kind == "review")).first()
        assert task.state == "open"
        assert Entry.select().where(Entry.book == book).exists()
        clock.set("2026-11-23T09:00+08:00")


@walks("B.5.1", day="after-deadline")
def test_departments_that_are_late_are_named_the_day_after(house: World, clock: Clock) -> None:
    campaign = open_all("safety")["collection"]
    due = date.fromisoformat(str(Campaign.get_by_id(campaign).due))
    clock.set(f"{due.isoformat()}T20:00+08:00")
    assert not [one for one in Reviews(house.desk("panan")).progress(campaign) if one.late]
    clock.forward(hours=12)
    assert {one.name for one in Reviews(house.desk("panan")).progress(campaign) if one.late} >= {
        "一车间",
        "二车间",
    }


@walks("B.3.2", person="deputy")
def test_who_stands_in_for_an_officer_checks_and_leaves_what_is_wrong_to_them(house: World) -> None:
    deputise(house, "dingyi", "renhe", "officer", "safety")
    campaign = open_all("safety")["self-check"]
    desk = house.desk("renhe")
    entry = house.entry("dingyi", "safety")
    cites("B.3.2", lambda: desk.changes.form(entry))
    refused = refusal(lambda: desk.changes.form(entry))
    assert say(refused.advice, "en").startswith("Leave it open in the review")
    mine = things(desk, campaign)["丁一"]
    Reviews(desk).decide(campaign, mine.id, "right", mine.version)
