"""Making the sums where rows were changed without them, and carrying them over such changes.

Making them takes what is there for true, so it is done only with what was proved otherwise just now, or has
never been proved: a new or restored database, and one of an earlier version. A step of the schema carries
them: the difference that it makes is added to them, so that what did not fit before does not fit afterwards.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.language import _
from db.store import keys as ring
from db.store.disk import sync_folder
from db.store.engine import database, store
from db.store.proof import STRUCTURE
from db.store.proof.head import ChainHead, is_kept, replace, seal_head, sealed_head, unseal_head
from db.store.proof.scanning import totals
from db.store.proof.sums import Sum
from db.store.unavailable import system_reason


def make_sums() -> None:
    """Compute and store the sums of a new database, or of one from before there were sums, and write the
    proving key's file if there is none. Does nothing in a trial, nor where a key exists and something is on
    record: lost sums must not be made of whatever is there. Raises KeyRingError."""
    keys, home = store().keys, store().home.keys
    if keys.home != home:
        return  # a trial, in which nothing is proved
    if ring.proof_file(home).exists():
        if recorded_ends() == (0, 0, ChainHead().hash):
            make_anew()
        return
    _make_key(keys, home)
    make_anew()


def promote_key() -> None:
    """Rename a new proving key to its final name, if the stored sums are under it."""
    home = store().keys.home
    if home is not None and not ring.proof_file(home).exists() and ring.first_proof_file(home).exists():
        sealed = sealed_head(store().database) if is_kept(store().database) else None
        if (
            sealed is not None
            and unseal_head([ring.read_key(ring.first_proof_file(home))], sealed) is not None
        ):
            ring.first_proof_file(home).rename(home / ring.PROOF)
            sync_folder(home)


def _make_key(keys: ring.KeyRing, home: Path) -> None:
    file = ring.first_proof_file(home)
    try:
        if not file.exists():
            ring.write_key(file, secrets.token_bytes(ring.KEY_BYTES))
    except OSError as error:
        raise ring.KeyRingError(
            _(
                "The key {file} can't be made: {reason}. Let its folder take it while the database is "
                "brought up to date.",
                file=str(file),
                reason=system_reason(error),
            )
        ) from None
    keys.proof = ring.read_key(file)


def make_anew(key: bytes | None = None) -> None:
    """Compute the sums of all tables as they are and store them under ``key``, or the proving key; in the
    running transaction, before anything of it is captured. Raises KeyRingError."""
    key = key or next(iter(store().keys.proving()))
    head = ChainHead(*recorded_ends())
    for table, found in totals(key).items():
        if found.rows:
            head.set_sum(table, found)
    store_head(key, head)


def store_head(key: bytes, head: ChainHead) -> None:
    """Insert or replace the head's row, sealed under ``key``, in the running transaction."""
    if sealed_head(store().database, to_change=True) is None:
        mark = database.param
        database.execute_sql(
            f"INSERT INTO proof_head (id, content) VALUES (1, {mark})", (seal_head(key, head),)
        )
    else:
        replace(store().database, key, head)


def recorded_ends() -> tuple[int, int, str]:
    """Return the journal position, and the chain's last record with its hash."""
    (position,) = database.execute_sql("SELECT position FROM journal_head WHERE id = 1").fetchone()
    seq, hashed = database.execute_sql("SELECT seq, hash FROM audit_head WHERE id = 1").fetchone()
    return int(position), int(seq), str(hashed)


@contextmanager
def updating_sums() -> Iterator[None]:
    """Update the sums by what the body changes without capture, by reading every table before and after; in
    the running transaction. Only runs the body where there are no sums, or no key opens them."""
    here = store().database
    sealed = sealed_head(here, to_change=True) if is_kept(here) else None
    opened = unseal_head(store().keys.proving(), sealed) if sealed is not None else None
    if opened is None:
        yield
        return
    head, key = opened
    before, began = totals(key), recorded_ends()
    if STRUCTURE not in head.tables:
        before.pop(STRUCTURE)  # never proved: what there is now is taken for true
    yield
    after = totals(key)
    for table in before.keys() | after.keys():
        made = after.get(table, Sum()).plus(before.get(table, Sum()), -1)
        head.set_sum(table, head.sum_of(table).plus(made))
    head.making = ChainHead().making
    if (head.position, head.seq, head.hash) == began:
        head.position, head.seq, head.hash = recorded_ends()
    replace(here, key, head)
