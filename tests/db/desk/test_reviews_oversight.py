"""Heads' sign-off, recertified rights, and the clean-up of stale entries."""

from __future__ import annotations

import pytest

from db.desk import Invalid
from db.desk.authority.permissions import policy_of
from db.desk.entry.record import apply_values
from db.desk.entry.stale import note_bounce
from db.desk.refusal import Pending
from db.desk.reviews.opening import open_due, withdraw_unused
from db.desk.reviews.reviews import Reviews
from db.desk.reviews.signs import Stale
from db.desk.tasks.duties import RunnerPlace, run
from db.language import say
from db.store.tables import AuditRecord, Campaign, Entry, Grant, Request, StaleSign, Task
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.reviewing import agreed, all_right, last_record, open_all, own_right, refused, things
from tests.world import World
from tui.sheets.notice_words import describe_notice

BOOKS_OF = {"wide": ("general", "secured")}


@pytest.fixture
def wide(world: World) -> World:
    """Books with heads who sign (C, E, H), rights to recertify (F, H) and inspections (C, H)."""
    return world


RUNNER = RunnerPlace("host", "test")
SIGNERS = [
    ("subsidiary", "linxiao", "设计组", "交付部", "C.5", "fangmin"),
    ("group", "songjia", "财务中心", "会计部", "E.7", "liuyang"),
    ("secured", "shibu", "市场部", "人力资源部", "H.3.2", "fuhr"),
]


@pytest.mark.clause("C.5", "E.7", "H.3.2")
@pytest.mark.parametrize(("book", "login", "own", "other", "clause", "keeper"), SIGNERS)
def test_heads_sign_for_their_department(
    wide: World, book: str, login: str, own: str, other: str, clause: str, keeper: str
) -> None:
    """Each quarter; who has not signed is named, and nobody signs for another department."""
    campaign = open_all(book)["sign-off"]
    desk, hr = wide.desk(login), wide.desk(keeper)
    mine = things(desk, campaign)
    assert own in mine
    assert other not in mine
    missing = {row.name: row.who for row in Reviews(hr).progress(campaign) if row.count.undecided}
    assert missing[own]
    members = Reviews(desk).one(campaign, mine[own].id).members
    assert members
    Reviews(desk).decide(campaign, mine[own].id, "right")
    record = last_record("reviews.decide")
    assert (record.clause, record.unit, record.account) == (
        clause, wide.unit(book, next(path for b, path in wide.units if b == book and path.endswith(own))),
        wide.accounts[login],
    )  # fmt: skip
    assert own not in {row.name for row in Reviews(hr).progress(campaign) if row.count.undecided}
    theirs = next(row for row in Reviews(hr).items(campaign, "all") if row.unit == other)
    assert refused(lambda: Reviews(desk).decide(campaign, theirs.id, "right")).clause == clause
    late = refused(lambda: Reviews(hr).close(campaign))
    assert late.clause == clause


@pytest.mark.clause("F.5.1", "H.6.3")
@pytest.mark.parametrize(
    ("book", "login", "other", "clause"),
    [("general", "jinhr", "yuhr", "F.5.1"), ("secured", "fuhr", "ganhr", "H.6.3")],
)
def test_rights_are_recertified_and_unused_ones_withdrawn(
    wide: World, clock: Clock, book: str, login: str, other: str, clause: str
) -> None:
    """Each granted role is still needed or withdrawn; keeping one that lay unused takes a reason."""
    clock.forward(days=100)
    wide.desk(login).directory.settled(book, "张")
    campaign = open_all(book)["recertification"]
    desk = wide.desk(login)
    rows = list(Reviews(desk).items(campaign))
    theirs = next(row for row in rows if row.name == desk_name(wide, other))
    assert theirs.unused
    blunt = refused(lambda: Reviews(desk).decide(campaign, theirs.id, "right"))
    assert clause in blunt.clause
    Reviews(desk).decide(campaign, theirs.id, "removed")
    grant = Grant.get((Grant.account == wide.accounts[other]) & (Grant.book == book))
    assert grant.revoked_at is not None
    assert agreed(campaign).decided == 1
    assert refused(lambda: Reviews(wide.desk(other)).open(book, "recertification", "x")).clause
    record = last_record("reviews.decide")
    assert (record.outcome, record.book) == ("done", book)
    assert f'"account":{wide.accounts[other]}' in detail_of(record)


def desk_name(wide: World, login: str) -> str:
    """The name of a person."""
    return str(wide.desk(login).me.who().name)


@pytest.mark.clause("F.5.1", "H.6.3")
def test_nobody_recertifies_their_own_right(wide: World) -> None:
    campaign = open_all("general")["recertification"]
    desk, other = wide.desk("jinhr"), wide.desk("yuhr")
    mine = next(row for row in Reviews(other).items(campaign) if row.name == "金瑞")
    assert "金瑞" not in things(desk, campaign)
    refusal = refused(lambda: Reviews(desk).decide(campaign, mine.id, "right", word="要用"))
    assert refusal.clause == "default", "F.5.1 asks for a look at them, not by whom"
    Reviews(other).decide(campaign, mine.id, "right", word="要用")
    assert last_record("reviews.decide").outcome == "done"


@pytest.mark.clause("F.5.1")
def test_unused_rights_that_nobody_vouched_for_are_withdrawn_after_the_due_day(
    wide: World, clock: Clock
) -> None:
    clock.forward(days=100)
    open_all("general")
    run(RUNNER)
    assert not Grant.select().where(Grant.revoked_at.is_null(False)).exists()
    clock.forward(days=30)
    run(RUNNER)
    run(RUNNER)
    assert (
        AuditRecord.select()
        .where((AuditRecord.act == "reviews.withdraw") & (AuditRecord.book == "general"))
        .count()
        == 2
    )
    gone = {
        grant.holder.login
        for grant in Grant.select().where((Grant.book == "general") & Grant.revoked_at.is_null(False))
    }
    assert "tanlan" in gone
    kept = Grant.select().where((Grant.book == "general") & (Grant.role == "hr") & Grant.revoked_at.is_null())
    assert kept.exists()  # somebody still keeps the book
    record = AuditRecord.get((AuditRecord.act == "reviews.withdraw") & (AuditRecord.book == "general"))
    assert (record.clause, record.account) == ("F.5.1", None)


@pytest.mark.clause("H.3.3", "H.3.2")
def test_employees_neither_alter_nor_delete(wide: World) -> None:
    """An employee proposes for the own entry alone, and no word of theirs in a review touches another's."""
    campaign = open_all("secured")["sign-off"]
    desk = wide.desk("qinyu")
    denied = refused(lambda: desk.changes.form(wide.entry("shibu", "secured")))
    assert denied.message == refused(lambda: desk.changes.form(999_999)).message
    item = Reviews(wide.desk("shibu")).items(campaign)[0]
    assert refused(lambda: Reviews(desk).decide(campaign, item.id, "right")).message
    form = desk.changes.form(wide.entry("qinyu", "secured"))
    request = desk.changes.submit(form.entry, form.version, {"position": "经理"}, "升职")
    assert Request.get_by_id(request).state == "open", "others decide on it"
    assert Entry.get_by_id(wide.entry("qinyu", "secured")).position == "策划"


@pytest.mark.clause("E.14", "F.2.2")
def test_stale_entries_are_cleaned_up(wide: World, clock: Clock) -> None:
    """Unverified for 180 days, bounced mail, dead numbers: each lands in the clean-up and leaves it."""
    assert "clean-up" not in open_all("group")
    assert note_bounce("majun@huaxing.example") == 1
    Stale(wide.desk("songjia")).report(wide.entry("huangbo", "group"), "mobile")
    signs = {one.name: one.signs for one in Stale(wide.desk("luoyan")).entries("group")}
    assert signs == {"马军": ("bounced-mail",), "黄博": ("dead-number",)}
    assert last_record("stale.entries").clause == "E.14"
    campaign = open_all("group")["clean-up"]
    desk = wide.desk("luoyan")
    rows = things(desk, campaign)
    assert set(rows) == {"马军", "黄博"}
    Reviews(desk).decide(campaign, rows["黄博"].id, "right", rows["黄博"].version, word="已打通")
    assert StaleSign.select().where(StaleSign.cleared_at.is_null()).count() == 1
    assert refused(lambda: Reviews(desk).close(campaign)).clause == "E.14"
    with writing():
        apply_values(
            wide.entry("majun", "group"), {"email": ("ma@huaxing.example",)}, source="", verifier=None
        )
    assert Stale(desk).entries("group") == ()  # another address has no such sign
    row = things(desk, campaign)["马军"]
    Reviews(desk).decide(campaign, row.id, "right", row.version)
    Reviews(desk).close(campaign)

    clock.forward(days=181)
    stale = {one.name for one in Stale(wide.desk("luoyan")).entries("group")}
    assert {"宋佳", "黄博", "韩梅"} <= stale
    assert {"谭兰", "韦贵"} <= {one.name for one in Stale(wide.desk("yuhr")).entries("general")}
    cleaned = open_all("group")["clean-up"]
    assert all_right(wide.desk("luoyan"), cleaned) > 0
    assert own_right(wide, cleaned, "luoyan") == 1
    assert Stale(wide.desk("luoyan")).entries("group") == ()


@pytest.mark.clause("E.14", "F.2.2")
def test_who_sees_the_stale_and_who_may_report(wide: World) -> None:
    assert refused(lambda: Stale(wide.desk("majun")).entries("group")).clause == "E.6.1"
    desk = wide.desk("majun")
    out_of_reach = refused(lambda: Stale(desk).report(wide.entry("songjia", "group"), "mobile"))
    never = refused(lambda: Stale(desk).report(999_999, "mobile"))
    assert (out_of_reach.clause, out_of_reach.message) == (never.clause, never.message)
    for field in ("qq", "position", "no-such-field"):
        with pytest.raises(Invalid):
            Stale(desk).report(wide.entry("huangbo", "group"), field)


def test_the_last_keeper_of_a_book_is_not_withdrawn(wide: World) -> None:
    campaign = open_all("general")["recertification"]
    other = things(wide.desk("jinhr"), campaign)["余慧"]
    Reviews(wide.desk("jinhr")).decide(campaign, other.id, "removed")
    wide.grant("tanlan", "security", "general")
    last = next(row for row in Reviews(wide.desk("tanlan")).items(campaign) if row.name == "金瑞")
    refusal = refused(lambda: Reviews(wide.desk("tanlan")).decide(campaign, last.id, "removed"))
    assert refusal.clause == "default"


@pytest.mark.threat(87)
@pytest.mark.clause("F.5.1", "E.12")
def test_nobody_takes_a_right_back_alone_in_a_review_that_they_opened(wide: World) -> None:
    """Directly it takes two; so it does by a review opened for it, and somebody else decides."""
    desk, grant = wide.desk("jinhr"), Grant.get((Grant.book == "general") & (Grant.role == "hr")
        & (Grant.account == wide.accounts["yuhr"]))  # fmt: skip
    with pytest.raises(Pending):
        desk.accounts.revoke(grant.id)
    campaign = Reviews(desk).open("general", "recertification", "抽查")
    theirs = things(desk, campaign)["余慧"]
    refusal = refused(lambda: Reviews(desk).decide(campaign, theirs.id, "removed", word="不需要"))
    assert "不得独自收回权限" in say(refusal.message, "zh_CN")
    assert Grant.get_by_id(grant.id).revoked_at is None
    Reviews(desk).decide(campaign, theirs.id, "right", word="仍需要")
    wide.grant("tanlan", "hr", "general")
    Reviews(wide.desk("tanlan")).decide(campaign, theirs.id, "removed", word="不需要")
    assert Grant.get_by_id(grant.id).revoked_at is not None


@pytest.mark.clause("H.7", "H.6.3")
def test_an_office_that_decides_on_breaches_is_not_lost_by_silence(wide: World, clock: Clock) -> None:
    """A general manager may have no case for years; without one nobody could be sanctioned any more."""
    policy = policy_of("secured")
    wide.grant("tanlan", "general-manager", "secured")
    wide.grant("yuhr", "director", "secured")
    deciding = {
        policy.role_behind(role) for role in (*policy.discipline.judge, *policy.discipline.management)
    }
    held = (Grant.book == "secured") & Grant.role.in_(deciding) & Grant.in_force()
    before = {grant.role for grant in Grant.select().where(held)}
    assert {"general-manager", "director"} <= before
    clock.forward(days=100)
    open_all("secured")
    clock.forward(days=30)
    run(RUNNER)
    assert {grant.role for grant in Grant.select().where(held)} == before
    assert Grant.select().where((Grant.book == "secured") & Grant.revoked_at.is_null(False)).exists()


@pytest.mark.threat(87)
@pytest.mark.clause("F.5.1", "E.12")
def test_nobody_takes_a_right_back_by_their_silence_in_a_review_that_they_opened(
    wide: World, clock: Clock
) -> None:
    """The director has not used theirs for a year; it goes by the quarter's review, and by no other."""
    Grant.update(granted_at="2025-12-01T00:00:00.000000Z").execute()
    director = (Grant.book == "general") & (Grant.role == "director")
    Reviews(wide.desk("jinhr")).open("general", "recertification", "抽查")
    clock.set("2026-12-21T09:00+08:00")
    with writing():
        withdraw_unused(policy_of("general"))
    assert Grant.get(director).revoked_at is None
    with writing():
        open_due(policy_of("general"))
    clock.set("2027-01-20T09:00+08:00")
    with writing():
        withdraw_unused(policy_of("general"))
    assert Grant.get(director).revoked_at is not None


@pytest.mark.threat(58)
@pytest.mark.clause("E.12")
def test_nobody_is_set_to_the_same_review_over_and_over(wide: World, clock: Clock) -> None:
    """Each opens a task for everybody whom it asks; another one follows once the first is closed."""
    desk = Reviews(wide.desk("jinhr"))
    first = desk.open("general", "check", "抽查")
    clock.forward(minutes=1)
    assert refused(lambda: desk.open("general", "check", "再抽查")).clause == "F.2.2"
    assert desk.open("general", "recertification", "抽查")
    desk.close(first)
    assert desk.open("general", "check", "再抽查")


@pytest.mark.threat(53)
@pytest.mark.clause("E.12")
def test_a_review_outside_its_cycle_is_taken_back_while_nobody_has_decided(wide: World) -> None:
    number = Reviews(wide.desk("xinan")).open("secured", "inspection", "抽查")
    told = [one.id for login in ("fuhr", "ganhr", "shibu") for one in wide.desk(login).notices.unread()
            if one.detail.get("operation") == "reviews.open"]  # fmt: skip
    assert told
    objector = next(login for login in ("fuhr", "ganhr", "shibu")
                    if any(one.id == told[0] for one in wide.desk(login).notices.unread()))  # fmt: skip
    wide.desk(objector).objections.object(told[0])
    assert Campaign.get_by_id(number).closed_at is not None
    assert (
        not Task.select()
        .where((Task.state == "open") & Task.detail.contains(f'"campaign":{number},'))
        .exists()
    )


@pytest.mark.clause("F.5.1")
def test_who_watches_over_somebody_elsewhere_reads_where_a_right_was_withdrawn(
    wide: World, clock: Clock
) -> None:
    """Its clause binds in that directory alone; and it was by nobody's hand."""
    Grant.update(granted_at="2025-12-01T00:00:00.000000Z").execute()
    wide.grant("tanlan", "general-manager", "secured")
    clock.set("2026-12-21T09:00+08:00")
    with writing():
        open_due(policy_of("general"))
    clock.set("2027-01-20T09:00+08:00")
    with writing():
        withdraw_unused(policy_of("general"))
    told = [
        say(describe_notice(one), "zh_CN")
        for one in wide.desk("xinan").notices.unread()
        if one.kind == "right-withdrawn"
    ]
    assert told
    assert all("（综合通讯录）" in one and "–" not in one for one in told), told
