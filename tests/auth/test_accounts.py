"""Who may do what with whose account, and what the owner hears of it."""

from __future__ import annotations

from datetime import date

import pytest

from auth import delays, enrolment, recovery, sessions
from auth.enrolment import Enrolment
from auth.recovery import stored_code
from db.desk import Desk, Invalid, Refused, SessionOver, open_desk
from db.desk.accounts import charge
from db.store import clock as store_clock
from db.store.engine import database, store
from db.store.tables import (
    Account,
    AuditRecord,
    Grant,
    Notice,
    NoticeRecipient,
    RecoveryCode,
    SignInSession,
    UndertakingAccepted,
)
from tests.agreed import agreed, asked
from tests.audited import detail_of
from tests.auth.conftest import HOME, Owner, answered, enrolled, facts_of
from tests.auth.test_enrolment import complete
from tests.auth.test_resets import host_desk
from tests.conftest import Clock
from tests.world import World


@pytest.fixture
def zhangwen(world: World) -> Owner:
    """张文, enrolled."""
    return enrolled(world, "zhangwen")


def told(world: World, login: str) -> set[str]:
    """The kinds of notices to ``login``."""
    rows = Notice.select().join(NoticeRecipient).where(NoticeRecipient.account == world.accounts[login])
    return {row.kind for row in rows}


def last_record() -> AuditRecord:
    found: AuditRecord = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    return found


def test_hr_sees_the_accounts_of_its_book_and_no_other(world: World) -> None:
    rows = world.desk("zengqing").accounts.page("staff", 0, 100)
    assert {row.login for row in rows} >= {"zhangwei", "guotao"}
    assert "gaoshan" not in {row.login for row in rows}
    (guotao,) = (row for row in rows if row.login == "guotao")
    assert [role.role for role in guotao.roles] == ["admin", "it"]
    refusals = []
    for book in ("subsidiary", "no-such-book"):
        with pytest.raises(Refused) as refused:
            world.desk("zengqing").accounts.page(book, 0, 100)
        refusals.append((refused.value.message, refused.value.clause, refused.value.advice))
    assert refusals[0] == refusals[1]


def test_accounts_are_in_the_order_of_lists(world: World) -> None:
    desk = world.desk("zengqing")
    people = [row.name for row in desk.directory.list("staff", limit=200)]
    rows = [row.name for row in desk.accounts.page("staff", 0, 200)]
    assert len(rows) > 5
    assert [name for name in rows if name in people] == [name for name in people if name in rows]


@pytest.mark.parametrize("far", [1, charge.FAR])
def test_pages_of_accounts_end_with_those_that_were_only_granted_a_role(
    world: World, monkeypatch: pytest.MonkeyPatch, far: int
) -> None:
    monkeypatch.setattr(charge, "FAR", far)
    for login in ("machine", "auditor", "nobody"):
        account = Account.create(login=login, created_at=store_clock.now())
        if login != "nobody":
            Grant.create(account=account, role="it", book="staff", granted_at=store_clock.now())
    accounts = world.desk("zengqing").accounts
    rows = accounts.page("staff", 0, 200)
    assert [row.login for row in rows if not row.unit][-2:] == ["auditor", "machine"]
    assert [row.unit == "" for row in rows] == sorted(row.unit == "" for row in rows)
    for size in (1, 7, len(rows) - 1):
        pages = [accounts.page("staff", offset, size) for offset in range(0, len(rows) + 1, size)]
        assert [row for page in pages for row in page] == list(rows)
    for size in (1, 7, len(rows) + 9):
        last = accounts.page("staff", -size, size)
        assert (list(last), last.total) == (list(rows)[-size:], len(rows))
    assert [row.login for row in accounts.page("staff", 0, 9, "mach")] == ["machine"]
    assert accounts.page("staff", -9, 9, "mach").total == 1
    assert not accounts.page("staff", 1, 9, "mach")


def test_a_search_of_accounts_goes_out_from_those_that_fit(world: World) -> None:
    """Everybody of a book of 100,000 was walked for it."""
    accounts, asked = world.desk("zengqing").accounts, list[str]()
    if not store().is_postgresql:  # which decides by how many there are
        database.connection().set_trace_callback(asked.append)
        accounts.page("staff", 0, 9, "wang")
        database.connection().set_trace_callback(None)
        (statement,) = (one for one in asked if "search_entry" in one)
        plan = str(database.execute_sql(f"EXPLAIN QUERY PLAN {statement}").fetchall())
        assert "entry_book_id" not in plan


def test_people_without_an_account_are_also_counted_from_the_end(world: World) -> None:
    accounts = world.desk("zengqing").accounts
    rows = accounts.lacking("staff", 0, None)
    last = accounts.lacking("staff", -2, 2)
    assert (list(last), last.total) == (list(rows)[-2:], len(rows))


@pytest.mark.parametrize("login", ["zhangwei", "wangfang", "helei"])
def test_neither_employee_nor_head_nor_security_looks_after_accounts(world: World, login: str) -> None:
    desk = world.desk(login)
    other = world.accounts["zhangwen"]
    for act in (
        lambda: desk.accounts.page("staff", 0, 10),
        lambda: desk.accounts.create(world.entry("shanhong"), "new", "d", "u"),
        lambda: desk.accounts.issue_activation(other, "d", "u"),
        lambda: desk.accounts.break_glass(other, "d", "u"),
        lambda: desk.accounts.disable(other),
        lambda: desk.accounts.enable(other),
        lambda: desk.accounts.grant(world.accounts["sunli"], "staff", "hr", None, None),
    ):
        with pytest.raises(Refused):
            act()
        assert last_record().outcome == "refused"
    assert Account.get_by_id(other).state != "disabled"


def test_what_is_not_there_is_refused_like_what_is_out_of_reach(world: World) -> None:
    desk = world.desk("zengqing")
    for account in (world.accounts["gaoshan"], 10_000):
        with pytest.raises(Refused) as refused:
            desk.accounts.disable(account)
        assert refused.value.message.text == "There is no such account among those you look after."


def test_hr_invites_a_person_who_then_enrols(world: World) -> None:
    desk = world.desk("zengqing")
    entry = world.entry("shanhong")
    Account.delete().where(Account.id == world.accounts["shanhong"]).execute()
    code = enrolment.invite(desk, entry, "shanhong2")
    assert last_record().act == "accounts.create"
    assert code not in detail_of(last_record())
    assert "power-done" in told(world, "zhouwei") & told(world, "helei"), "the next head, and who supervises"
    signed = answered("shanhong2", HOME, code, "")
    assert signed is not None
    complete(Enrolment(sessions.resume(signed.session)))


@pytest.mark.parametrize("login", ["ShanHong", "shan hong", "", "单宏", "-x", "zhangwei"])
def test_a_bad_or_taken_login_is_refused(world: World, login: str) -> None:
    Account.delete().where(Account.id == world.accounts["shanhong"]).execute()
    with pytest.raises(Invalid):
        enrolment.invite(world.desk("zengqing"), world.entry("shanhong"), login)


def test_one_person_has_one_account(world: World) -> None:
    with pytest.raises(Invalid):
        enrolment.invite(world.desk("zengqing"), world.entry("shanhong"), "shanhong2")


@pytest.mark.threat(10)
def test_nobody_looks_after_an_account_with_rights_out_of_their_reach(world: World) -> None:
    """The HR of one company can't shut out the HR of the whole group."""
    helei = world.accounts["helei"]
    Account.update(state="active").where(Account.id == helei).execute()
    with pytest.raises(Refused):
        world.desk("zengqing").accounts.disable(helei)
    world.desk("liuyang").accounts.disable(helei)


@pytest.mark.threat(10)
def test_using_a_recovery_code_is_told_to_the_owner(world: World, zhangwen: Owner) -> None:
    actor = sessions.resume(zhangwen.sign_in().session)  # type: ignore[union-attr]  # a right sign-in
    codes = recovery.regenerate_codes(actor, zhangwen.code(1))
    assert recovery.codes_left(zhangwen.account) == 10
    assert zhangwen.sign_in(code=codes[3]) is not None
    assert recovery.codes_left(zhangwen.account) == 9
    kinds = [notice.kind for notice in Notice.select().order_by(Notice.id)]
    assert kinds == ["recovery-codes-new", "recovery-code-used"]


@pytest.mark.threat(10)
def test_new_recovery_codes_take_the_authenticator(world: World, zhangwen: Owner) -> None:
    actor = sessions.resume(zhangwen.sign_in().session)  # type: ignore[union-attr]  # a right sign-in
    RecoveryCode.create(account=zhangwen.account, digest=stored_code(zhangwen.account, "old"))
    with pytest.raises(Invalid):
        recovery.regenerate_codes(actor, zhangwen.code())
    assert recovery.codes_left(zhangwen.account) == 1
    assert (last_record().act, last_record().outcome) == ("auth.recovery_codes", "failed")


def test_who_looks_after_an_account_is_told_when_it_was_used_and_what_waits(
    world: World, zhangwen: Owner, clock: Clock
) -> None:
    clock.set("2026-11-23T09:00+08:00")
    assert facts_of("zhangwen", world)["Last sign-in"] == "none on record"
    signed = zhangwen.sign_in()
    assert signed is not None
    SignInSession.update(ended_at=store_clock.now()).where(SignInSession.id == signed.session).execute()
    assert facts_of("zhangwen", world)["Last sign-in"] == "2026-11-23 09:00"
    assert facts_of("liuyang", world)["Another code"] == "by a reset, for which a second office vouches"
    assert facts_of("liuyang", world)["Human resources"] == "until further notice"
    Account.delete().where(Account.id == world.accounts["shanhong"]).execute()
    enrolment.invite(world.desk("zengqing"), world.entry("shanhong"), "shanhong2")
    assert facts_of("shanhong2", world)["Activation code"] == "good until 2026-11-26 09:00"
    clock.set("2026-11-26T10:00+08:00")
    assert facts_of("shanhong2", world)["Activation code"] == "over since 2026-11-26 09:00"


@pytest.mark.threat(20)
def test_a_disabled_account_is_out_at_its_next_operation(world: World, zhangwen: Owner) -> None:
    signed = zhangwen.sign_in()
    assert signed is not None
    desk = open_desk(sessions.resume(signed.session))
    desk.me.who()
    hr = world.desk("zengqing")
    assert sessions.end_expired([signed.session, hr.actor.session]) == {}
    hr.accounts.disable(zhangwen.account)
    assert sessions.end_expired([signed.session, hr.actor.session]) == {signed.session: "disabled"}
    with pytest.raises(SessionOver):
        desk.me.who()
    assert zhangwen.sign_in(code=zhangwen.code(1)) is None
    hr.accounts.enable(zhangwen.account)
    assert SignInSession.get_by_id(signed.session).ended_how == "disabled"
    with pytest.raises(SessionOver):
        desk.me.who()
    assert zhangwen.sign_in(code=zhangwen.code(1)) is not None


@pytest.mark.threat(20)
def test_a_role_holds_from_grant_to_revocation(world: World, clock: Clock) -> None:
    hr, wen = world.desk("zengqing"), world.desk("zhangwen")
    with pytest.raises(Refused):
        wen.accounts.page("staff", 0, 1)
    holder, until, second = world.accounts["zhangwen"], date(2026, 11, 24), world.desk("helei")
    agreed(lambda: hr.accounts.grant(holder, "staff", "hr", None, until), second)
    wen.accounts.page("staff", 0, 1)
    grant = Grant.get((Grant.account == holder) & (Grant.role == "hr")).id
    agreed(lambda: hr.accounts.revoke(grant), second)
    with pytest.raises(Refused):
        wen.accounts.page("staff", 0, 1)
    agreed(lambda: hr.accounts.grant(holder, "staff", "hr", None, until), second)
    clock.set("2026-11-24T23:59+08:00")
    wen.accounts.page("staff", 0, 1)
    clock.set("2026-11-25T00:00+08:00")
    with pytest.raises(Refused):
        wen.accounts.page("staff", 0, 1)


def test_it_keeps_accounts_but_gives_no_roles(world: World, zhangwen: Owner) -> None:
    """A.6: IT only supports."""
    it = world.desk("guotao")
    it.accounts.disable(zhangwen.account)
    with pytest.raises(Refused):
        it.accounts.grant(zhangwen.account, "staff", "hr", None, None)


def test_nobody_serves_themselves(world: World) -> None:
    hr = world.desk("zengqing")
    own = world.accounts["zengqing"]
    request = asked(lambda: hr.accounts.grant(own, "staff", "security", None, None))
    with pytest.raises(Refused):
        hr.queue.approve(request, hr.requests.one(request).digest)
    for act in (
        lambda: hr.accounts.break_glass(own, "d", "u"),
        lambda: hr.accounts.disable(own),
    ):
        with pytest.raises(Refused):
            act()


def test_a_right_over_one_unit_reaches_its_accounts_only(world: World) -> None:
    world.grant("zhaomin", "hr", "staff", "销售中心")
    desk = world.desk("zhaomin")
    assert {row.login for row in desk.accounts.page("staff", 0, 50)} == {"zhaomin", "qianjin", "sunli"}
    desk.accounts.disable(world.accounts["sunli"])
    with pytest.raises(Refused):
        desk.accounts.disable(world.accounts["zhangwen"])
    with pytest.raises(Refused):
        desk.accounts.grant(world.accounts["sunli"], "staff", "security", None, None)


@pytest.mark.parametrize(
    ("role", "unit", "until", "field"),
    [
        ("head", None, None, "role"),
        ("emperor", None, None, "role"),
        ("hr", 10_000, None, "unit"),
        ("hr", None, date(2026, 11, 22), "until"),
    ],
)
def test_a_grant_must_make_sense(
    world: World, role: str, unit: int | None, until: date | None, field: str
) -> None:
    desk: Desk = world.desk("zengqing")
    if unit is None:
        with pytest.raises(Invalid) as wrong:
            desk.accounts.grant(world.accounts["zhangwen"], "staff", role, unit, until)
        assert [problem.field for problem in wrong.value.problems] == [field]
    else:
        with pytest.raises(Refused):
            desk.accounts.grant(world.accounts["zhangwen"], "staff", role, unit, until)
    assert Grant.select().where(Grant.account == world.accounts["zhangwen"]).count() == 0


@pytest.mark.threat(68)
def test_the_host_shuts_out_whom_it_let_in_before_any_undertaking_and_it_is_told(
    world: World, clock: Clock
) -> None:
    """Within the days in which an account stands for whoever invited it: what protects does not wait."""
    world.grant("panlong", "security", "staff", "")
    Account.delete().where(Account.id == world.accounts["zhangwen"]).execute()
    host = host_desk()
    signed = answered("zhangwen", HOME, enrolment.invite(host, world.entry("zhangwen"), "zhangwen"), "")
    assert signed is not None
    complete(Enrolment(sessions.resume(signed.session)))
    UndertakingAccepted.delete().where(UndertakingAccepted.account == host.actor.account).execute()
    assert host.accounts.end_sessions(signed.account) == (signed.session,)
    assert enrolment.break_glass(host, signed.account)
    assert delays.clear_delays(host, signed.account, "zhangwen") == 0
    host.accounts.disable(signed.account)
    assert Account.get_by_id(signed.account).state == "disabled"
    kinds = {row.kind for row in Notice.select()}
    assert {"power-done", "glass-broken"} <= kinds
    with pytest.raises(Refused):
        host.accounts.grant(signed.account, "staff", "it", None, None)
    with pytest.raises(Refused):
        host.accounts.disable(host.actor.account)


@pytest.mark.threat(53)
def test_nobody_is_shut_out_by_ending_their_sessions_over_and_over(world: World, clock: Clock) -> None:
    """The fifth time is the last within a day; beyond that it is disabled, which is told and taken back. The
    host's operator may at any time."""
    accounts, theirs = world.desk("ouyangxue").accounts, world.accounts["panlong"]
    for _time in range(5):
        world.desk("panlong")
        assert accounts.end_sessions(theirs)
        clock.forward(minutes=1)
    desk = world.desk("panlong")
    with pytest.raises(Refused):
        accounts.end_sessions(theirs)
    assert desk.me.who().login == "panlong"
    assert host_desk().accounts.end_sessions(theirs)
    world.desk("panlong")
    clock.forward(days=1)
    assert accounts.end_sessions(theirs)


@pytest.mark.threat(68)
def test_of_another_the_account_that_they_let_in_stays_their_own(world: World, clock: Clock) -> None:
    Account.delete().where(Account.id == world.accounts["zhangwen"]).execute()
    guotao = world.desk("guotao")
    signed = answered("zhangwen", HOME, enrolment.invite(guotao, world.entry("zhangwen"), "zhangwen"), "")
    assert signed is not None
    complete(Enrolment(sessions.resume(signed.session)))
    with pytest.raises(Refused):
        guotao.accounts.end_sessions(signed.account)
