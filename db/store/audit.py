"""The audit chain: every act, allowed or refused, in the act's own transaction.

A record's hash covers its content, length-prefixed field by field, and the hash of the record before
it; changing, removing, inserting or reordering one breaks every hash after it. The before and after
of a change are sealed under a key of the person they are about, and the chain covers a digest that this key
makes: once it is destroyed they are gone, nothing can be guessed from the digest, and the chain is as it was.
Why somebody did something, and what the record tells of it, are sealed under two keys of the book and month
(`db.store.record_words`); the chain covers the sealed texts themselves, so that they are proved with
a key or without.
Its ends are signed and kept elsewhere (`db.store.checkpoints`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.store import clock, subjects
from db.store.engine import database, store
from db.store.record_words import TOLD, WHY, month_key, open_words, own_key, sealed_words
from db.store.sealing import SealBroken, opener, seal, unseal
from db.store.sql import fetch
from db.store.tables.audit import AuditRecord

HASHED = (
    "seq", "at", "account", "on_behalf_of", "session", "source", "front", "act", "outcome", "clause",
    "book", "unit", "entry", "request", "purpose", "detail", "journal_digest",
)  # fmt: skip
COUNT, AT, BOOK = len(HASHED), HASHED.index("at"), HASHED.index("book")
SEALED = ("why", "told")
"""What a record's hash covers besides, as it is sealed, where it is not from before version 9."""
ERASED = frozenset({"privacy.erase", "restore.erase", "retention.erase"})
"""Acts by which a person's data was erased: on request, again after the restore of a backup from before, at
the end of its time. The record's detail names the ``person`` by number."""
LET_GO = frozenset({"retention.let_go", "restore.let_go"})
"""Acts by which the ``key`` that the record's detail names was destroyed."""
TAKEN_OUT = "overview.export"
"""The act by which a report was taken out as a copy."""
HOLE = "restore.hole"
"""The act of the record of a stretch that a restore could not bring back, with records behind it."""
RULES = frozenset(
    f"policies.{act}"
    for act in ("taken_in", "add", "withdraw", "set_rules", "withdraw_rules", "create_book")
)  # fmt: skip
"""Which text came into force when, by its digest."""
LASTING = ERASED | LET_GO | RULES | {TAKEN_OUT, HOLE}
"""Their detail stands in clear and for good: the chain is checked by it, whoever took a copy returns it
whenever they leave, and what binds everybody is told for as long as the record is kept."""
BATCH: Final = 2000
"""So many records are read by one statement."""
NOTHING = bytes(9)
"""How a value that is not there goes into the hash."""


class SubjectErased(Exception):
    """The record's person was erased, and with them what it held."""


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
    at: str = "",
) -> int:
    """Append one record in the running transaction, under the chain's lock, and advance the head; return its
    number. Words and journal are encrypted under keys of their month and person, created if need be.
    ``outcome``: done, refused, failed. ``at``: when it was made, if that was before now
    (`db.store.waiting_records`)."""
    seq, previous = _lock_head()
    seq += 1
    keys = store().keys
    content = canonical(journal) if journal is not None else b""
    subject = subjects.of_entry(entry) if content and entry is not None else None
    own = subjects.key_for(subject) if subject is not None else None
    at, told = at or clock.now(), dict(detail or {})
    lasting, reason = act in LASTING, {"reason": told.pop("reason")} if "reason" in told else {}
    row = {
        "seq": seq,
        "at": at,
        "account": account,
        "on_behalf_of": on_behalf_of,
        "session": session,
        "source": source,
        "front": front,
        "act": act,
        "outcome": outcome,
        "clause": clause,
        "book": book,
        "unit": unit,
        "entry": entry,
        "request": request,
        "purpose": "",
        "detail": canonical(told if lasting else {}).decode("utf-8"),
        "why": sealed_words(WHY, book, at, seq, ({"purpose": purpose} if purpose else {}) | reason),
        "told": sealed_words(TOLD, book, at, seq, {} if lasting else told),
        "subject": subject,
        "journal": seal(keys, AuditRecord.journal.place(seq), _inner(own, seq, content)) if content else None,
        "journal_digest": _journal_digest(own or keys.digest, seq, content) if content else "",
        "prev": previous,
    }
    row["hash"] = hashed = hash_of(previous, [row[name] for name in (*HASHED, *SEALED)])
    columns, marks = ", ".join(row), ", ".join([database.param] * len(row))
    database.execute_sql(f"INSERT INTO audit_record ({columns}) VALUES ({marks})", list(row.values()))
    is_last = f"UPDATE audit_head SET seq = {database.param}, hash = {database.param} WHERE id = 1"
    database.execute_sql(is_last, (seq, hashed))
    return seq


def head() -> tuple[int, str]:
    """Return number and hash of the chain's last record; 0 and zeros for an empty chain."""
    row = database.execute_sql("SELECT seq, hash FROM audit_head WHERE id = 1").fetchone()
    return int(row[0]), str(row[1])


Bridges = Mapping[int, tuple[int, str]]
"""Stretches of the chain that are lost: the record before each -> the last of it, with its hash."""


def lost_stretches() -> dict[int, tuple[int, str]]:
    """Return the stretches that the chain's own records declare lost: record before -> last lost record, its
    hash."""
    rows = AuditRecord.select(AuditRecord.detail).where(AuditRecord.act == HOLE).order_by(AuditRecord.seq)
    told = [json.loads(row.detail) for row in rows]
    return {int(one["after"]): (int(one["upto"]), str(one["hash"])) for one in told}


def verify(
    first: int = 1,
    most: int | None = None,
    outside: Mapping[int, str] | None = None,
    with_subjects: bool = True,
    bridges: Bridges | None = None,
) -> Verdict:
    """Check the chain from record ``first`` to its head, or only the next ``most`` records. Changes nothing.
    Stretches that records, or ``bridges``, declare lost are skipped.

    ``outside`` are signed hashes (`db.store.checkpoints`): where the chain is sound in itself but differs
    from one of them, the first bad record is the one after the last that agrees. ``with_subjects``: the keys
    of persons must be there or erased on record; a backup on trial has none.
    """
    outside, known = outside or {}, lost_stretches() | dict(bridges or {})
    expected, previous = first, "0" * 64
    agreed = max((seq for seq in outside if seq < first), default=0)
    if first > 1:
        before = AuditRecord.get_or_none(AuditRecord.seq == first - 1)
        if before is not None:
            previous = before.hash
        elif over := [one for after, one in known.items() if after < first - 1 <= one[0]]:
            expected, previous = over[0][0] + 1, over[0][1]
        else:
            return Verdict(0, first - 1, "missing")
    journal_check, words_check = _journal_check(with_subjects), _words_check(with_subjects)
    for row in _rows_from(first):
        if most is not None and expected - first >= most:
            return Verdict(expected - first, None, "")
        seq, content, (why, told, subject, journal, prev, hashed) = row[0], row[:COUNT], row[COUNT:]
        if why is not None:
            content = row[: COUNT + len(SEALED)]
        if known.get(expected - 1) == (seq - 1, prev):
            previous, expected = prev, seq
        if seq != expected:
            return Verdict(expected - first, expected, "missing")
        if prev != previous or hashed != hash_of(prev, content):
            return Verdict(expected - first, expected, "altered")
        if journal is not None and (wrong := journal_check(seq, subject, bytes(journal), row[COUNT - 1])):
            return Verdict(expected - first, expected, wrong)
        if (why or told) and (wrong := words_check(seq, row[AT], row[BOOK], why, told)):
            return Verdict(expected - first, expected, wrong)
        if outside.get(seq, hashed) != hashed:
            return Verdict(expected - first, agreed + 1, "rewritten")
        if seq in outside:
            agreed = seq
        previous, expected = hashed, expected + 1
    if head() != (expected - 1, previous):
        return Verdict(expected - first, expected, "tail")
    if max(outside, default=0) >= expected:
        return Verdict(expected - first, expected, "older")
    return Verdict(expected - first, None, "")


def digest_of(record: AuditRecord) -> str:
    """Compute the hash that ``record`` must carry. Does not compare it."""
    return hash_of(record.prev, [getattr(record, name) for name in hashed_of(record)])


def hashed_of(record: AuditRecord) -> tuple[str, ...]:
    """Return the columns that the hash of ``record`` covers, in order."""
    return HASHED if record.why is None else (*HASHED, *SEALED)


def hash_of(prev: str, values: Sequence[object]) -> str:
    """Compute SHA-256 over the previous hash and each value with its length; None and empty differ."""
    parts = [
        NOTHING if value is None else _SIZES[len(text)] + text
        for value in values
        for text in (str(value).encode("utf-8"),)
    ]
    return hashlib.sha256(bytes.fromhex(prev) + b"".join(parts)).hexdigest()


class _Sizes(dict[int, bytes]):
    """What stands before a value of so many bytes: each made once, as a chain has few of them."""

    def __missing__(self, size: int) -> bytes:
        made = self[size] = b"\x01" + size.to_bytes(8, "big")
        return made


_SIZES = _Sizes()


def canonical(value: Mapping[str, object]) -> bytes:
    """Return ``value`` as UTF-8 JSON with sorted keys and no blanks, so that equal values have equal
    bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def journal_of(record: AuditRecord) -> dict[str, object]:
    """Decrypt the journal part of ``record``. Raises SealBroken, SubjectErased if its person's key is
    destroyed."""
    content = unseal(store().keys, AuditRecord.journal.place(record.seq), bytes(record.journal or b""))
    if record.subject is not None:
        own = subjects.key_of(record.subject)
        if own is None:
            raise SubjectErased(record.subject)
        content = subjects.open_content(own, record.seq, content)
    opened: dict[str, object] = json.loads(content)
    return opened


def seal_for_subjects() -> None:
    """Encrypt the journal parts of older records under their persons' keys too, which are created if need be;
    in the running transaction."""
    keys, after = store().keys, 0
    while rows := list(
        AuditRecord.select(AuditRecord.seq, AuditRecord.entry, AuditRecord.journal)
        .where(
            (AuditRecord.seq > after) & AuditRecord.journal.is_null(False) & AuditRecord.entry.is_null(False)
        )
        .order_by(AuditRecord.seq)
        .limit(500)
    ):
        for row in rows:
            subject, place = subjects.of_entry(int(row.entry or 0)), AuditRecord.journal.place(row.seq)
            if subject is not None:
                content = unseal(keys, place, bytes(row.journal or b""))
                inner = subjects.seal_content(subjects.key_for(subject), row.seq, content)
                AuditRecord.update(subject=subject, journal=seal(keys, place, inner)).where(
                    AuditRecord.seq == row.seq
                ).execute()
        after = rows[-1].seq


def _journal_check(with_subjects: bool) -> Callable[[int, int | None, bytes, str], str]:
    """Return a function that names the fault of a record's sealed journal, or "": it must open and have its
    digest."""
    keys, known = store().keys, subjects.keys_at_hand()
    erased = _erased() if with_subjects else frozenset()
    open_one, under_digest_key = opener(keys), hmac.new(keys.digest, digestmod="sha256")

    def of_nobody(seq: int, content: bytes) -> str:
        made = under_digest_key.copy()  # setting the key up takes longer than the digest
        made.update(seq.to_bytes(8, "big") + content)
        return made.hexdigest()

    def wrong(seq: int, subject: int | None, sealed: bytes, digest: str) -> str:
        try:
            content = open_one(AuditRecord.journal.place(seq), sealed)
            if subject is not None:
                own = known(subject)
                if own is None:
                    return "" if subject in erased or not with_subjects else "subject"
                content = subjects.open_content(own, seq, content)
                if hmac.compare_digest(_journal_digest(own, seq, content), digest):
                    return ""
        except SealBroken:
            return "journal"
        return "" if hmac.compare_digest(of_nobody(seq, content), digest) else "journal"

    return wrong


def _words_check(with_subjects: bool) -> Callable[[int, str, str | None, str | None, str | None], str]:
    """Return a function that names the fault of a record's words, or "". The hash has proved the sealed
    texts; one that opens proves the key of its month, and a missing key must be destroyed on record."""
    found: dict[str, dict[str, bool]] = {WHY: {}, TOLD: {}}
    passed: set[tuple[str | None, str, bool, bool]] = set()
    known = subjects.keys_at_hand()
    gone = _let_go() if with_subjects else frozenset()

    def fits(name: str, seq: int, text: str) -> bool:
        if name in gone:
            return True
        try:
            key = known(name)
            if key is None:
                return False
            open_words(own_key(key, seq), seq, text)
        except SealBroken:
            return False
        return True

    def wrong(seq: int, at: str, book: str | None, why: str | None, told: str | None) -> str:
        alike = (book, at[:7], bool(why), bool(told))
        if not with_subjects or alike in passed:
            return ""
        for what, text in ((WHY, why), (TOLD, told)):
            if text:
                month = f"{book}:{at[:7]}"
                if month not in found[what]:
                    found[what][month] = fits(month_key(what, book, at), seq, text)
                if not found[what][month]:
                    return "words"
        passed.add(alike)
        return ""

    return wrong


def _let_go() -> frozenset[str]:
    """Return the names of the keys that the chain records as destroyed."""
    return frozenset(str(detail["key"]) for detail in _lasting(LET_GO))


def _erased() -> frozenset[int]:
    """Return the persons whom the chain records as erased."""
    return frozenset(int(detail["person"]) for detail in _lasting(ERASED))


def _lasting(acts: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Return the details of all records of ``acts`` that were done."""
    rows = AuditRecord.select(AuditRecord.detail).where(
        AuditRecord.act.in_(list(acts)) & (AuditRecord.outcome == "done")
    )
    return (json.loads(row.detail) for row in rows)


def _inner(own: bytes | None, seq: int, content: bytes) -> bytes:
    return subjects.seal_content(own, seq, content) if own is not None else content


def _journal_digest(key: bytes, seq: int, content: bytes) -> str:
    return hmac.digest(key, seq.to_bytes(8, "big") + content, "sha256").hex()


def lock_chain() -> None:
    """Lock the chain's head until the running transaction ends, so that others wait to append. On SQLite any
    writer has it locked."""
    _lock_head()


def _lock_head() -> tuple[int, str]:
    lock = " FOR UPDATE" if store().is_postgresql else ""
    row = database.execute_sql(f"SELECT seq, hash FROM audit_head WHERE id = 1{lock}").fetchone()
    return int(row[0]), str(row[1])


def _rows_from(first: int) -> Iterator[Sequence[Any]]:
    """Yield `HASHED`, `SEALED`, subject, journal and hashes of every record from ``first`` on."""
    mark = database.param
    columns = ", ".join((*HASHED, *SEALED, "subject", "journal", "prev", "hash"))
    statement = f"SELECT {columns} FROM audit_record WHERE seq >= {mark} ORDER BY seq LIMIT {BATCH}"
    while rows := fetch(statement, (first,)):
        yield from rows
        first = rows[-1][0] + 1
