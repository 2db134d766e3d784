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
BODY = HEADER.size + NONCE_BYTES


class SealBroken(Exception):
    """A sealed value was altered, moved from its place, or sealed under a key that is not here."""


def seal(keys: KeyRing, place: str, value: bytes) -> bytes:
    """Encrypt ``value`` under the current field key, bound to ``place`` (``table:row:column``)."""
    header = HEADER.pack(VERSION, keys.current)
    nonce = secrets.token_bytes(NONCE_BYTES)
    return header + nonce + AESGCM(keys.fields[keys.current]).encrypt(nonce, value, _bound(header, place))


def sealer(keys: KeyRing) -> Callable[[str, bytes], bytes]:
    """Return a `seal` with today's current key, faster for many values."""
    header = HEADER.pack(VERSION, keys.current)
    encrypt = AESGCM(keys.fields[keys.current]).encrypt

    def seal_one(place: str, value: bytes) -> bytes:
        nonce = secrets.token_bytes(NONCE_BYTES)
        return header + nonce + encrypt(nonce, value, _bound(header, place))

    return seal_one


def unseal(keys: KeyRing, place: str, sealed: bytes) -> bytes:
    """Decrypt what was sealed for ``place``, under whichever field key. Raises SealBroken."""
    return opener(keys)(place, bytes(sealed))


def opener(keys: KeyRing) -> Callable[[str, bytes], bytes]:
    """Return an `unseal` that caches ciphers, faster for many values. It raises SealBroken."""
    known: dict[bytes, AESGCM] = {}

    def open_one(place: str, sealed: bytes) -> bytes:
        header = sealed[: HEADER.size]
        cipher = known.get(header)
        if cipher is None:
            cipher = known[header] = _cipher_of(keys, header, place)
        nonce, body = sealed[HEADER.size : BODY], sealed[BODY:]
        if len(nonce) < NONCE_BYTES:
            raise SealBroken(place)
        try:
            return cipher.decrypt(nonce, body, _bound(header, place))
        except InvalidTag:
            raise SealBroken(place) from None

    return open_one


def blind_digest(key: bytes, text: str) -> str:
    """Return a keyed digest (96 bits, base64) by which equal texts are found without being revealed."""
    digest = hmac.digest(key, text.encode("utf-8"), "sha256")
    return base64.urlsafe_b64encode(digest[:12]).decode("ascii")


@lru_cache(maxsize=1024)
def search_key(search: bytes, book: str, field: str) -> bytes:
    """Return the key for the blind digests of one field of one book, derived by HKDF (RFC 5869): digests tell
    nothing about other fields or books. Cached."""
    return hmac.digest(search, f"search {book}:{field}\x01".encode(), "sha256")


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    """Return the cipher of ``key``. Cached, as setting it up costs as much as opening a short value."""
    return AESGCM(key)


def _cipher_of(keys: KeyRing, header: bytes, place: str) -> AESGCM:
    if len(header) < HEADER.size:
        raise SealBroken(place)
    version, number = HEADER.unpack(header)
    key = keys.field_key(number)
    if version != VERSION or key is None:
        raise SealBroken(place)
    return _cipher(key)


def _bound(header: bytes, place: str) -> bytes:
    return header + place.encode("utf-8")
