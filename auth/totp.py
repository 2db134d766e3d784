"""One-time codes (RFC 6238): six digits, a step of 30 s, each step good for one sign-in only."""

from __future__ import annotations

import hmac
import re

import pyotp

from db.store import clock
from db.store.engine import store
from db.store.sealing import seal, unseal
from db.store.tables import Account

STEP = 30
WINDOW = 1
"""Steps before and after the present one whose codes count, for clocks that are a little off."""
LONGEST_URI = 106
"""Bytes in a QR code of 37×37 modules: with its margin the largest that stands whole on 80×24."""
SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


def new_secret() -> str:
    """Make 160 random bits in base 32."""
    return pyotp.random_base32()


def uri_of(secret: str, login: str, organisation: str) -> str:
    """Return the text of the QR code for an authenticator (``otpauth://totp/…``).

    The organisation stands in the label and as issuer; where that grows too long for the code, as Chinese
    does (nine bytes a character), in the label alone, and shortened if need be.
    """
    totp = pyotp.TOTP(secret, interval=STEP)
    uris = [totp.provisioning_uri(name=login, issuer_name=organisation)]
    uris += [
        totp.provisioning_uri(name=f"{organisation[:length]}:{login}")
        for length in range(len(organisation), 0, -1)
    ]
    return next((uri for uri in uris if len(uri) <= LONGEST_URI), totp.provisioning_uri(name=login))


def step_of(secret: str, code: str) -> int | None:
    """Return the time step of ``code`` if it is one of ``secret``'s present codes; else None. Uses nothing
    up.

    pyotp itself takes full-width digits and the same code twice (threat 4): only ASCII digits come this far,
    and `use_step` takes each step once.
    """
    if SIX_DIGITS.fullmatch(code) is None:
        return None
    totp = pyotp.TOTP(secret, interval=STEP)
    found = None
    for step in range(present_step() - WINDOW, present_step() + WINDOW + 1):
        # All steps are compared, in constant time: how long it takes tells nothing of which one was near.
        if hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found


def present_step() -> int:
    """Return the present time step."""
    return int(clock.utcnow().timestamp()) // STEP


def use_step(account: int, step: int) -> bool:
    """Mark ``step`` as used, in the running transaction; return False if it, or a later one, was used before.
    Of any number of sign-ins at once the database lets one through."""
    updated = (
        Account.update(totp_step=step).where((Account.id == account) & (Account.totp_step < step)).execute()
    )
    return bool(updated == 1)


class CodeUsed(Exception):
    """The password was right and the code is the account's, but was used a moment ago."""


def use_code(account: Account, code: str) -> bool:
    """Use up ``code`` if it is a present one, in the running transaction; return whether it was. False for a
    used one."""
    step = _present(account, code)
    return step is not None and use_step(account.id, step)


def was_used(account: Account, code: str) -> bool:
    """Return whether ``code`` is a present code of the account's that was used before."""
    step = _present(account, code)
    return step is not None and step <= account.totp_step


def _present(account: Account, code: str) -> int | None:
    secret = secret_of(account)
    return step_of(secret, code) if secret is not None else None


def seal_secret(account: int, secret: str) -> bytes:
    return seal(store().keys, Account.totp.place(account), secret.encode("ascii"))


def secret_of(account: Account) -> str | None:
    """Decrypt the account's secret; None if there is none. Raises SealBroken if it was altered."""
    if account.totp is None:
        return None
    return unseal(store().keys, Account.totp.place(account.id), account.totp).decode("ascii")
