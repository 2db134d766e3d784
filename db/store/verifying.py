"""Whether the record is whole: held against the journal, and the chain of the audit by itself, a long one in
parts, by a process for each core."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from db.store import audit
from db.store.audit import Verdict
from db.store.engine import database, store
from db.store.journal.place import this_host
from db.store.journal.reading import (
    Hole,
    absent_hosts,
    chain_ends,
    count_ahead,
    missing_positions,
    told_beyond,
)
from db.store.journal.writing import journal_hosts, journal_position
from db.store.keys import read_journal_keys
from db.store.opening import open_store
from db.store.settings import Home, Settings

PART = 50_000
"""Records of a part: a process that checks them takes longer for that than it takes to begin."""


def lost_of() -> int:
    """Return how many committed transactions of the journal the store lacks. Raises KeyRingError."""
    return count_ahead(*_journal(), lambda: journal_position(database))


def lost_upto() -> int:
    """Return the last audit record that the journal has and the store lacks, also beyond gaps in the journal;
    0 for none. Raises KeyRingError."""
    return told_beyond(*_journal(), journal_position(database)) if lost_of() else 0


def holes_of(after: int) -> tuple[Hole, ...]:
    """Return the holes in the open store's journal after position ``after``; none where other hosts journal
    elsewhere, as the missing may lie there. Raises KeyRingError."""
    folder, keys = _journal()
    known, reached = journal_hosts(database), journal_position(database)
    if absent_hosts([folder], keys, known, reached, whole=True) - {this_host()}:
        return ()
    return missing_positions([folder], keys, after, reached)


def unlike_journal(signed: int) -> int:
    """Return the first audit record after ``signed`` that is missing or whose hash differs from the
    journal's, up to where the database has come; 0 for none. Raises KeyRingError."""
    told = chain_ends(*_journal(), signed)
    reached = journal_position(database)
    wrong = []
    for at, found in told.items():
        if at <= reached:
            hashes = {seq: _hash_of(seq) for seq, _hash in found}
            if all(hashes[seq] != hashed for seq, hashed in found):
                wrong.append(min(seq for seq, _hash in found))
    return min(wrong, default=0)


def _hash_of(seq: int) -> str:
    """Return the hash of record ``seq``; zeros if there is none."""
    row = database.execute_sql(
        f"SELECT hash FROM audit_record WHERE seq = {database.param}", (seq,)
    ).fetchone()
    return "0" * 64 if row is None else str(row[0])


def _journal() -> tuple[Path, list[bytes]]:
    opened = store()
    return opened.journal.folder, read_journal_keys(opened.home.keys)


def verify_in_parts(outside: Mapping[int, str], part: int = PART) -> Verdict:
    """Do as `db.store.audit.verify` for the whole chain, in several processes if it is long.

    Each part is held against the hash of the record before it, so that the whole is sound if all parts are;
    of those that are not, the first one's verdict is that of the whole.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    last, _hash = audit.head()
    processes = min(os.cpu_count() or 1, last // part)
    if processes < 2:
        return audit.verify(outside=outside)
    here = store()
    with ProcessPoolExecutor(
        processes, get_context("spawn"), initializer=_begin, initargs=(here.home, here.settings)
    ) as pool:
        return combined_verdict(pool.map(partial(verdict_of, outside), *parts_of(last, part)))


def parts_of(last: int, part: int) -> tuple[Sequence[int], Sequence[int | None]]:
    """Return the first record of each part, and the number of records in it; None for the last, which takes
    the rest."""
    firsts = range(1, last + 1, part)
    return firsts, [*[part] * (len(firsts) - 1), None]


def combined_verdict(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of the whole from those of its parts in order: the first that is not sound."""
    records = 0
    for verdict in verdicts:
        records += verdict.records
        if not verdict.sound:
            return Verdict(records, verdict.bad, verdict.reason)
    return Verdict(records, None, "")


def verdict_of(outside: Mapping[int, str], first: int, most: int | None) -> Verdict:
    """Verify ``most`` records from ``first`` on, or all to the chain's head."""
    return audit.verify(first, most, outside)


def _begin(home: Home, settings: Settings) -> None:
    open_store(home, settings)
