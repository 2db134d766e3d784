"""Checking a chain of a million records, each with a sealed journal, beside plainly hashing the same bytes.

Run alone with ``python -m tests.bench.verifying``.
"""

from __future__ import annotations

import hashlib
import hmac
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from db.store import audit
from db.store.bulk import insert_rows
from db.store.engine import close_store, database, store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.record_words import TOLD, WHY, sealed_words
from db.store.sealing import sealer
from db.store.settings import Home, Settings
from db.store.tables import AuditHead, AuditRecord
from db.store.transactions import writing
from db.store.verifying import verify_in_parts
from tests.bench.rows import Outcome, Row, table

RECORDS = 1_000_000
SECONDS = 20.0
TIMES = 40.0
"""Hashing is the least of the work: rows are read, decrypted, unsealed and compared as well."""
COLUMNS = (*audit.HASHED, *audit.SEALED, "journal", "prev", "hash")


def records(count: int) -> Iterator[tuple[object, ...]]:
    """A chain as look-ups make it, one after the other."""
    seal, keys, at, book = sealer(store().keys), store().keys, "2026-11-23T01:00:00.000000Z", "staff"
    previous = "0" * 64
    for seq in range(1, count + 1):
        journal = audit.canonical({"before": {}, "after": {"number": seq}})
        digest = hmac.digest(keys.digest, seq.to_bytes(8, "big") + journal, "sha256").hex()
        values = (
            seq, at, 7, None, 12, "192.0.2.7", "ssh", "directory.reveal", "done",
            "A.11", book, 4, seq % 5000, None, "", "{}", digest,
            sealed_words(WHY, book, at, seq, {"purpose": "work"}),
            sealed_words(TOLD, book, at, seq, {"fields": ["mobile"]}),
        )  # fmt: skip
        hashed = audit.hash_of(previous, values)
        yield (*values, seal(AuditRecord.journal.place(seq), journal), previous, hashed)
        previous = hashed


def plainly(count: int) -> float:
    """Seconds to hash the same bytes in one go, with nothing read from the disk."""
    columns = ", ".join((*audit.HASHED, *audit.SEALED, "journal"))
    row = database.execute_sql(f"SELECT {columns} FROM audit_record WHERE seq = 1").fetchone()
    data = b"".join(bytes(cell) if isinstance(cell, bytes) else str(cell).encode() for cell in row)
    began = time.perf_counter()
    for _number in range(count):
        hashlib.sha256(data).hexdigest()
    return time.perf_counter() - began


def measure(count: int = RECORDS) -> list[Outcome]:
    """The benchmark's lines."""
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name) / "state")
        home.folder.mkdir()
        make_keys(home.keys)
        open_store(home, Settings())
        migrate()
        with writing():
            insert_rows(AuditRecord, COLUMNS, records(count))
            last = AuditRecord.get_by_id(count)
            AuditHead.update(seq=last.seq, hash=last.hash).where(AuditHead.id == 1).execute()
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")  # as it is in the course of so many acts
        began = time.perf_counter()
        verdict = verify_in_parts({})
        ours = time.perf_counter() - began
        if not verdict.sound or verdict.records != count:
            raise RuntimeError(f"the chain was not found sound: {verdict}")
        plain = plainly(count)
        close_store()
    return [
        Row(f"checking a chain of {count:,} records", ours, "s", SECONDS * count / RECORDS),
        Row("… beside hashing the same bytes", ours, "s", TIMES, plain, "SHA-256 alone"),
    ]


if __name__ == "__main__":
    print(table(measure()))
