"""Codes made by us and typed by people, 128 bits each: activation and recovery codes.

They are written in Crockford's base 32, whose letters can't be taken for digits. Only their keyed
digest is stored, bound to the account (`Account.code_of`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from itertools import pairwise
from typing import Literal

from db.store.engine import store
from db.store.tables.accounts import Code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS = 128
LENGTH = 26
GROUPS = (5, 10, 15, 20)
HALF = 13
"""Letters of one half of a code, 65 bits: two of them are as long as a whole one."""
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def new_code() -> str:
    """Make a code in groups, as it is shown: ``XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX``."""
    number = secrets.randbits(BITS)
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    cuts = (0, *GROUPS, LENGTH)
    return "-".join(letters[start:end] for start, end in pairwise(cuts))


def new_half() -> str:
    """Make a half of a code, as it is shown: ``XXXXX-XXXXX-XXX``."""
    letters = "".join(secrets.choice(ALPHABET) for _place in range(HALF))
    return "-".join((letters[:5], letters[5:10], letters[10:]))


def halves_of(code: str) -> tuple[str, str]:
    """Return the first `HALF` letters of ``code`` and the rest, in their canonical spelling. Checks
    nothing."""
    canonical = code[: 4 * LENGTH].upper().translate(LOOK_ALIKES)
    return canonical[:HALF], canonical[HALF:]


def digest_of(purpose: Code | Literal["half", "pickup", "token"], code: str) -> str:
    """Return the HMAC of ``code`` under the installation's digest key; case, hyphens, blanks and look-alikes
    don't matter."""
    canonical = code[: 4 * LENGTH].upper().translate(LOOK_ALIKES)
    content = f"{purpose}:{canonical}".encode("utf-8", "surrogatepass")
    return hmac.new(store().keys.digest, content, hashlib.sha256).hexdigest()
