"""The sealed head: the sums of all tables, bound to the end of the audit's chain and the journal's position.

It is opened, changed and sealed anew by each transaction that changes a row. Where it does not open, or is
not that of the transaction before, it was tampered with: it is then not mended, but left for the next scan to
tell of, as everybody's work must go on.
"""

from __future__ import annotations

import hmac
import secrets
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from operator import itemgetter
from typing import Any
from weakref import WeakSet

import peewee
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.store.proof.shapes import is_proved, shape_of
from db.store.proof.sums import BYTES, Element, Sum, element_of

Change = tuple[str, str | None, str | None]
Keys = Callable[[], Iterable[bytes]]
"""The proving key; then, where the head does not open with it, what it may have been rotated to."""
START = struct.Struct(">QQ32s?II")
"""Position, record and hash of the chain's end, whether it was ever found put back, the making, bytes of
names."""
SLOT = struct.Struct(f">q{BYTES}s{BYTES}s")
"""Rows and the two sums of a table."""
NONCE = 12
BOUND = b"proof_head"
SEALING, STATE = b"mingce head", b"mingce state"
NOTHING = "0" * 64


@dataclass(slots=True)
class ChainHead:
    """``seq`` and ``hash`` are the chain's end, ``position`` the journal's. ``is_put_back``: some transaction
    found a head here that was not that of the one before it. ``making`` is a number of the moment when the
    sums were made of the rows; since then they only followed. Their ``slots`` are in the order of ``names``,
    which are sorted."""

    position: int = 0
    seq: int = 0
    hash: str = NOTHING
    is_put_back: bool = False
    making: int = field(default_factory=lambda: secrets.randbits(32))
    names: bytes = b""
    slots: bytearray = field(default_factory=bytearray)

    @property
    def tables(self) -> Iterable[str]:
        return _places(self.names).keys()

    def sum_of(self, table: str) -> Sum:
        at = _places(self.names).get(table)
        if at is None:
            return Sum()
        rows, plain, placed = SLOT.unpack_from(self.slots, at)
        return Sum(rows, int.from_bytes(plain, "big"), int.from_bytes(placed, "big"))

    def set_sum(self, table: str, found: Sum) -> None:
        if table not in _places(self.names):
            names = sorted([*self.tables, table])
            self.names, at = "\n".join(names).encode("utf-8"), names.index(table) * SLOT.size
            self.slots[at:at] = bytes(SLOT.size)
        plain, placed = found.plain.to_bytes(BYTES, "big"), found.placed.to_bytes(BYTES, "big")
        SLOT.pack_into(self.slots, _places(self.names)[table], found.rows, plain, placed)

    def to_bytes(self) -> bytes:
        """Return the head as bytes, always the same for the same content."""
        end = self.position, self.seq, bytes.fromhex(self.hash)
        start = START.pack(*end, self.is_put_back, self.making, len(self.names))
        return start + self.names + self.slots

    @classmethod
    def from_bytes(cls, content: bytes) -> ChainHead:
        position, seq, hashed, is_put_back, making, size = START.unpack_from(content)
        first = START.size + size
        names, slots = content[START.size : first], bytearray(content[first:])
        return cls(position, seq, hashed.hex(), is_put_back, making, names, slots)

    def state(self, key: bytes) -> str:
        """Return the HMAC of the head under the proving ``key``, behind the number of its making; it is what
        checkpoints sign."""
        return f"{self.making}-{hmac.digest(_derived(key, STATE), self.to_bytes(), 'sha256').hex()}"


def making_of(state: str) -> str:
    """Return the number of the making in a `ChainHead.state`."""
    return state.partition("-")[0]


def seal_head(key: bytes, head: ChainHead) -> bytes:
    """Encrypt the head under ``key``, for its row."""
    nonce = secrets.token_bytes(NONCE)
    return nonce + _cipher(key).encrypt(nonce, head.to_bytes(), BOUND)


def unseal_head(keys: Iterable[bytes], sealed: bytes) -> tuple[ChainHead, bytes] | None:
    """Decrypt the head; return it with the one of ``keys`` that opens it, or None."""
    for key in keys:
        try:
            return ChainHead.from_bytes(_cipher(key).decrypt(sealed[:NONCE], sealed[NONCE:], BOUND)), key
        except (InvalidTag, ValueError):
            continue
    return None


def is_kept(database: Any) -> bool:
    """Return whether the database has table sums; one of an earlier version has none. True is cached."""
    if database not in _keeping and database.table_exists("proof_head"):
        _keeping.add(database)
    return database in _keeping


def sealed_head(database: Any, *, to_change: bool = False) -> bytes | None:
    """Return the encrypted head of the table sums, None if it is gone. ``to_change`` locks its row."""
    lock = " FOR UPDATE" if to_change and isinstance(database, peewee.PostgresqlDatabase) else ""
    row = database.connection().execute(f"SELECT content FROM proof_head WHERE id = 1{lock}").fetchone()
    return None if row is None else bytes(row[0])


def replace(database: Any, key: bytes, head: ChainHead) -> None:
    statement = f"UPDATE proof_head SET content = {database.param} WHERE id = 1"
    database.connection().execute(statement, (seal_head(key, head),))


class Follower:
    """Takes in what a transaction changes, and has the head follow at its end.

    On PostgreSQL it comes to be the only one who changes the head with what it takes in first.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._opened: tuple[ChainHead, bytes] | None = None
        self._sums: dict[str, Sum] = {}
        self._began = False

    def note_changes(self, database: Any, changes: Iterable[Change]) -> None:
        """Add ``changes`` to the sums in memory, for `update_head`. The first call reads the head and locks
        its row. Raises KeyRingError."""
        if not self._began:
            self._began = True
            sealed = sealed_head(database, to_change=True) if is_kept(database) else None
            self._opened = unseal_head(self._keys(), sealed) if sealed is not None else None
        if self._opened is None:
            return
        key = self._opened[1]
        for table, rows in groupby(changes, key=itemgetter(0)):
            if not is_proved(table):
                continue
            found = self._sums.setdefault(table, Sum())
            element, place = element_in(key, table), shape_of(table).place
            for _table, before, after in rows:
                if before is not None:
                    found.add(element(before), place(before), -1)
                if after is not None:
                    found.add(element(after), place(after))

    def update_head(self, database: Any, end: tuple[int, int, str] | None = None) -> None:
        """Write the head with the changes noted, sealed under the proving key; nothing if there is none.
        ``end``: journal position and chain end with this transaction; None if nothing of it is journaled."""
        if self._opened is None:
            return
        head, key = self._opened
        if end is not None:
            head.is_put_back |= head.position != end[0] - 1
            head.position, head.seq, head.hash = end
        for table, change in self._sums.items():
            head.set_sum(table, head.sum_of(table).plus(change))
        replace(database, key, head)


@lru_cache(maxsize=256)
def element_in(key: bytes, table: str) -> Element:
    """Return the function from a row's text to its element in the sum of ``table``, under a key derived from
    ``key``. Cached."""
    return element_of(_derived(key, b"mingce rows"), table)


@lru_cache(maxsize=8)
def _places(names: bytes) -> Mapping[str, int]:
    found = names.decode("utf-8").split("\n") if names else []
    return {name: number * SLOT.size for number, name in enumerate(found)}


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(_derived(key, SEALING))


@lru_cache(maxsize=16)
def _derived(key: bytes, purpose: bytes) -> bytes:
    return blake2b(key=key, person=purpose, digest_size=BYTES).digest()


_keeping: WeakSet[Any] = WeakSet()
"""The databases that are known to have a head."""
