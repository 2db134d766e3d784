"""One try at a time: what is counted before it is checked can't be outrun (threat 38)."""

from __future__ import annotations

import threading
import time

import pytest

from auth import delays
from auth.delays import CODES, CODES_ELSEWHERE, TooEarly
from auth.recovery import stored_code
from auth.signin import SignIn
from db.store.engine import Store, close_store, store
from db.store.opening import open_store
from db.store.tables import FailureCount, KnownSource, RecoveryCode
from db.store.transactions import writing
from tests.auth.conftest import HOME, Owner, answered
from tests.conftest import Clock

THIEF = "198.51.100.66"


def guess(owner: Owner, source: str) -> None:
    """Somebody who has the password tries a code."""
    wrong = "000000" if owner.code() != "000000" else "111111"
    assert answered(owner.login, source, owner.password, wrong) is None


def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes that are checked from now on."""
    seen: list[str] = []
    real = delays.count_wrong_code

    def count(account: int, source: str) -> None:
        seen.append(source)
        real(account, source)

    monkeypatch.setattr(delays, "count_wrong_code", count)
    return seen


@pytest.mark.threat(38)
def test_of_ten_tries_at_once_one_is_checked(owner: Owner, clock: Clock, home: object) -> None:
    """Ten connections, each with its own view of the record, as of ten processes or hosts; all of them have
    read that there is no delay, and answer in the same moment."""
    settings, place = store().settings, store().home
    together, outcomes = threading.Barrier(10), list[str]()

    def one() -> None:
        attempt = SignIn("liwei", THIEF, "ssh")
        assert attempt.delay() == 0
        together.wait()
        try:
            attempt.answer("not the password at all", "000000")
            outcomes.append("checked")
        except TooEarly:
            outcomes.append("early")
        finally:
            store().database.close()

    threads = [threading.Thread(target=one) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["checked"] + ["early"] * 9
    close_store()
    open_store(place, settings)
    assert SignIn("liwei", THIEF, "ssh").delay() == 1


@pytest.mark.threat(38)
def test_a_delay_that_was_waited_for_is_asked_again_before_the_check(owner: Owner, clock: Clock) -> None:
    first, second = SignIn("liwei", THIEF, "ssh"), SignIn("liwei", THIEF, "ssh")
    assert (first.delay(), second.delay()) == (0, 0)
    assert first.answer("not the password at all", "000000") is None
    with pytest.raises(TooEarly) as early:
        second.answer(owner.password, owner.code())
    assert early.value.seconds == 1
    clock.forward(seconds=1)
    assert second.answer(owner.password, owner.code()) is not None


@pytest.mark.threat(38)
def test_a_right_answer_costs_the_next_one_nothing(owner: Owner, clock: Clock) -> None:
    assert owner.sign_in() is not None
    assert SignIn("liwei", HOME, "ssh").answer(owner.password, owner.code(1)) is not None


@pytest.mark.threat(38)
def test_strangers_without_end_do_not_keep_the_owners_turn_from_coming(owner: Owner, clock: Clock) -> None:
    """While the owner waits for the delay of the name, others go on failing in it from everywhere."""
    assert owner.sign_in() is not None
    for number in range(50):
        answered("liwei", f"198.51.100.{number}", "not the password at all", "000000")
    attempt = SignIn("liwei", HOME, "ssh")
    assert attempt.delay() == 10
    clock.forward(seconds=10)
    answered("liwei", "198.51.100.99", "not the password at all", "000000")
    assert attempt.answer(owner.password, owner.code(1)) is not None


@pytest.mark.threat(38)
def test_of_a_stolen_password_ten_codes_an_hour_are_checked_whoever_tries_where(
    owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thief comes from ever new addresses, and the owner mistypes too."""
    assert owner.sign_in() is not None
    seen, begun = checked(monkeypatch), clock.now
    for number in range(30):
        guess(owner, f"198.51.100.{number}")
    assert len(seen) == CODES_ELSEWHERE
    for _number in range(20):
        guess(owner, HOME)
    assert (clock.now - begun).total_seconds() < 3600
    assert len(seen) == CODES == 10
    assert owner.sign_in() is None, "the right code neither: nothing tells the thief which it is"
    clock.forward(hours=1)
    assert owner.sign_in() is not None


@pytest.mark.threat(38)
def test_the_owner_of_a_stolen_password_still_comes_in_at_home(owner: Owner, clock: Clock) -> None:
    assert owner.sign_in() is not None
    for number in range(30):
        guess(owner, f"198.51.100.{number}")
    clock.forward(minutes=1)
    assert owner.sign_in() is not None


@pytest.mark.threat(38)
def test_a_recovery_code_gets_the_owner_in_whatever_was_tried(owner: Owner, clock: Clock) -> None:
    with writing():
        RecoveryCode.create(account=owner.account, digest=stored_code(owner.account, "spare"))
    for number in range(130):
        guess(owner, f"198.51.{number}.1")
    assert owner.sign_in("192.0.2.9") is None
    assert owner.sign_in("192.0.2.10", code="spare") is not None


@pytest.mark.threat(38)
def test_who_has_no_password_uses_up_no_code(owner: Owner, clock: Clock) -> None:
    """So that nobody is shut out by strangers."""
    for number in range(40):
        answered("liwei", f"198.51.100.{number}", "not the password at all", "000000")
    clock.forward(minutes=1)
    assert owner.sign_in() is not None


@pytest.mark.threat(39)
def test_the_owners_next_privacy_address_is_known(owner: Owner, clock: Clock) -> None:
    """IPv6 clients change their address within their network every day."""
    assert owner.sign_in("2001:db8:1:2:3::4") is not None
    assert KnownSource.get().source == "2001:db8:1:2::/64"
    for number in range(101):
        answered("liwei", f"198.51.100.{number}", "not the password at all", "000000")
    clock.forward(minutes=1)
    assert owner.sign_in("2001:db8:1:3::1") is None
    assert owner.sign_in("2001:db8:1:2:aaaa::1") is not None


@pytest.mark.threat(39)
def test_a_strangers_next_privacy_address_waits_like_the_first(owner: Owner, clock: Clock) -> None:
    for number in range(6):
        answered("liwei", f"2001:db8:9:9::{number}", "not the password at all", "000000")
    assert SignIn("liwei", "2001:db8:9:9::ffff", "ssh").delay() == 32


@pytest.mark.threat(40)
def test_a_count_that_is_forgotten_goes_without_anybody_signing_in(store: Store, clock: Clock) -> None:
    for number in range(20):
        answered(f"nobody{number}", THIEF, "not the password at all", "000000")
    clock.forward(hours=25)
    answered("somebody", THIEF, "not the password at all", "000000")
    assert FailureCount.select().count() == 2


@pytest.mark.threat(40)
def test_counts_are_bounded_and_the_most_failed_stay(
    owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made-up names fill the table so that a count that delays is pushed out of it."""
    monkeypatch.setattr(delays, "MOST", 60)
    monkeypatch.setattr(delays, "AT_ONCE", 10)
    for _number in range(3):
        answered("liwei", THIEF, "not the password at all", "000000")
    for number in range(200):
        clock.forward(seconds=1)
        answered(f"nobody{number}", THIEF, "not the password at all", "000000")
    assert FailureCount.select().count() <= 62
    answered("liwei", THIEF, "not the password at all", "000000")
    assert SignIn("liwei", THIEF, "ssh").delay() == 8


@pytest.mark.threat(38)
def test_the_turn_comes_before_the_work(owner: Owner, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A try that is not its turn costs no quarter of a second of a processor."""
    answered("liwei", THIEF, "not the password at all", "000000")
    monkeypatch.setattr("bcrypt.checkpw", lambda *_given: pytest.fail("checked"))
    begun = time.monotonic()
    with pytest.raises(TooEarly):
        SignIn("liwei", THIEF, "ssh").answer(owner.password, owner.code())
    assert time.monotonic() - begun < 5
