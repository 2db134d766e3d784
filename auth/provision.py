"""Accounts made from the host's command line, where nobody has signed in yet."""

from __future__ import annotations

from auth import totp
from auth.enrolment import new_activation
from auth.login_names import login_of
from auth.passwords import hash_of
from db.desk.accounts.activations import note_code
from db.desk.accounts.new_accounts import new_account
from db.store import audit, clock
from db.store.tables import Account
from db.store.transactions import writing


def invite_from_host(login: str, person: int | None) -> tuple[int, str]:
    """Create an invited account, recorded as the host's act. Return its number and its activation code, to be
    shown once. Raises Invalid."""
    code, digest, until = new_activation()
    with writing():
        account = new_account(login_of(login), person, digest, until)
        note_code(account, None, "host")
        _record("accounts.create", account)
    return account, code


def reactivate_from_host(account: int) -> str:
    """Replace the activation code of an account in any state but disabled, recorded as the host's act; tell
    nobody. Return the new code. For when nobody is left who could start a reset. Raises LookupError for any
    other account."""
    code, digest, until = new_activation()
    with writing():
        changed = (
            Account.update(activation=Account.code_of(account, "activation", digest), activation_until=until)
            .where((Account.id == account) & (Account.state != "disabled"))
            .execute()
        )
        if changed != 1:
            raise LookupError(account)
        note_code(account, None, "host")
        _record("accounts.issue_activation", account)
    return code


def enrol_from_host(
    login: str, person: int | None, password: str, hashed: str | None = None
) -> tuple[int, str]:
    """Create an account ready to sign in, for demonstrations, recorded as the host's act. Return its number
    and TOTP secret. ``hashed``: the password's hash, where many are made at once. Raises Invalid."""
    hashed, secret = hashed or hash_of(password), totp.new_secret()
    _code, digest, until = new_activation()
    with writing():
        account = new_account(login_of(login), person, digest, until)
        Account.update(
            state="active",
            password=Account.password_of(account, hashed),
            password_set_at=clock.now(),
            totp=totp.seal_secret(account, secret),
            activation=None,
            activation_until=None,
        ).where(Account.id == account).execute()
        _record("auth.enrol", account)
    return account, secret


def _record(act: str, account: int) -> None:
    audit.append(act=act, outcome="done", account=account, source="host", front="host")
