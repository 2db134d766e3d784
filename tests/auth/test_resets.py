"""Nobody becomes another: an owner comes back by two people of different offices, or by root, loudly."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auth import enrolment, sessions
from auth.enrolment import Enrolment
from auth.signin import SignedIn
from db.desk import Desk, Invalid, Overtaken, Refused, SessionOver, open_desk
from db.desk.authority.offices import set_head
from db.desk.requests.independence import same_person
from db.store import clock as store_clock
from db.store.tables import (
    Account,
    Activation,
    AuditRecord,
    Delegation,
    Grant,
    Notice,
    NoticeRecipient,
)
from db.store.transactions import writing
from tests.agreed import agreed
from tests.auth.conftest import HOME, PASSWORD, Owner, answered, enrolled, facts_of
from tests.auth.test_enrolment import complete
from tests.conftest import Clock
from tests.world import World

pytestmark = pytest.mark.usefixtures("clock")
REASON = "电话丢失，已当面核对"
NEW = PASSWORD + "改"


def ask(desk: Desk, whom: str, book: str = "staff") -> int:
    """Ask for a reset."""
    return desk.asking.ask("reset", book, {"whom": whom}, REASON)


def vouch(desk: Desk, request: int) -> None:
    """Approve what is shown."""
    desk.queue.approve(request, desk.queue.one(request).digest)


def both_halves(world: World, request: int, asker: str, voucher: str) -> tuple[str, str]:
    """The halves as each of the two is shown theirs."""
    return (
        enrolment.take_half(world.desk(asker), request).code,
        enrolment.take_half(world.desk(voucher), request).code,
    )


def door(login: str, typed: str) -> SignedIn | None:
    """What the door answers to an activation code."""
    return answered(login, HOME, typed, "")


def finish(signed: SignedIn) -> None:
    """Enrol with a new password."""
    anew = Enrolment(sessions.resume(signed.session))
    anew.choose_password(NEW, NEW)
    anew.confirm(Owner(0, "", anew.secret).code())
    anew.finish()


def told(login: str, world: World) -> list[str]:
    """The kinds of notices to ``login``, oldest first."""
    rows = (
        Notice.select()
        .join(NoticeRecipient)
        .where(NoticeRecipient.account == world.accounts[login])
        .order_by(Notice.id)
    )
    return [row.kind for row in rows]


@pytest.mark.threat(32)
def test_an_employee_comes_back_by_the_head_and_it(world: World) -> None:
    """IT asks, the head vouches, each sees one half; until it is used everything stays as it is."""
    zhangwen = enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    first, second = both_halves(world, request, "guotao", "wangfang")
    before = zhangwen.sign_in()
    assert before is not None
    assert before.strength == "full"
    signed = door("zhangwen", f"{first} {second}")
    assert signed is not None
    assert signed.strength == "enrolling"
    finish(signed)
    assert door("zhangwen", first + second) is None
    with pytest.raises(SessionOver):
        sessions.resume(before.session)
    assert told("zhangwen", world) == ["power-asked", "reset-vouched", "account-enrolled"]
    assert told("helei", world) == ["power-asked", "reset-vouched", "account-confirm"]


@pytest.mark.threat(32)
def test_half_a_code_is_worth_nothing(world: World) -> None:
    """Neither alone, nor twice, nor before the other half was shown, nor for another account."""
    enrolled(world, "zhangwen")
    enrolled(world, "zhengwei")
    request = ask(world.desk("guotao"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    assert facts_of("zhangwen", world)["Activation code"] == "not both halves of its code were shown yet"
    first = enrolment.take_half(world.desk("guotao"), request).code
    assert door("zhangwen", first) is None
    assert door("zhangwen", first + first) is None
    second = enrolment.take_half(world.desk("wangfang"), request).code
    assert facts_of("zhangwen", world)["Activation code"].startswith("good until ")
    for typed in (first, second, first + first, second + second):
        assert door("zhangwen", typed) is None
    digest = Account.get_by_id(world.accounts["zhangwen"]).activation
    later = clock_in(hours=1)
    Account.update(activation=digest, activation_until=later).where(Account.login == "zhengwei").execute()
    assert door("zhengwei", first + second) is None
    digests = {
        enrolment.digest_of_halves(world.accounts[one], first + second) for one in ("zhangwen", "zhengwei")
    }
    assert len(digests) == 2, "nor is what is kept of them the same anywhere else"
    assert door("zhangwen", second + first) is not None


@pytest.mark.threat(32)
def test_each_half_is_shown_once_to_its_own_person(world: World) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    with pytest.raises(Refused):
        enrolment.take_half(world.desk("guotao"), request)
    vouch(world.desk("wangfang"), request)
    both_halves(world, request, "guotao", "wangfang")
    for login in ("guotao", "wangfang", "liwei", "helei", "zhangwen"):
        with pytest.raises(Refused):
            enrolment.take_half(world.desk(login), request)


@pytest.mark.threat(32)
def test_no_half_is_on_record(world: World) -> None:
    """Only keyed digests are, and once both are shown only that of the whole."""
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    first, second = both_halves(world, request, "guotao", "wangfang")
    row = Activation.get()
    assert (row.first, row.second) == (None, None)
    digest = Account.get_by_id(world.accounts["zhangwen"]).activation
    assert digest is not None
    assert all(half.replace("-", "") not in digest.upper() for half in (first, second))


@pytest.mark.threat(32)
@pytest.mark.parametrize("asker", ["guotao", "zengqing", "wangfang"])
def test_nobody_vouches_for_what_they_asked(world: World, asker: str) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk(asker), "zhangwen")
    desk = world.desk(asker)
    with pytest.raises(Refused):
        desk.queue.approve(request, desk.requests.one(request).digest)


@pytest.mark.threat(32)
def test_a_colleague_of_the_same_office_does_not_vouch(world: World) -> None:
    """HR asks: another of HR does not vouch, nor does a second administrator for IT."""
    enrolled(world, "zhangwen")
    world.grant("sunli", "admin", "staff", "")
    for asker, colleague in (("zengqing", "liuyang"), ("guotao", "sunli")):
        request = ask(world.desk(asker), "zhangwen")
        with pytest.raises(Refused):
            vouch(world.desk(colleague), request)
        world.desk(asker).requests.withdraw(request)


@pytest.mark.threat(32)
def test_whoever_knows_nothing_of_the_person_does_not_vouch(world: World) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    for login in ("zhaomin", "zhengwei", "zhangwen", "gaoshan"):
        with pytest.raises(Refused):
            vouch(world.desk(login), request)


@pytest.mark.threat(32)
def test_whoever_holds_a_privileged_role_is_vouched_for_by_one_who_does(world: World) -> None:
    """HR's own head does not suffice; information security does."""
    enrolled(world, "zengqing")
    set_head(world.unit("staff", "人力资源部"), world.entry("wangfang"))
    request = ask(world.desk("guotao"), "zengqing")
    with pytest.raises(Refused):
        vouch(world.desk("wangfang"), request)
    vouch(world.desk("helei"), request)


@pytest.mark.threat(32)
def test_who_stands_in_for_a_privileged_role_is_privileged(world: World) -> None:
    enrolled(world, "sunli")
    Delegation.create(
        account=world.accounts["zengqing"],
        to=world.accounts["sunli"],
        book="staff",
        role="hr",
        from_day="2026-11-01",
        until_day="2026-12-31",
        created_at=store_clock.now(),
    )
    request = ask(world.desk("guotao"), "sunli")
    with pytest.raises(Refused):
        vouch(world.desk("qianjin"), request)
    vouch(world.desk("helei"), request)
    assert Activation.get().opens_at > clock_in(hours=23)


@pytest.mark.threat(32)
def test_a_privileged_owner_has_a_day_to_stop_it(world: World, clock: Clock) -> None:
    zengqing = enrolled(world, "zengqing")
    request = ask(world.desk("guotao"), "zengqing")
    vouch(world.desk("helei"), request)
    code = "".join(both_halves(world, request, "guotao", "helei"))
    assert door("zengqing", code) is None
    clock.set(clock_in(hours=23, minutes=59))
    assert door("zengqing", code) is None
    clock.set(clock_in(minutes=2))
    signed = door("zengqing", code)
    assert signed is not None
    desk = world.desk("zengqing")
    (shown,) = desk.resets.open()
    assert (shown.own, shown.may_stop, shown.half) == (True, True, False)
    desk.resets.stop(request)
    with pytest.raises(SessionOver):
        finish(signed)
    assert door("zengqing", code) is None
    assert zengqing.sign_in() is not None


def clock_in(**span: float) -> str:
    """The moment after ``span`` from now, as the tests' clock takes it."""
    return store_clock.stamp(store_clock.utcnow() + timedelta(**span))


@pytest.mark.threat(32)
@pytest.mark.parametrize("vouched", [False, True])
@pytest.mark.parametrize("who", ["zhangwen", "helei", "guotao"])
def test_owner_supervisor_and_asker_stop_it(world: World, who: str, vouched: bool) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    code = ""
    if vouched:
        vouch(world.desk("wangfang"), request)
        code = "".join(both_halves(world, request, "guotao", "wangfang"))
    world.desk(who).resets.stop(request)
    assert not code or door("zhangwen", code) is None
    assert world.desk(who).resets.open() == ()
    assert "reset-stopped" in told("zhangwen", world)
    assert world.desk("guotao").requests.one(request).history[-1].act.text == "stopped"
    with pytest.raises((Refused, Overtaken)):
        world.desk(who).resets.stop(request)
    with pytest.raises((Refused, Overtaken)):
        vouch(world.desk("wangfang"), request)


@pytest.mark.threat(32)
@pytest.mark.parametrize("who", ["zhengwei", "zhaomin", "gaoshan"])
def test_nobody_else_stops_it_or_hears_of_it(world: World, who: str) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    assert world.desk(who).resets.open() == ()
    refusals = []
    for number in (request, 10_000):
        with pytest.raises(Refused) as refused:
            world.desk(who).resets.stop(number)
        refusals.append((refused.value.message, refused.value.clause))
    assert refusals[0] == refusals[1]


@pytest.mark.threat(32)
def test_nobody_resets_alone_but_the_host(world: World) -> None:
    """Neither HR nor IT; the host's operator can, and everybody who supervises hears of it until one of them
    acknowledges it."""
    enrolled(world, "zengqing")
    for login in ("guotao", "liuyang", "helei"):
        with pytest.raises(Refused):
            enrolment.break_glass(world.desk(login), world.accounts["zengqing"])
    world.grant("panlong", "security", "staff", "")
    code = enrolment.break_glass(host_desk(), world.accounts["zengqing"])
    act = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (act.act, act.outcome) == ("accounts.break_glass", "done")
    assert told("zengqing", world) == ["glass-broken"]
    helei, panlong = world.desk("helei"), world.desk("panlong")
    (notice,) = helei.notices.unread()
    helei.notices.mark_seen(notice.id)
    assert [one.kind for one in helei.notices.unread()] == ["glass-broken"]
    panlong.notices.acknowledge(notice.id)
    assert not helei.notices.unread()
    assert door("zengqing", code) is not None


@pytest.mark.threat(53)
def test_a_reset_by_the_host_alone_is_on_record_in_every_directory_of_the_account(world: World) -> None:
    enrolled(world, "chenjing")
    enrolment.break_glass(host_desk(), world.accounts["chenjing"])
    rows = AuditRecord.select().where(AuditRecord.act == "accounts.break_glass")
    assert {row.book for row in rows} == {"staff", "group"}


def host_desk() -> Desk:
    """The desk of the host's operator."""
    with writing():
        account = Account.create(login="host", state="active", created_at=store_clock.now())
        Grant.create(account=account, role="admin", granted_at=store_clock.now())
        session = sessions.start(account.id, "host:root", "host", "full")
    desk = open_desk(sessions.resume(session))
    for due in desk.me.undertakings():
        desk.me.accept(due.policy, due.version)
    return desk


@pytest.mark.threat(32)
def test_a_first_code_of_a_head_takes_two_people_as_well(world: World) -> None:
    """Whoever makes an account for somebody with rights could become them."""
    Account.delete().where(Account.id == world.accounts["zhouwei"]).execute()
    guotao = world.desk("guotao")
    assert enrolment.invite(guotao, world.entry("zhouwei"), "zhouwei") == ""
    account = Account.get(Account.login == "zhouwei")
    world.accounts["zhouwei"] = account.id
    assert (account.state, account.activation) == ("invited", None)
    with pytest.raises(Refused):
        enrolment.reissue_activation(guotao, account.id)
    request = ask(guotao, "zhouwei")
    vouch(world.desk("liwei"), request)
    signed = door("zhouwei", "".join(both_halves(world, request, "guotao", "liwei")))
    assert signed is not None
    complete(Enrolment(sessions.resume(signed.session)))


@pytest.mark.threat(32)
@pytest.mark.parametrize("how", ["granted", "made head"])
def test_a_code_given_out_by_one_is_void_once_its_owner_is_more(world: World, clock: Clock, how: str) -> None:
    """IT invites an employee; HR gives that account its own role: IT's code is not HR's key."""
    Account.delete().where(Account.id == world.accounts["shanhong"]).execute()
    code = enrolment.invite(world.desk("guotao"), world.entry("shanhong"), "shanhong")
    account = Account.get(Account.login == "shanhong").id
    signed = door("shanhong", code)
    assert signed is not None
    if how == "granted":
        agreed(
            lambda: world.desk("zengqing").accounts.grant(account, "staff", "hr", None, None),
            world.desk("helei"),
        )
    else:
        set_head(world.unit("staff", "研发中心/研发二部"), world.entry("shanhong"))
    assert door("shanhong", code) is None
    clock.forward(minutes=1)
    with pytest.raises(SessionOver):
        complete(Enrolment(sessions.resume(signed.session)))


@pytest.mark.threat(32)
def test_who_gets_a_privileged_role_meanwhile_waits_all_the_same(world: World) -> None:
    enrolled(world, "zhangwen")
    request = ask(world.desk("guotao"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    code = "".join(both_halves(world, request, "guotao", "wangfang"))
    world.grant("zhangwen", "hr", "staff", "")
    assert door("zhangwen", code) is None


@pytest.mark.threat(32)
def test_who_had_a_hand_in_it_does_not_count_as_another(world: World, clock: Clock) -> None:
    """Neither asker nor voucher decides what the account asks for, nor it for them, until it is confirmed."""
    enrolled(world, "zhangwen")
    request = ask(world.desk("zengqing"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    signed = door("zhangwen", "".join(both_halves(world, request, "zengqing", "wangfang")))
    assert signed is not None
    finish(signed)
    zhangwen, wangfang = world.accounts["zhangwen"], world.accounts["wangfang"]
    assert same_person(zhangwen, wangfang)
    assert same_person(wangfang, zhangwen)
    assert not same_person(zhangwen, world.accounts["liwei"])
    form = world.desk("zhangwen").changes.form(world.entry("zhangwen"))
    names = [str(step.who) for step in form.route.steps]
    assert "李伟" in names[0]
    assert "王芳" not in names[0]
    assert "刘洋" in names[1]
    assert "曾晴" not in names[1]
    clock.set(clock_in(days=400))
    assert same_person(zhangwen, wangfang)
    (notice,) = (one for one in world.desk("helei").notices.unread() if one.kind == "account-confirm")
    world.desk("helei").notices.acknowledge(notice.id)
    assert not same_person(zhangwen, wangfang)


@pytest.mark.threat(32)
def test_two_accounts_that_one_person_brought_in_are_one_person(world: World) -> None:
    accounts = [world.accounts[login] for login in ("zhangwen", "zhengwei")]
    for account in accounts:
        Activation.create(
            account=account,
            how="reset",
            by=world.accounts["guotao"],
            made_at=store_clock.now(),
            opens_at=store_clock.now(),
            used_at=store_clock.now(),
        )
    assert same_person(*accounts)
    assert not same_person(accounts[0], world.accounts["wangfang"])


@pytest.mark.threat(32)
def test_a_second_account_of_one_s_own_is_neither_served_nor_a_voucher(world: World) -> None:
    """HR's other account gets no right and no reset from HR's, and vouches for none."""
    zengqing = Account.get_by_id(world.accounts["zengqing"])
    other = Account.create(
        login="zengqing2", person=zengqing.person_id, state="active", created_at=store_clock.now()
    )
    with pytest.raises(Refused):
        world.desk("zengqing").accounts.grant(other.id, "staff", "security", None, None)
    with pytest.raises(Refused):
        ask(world.desk("zengqing"), "zengqing2")
    Grant.create(account=other, role="security", book="staff", granted_at=store_clock.now())
    world.accounts["zengqing2"] = other.id
    request = ask(world.desk("zengqing"), "zhangwen")
    with pytest.raises(Refused):
        vouch(world.desk("zengqing2"), request)


@pytest.mark.threat(32)
def test_nobody_is_reset_out_of_the_askers_reach(world: World) -> None:
    """The HR of one company can't ask for the HR of the whole group; nor a head for another's people."""
    with pytest.raises(Invalid):
        ask(world.desk("zengqing"), "helei")
    with pytest.raises(Invalid):
        ask(world.desk("zhaomin"), "zhangwen")
    with pytest.raises(Invalid):
        ask(world.desk("guotao"), "gaoshan")


def test_a_disabled_thief_does_not_stand_in_the_owner_s_way(world: World) -> None:
    """Disabling ends whatever code was out; a reset that comes after it is what enabling waits for."""
    zhangwen = enrolled(world, "zhangwen")
    hr = world.desk("zengqing")
    hr.accounts.disable(zhangwen.account)
    request = ask(world.desk("guotao"), "zhangwen")
    vouch(world.desk("wangfang"), request)
    code = "".join(both_halves(world, request, "guotao", "wangfang"))
    hr.accounts.enable(zhangwen.account)
    assert zhangwen.sign_in() is None
    with pytest.raises(Refused):
        enrolment.reissue_activation(world.desk("guotao"), zhangwen.account)
    signed = door("zhangwen", code)
    assert signed is not None
    finish(signed)


def test_where_no_second_office_can_vouch_it_is_said_at_once(world: World) -> None:
    Grant.delete().where(Grant.role.in_(["security", "it", "admin", "chief-executive", "director"])).execute()
    enrolled(world, "zengqing")
    with pytest.raises(Refused):
        ask(world.desk("liuyang"), "zengqing")
