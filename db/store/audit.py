"""The audit chain: every act, allowed or refused, in the act's own transaction.

A record's hash covers its content, length-prefixed field by field, and the hash of the record before
it; changing, removing, inserting or reordering one breaks every hash after it. The before and after
of a change are sealed; the chain covers their keyed digest, so that sealing them anew under another
key leaves the chain as it is.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.store import clock
from db.store.engine import database, store
from db.store.sealing import SealBroken, seal, unseal
from db.store.tables.audit import AuditHead, AuditRecord

HASHED = (
    "seq", "at", "account", "on_behalf_of", "session", "source", "front", "act", "outcome", "clause",
    "book", "unit", "entry", "request", "purpose", "detail", "journal_digest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain found. ``bad`` is the first record that does not fit, if any."""

    records: int
    bad: int | None
    reason: str

    @property
    def sound(self) -> bool:
        return self.bad is None and not self.reason


def append(
    *,
    act: str,
    outcome: str,
    account: int | None = None,
    on_behalf_of: int | None = None,
    session: int | None = None,
    source: str = "",
    front: str = "",
    clause: str = "",
    book: str | None = None,
    unit: int | None = None,
    entry: int | None = None,
    request: int | None = None,
    purpose: str = "",
    detail: Mapping[str, object] | None = None,
    journal: Mapping[str, object] | None = None,
) -> int:
    """Append one record within the running transaction; its number. ``outcome``: done, refused, failed."""
    seq, previous = _lock_head()
    seq += 1
    keys = store().keys
    content = canonical(journal) if journal is not None else b""
    record = AuditRecord(
        seq=seq,
        at=clock.now(),
        account=account,
        on_behalf_of=on_behalf_of,
        session=session,
        source=source,
        front=front,
        act=act,
        outcome=outcome,
        clause=clause,
        book=book,
        unit=unit,
        entry=entry,
        request=request,
        purpose=purpose,
        detail=canonical(detail or {}).decode("utf-8"),
        journal=seal(keys, AuditRecord.place(seq), content) if content else None,
        journal_digest=_journal_digest(seq, content) if content else "",
        prev=previous,
    )
    record.hash = digest_of(record)
    record.save(force_insert=True)
    AuditHead.update(seq=seq, hash=record.hash).where(AuditHead.id == 1).execute()
    return seq


def verify(first: int = 1, most: int | None = None) -> Verdict:
    """Check the chain from record ``first`` to its head, or only the next ``most`` records of it."""
    expected = first
    previous = "0" * 64
    if first > 1:
        before = AuditRecord.get_or_none(AuditRecord.seq == first - 1)
        if before is None:
            return Verdict(0, first - 1, "missing")
        previous = before.hash
    for record in _records_from(first):
        if expected - first == most:
            return Verdict(expected - first, None, "")
        if record.seq != expected:
            return Verdict(expected - first, expected, "missing")
        if record.prev != previous or record.hash != digest_of(record):
            return Verdict(expected - first, expected, "altered")
        if record.journal is not None and not _journal_fits(record):
            return Verdict(expected - first, expected, "journal")
        previous, expected = record.hash, expected + 1
    head = AuditHead.get_by_id(1)
    if (head.seq, head.hash) != (expected - 1, previous):
        return Verdict(expected - first, expected, "tail")
    return Verdict(expected - first, None, "")


def digest_of(record: AuditRecord) -> str:
    """The hash that ``record`` must carry."""
    digest = hashlib.sha256(bytes.fromhex(record.prev))
    for name in HASHED:
        value = getattr(record, name)
        data = b"" if value is None else str(value).encode("utf-8")
        marker = b"\x00" if value is None else b"\x01"
        digest.update(marker + len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def canonical(value: Mapping[str, object]) -> bytes:
    """``value`` as JSON with one spelling only."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def journal_of(record: AuditRecord) -> dict[str, object]:
    """What ``record`` journals. Raises SealBroken."""
    opened: dict[str, object] = json.loads(
        unseal(store().keys, AuditRecord.place(record.seq), bytes(record.journal))
    )
    return opened


def _journal_fits(record: AuditRecord) -> bool:
    try:
        content = unseal(store().keys, AuditRecord.place(record.seq), bytes(record.journal))
    except SealBroken:
        return False
    return hmac.compare_digest(_journal_digest(record.seq, content), record.journal_digest)


def _journal_digest(seq: int, content: bytes) -> str:
    return hmac.new(store().keys.digest, seq.to_bytes(8, "big") + content, hashlib.sha256).hexdigest()


def _lock_head() -> tuple[int, str]:
    lock = " FOR UPDATE" if store().is_postgresql else ""
    row = database.execute_sql(f"SELECT seq, hash FROM audit_head WHERE id = 1{lock}").fetchone()
    return int(row[0]), str(row[1])


def _records_from(first: int, batch: int = 2000) -> Iterator[AuditRecord]:
    while True:
        records = list(
            AuditRecord.select().where(AuditRecord.seq >= first).order_by(AuditRecord.seq).limit(batch)
        )
        yield from records
        if len(records) < batch:
            return
        first = records[-1].seq + 1
