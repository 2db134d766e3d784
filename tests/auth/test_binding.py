"""Every credential is its account's: whoever can write to the database can't make one theirs (threat 34)."""

from __future__ import annotations

import pytest

from auth import sessions
from auth.codes import digest_of, new_code
from auth.enrolment import new_activation
from auth.password_history import was_used
from auth.provision import invite_from_host
from auth.recovery import stored_code
from db.desk import SessionOver
from db.store.binding import as_bound, binding_digest, is_bound
from db.store.engine import database, store
from db.store.first_steps import BINDING
from db.store.migrations import migrate
from db.store.tables import Account, FailureCount, KnownSource, PastPassword, RecoveryCode, SignInSession
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from tests.auth.conftest import HOME, Owner, answered, make_owner
from tests.conftest import Clock

MINE = "my own password, which I know"


@pytest.fixture
def me(owner: Owner) -> Owner:
    """Somebody else with an account, who can write to the database."""
    made = make_owner("me", "某人")
    made.password = MINE
    Account.update(password=own_password(made)).where(Account.id == made.account).execute()
    return made


def own_password(owner: Owner) -> str:
    from tests.auth.conftest import stored

    return stored(owner.account, owner.password)


@pytest.mark.threat(34)
def test_a_password_copied_from_ones_own_row_opens_no_other_account(
    owner: Owner, me: Owner, clock: Clock
) -> None:
    assert me.sign_in() is not None
    copied = Account.get_by_id(me.account).password
    Account.update(password=copied).where(Account.id == owner.account).execute()
    assert owner.sign_in(password=MINE) is None
    bare = Account.hash_in(me.account, copied)
    Account.update(password=bare).where(Account.id == owner.account).execute()
    assert owner.sign_in(password=MINE) is None, "nor without what binds it"


@pytest.mark.threat(34)
def test_a_past_password_put_in_the_present_ones_place_is_none(owner: Owner, clock: Clock) -> None:
    present = Account.hash_in(owner.account, Account.get_by_id(owner.account).password)
    assert present is not None
    past = Account.password_of(owner.account, present, "past-password")
    Account.update(password=past).execute()
    assert owner.sign_in() is None


@pytest.mark.threat(34)
def test_a_past_password_of_another_bars_nothing(owner: Owner, me: Owner) -> None:
    kept = Account.password_of(
        me.account, str(Account.hash_in(me.account, own_password(me))), "past-password"
    )
    PastPassword.create(account=owner.account, password=kept, set_at="2026-01-01")
    assert not was_used(Account.get_by_id(owner.account), MINE)


@pytest.mark.threat(34)
def test_a_recovery_code_moved_to_another_account_is_no_use_there(
    owner: Owner, me: Owner, clock: Clock
) -> None:
    code = new_code()
    with writing():
        RecoveryCode.create(account=me.account, digest=stored_code(me.account, code))
    RecoveryCode.update(account=owner.account).execute()
    assert owner.sign_in(code=code) is None
    RecoveryCode.update(account=me.account).execute()
    assert me.sign_in(code=code) is not None


@pytest.mark.threat(34)
def test_an_activation_code_moved_to_another_account_is_no_use_there(owner: Owner, clock: Clock) -> None:
    number, code = invite_from_host("newcomer", None)
    row = Account.get_by_id(number)
    Account.update(activation=row.activation, activation_until=row.activation_until).where(
        Account.id == owner.account
    ).execute()
    assert answered("liwei", HOME, code, "") is None
    assert answered("newcomer", HOME, code, "") is not None


@pytest.mark.threat(34)
@pytest.mark.parametrize("change", ["account", "strength", "source", "front", "whole row"])
def test_a_session_that_was_altered_on_record_is_over(
    owner: Owner, me: Owner, clock: Clock, change: str
) -> None:
    mine, theirs = me.sign_in(), owner.sign_in()
    assert mine is not None
    assert theirs is not None
    sessions.resume(mine.session)
    row = SignInSession.get_by_id(theirs.session)
    changes: dict[str, dict[str, object]] = {
        "account": {"account": owner.account},
        "strength": {"strength": "enrolling"},
        "source": {"source": "192.0.2.99"},
        "front": {"front": "host"},
        "whole row": {
            "account": row.account_id, "source": row.source, "front": row.front, "strength": row.strength,
            "started_at": row.started_at, "bound": row.bound,
        },
    }  # fmt: skip
    SignInSession.update(changes[change]).where(SignInSession.id == mine.session).execute()
    with pytest.raises(SessionOver):
        sessions.resume(mine.session)
    with pytest.raises(SessionOver), writing():
        sessions.strengthen(mine.session)


@pytest.mark.threat(34)
def test_a_known_source_that_somebody_wrote_is_none(owner: Owner, me: Owner, clock: Clock) -> None:
    assert me.sign_in("192.0.2.66") is not None
    KnownSource.update(account=owner.account).execute()
    KnownSource.create(account=owner.account, source="192.0.2.67", last_at=KnownSource.get().last_at)
    answered("liwei", "198.51.100.66", "not the password at all", "000000")
    FailureCount.update(failures=200).execute()
    clock.forward(minutes=2)
    assert owner.sign_in("192.0.2.66") is None
    assert owner.sign_in("192.0.2.67") is None


@pytest.mark.threat(34)
def test_credentials_of_an_earlier_version_are_bound_and_go_on_working(owner: Owner, clock: Clock) -> None:
    """A store as the version before left it: bare bcrypt texts and digests, and sources one by one."""
    code, (activating, digest, until) = new_code(), new_activation()
    bare = Account.hash_in(owner.account, Account.get_by_id(owner.account).password)
    with writing():
        Account.update(password=bare, activation=digest, activation_until=until).execute()
        PastPassword.create(account=owner.account, password=bare, set_at="2026-01-01")
        RecoveryCode.create(account=owner.account, digest=digest_of("recovery", code))
        for source in ("2001:db8::1", "2001:db8::2", HOME):
            KnownSource.create(account=owner.account, source=source, last_at="2026-11-20T00:00:00.000000Z")
        SchemaVersion.delete().where(SchemaVersion.version >= BINDING).execute()
    assert BINDING in migrate()
    assert owner.sign_in() is not None
    assert owner.sign_in(code=code) is not None
    assert answered("liwei", HOME, activating, "") is not None
    assert was_used(Account.get_by_id(owner.account), owner.password)
    assert {row.source for row in KnownSource.select()} == {"2001:db8::/64", HOME}
    for row in KnownSource.select():
        assert is_bound(store().keys, *KnownSource.binds(owner.account, row.source, row.last_at), row.bound)


def test_what_is_bound_is_bound_to_its_place_alone(owner: Owner) -> None:
    keys = store().keys
    made = binding_digest(keys, "account:1:recovery", "x")
    assert is_bound(keys, "account:1:recovery", "x", made)
    assert made != binding_digest(keys, "account:12:recovery", "x")
    assert binding_digest(keys, "a:1", "2:x") != binding_digest(keys, "a:1:2", "x")
    row = {"id": 1, "password": "$2b$12$abc", "activation": None, "login": "x"}
    once = as_bound(keys, "account", row)
    assert as_bound(keys, "account", once) == once, "what is bound already stays as it is"
    assert Account.hash_in(1, once["password"]) == "$2b$12$abc"
    assert database
