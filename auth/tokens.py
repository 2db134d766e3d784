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
    """Return whether the text typed as password has the form of a token. Looks nothing up."""
    return SHAPE.fullmatch(typed.strip()) is not None


def stands_alone(typed: str) -> bool:
    """Return whether the text typed as password has the form of a pick-up code or token, which need no second
    factor. Looks nothing up."""
    return is_pickup_code(typed) or is_token(typed)


def new_token() -> tuple[str, str]:
    """Make a token; store nothing. Return it, to be shown once, and its digest under a key."""
    code = new_code()
    return PREFIX + code, digest_of("token", code)


def find_token(account: int, address: str, typed: str) -> str | None:
    """Return the number of the account's token ``typed`` if it is open and good from ``address`` now; else
    None."""
    return find_open_token(account, address, digest_of("token", typed.strip()[len(PREFIX) :]))
