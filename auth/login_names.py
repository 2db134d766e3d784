"""The one normalisation of what people type at the door, used by every front (threat 6)."""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

from db.store.engine import store

LONGEST_LOGIN = 64


def login_of(typed: str) -> str:
    """Return the login that ``typed`` means (NFKC, case-folded); "" if it can't be one."""
    text = unicodedata.normalize("NFKC", typed[: 4 * LONGEST_LOGIN]).strip().casefold()
    return text if text.isprintable() and len(text) <= LONGEST_LOGIN else ""


def password_of(typed: str) -> bytes:
    """Return ``typed`` in NFKC as UTF-8 bytes. Never fails, whatever bytes arrived."""
    return unicodedata.normalize("NFKC", typed).encode("utf-8", "surrogatepass")


def name_digest(login: str) -> str:
    """Return an HMAC of ``login`` under the installation's digest key. Only this is stored for names that
    nobody has: people type passwords into the name's field."""
    digest = hmac.new(store().keys.digest, b"login:" + login.encode("utf-8"), hashlib.sha256)
    return digest.hexdigest()[:32]
