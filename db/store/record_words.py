"""What records of the audit say: for which purpose, and their particulars.

The two are sealed under a key each of the record's book and month, which lies where those of persons do
(`db.store.subjects`). At the end of its time a key is destroyed; the sealed texts stay, as the chain covers
them, and open nowhere any more. Each record has a key of its own, made from that of the month, so that one
can be proved to somebody without giving the others away.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from db.store import subjects
from db.store.engine import Store, store
from db.store.sealing import SealBroken
from db.store.tables.audit import AuditRecord

WHY: Final = "purpose"
TOLD: Final = "detail"
"""What the keys of a month are called after, as regulations call what they seal: purpose and reason in
`AuditRecord.why`, the rest in `AuditRecord.told`."""


@dataclass(frozen=True, slots=True)
class RecordWords:
    """What a record says: for which ``purpose``, and its particulars. ``gone`` names what was let go of it
    (`WHY`, `TOLD`); ``keys`` open the two sealed texts of this record and of no other."""

    purpose: str
    detail: Mapping[str, Any]
    gone: tuple[str, ...] = ()
    keys: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def words_of(record: AuditRecord, key_of: Callable[[str], bytes | None] = subjects.key_of) -> RecordWords:
    """Decrypt and return what ``record`` still says; parts whose key was destroyed are listed in ``gone``.
    ``key_of``: `subjects.keys_at_hand` for many. Raises SealBroken."""
    purpose, detail = str(record.purpose), json.loads(record.detail)
    gone, keys = [], {}
    for what, text in ((WHY, record.why), (TOLD, record.told)):
        if not text:
            continue
        month = key_of(month_key(what, record.book, record.at))
        if month is None:
            gone.append(what)
            continue
        keys[what] = own_key(month, record.seq)
        said = open_words(keys[what], record.seq, text)
        purpose = said.pop("purpose", purpose) if what == WHY else purpose
        detail |= said
    return RecordWords(purpose, detail, tuple(gone), keys)


def open_words(key: bytes, seq: int, text: str) -> dict[str, Any]:
    """Decrypt what record ``seq`` sealed into ``text``, by that record's own key. Raises SealBroken."""
    try:
        content = base64.b64decode(text, validate=True)
    except ValueError:
        raise SealBroken(f"words:{seq}") from None
    said: dict[str, Any] = json.loads(subjects.open_content(key, seq, content))
    return said


def month_key(what: str, book: str | None, at: str) -> str:
    """Return the name of the key for the ``what`` part of the records of ``book`` in the month of ``at``."""
    return f"{what}:{book or ''}:{at[:7]}"


def sealed_words(what: str, book: str | None, at: str, seq: int, said: Mapping[str, object]) -> str:
    """Encrypt ``said`` of the record ``seq`` under its own key, derived from that of its month, which is
    created if need be; "" for nothing."""
    if not said:
        return ""
    key = own_key(_month(month_key(what, book, at)), seq)
    content = json.dumps(said, ensure_ascii=False, sort_keys=True).encode("utf-8")
    return base64.b64encode(subjects.seal_content(key, seq, content)).decode("ascii")


def _month(name: str) -> bytes:
    """Return the key called ``name``, creating it if need be. Cached, but for keys that this process created:
    their transaction may be undone."""
    global _kept
    if _kept.store is not store():
        _kept = _Kept(store())
    if name in _kept.keys:
        return _kept.keys[name]
    key = subjects.key_of(name)
    if key is None:
        _kept.made.add(name)
        return subjects.key_for(name)
    if name not in _kept.made:
        _kept.keys[name] = key
    return key


@dataclass(slots=True)
class _Kept:
    store: Store | None = None
    keys: dict[str, bytes] = field(default_factory=dict, repr=False)
    made: set[str] = field(default_factory=set)


_kept = _Kept()


def own_key(month: bytes, seq: int) -> bytes:
    return hmac.digest(month, seq.to_bytes(8, "big"), "sha256")
