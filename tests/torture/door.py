"""How people of a rig sign in at the real door: with a password and a code."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from unittest import mock

import pyotp

from auth import passwords, totp
from db.store import clock
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.tables import Account
from db.store.transactions import writing
from tests.torture.rig import Rig

PASSWORD = "长安一片月 forty-two"
CHEAPEST = 4
"""bcrypt's least work factor: it is not the password that is tried here."""


def enrol(rig: Rig, logins: Iterable[str], moment: datetime) -> dict[str, str]:
    """Give ``logins`` `PASSWORD`, set at ``moment``, and an authenticator; their secrets."""
    secrets = {login: totp.new_secret() for login in logins}
    open_store(rig.home)
    with mock.patch.object(passwords, "COST", CHEAPEST):
        hashed = passwords.hash_of(PASSWORD)
    with writing():
        for login, secret in secrets.items():
            account = rig.world.accounts[login]
            Account.update(
                password=Account.password_of(account, hashed),
                password_set_at=clock.stamp(moment),
                totp=totp.seal_secret(account, secret),
            ).where(Account.id == account).execute()
    close_store()
    return secrets


def code_of(rig: Rig, login: str, secret: str, moment: datetime) -> str:
    """The code of ``moment`` in the open store of ``rig``. It was perhaps used half a minute ago, and each is
    good once: that is forgotten, so that nobody waits for the next."""
    with writing():
        Account.update(totp_step=0).where(Account.id == rig.world.accounts[login]).execute()
    return pyotp.TOTP(secret).at(moment)
