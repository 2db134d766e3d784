"""Passwords: one normal form, a keyed pre-hash, bcrypt.

bcrypt reads 72 bytes at the most, 24 Chinese characters; so the password goes through HMAC-SHA384
first, whose base64 form is 64 bytes long. Its key, the pepper, lives outside the database: a dump
alone can't be tried against a dictionary (threat 5).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from collections.abc import Sequence

import bcrypt

from auth.common_passwords import is_common, own_words
from auth.login_names import password_of
from db.desk import Invalid, Problem
from db.language import _
from db.store.engine import store
from db.store.tables import Account

COST = 12
"""bcrypt's work factor: 2^12 rounds, 0.2-0.3 s of a processor."""
SHORTEST, LONGEST = 12, 256


def hash_of(password: str) -> str:
    return bcrypt.hashpw(_prehash(password), bcrypt.gensalt(COST)).decode("ascii")


def matches(password: str, stored: str | None) -> bool:
    """Return whether ``password`` has the bcrypt hash ``stored``. Takes as long where that is None (threat
    3)."""
    same = bcrypt.checkpw(_prehash(password), (stored or _dummy()).encode("ascii"))
    return same and stored is not None


def require_good(account: Account, password: str, repeated: str) -> None:
    """Raise Invalid for a password that ``account`` may not choose (`problems_of`). Earlier passwords are not
    checked."""
    name = account.person.name if account.person is not None else ""
    own = own_words(account)
    if problems := problems_of(password, repeated, login=account.login, name=name, own=own):
        raise Invalid(*problems)


def problems_of(
    password: str, repeated: str, *, login: str, name: str, own: Sequence[str] = ()
) -> list[Problem]:
    """Return the first fault of ``password`` as a new one: too short, too long, common, the ``login``,
    ``name`` or a word in ``own``, or different from ``repeated``. Earlier passwords are not checked."""
    found = []
    length = len(unicodedata.normalize("NFKC", password))
    if length < SHORTEST:
        found.append(
            Problem("password", _("Use at least {count} characters; a sentence is easiest.", count=SHORTEST))
        )
    elif length > LONGEST:
        found.append(Problem("password", _("Use at most {count} characters.", count=LONGEST)))
    elif _fold_text(password) in {_fold_text(login), _fold_text(name)}:
        found.append(Problem("password", _("Your login or name can't be your password.")))
    elif is_common(password, login, name, *own):
        found.append(
            Problem(
                "password",
                _("Too easy to guess. Take four words or more that nobody else puts together."),
            )
        )
    elif password_of(password) != password_of(repeated):
        found.append(Problem("password", _("The two passwords differ. Type both again.")))
    return found


def _prehash(password: str) -> bytes:
    return base64.b64encode(hmac.new(store().keys.pepper, password_of(password), hashlib.sha384).digest())


def _dummy() -> str:
    """Return a fixed, valid hash of today's cost that fits no known password."""
    return f"$2b${COST:02}$" + "." * 53


def _fold_text(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
