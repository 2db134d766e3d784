"""One-time codes: ASCII digits, a window of one step, each step once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from auth import totp
from db.store.engine import Store, database
from db.store.sealing import SealBroken
from db.store.tables import Account
from db.store.transactions import writing
from tests.auth.conftest import Owner, make_owner
from tests.conftest import Clock


@pytest.mark.threat(4)
@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_the_window_is_taken(owner: Owner, clock: Clock, steps: int) -> None:
    assert owner.sign_in(code=owner.code(steps)) is not None


@pytest.mark.threat(4)
@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_outside_the_window_is_not(owner: Owner, clock: Clock, steps: int) -> None:
    assert owner.sign_in(code=owner.code(steps)) is None


@pytest.mark.threat(4)
def test_full_width_digits_are_no_code(owner: Owner, clock: Clock) -> None:
    """pyotp takes ４２ for 42, and so a code could be used twice in two spellings."""
    full_width = owner.code().translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)})
    assert owner.sign_in(code=full_width) is None
    assert owner.sign_in(code=f"{owner.code()}\n") is None


@pytest.mark.threat(4)
def test_a_code_is_good_once_and_so_is_every_earlier_one(owner: Owner, clock: Clock) -> None:
    assert owner.sign_in(code=owner.code(1)) is not None
    assert owner.sign_in(code=owner.code(1)) is None
    assert owner.sign_in(code=owner.code(0)) is None


@pytest.mark.threat(4)
def test_a_wrong_password_does_not_use_the_code_up(owner: Owner, clock: Clock) -> None:
    assert owner.sign_in(password="not the password at all") is None
    assert owner.sign_in() is not None


@pytest.mark.threat(4)
def test_of_fifty_sign_ins_at_once_with_one_code_one_gets_in(owner: Owner, clock: Clock) -> None:
    """The attacker has read the code over the owner's shoulder and races the owner."""
    code = owner.code()

    def sign_in(_number: int) -> bool:
        try:
            return owner.sign_in(code=code) is not None
        finally:
            database.close()

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(sign_in, range(50))) == 1


def test_a_secret_is_sealed_for_its_own_account(owner: Owner, clock: Clock, store: Store) -> None:
    other = make_owner("other")
    with writing():
        stolen = Account.get_by_id(owner.account).totp
        Account.update(totp=stolen).where(Account.id == other.account).execute()
    with pytest.raises(SealBroken):
        totp.secret_of(Account.get_by_id(other.account))
