"""People at the door: accounts that are ready to sign in, at a work factor that tests can afford."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pyotp
import pytest

from auth import passwords, totp
from auth.delays import TooEarly
from auth.signin import SignedIn, SignIn
from db.store import clock as store_clock
from db.store.engine import Store
from db.store.tables import Account, Person
from db.store.transactions import writing
from tests.conftest import Clock
from tests.world import World
from tui.sheets.accounts import account_facts as facts
from tui.sheets.cell import cell_words

PASSWORD = "海上生明月天涯共此时一二三四"
HOME = "203.0.113.7"


@pytest.fixture(autouse=True)
def cheap_bcrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The least work bcrypt knows."""
    monkeypatch.setattr(passwords, "COST", 4)


class Patience:
    """Waits for a turn by moving the test's clock, which tests of times set."""

    clock: Clock | None = None


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nobody waits in earnest."""
    Patience.clock = request.getfixturevalue("clock") if "clock" in request.fixturenames else None
    yield
    Patience.clock = None


def answered(login: str, source: str, password: str, code: str | Callable[[], str]) -> SignedIn | None:
    """What comes of both answers in their turn; a ``code`` that is called is made when it is asked for."""
    while True:
        try:
            return SignIn(login, source, "ssh").answer(password, code if isinstance(code, str) else code())
        except TooEarly as early:
            assert Patience.clock is not None, "a test that fails at the door needs the clock"
            Patience.clock.forward(seconds=early.seconds)
        except totp.CodeUsed:
            return None


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
        return answered(
            self.login,
            source,
            self.password if password is None else password,
            self.code if code is None else code,
        )


def stored(account: int, password: str) -> str:
    """What is stored with ``account`` of ``password``."""
    return Account.password_of(account, passwords.hash_of(password))


def enrolled(world: World, login: str) -> Owner:
    """``login`` of the world with a password and an authenticator."""
    owner = Owner(world.accounts[login], login, totp.new_secret())
    Account.update(
        state="active",
        password=stored(owner.account, PASSWORD),
        password_set_at=store_clock.now(),
        totp=totp.seal_secret(owner.account, owner.secret),
    ).where(Account.id == owner.account).execute()
    return owner


def make_owner(login: str, name: str = "李伟") -> Owner:
    """An account that is enrolled and ready."""
    owner = Owner(0, login, totp.new_secret())
    with writing():
        person = Person.create(name=name)
        account = Account.create(
            login=login,
            person=person,
            state="active",
            password_set_at=store_clock.now(),
            created_at=store_clock.now(),
        )
        account.password = stored(account.id, owner.password)
        account.totp = totp.seal_secret(account.id, owner.secret)
        account.save()
    owner.account = account.id
    return owner


@pytest.fixture
def owner(store: Store) -> Owner:
    """李伟, enrolled."""
    return make_owner("liwei")


def facts_of(login: str, world: World) -> dict[str, str]:
    """What the list of accounts says below it of ``login``, without the sessions that run."""
    (row,) = (one for one in world.desk("zengqing").accounts.page("staff", 0, 100) if one.login == login)
    said = [
        (cell_words(label, "en"), cell_words(value, "en"))
        for label, value in facts(replace(row, sessions=()))
    ]
    assert len(dict(said)) == len(said)
    return dict(said)
