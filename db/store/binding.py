"""Binding what proves somebody to the very row it belongs to, so that it proves nothing in another.

What is stored carries a keyed digest over its place and itself. The key is outside the database: whoever
moves a row's value to another row, or writes one, can't make the digest. It is the same for the same value,
so that a restore of a backup from before and the journal since come to the same rows.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from typing import Any

from db.store.keys import KeyRing

MARK = "~"
"""Stands before the digest."""


def binding_digest(keys: KeyRing, place: str, text: str) -> str:
    """Return the HMAC that binds ``text`` to ``place`` under the installation's digest key, after a mark."""
    content = f"{len(place)}:{place}:{text}".encode("utf-8", "surrogatepass")
    return MARK + hmac.digest(keys.digest, b"bound:" + content, "sha256").hex()


def is_bound(keys: KeyRing, place: str, text: str, stored: str) -> bool:
    """Return whether ``stored`` is the `binding_digest` of ``text`` at ``place``; compared in constant
    time."""
    return hmac.compare_digest(
        binding_digest(keys, place, text).encode(), stored.encode("utf-8", "surrogatepass")
    )


def sign_text(keys: KeyRing, place: str, text: str) -> str:
    """Return ``text`` followed by the digest that binds it to ``place`` under a key."""
    return text + binding_digest(keys, place, text)


def open_signed(keys: KeyRing, place: str, stored: str | None) -> str | None:
    """Return the text that `sign_text` signed for ``place``; None if the digest does not fit."""
    if stored is None:
        return None
    text, mark, digest = stored.rpartition(MARK)
    return text if mark and is_bound(keys, place, text, mark + digest) else None


def place_of(table: str, row: int | str, what: str) -> str:
    """Return the name of the place that a value is bound to: table, row and column."""
    return f"{table}:{row}:{what}"


_How = Callable[[KeyRing, str, str], str]
UNBOUND: Mapping[str, tuple[tuple[str, str, str, _How], ...]] = {
    "account": (
        ("password", "id", "password", sign_text),
        ("activation", "id", "activation", binding_digest),
    ),
    "past_password": (("password", "account_id", "past-password", sign_text),),
    "recovery_code": (("digest", "account_id", "recovery", binding_digest),),
}
"""Columns that earlier versions did not bind: the column, the account's column, which value it is, and how
it is bound."""


def as_bound(keys: KeyRing, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``row`` with the values that earlier versions did not bind signed for their account."""
    made = dict(row)
    for column, owner, what, how in UNBOUND.get(table, ()):
        value = made.get(column)
        if isinstance(value, str) and MARK not in value:
            made[column] = how(keys, place_of("account", made[owner], what), value)
    return made
