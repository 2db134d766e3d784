"""Recovery: the newest good backup, and from the journal what it lacks.

The database is built beside the old one and takes its place only when it is complete. What the journal
gives is checked as it is applied: each row must be as it was before, and each transaction must end the
audit chain where it ended then.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from peewee import PeeweeException

from db.store import audit, tables
from db.store.audit import Bridges
from db.store.backups.dump import CLEAR, Header
from db.store.backups.rows import (
    BY_NAME,
    columns,
    current_row,
    delete_row,
    key_columns,
    neutral_row,
    renumber,
    upsert_row,
)
from db.store.binding import as_bound
from db.store.engine import database, store
from db.store.first_steps import BINDING
from db.store.journal.capture import paused
from db.store.journal.reading import Hole, RowChange, Transaction, missing_positions, transactions
from db.store.migrations import OFFICES, heads_as_offices
from db.store.personal import Row, blank_person
from db.store.row_encryption import SEALED, Showing
from db.store.sealing import SealBroken
from db.store.tables import AuditHead, Erasure, JournalHead, KnownSource
from db.store.tables.base import Table
from db.store.transactions import writing

REMEMBERED = (KnownSource,)
"""What a version may remember otherwise than the one before it: it is as the journal says."""
TABLES = frozenset(str(table._meta.table_name) for table in tables.ALL)
Waiting = dict[tuple[type[Table], tuple[object, ...]], tuple[type[Table], Row | None, Row | None]]
"""Changes that wait for a row on which theirs hangs, by table and key, the last of each."""
NEW = "restoring.db"
"""What the new file is called until it takes the old one's place."""


class Differs(Exception):
    """The journal does not follow on what is there."""


@dataclass(frozen=True, slots=True)
class BackupGap:
    """What a backup lacks and the journal holds: transactions, and the audit records in them."""

    transactions: tuple[Transaction, ...]
    holes: tuple[Hole, ...] = ()
    """What of the journal is lost between them."""

    @property
    def seq(self) -> int | None:
        """The last audit record that the journal holds, if any."""
        return self.transactions[-1].seq if self.transactions else None

    def persons(self) -> set[int]:
        """Return the persons under whose keys something in the gap is encrypted."""
        return {
            int(row[SEALED][0])
            for one in self.transactions
            for change in one.changes
            for row in (change.before, change.after)
            if row is not None and row.get(SEALED, (0, None))[1] is not None
        }

    def acts(self) -> Iterator[Mapping[str, object]]:
        """Yield the audit records that the gap's transactions added, in order."""
        for one in self.transactions:
            for change in one.changes:
                if change.table == "audit_record" and change.before is None and change.after is not None:
                    yield change.after

    def logins(self, people: Showing) -> dict[int, str]:
        """Return the logins, by account, of accounts created or changed in the gap, decrypted with
        ``people``."""
        return {
            row["id"]: row["login"]
            for one in self.transactions
            for change in one.changes
            if change.table == "account"
            for _was, row in people.changes(change.table, change.before, change.after)
            if row is not None and "login" in row
        }

    def unheld_changes(self, people: Showing) -> Iterator[tuple[Transaction, tuple[str, ...]]]:
        """Yield each transaction in which a newer version wrote to tables or columns that this one lacks,
        with their names. A restore leaves these out."""
        for one in self.transactions:
            if names := {name for change in one.changes for name in _unheld(change, people)}:
                yield one, tuple(sorted(names))


def _unheld(change: RowChange, people: Showing) -> Iterator[str]:
    table = BY_NAME.get(change.table)
    if table is None:
        if change.table not in TABLES:
            yield change.table
        return
    for was, will in people.changes(change.table, change.before, change.after):
        for name in (will or {}).keys() - set(columns(table)):
            if will and will[name] and (was is None or was.get(name) != will[name]):
                yield f"{change.table}.{name}"


@dataclass(frozen=True, slots=True)
class Restored:
    """How far a restore came: ``replayed`` transactions; ``seq`` is the chain's last record; ``differs`` says
    at which transaction the journal no longer followed, if it did not. ``bridges`` are the stretches of
    records that are lost with what the journal lost."""

    replayed: int
    seq: int
    differs: str = ""
    bridges: Bridges = field(default_factory=dict)


def read_gap(folders: Sequence[Path], keys: Sequence[bytes], position: int) -> BackupGap:
    """Read the journals in ``folders`` beyond ``position``, also behind gaps in them. Changes nothing."""
    found = tuple(transactions(folders, keys, position, beyond=True))
    return BackupGap(
        found, missing_positions(folders, keys, position, found[-1].position if found else position)
    )


def apply_journal(header: Header, people: Showing, missing: BackupGap) -> Restored:
    """Apply the transactions of ``missing`` to the open store, which holds the backup of this ``header``,
    without journaling them again. Return how far it came: stops, without raising, at one that does not
    follow. Of persons whose keys ``people`` lacks, nothing personal comes back."""
    replayed, has_offices, position = 0, header.schema >= OFFICES, header.position
    bridges: dict[int, tuple[int, str]] = {}
    waiting: Waiting | None = None
    with paused(store().database):
        for one in missing.transactions:
            try:
                with writing():
                    if not has_offices and _knows_offices(one):
                        renumber()
                        heads_as_offices()
                        has_offices = True
                    if one.position != position + 1:
                        waiting = {} if waiting is None else waiting
                        bridges |= _bridge(one)
                    _apply(one, people, older=header.schema < BINDING, waiting=waiting)
            except (Differs, PeeweeException, SealBroken) as error:
                return Restored(replayed, audit.head()[0], f"{one.position}: {error}", bridges)
            replayed, position = replayed + 1, one.position
        with writing():
            renumber()
            if not has_offices:
                heads_as_offices()
            if header.format == CLEAR:  # it held in clear whom the journal says were erased since
                for erased in Erasure.select(Erasure.person):
                    blank_person(erased.person)
    return Restored(replayed, audit.head()[0], bridges=bridges)


def _bridge(one: Transaction) -> dict[int, tuple[int, str]]:
    """Return the stretch of records lost before ``one``, the first transaction behind a hole; {} if it lacks
    none."""
    before, records = audit.head()[0], [int(str(act["seq"])) for act in BackupGap((one,)).acts()]
    upto = min(records, default=one.seq + 1) - 1
    return {before: (upto, one.follows)} if upto > before else {}


def apply_transaction(one: Transaction, people: Showing) -> None:
    """Apply the changes of ``one`` to the open store, which holds all before it, in the running transaction.
    Raises Differs."""
    _apply(one, people, older=False, waiting=None)


def _knows_offices(one: Transaction) -> bool:
    """Return whether ``one`` was written after heads became offices: a row has a capacity, or a unit lost its
    head."""
    for change in one.changes:
        row = change.before if change.before is not None else change.after
        if row is None:
            continue
        there = current_row(BY_NAME["unit"], row) if change.table == "unit" and change.before else None
        if "capacity" in row or (there is not None and there["head"] is not None and row["head"] is None):
            return True
    return False


def _apply(one: Transaction, people: Showing, *, older: bool, waiting: Waiting | None) -> None:
    """Apply one transaction and set the journal's position. Raises Differs unless the chain then ends where
    it says. With ``waiting``, for transactions behind a hole: rows need not be as they were, and a change
    whose row depends on a missing one is put there and tried again after each transaction."""
    keys = store().keys
    for change in one.changes:
        if change.table in BY_NAME:
            for rows in people.changes(change.table, change.before, change.after):
                was, will = (as_bound(keys, change.table, row) if row and older else row for row in rows)
                if waiting is None:
                    _change(BY_NAME[change.table], was, will)
                else:
                    _change_or_wait(BY_NAME[change.table], was, will, waiting)
    if waiting is not None:
        for table, was, will in tuple(waiting.values()):
            _change_or_wait(table, was, will, waiting)
        # the first behind a hole may make no record of its own
        AuditHead.update(seq=one.seq, hash=one.hash).where(AuditHead.id == 1).execute()
    if audit.head() != (one.seq, one.hash):
        raise Differs("the chain ends elsewhere")
    JournalHead.update(position=one.position, hosts=json.dumps(one.hosts)).where(
        JournalHead.id == 1
    ).execute()


def _change_or_wait(table: type[Table], was: Row | None, will: Row | None, waiting: Waiting) -> None:
    """Make a change behind a hole in a savepoint; if it fails, put it into ``waiting``, replacing an earlier
    one of the same row."""
    row = was if was is not None else will
    if row is None:
        return
    key = table, tuple(row[column] for column in key_columns(table))
    try:
        with writing():
            _change(table, was, will, as_it_was=False)
        waiting.pop(key, None)
    except (PeeweeException, SealBroken):
        waiting[key] = table, was, will


def _change(table: type[Table], was: Row | None, will: Row | None, *, as_it_was: bool = True) -> None:
    row = was if was is not None else will
    if row is None:
        return
    before = neutral_row(table, was) if was is not None else None
    there = current_row(table, row)
    known = there if there is None or before is None else {name: there[name] for name in before}
    if as_it_was and known != before and table not in REMEMBERED:
        raise Differs(f"a row of {table._meta.table_name} is not as it was")
    if will is None:
        delete_row(table, row)
        return
    if before is not None and any(will[key] != before[key] for key in key_columns(table)):
        delete_row(table, before)
    upsert_row(table, will)


def clear_partial(folder: Path) -> None:
    """Delete the unfinished databases of earlier restores (`NEW`) in ``folder``; ignore what can't be
    deleted."""
    for rest in folder.glob(f"{NEW}*"):
        with contextlib.suppress(OSError):
            rest.unlink()


def is_new() -> bool:
    return not database.get_tables()
