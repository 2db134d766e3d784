"""Tokens as they are made and typed: 128 bits, shown once (`db.desk.accounts.tokens`)."""

from __future__ import annotations

import re

from auth.codes import digest_of, new_code
from auth.pickups import is_pickup_code
from db.desk.accounts.tokens import find_open_token

PREFIX = "mingce-"
"""By it a token that lies somewhere is known for one."""
SHAPE = re.compile(rf"{PREFIX}([0-9A-Z]{{5}}-){{4}}[0-9A-Z]{{6}}", re.ASCII | re.IGNORECASE)


def is_token(typed: str) -> bool:
    """Return whether what was typed for the password has the form of a token, be it one or not."""
    return SHAPE.fullmatch(typed.strip()) is not None


def stands_alone(typed: str) -> bool:
    """Return whether what was typed for the password looks like a pick-up code or a token, which need no
    second factor. Checks nothing else."""
    return is_pickup_code(typed) or is_token(typed)


def new_token() -> tuple[str, str]:
    """Return a token, to be shown once, and the digest of it."""
    code = new_code()
    return PREFIX + code, digest_of("token", code)


def find_token(account: int, address: str, typed: str) -> str | None:
    """Return the number of the account's token ``typed``, where it is good from ``address`` now."""
    return find_open_token(account, address, digest_of("token", typed.strip()[len(PREFIX) :]))
