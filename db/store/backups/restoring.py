"""Recovery: the newest good backup, and from the journal what it lacks.

The database is built beside the old one and takes its place only when it is complete. What the journal
gives is checked as it is applied: each row must be as it was before, and each transaction must end the
audit chain where it ended then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from peewee import PeeweeException

from db.store import audit
from db.store.backups.proving import fill
from db.store.backups.rows import BY_NAME, current, key_columns, plain, put, renumber, take_out
from db.store.engine import database, store, writing
from db.store.journal.capture import paused
from db.store.journal.reading import RowChange, Transaction, transactions
from db.store.tables import JournalHead

NEW = "restoring.db"
"""What the new file is called until it takes the old one's place."""


class Differs(Exception):
    """The journal does not follow on what is there."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What a backup lacks and the journal holds: transactions, and the audit records in them."""

    transactions: tuple[Transaction, ...]

    @property
    def seq(self) -> int | None:
        """The last audit record that the journal holds, if any."""
        return self.transactions[-1].seq if self.transactions else None

    def acts(self) -> Iterator[Mapping[str, object]]:
        """The audit records, in order."""
        for one in self.transactions:
            for change in one.changes:
                if change.table == "audit_record" and change.before is None and change.after is not None:
                    yield change.after


@dataclass(frozen=True, slots=True)
class Restored:
    """How far a restore came: ``replayed`` transactions; ``seq`` is the chain's last record; ``differs`` says
    at which transaction the journal no longer followed, if it did not."""

    replayed: int
    seq: int
    differs: str = ""


def lacking(folder: Path, keys: Sequence[bytes], position: int) -> Lacking:
    """What the journal in ``folder`` holds beyond ``position``."""
    return Lacking(tuple(transactions(folder, keys, position)))


def restore(file: Path, keys: Sequence[bytes], missing: Lacking) -> Restored:
    """Fill the open store, which is new and empty, from ``file`` and then from the journal.

    Raises NotProved where the backup itself is no good.
    """
    fill(file, keys)
    replayed = 0
    with paused(store().database):
        for one in missing.transactions:
            try:
                with writing():
                    _apply(one)
            except (Differs, PeeweeException) as error:
                return Restored(replayed, audit.head()[0], f"{one.position}: {error}")
            replayed += 1
        with writing():
            renumber()
    return Restored(replayed, audit.head()[0])


def _apply(one: Transaction) -> None:
    for change in one.changes:
        if change.table in BY_NAME:
            _change(change)
    if audit.head() != (one.seq, one.hash):
        raise Differs("the chain ends elsewhere")
    JournalHead.update(position=one.position).where(JournalHead.id == 1).execute()


def _change(change: RowChange) -> None:
    table = BY_NAME[change.table]
    row = change.before if change.before is not None else change.after
    if row is None:
        return
    before = plain(table, change.before) if change.before is not None else None
    there = current(table, row)
    known = there if there is None or before is None else {name: there[name] for name in before}
    if known != before:
        raise Differs(f"a row of {change.table} is not as it was")
    if change.after is None:
        take_out(table, row)
        return
    if before is not None and any(change.after[key] != before[key] for key in key_columns(table)):
        take_out(table, before)
    put(table, change.after)


def empty(folder: Path) -> None:
    """Remove what an earlier restore that did not come to its end left in ``folder``."""
    for rest in folder.glob(f"{NEW}*"):
        with contextlib.suppress(OSError):
            rest.unlink()


def is_new() -> bool:
    """Whether the open database holds nothing."""
    return not database.get_tables()
