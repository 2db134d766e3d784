"""An encrypted file that is written and read as a stream of lines.

``mingce-backup-1`` and a salt, then chunks of compressed lines, each sealed by AES-256-GCM under a key of
this file alone (HMAC-SHA256 of the salt under the backup key). A chunk's number and whether it is the last
are authenticated: none can be left out, moved or cut off.
"""

from __future__ import annotations

import contextlib
import hmac
import secrets
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"mingce-backup-1\n"
SALT = 16
CHUNK = 1 << 20
LENGTH = struct.Struct(">IB")
"""Bytes that follow, and whether they are the last."""


class VaultBroken(Exception):
    """Not a backup, not under this key, altered, or cut off."""


class VaultWriter:
    """Writes lines into ``file``; whole once it was closed without an error."""

    def __init__(self, file: BinaryIO, key: bytes) -> None:
        salt = secrets.token_bytes(SALT)
        file.write(MAGIC + salt)
        self._file = file
        self._cipher = AESGCM(_file_key(key, salt))
        self._number = 0
        self._held: list[bytes] = []
        self._size = 0

    def write(self, line: bytes) -> None:
        """Buffer one line, given without its end; encrypt and write the chunk once it is full."""
        self._held.append(line)
        self._size += len(line) + 1
        if self._size >= CHUNK:
            self._flush(last=False)

    def __enter__(self) -> VaultWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush(last=True)

    def _flush(self, last: bool) -> None:
        content = zlib.compress(b"".join(line + b"\n" for line in self._held), 3)
        header = LENGTH.pack(len(content) + 16, last)
        sealed = self._cipher.encrypt(_nonce(self._number), content, header)
        self._file.write(header + sealed)
        self._number += 1
        self._held, self._size = [], 0


def lines(file: BinaryIO, keys: Sequence[bytes]) -> Iterator[bytes]:
    """Yield the decrypted lines of ``file``, under one of ``keys``. Raises VaultBroken, also if it is cut off
    or continued."""
    if file.read(len(MAGIC)) != MAGIC:
        raise VaultBroken("not a backup")
    salt = file.read(SALT)
    ciphers = [AESGCM(_file_key(key, salt)) for key in keys]
    number, last = 0, False
    while not last:
        header = file.read(LENGTH.size)
        if len(header) < LENGTH.size:
            raise VaultBroken("cut off")
        length, last = LENGTH.unpack(header)
        sealed = file.read(length)
        content = None
        for cipher in ciphers:
            with contextlib.suppress(InvalidTag, ValueError):
                content = zlib.decompress(cipher.decrypt(_nonce(number), sealed, header))
                ciphers = [cipher]
                break
        if content is None:
            raise VaultBroken("altered, or under another key")
        yield from content.split(b"\n")[:-1]
        number += 1
    if file.read(1):
        raise VaultBroken("something follows its end")


def opens_with(file: Path, keys: Sequence[bytes]) -> bool:
    with contextlib.suppress(VaultBroken, OSError), file.open("rb") as stream:
        next(lines(stream, keys), None)
        return True
    return False


def _file_key(key: bytes, salt: bytes) -> bytes:
    return hmac.digest(key, MAGIC + salt, "sha256")


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
