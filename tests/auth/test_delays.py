"""What failures cost: the one who fails waits, and nobody locks anybody out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auth import delays
from auth.login_names import name_digest
from auth.signin import SignIn
from db.store.engine import Store
from db.store.tables import FailureCount, Notice
from db.store.transactions import writing
from tests.auth.conftest import HOME, Owner, answered, enrolled
from tests.auth.test_resets import host_desk
from tests.conftest import Clock
from tests.world import World

ATTACKER = "198.51.100.66"


def fail(login: str, source: str, times: int) -> None:
    for _time in range(times):
        assert answered(login, source, "not the password at all", "000000") is None


@pytest.mark.threat(2)
@pytest.mark.parametrize("login", ["liwei", "nobody"])
def test_the_answer_is_held_from_1_s_doubling_to_60_s(owner: Owner, clock: Clock, login: str) -> None:
    held = []
    for _time in range(8):
        held.append(SignIn(login, ATTACKER, "ssh").delay())
        fail(login, ATTACKER, 1)
    assert held == [0, 1, 2, 4, 8, 16, 32, 60]


@pytest.mark.threat(2)
@pytest.mark.parametrize("login", ["liwei", "nobody"])
def test_from_elsewhere_it_is_held_10_s_at_the_most(owner: Owner, clock: Clock, login: str) -> None:
    fail(login, ATTACKER, 9)
    assert SignIn(login, HOME, "ssh").delay() == 10


@pytest.mark.threat(2)
def test_time_that_passed_is_not_waited_for_again(owner: Owner, clock: Clock) -> None:
    """A try that takes as long as signing in may would be a lock."""
    fail("liwei", HOME, 7)
    clock.forward(seconds=45)
    assert SignIn("liwei", HOME, "ssh").delay() == 15
    clock.forward(seconds=15)
    assert SignIn("liwei", HOME, "ssh").delay() == 0


@pytest.mark.threat(2)
def test_success_forgets_the_failures(owner: Owner, clock: Clock) -> None:
    fail("liwei", HOME, 5)
    assert owner.sign_in() is not None
    assert SignIn("liwei", HOME, "ssh").delay() == 0
    assert delays.failure_count(name_digest("liwei")) == 0


@pytest.mark.threat(2)
def test_after_a_hundred_failures_only_known_sources_are_answered(owner: Owner, clock: Clock) -> None:
    """A botnet that has the password guesses codes from ever new addresses."""
    assert owner.sign_in() is not None
    clock.forward(minutes=2)
    for number in range(99):
        fail("liwei", f"198.51.100.{number}", 1)
    assert owner.sign_in("192.0.2.1") is not None
    for number in range(100):
        fail("liwei", f"198.51.100.{number}", 1)
    clock.forward(minutes=2)
    assert owner.sign_in("192.0.2.9") is None
    assert owner.sign_in(HOME) is not None


@pytest.mark.threat(2)
def test_after_ten_thousand_foreign_failures_the_owner_s_first_try_works(owner: Owner, clock: Clock) -> None:
    assert owner.sign_in() is not None
    clock.forward(days=29)
    fail("liwei", ATTACKER, 2)
    FailureCount.update(failures=9_999).execute()
    fail("liwei", ATTACKER, 1)
    attempt = SignIn("liwei", HOME, "ssh")
    assert attempt.delay() == 10
    assert attempt.answer(owner.password, owner.code()) is not None


@pytest.mark.threat(2)
def test_a_source_is_known_for_thirty_days(owner: Owner, clock: Clock) -> None:
    assert owner.sign_in() is not None
    clock.forward(days=31)
    fail("liwei", ATTACKER, 1)
    FailureCount.update(failures=100).execute()
    assert owner.sign_in() is None


@pytest.mark.threat(2)
def test_a_quiet_day_forgets(owner: Owner, clock: Clock) -> None:
    fail("liwei", ATTACKER, 1)
    FailureCount.update(failures=100).execute()
    clock.forward(hours=24, seconds=1)
    assert SignIn("liwei", ATTACKER, "ssh").delay() == 0
    fail("liwei", ATTACKER, 1)
    assert SignIn("liwei", ATTACKER, "ssh").delay() == 1


def test_old_counts_are_swept_away(owner: Owner, clock: Clock) -> None:
    """Typing ever new names fills no table for ever."""
    for number in range(20):
        fail(f"nobody{number}", ATTACKER, 1)
    clock.forward(hours=25)
    fail("somebody", ATTACKER, 1)
    assert FailureCount.select().count() == 2


def test_a_count_names_nobody(store: Store, clock: Clock) -> None:
    with writing():
        delays.take_turn(name_digest("my real password"), ATTACKER)
    assert all("password" not in row.subject for row in FailureCount.select())


@pytest.mark.threat(70)
def test_a_clock_that_was_ahead_for_one_failure_holds_nobody_longer_than_the_bound(
    owner: Owner, clock: Clock
) -> None:
    """The owner mistyped while the clock was a day ahead, and does not wait for the day."""
    clock.forward(days=1)
    fail("liwei", HOME, 7)
    clock.forward(days=-1)
    assert SignIn("liwei", HOME, "ssh").delay() == delays.LONGEST_HERE
    with pytest.raises(delays.TooEarly):
        SignIn("liwei", HOME, "ssh").answer("wrong", "000000")
    clock.forward(seconds=delays.LONGEST_HERE)
    assert SignIn("liwei", HOME, "ssh").answer(owner.password, owner.code()) is not None


@pytest.mark.threat(70)
def test_codes_that_were_failed_while_the_clock_was_ahead_are_forgotten_in_an_hour(
    owner: Owner, clock: Clock
) -> None:
    clock.forward(days=30)
    for _time in range(delays.CODES):
        assert owner.sign_in(code="000000") is None
    clock.forward(days=-30)
    assert owner.sign_in(code="000000") is None
    clock.forward(hours=1, minutes=1)
    assert owner.sign_in() is not None


@pytest.mark.threat(70)
def test_the_host_lets_an_owner_in_at_once_and_takes_a_code_of_a_time_to_come_off(
    clock: Clock, world: World
) -> None:
    """Also a code that was used while the clock was ahead: it would bar all others until then."""
    owner = enrolled(world, "liwei")
    clock.forward(days=1)
    assert owner.sign_in() is not None
    fail("liwei", HOME, 7)
    assert delays.count_future_times(timedelta(minutes=2)) == 0
    clock.forward(days=-1)
    assert delays.count_future_times(timedelta(minutes=2)) == 3
    assert delays.clear_delays(host_desk(), owner.account, "liwei") == 3
    assert delays.count_future_times(timedelta(minutes=2)) == 0
    assert SignIn("liwei", HOME, "ssh").delay() == 0
    clock.forward(seconds=90)
    assert SignIn("liwei", HOME, "ssh").answer(owner.password, owner.code()) is not None
    kinds = [row.kind for row in Notice.select()]
    assert "power-done" in kinds
