"""Rotating the proving key: the present is proved under the old one, and the sums are made anew.

Both happen in one transaction, for which all others wait, with a record of it; the new key lies beside the
old one by then and takes its place afterwards. Whoever finds that the head does not open looks for it
(`KeyRing.proving`). Killed in between, `settle_proving` tells by which key the head opens. The old one is
kept for the backups that it proved.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from db.store.engine import database, store
from db.store.keys import NEXT, PROOF, read_key
from db.store.proof.head import sealed_head, unseal_head
from db.store.proof.judging import Present, judge_tables
from db.store.proof.making_sums import make_anew
from db.store.rotation.files import delete_key, prepare, promote
from db.store.transactions import writing


class NotSound(Exception):
    """The present does not prove under the old key: nothing is rotated, as the new one would make it true."""

    def __init__(self, found: Present) -> None:
        super().__init__("not sound")
        self.found = found


def rotate(folder: Path, record: Callable[[], None]) -> None:
    """Check all tables under the old proving key, store their sums under a new one, call ``record`` in the
    same transaction, and put the new key in use. Locks writers out meanwhile. Raises NotSound or
    KeyRingError, with everything as before."""
    new = prepare(folder, PROOF)
    try:
        with writing():
            if store().is_postgresql:  # nobody may have begun to change the sums under the old key
                database.execute_sql("SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE")
                database.execute_sql("LOCK TABLE proof_head IN ACCESS EXCLUSIVE MODE")
            present = judge_tables()
            if not present.sound:
                raise NotSound(present)
            make_anew(new)
            record()
    except BaseException:
        settle_proving(folder)
        raise
    promote(folder, PROOF)


def settle_proving(folder: Path) -> bool | None:
    """Complete or undo a stopped rotation of the proving key. Return whether the new key is in use; None if
    none was stopped."""
    coming = folder / f"{PROOF}{NEXT}"
    if not coming.exists():
        return None
    sealed = sealed_head(store().database)
    if sealed is not None and unseal_head([read_key(coming)], sealed) is not None:
        promote(folder, PROOF)
        return True
    delete_key(coming)
    return False
