"""The one normalisation of what people type at the door, used by every front (threat 6)."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from db.store.engine import store

LONGEST_LOGIN = 64


def login_of(typed: str) -> str:
    """Return the login that ``typed`` means; empty where it can't be one."""
    text = unicodedata.normalize("NFKC", typed[: 4 * LONGEST_LOGIN]).strip().casefold()
    return text if text.isprintable() and len(text) <= LONGEST_LOGIN else ""


def password_of(typed: str) -> bytes:
    """Return the password that ``typed`` means, in bytes. Never fails, whatever the line delivered."""
    return unicodedata.normalize("NFKC", typed).encode("utf-8", "surrogatepass")


def name_digest(login: str) -> str:
    """Return the digest under the installation's key by which the door remembers a login. People type
    passwords into the name's place, so a login that nobody has is never kept in clear."""
    digest = hmac.new(store().keys.digest, b"login:" + login.encode("utf-8"), hashlib.sha256)
    return digest.hexdigest()[:32]
