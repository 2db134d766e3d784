"""People at the door: accounts that are ready to sign in, at a work factor that tests can afford."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pyotp
import pytest

from auth import passwords, totp
from auth.signin import SignedIn, SignIn
from db.store import clock as store_clock
from db.store.engine import Store, writing
from db.store.tables import Account, Person

PASSWORD = "海上生明月天涯共此时一二三四"
HOME = "203.0.113.7"


@pytest.fixture(autouse=True)
def cheap_bcrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work bcrypt knows."""
    monkeypatch.setattr(passwords, "COST", 4)


@dataclass
class Owner:
    """Someone with an account, a password and an authenticator."""

    account: int
    login: str
    secret: str
    password: str = PASSWORD

    def code(self, steps: int = 0) -> str:
        """The authenticator's code, ``steps`` time steps from now."""
        return pyotp.TOTP(self.secret).at(store_clock.utcnow() + timedelta(seconds=totp.STEP * steps))

    def sign_in(
        self, source: str = HOME, *, password: str | None = None, code: str | None = None
    ) -> SignedIn | None:
        """Answer both questions, rightly unless told otherwise."""
        return SignIn(self.login, source, "ssh").answer(
            self.password if password is None else password, self.code() if code is None else code
        )


def make_owner(login: str, name: str = "李伟") -> Owner:
    """An account that is enrolled and ready."""
    owner = Owner(0, login, totp.new_secret())
    with writing():
        person = Person.create(name=name)
        account = Account.create(
            login=login,
            person=person,
            state="active",
            password=passwords.hash_of(owner.password),
            password_set_at=store_clock.now(),
            created_at=store_clock.now(),
        )
        account.totp = totp.sealed(account.id, owner.secret)
        account.save()
    owner.account = account.id
    return owner


@pytest.fixture
def owner(store: Store) -> Owner:
    """李伟, enrolled."""
    return make_owner("liwei")
