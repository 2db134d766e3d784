"""A first sign-in: from an activation code to an account, all of it or nothing."""

from __future__ import annotations

import pyotp
import pytest

from auth import sessions
from auth.codes import digest_of, new_code
from auth.enrolment import Enrolment
from auth.provision import enrol_from_host, invite_from_host
from auth.recovery import stored_code
from auth.signin import SignIn
from db.desk import Actor, Invalid, Refused, SessionOver, open_desk
from db.store import clock as store_clock
from db.store.engine import Store
from db.store.tables import Account, AuditRecord, Person, RecoveryCode
from tests.audited import detail_of
from tests.auth.conftest import HOME, PASSWORD, answered
from tests.conftest import Clock


@pytest.fixture
def invited(store: Store, clock: Clock) -> tuple[int, str]:
    """王芳's new account and its activation code."""
    return invite_from_host("wangfang", Person.create(name="王芳").id)


def begin(code: str, source: str = HOME) -> Actor:
    signed = answered("wangfang", source, code, "")
    assert signed is not None
    assert signed.strength == "enrolling"
    return sessions.resume(signed.session)


def complete(enrolment: Enrolment) -> None:
    enrolment.choose_password(PASSWORD, PASSWORD)
    enrolment.confirm(pyotp.TOTP(enrolment.secret).at(store_clock.utcnow()))
    enrolment.finish()


def test_five_steps_make_an_account_that_signs_in(invited: tuple[int, str], clock: Clock) -> None:
    account, code = invited
    actor = begin(code)
    enrolment = Enrolment(actor)
    complete(enrolment)
    assert sessions.resume(actor.session).strength == "full"
    clock.forward(seconds=30)
    now = pyotp.TOTP(enrolment.secret).at(store_clock.utcnow())
    signed = answered("wangfang", HOME, PASSWORD, now)
    assert signed is not None
    assert signed.strength == "full"
    assert AuditRecord.select().where(AuditRecord.act == "auth.enrol").count() == 1
    assert Account.get_by_id(account).state == "active"


def test_the_code_that_was_confirmed_can_t_be_used_again(invited: tuple[int, str], clock: Clock) -> None:
    enrolment = Enrolment(begin(invited[1]))
    complete(enrolment)
    same = pyotp.TOTP(enrolment.secret).at(store_clock.utcnow())
    assert answered("wangfang", HOME, PASSWORD, same) is None


def test_a_cut_line_leaves_nothing_half_done(invited: tuple[int, str], clock: Clock) -> None:
    """The line breaks after the recovery codes were shown; the same code begins again."""
    account, code = invited
    before = Account.get_by_id(account).__data__
    cut = Enrolment(begin(code))
    cut.choose_password(PASSWORD, PASSWORD)
    cut.confirm(pyotp.TOTP(cut.secret).at(store_clock.utcnow()))
    assert Account.get_by_id(account).__data__ == before
    assert RecoveryCode.select().count() == 0
    again = Enrolment(begin(code))
    assert again.secret != cut.secret
    complete(again)


def test_the_code_is_used_up_by_finishing(invited: tuple[int, str], clock: Clock) -> None:
    """Two people have the code: whoever finishes first has the account, the other one nothing."""
    _account, code = invited
    slow, quick = Enrolment(begin(code)), Enrolment(begin(code, "198.51.100.9"))
    slow.choose_password(PASSWORD, PASSWORD)
    slow.confirm(pyotp.TOTP(slow.secret).at(store_clock.utcnow()))
    complete(quick)
    with pytest.raises(SessionOver):
        slow.finish()
    assert answered("wangfang", HOME, code, "") is None


@pytest.mark.parametrize("hours", [71, 73])
def test_the_code_is_good_for_72_hours(invited: tuple[int, str], clock: Clock, hours: int) -> None:
    clock.forward(hours=hours)
    assert (answered("wangfang", HOME, invited[1], "") is not None) == (hours < 72)


def test_the_code_opens_nothing_but_the_enrolment(invited: tuple[int, str], clock: Clock) -> None:
    desk = open_desk(begin(invited[1]))
    assert desk.me.who().strength == "enrolling"
    with pytest.raises(Refused):
        desk.accounts.page("staff", 0, 10)


def test_the_code_works_in_spite_of_strangers_failures(invited: tuple[int, str], clock: Clock) -> None:
    for number in range(101):
        SignIn("wangfang", f"198.51.100.{number}", "ssh").answer("wrong", "000000")
    begin(invited[1])


def test_only_a_digest_of_the_code_is_stored(invited: tuple[int, str], clock: Clock) -> None:
    account, code = invited
    assert Account.get_by_id(account).activation == Account.code_of(
        account, "activation", digest_of("activation", code)
    )
    assert all(code not in detail_of(record) for record in AuditRecord.select())


def test_bad_passwords_and_codes_are_explained(invited: tuple[int, str], clock: Clock) -> None:
    enrolment = Enrolment(begin(invited[1]))
    for password, repeated in (("short", "short"), (PASSWORD, PASSWORD + "!")):
        with pytest.raises(Invalid) as wrong:
            enrolment.choose_password(password, repeated)
        assert [problem.field for problem in wrong.value.problems] == ["password"]
    with pytest.raises(Invalid):
        enrolment.confirm("000000" if pyotp.TOTP(enrolment.secret).now() != "000000" else "000001")
    with pytest.raises(RuntimeError):
        enrolment.finish()


def test_whoever_is_in_already_has_nothing_to_enrol(store: Store, clock: Clock) -> None:
    _account, secret = enrol_from_host("wangfang", None, PASSWORD)
    signed = answered("wangfang", HOME, PASSWORD, pyotp.TOTP(secret).at(store_clock.utcnow()))
    assert signed is not None
    with pytest.raises(SessionOver):
        Enrolment(sessions.resume(signed.session))


@pytest.mark.threat(10)
def test_ten_recovery_codes_of_128_bits_are_kept_as_digests(invited: tuple[int, str], clock: Clock) -> None:
    enrolment = Enrolment(begin(invited[1]))
    complete(enrolment)
    assert len(set(enrolment.codes)) == 10
    assert all(len(code.replace("-", "")) * 5 >= 128 for code in enrolment.codes)
    kept = {row.digest for row in RecoveryCode.select()}
    assert kept == {stored_code(invited[0], code) for code in enrolment.codes}
    assert not kept & set(enrolment.codes)


@pytest.mark.threat(10)
def test_a_code_bears_a_slip_of_the_pen_but_not_another_purpose(store: Store) -> None:
    code = new_code()
    sloppy = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert digest_of("recovery", sloppy) == digest_of("recovery", code)
    assert digest_of("activation", code) != digest_of("recovery", code)
