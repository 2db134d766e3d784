"""The encrypted file of a backup: no piece of it can be left out, moved, or cut off."""

from __future__ import annotations

import io
import secrets

import pytest

from db.store.backups.vault import LENGTH, MAGIC, SALT, VaultBroken, VaultWriter, lines

pytestmark = pytest.mark.threat(28)
KEY = bytes(range(32))
CONTENT = [secrets.token_hex(50_000).encode() for _line in range(40)]


def written() -> bytes:
    file = io.BytesIO()
    with VaultWriter(file, KEY) as vault:
        for line in CONTENT:
            vault.write(line)
    return file.getvalue()


def pieces(data: bytes) -> list[bytes]:
    """The head, and each chunk with its length."""
    start = len(MAGIC) + SALT
    found = [data[:start]]
    while start < len(data):
        length, _last = LENGTH.unpack(data[start : start + LENGTH.size])
        found.append(data[start : start + LENGTH.size + length])
        start += LENGTH.size + length
    return found


def read(data: bytes, key: bytes = KEY) -> list[bytes]:
    return list(lines(io.BytesIO(data), [key]))


def test_what_was_written_is_read() -> None:
    assert read(written()) == CONTENT


def test_a_piece_cut_off_left_out_or_moved_is_noticed() -> None:
    head, *chunks = pieces(written())
    assert len(chunks) >= 3
    for others in (chunks[:-1], [], chunks[1:], [chunks[1], chunks[0], *chunks[2:]], [*chunks, chunks[-1]]):
        with pytest.raises(VaultBroken):
            read(b"".join([head, *others]))
    with pytest.raises(VaultBroken):
        read(b"".join([head, *chunks]), bytes(32))
