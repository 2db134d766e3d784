"""Encryption of single values by the application: AES-256-GCM.

A sealed value is ``version (1 byte) | key number (2) | nonce (12) | ciphertext and tag``. The place
it belongs to (table, row, column) and the key number are authenticated with it, so that a value
moved to another row or column no longer opens.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import struct
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.store.keys import KeyRing

VERSION = 1
HEADER = struct.Struct(">BH")
NONCE_BYTES = 12


class SealBroken(Exception):
    """A sealed value was altered, moved from its place, or sealed under a key that is not here."""


def seal(keys: KeyRing, place: str, value: bytes) -> bytes:
    """``value`` sealed under the current field key for ``place`` (``table:row:column``)."""
    header = HEADER.pack(VERSION, keys.current)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return header + nonce + AESGCM(keys.fields[keys.current]).encrypt(nonce, value, _bound(header, place))


def sealer(keys: KeyRing) -> Callable[[str, bytes], bytes]:
    """What `seal` does with the current key, for a great many values."""
    header = HEADER.pack(VERSION, keys.current)
    encrypt = AESGCM(keys.fields[keys.current]).encrypt

    def seal_one(place: str, value: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return header + nonce + encrypt(nonce, value, _bound(header, place))

    return seal_one


def unseal(keys: KeyRing, place: str, sealed: bytes) -> bytes:
    """What was sealed for ``place``. Raises SealBroken."""
    sealed = bytes(sealed)
    if len(sealed) < HEADER.size + NONCE_BYTES:
        raise SealBroken(place)
    header = sealed[: HEADER.size]
    version, number = HEADER.unpack(header)
    key = keys.field_key(number)
    if version != VERSION or key is None:
        raise SealBroken(place)
    nonce, body = sealed[HEADER.size : HEADER.size + NONCE_BYTES], sealed[HEADER.size + NONCE_BYTES :]
    try:
        return _cipher(key).decrypt(nonce, body, _bound(header, place))
    except InvalidTag:
        raise SealBroken(place) from None


def sealed_under(sealed: bytes) -> int:
    """Number of the field key that ``sealed`` was made with."""
    return int(HEADER.unpack(bytes(sealed)[: HEADER.size])[1])


def blind(keys: KeyRing, text: str) -> str:
    """A keyed digest (96 bits, base64) that finds ``text`` again without revealing it."""
    digest = hmac.digest(keys.search, text.encode("utf-8"), "sha256")
    return base64.urlsafe_b64encode(digest[:12]).decode("ascii")


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    """Setting a key up costs as much as opening a short value with it."""
    return AESGCM(key)


def _bound(header: bytes, place: str) -> bytes:
    return header + place.encode("utf-8")
