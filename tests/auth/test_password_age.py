"""The age of passwords (A.19): warned, then held up until it is changed, and never locked out."""

from __future__ import annotations

from itertools import pairwise

import pyotp
import pytest

from auth import sessions
from auth.password_age import age_of, limits_of
from auth.password_change import change_password
from auth.signin import SignedIn, SignIn
from db.desk import Actor, Invalid, Refused, SessionOver, open_desk
from db.store.tables import Account, AuditRecord
from tests.auth.conftest import HOME, PASSWORD, Owner, enrolled
from tests.conftest import Clock
from tests.world import World

NEXT = "春江潮水连海平海上明月共潮生"


@pytest.fixture
def zhangwei(world: World) -> Owner:
    """张伟 is in the book under A and in one that says nothing of passwords' age."""
    return enrolled(world, "zhangwei")


def inside(signed: SignedIn | None) -> Actor:
    assert signed is not None
    return sessions.resume(signed.session)


@pytest.mark.clause("A.19")
def test_a_password_of_180_days_is_changed_on_the_way_in(zhangwei: Owner, clock: Clock) -> None:
    clock.forward(days=179)
    assert inside(zhangwei.sign_in()).strength == "full"
    clock.forward(days=1)
    actor = inside(zhangwei.sign_in())
    assert actor.strength == "expired"
    desk = open_desk(actor)
    with pytest.raises(Refused) as refused:
        desk.accounts.page("staff", 0, 1)
    assert refused.value.clause == "A.19, own"
    change_password(actor, PASSWORD, NEXT, NEXT)
    assert sessions.resume(actor.session).strength == "full"
    zhangwei.password = NEXT
    clock.forward(seconds=30)
    assert inside(zhangwei.sign_in()).strength == "full"


@pytest.mark.clause("A.19")
def test_however_old_it_is_it_still_lets_the_owner_in_to_change_it(zhangwei: Owner, clock: Clock) -> None:
    clock.forward(days=4000)
    assert inside(zhangwei.sign_in()).strength == "expired"
    clock.forward(days=1)
    assert inside(zhangwei.sign_in()).strength == "expired"


@pytest.mark.clause("A.19")
@pytest.mark.parametrize(("days", "left", "warned"), [(165, 15, False), (166, 14, True), (180, 0, True)])
def test_the_owner_is_warned_14_days_ahead(
    zhangwei: Owner, clock: Clock, days: int, left: int, warned: bool
) -> None:
    clock.forward(days=days)
    age = age_of(Account.get_by_id(zhangwei.account))
    assert (age.days_left, age.warned, age.clause) == (left, warned, "A.19, own")
    assert age.expired == (left == 0)


@pytest.mark.clause("A.19")
def test_the_last_five_passwords_can_t_come_back(zhangwei: Owner, clock: Clock) -> None:
    actor = inside(zhangwei.sign_in())
    passwords = [PASSWORD, *(f"{NEXT}第{number}个" for number in range(5))]
    for old, new in pairwise(passwords):
        clock.forward(minutes=1)
        change_password(actor, old, new, new)
    for barred in passwords[1:]:
        clock.forward(minutes=1)
        with pytest.raises(Invalid) as refused:
            change_password(actor, passwords[-1], barred, barred)
        assert [problem.field for problem in refused.value.problems] == ["password"]
    clock.forward(minutes=1)
    change_password(actor, passwords[-1], PASSWORD, PASSWORD)


def test_where_no_regulation_limits_it_a_password_never_ages(world: World, clock: Clock) -> None:
    majun = enrolled(world, "majun")
    clock.forward(days=4000)
    assert inside(majun.sign_in()).strength == "full"
    assert limits_of(Account.get_by_id(majun.account)).max_age_days is None


def test_changing_it_takes_the_present_one_and_counts_failures(zhangwei: Owner, clock: Clock) -> None:
    """Someone sits down at a screen that was left open."""
    actor = inside(zhangwei.sign_in())
    with pytest.raises(Invalid) as wrong:
        change_password(actor, "not the password at all", NEXT, NEXT)
    assert [problem.field for problem in wrong.value.problems] == ["current"]
    assert SignIn("zhangwei", HOME, "ssh").delay() == 1
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.outcome, last.account) == ("auth.password", "failed", zhangwei.account)


def test_changing_it_ends_the_other_sessions(zhangwei: Owner, clock: Clock) -> None:
    stolen = inside(zhangwei.sign_in())
    own = inside(zhangwei.sign_in(code=zhangwei.code(1)))
    change_password(own, PASSWORD, NEXT, NEXT)
    sessions.resume(own.session)
    with pytest.raises(SessionOver):
        sessions.resume(stolen.session)


def test_a_session_that_ended_changes_nothing(zhangwei: Owner, clock: Clock) -> None:
    actor = inside(zhangwei.sign_in())
    sessions.end_session(actor.session, "cut")
    with pytest.raises(SessionOver):
        change_password(actor, PASSWORD, NEXT, NEXT)
    assert pyotp.TOTP(zhangwei.secret)
