"""The whole record as lines: a header, each table with its rows, and the counts at the end.

It is one view of the record, taken while people go on working. The search keys are left out: they are
made from the entries. What is personal in rows stands at the end of their line, sealed under the key of whom
they are about (`db.store.row_encryption`). The last line proves all those before it under the proving key
(`db.store.proof`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import cache
from itertools import groupby, islice
from operator import itemgetter
from typing import Any, BinaryIO

from db.store import audit, clock, subjects
from db.store.backups.rows import BY_NAME, KEPT, columns, neutral, stored_row
from db.store.backups.vault import VaultBroken, VaultWriter, lines
from db.store.binding import as_bound
from db.store.bulk import insert_many
from db.store.checkpoints import Checkpoint
from db.store.engine import database, store
from db.store.first_steps import BINDING, PROVING
from db.store.journal.frames import Hosts, hosts_in
from db.store.journal.writing import journal_hosts, journal_position
from db.store.keys import read_proof_keys
from db.store.migrations import stored_schema_version
from db.store.personal import PERSONAL, Row, instead, person_of
from db.store.proof.head import is_kept
from db.store.proof.judging import Present, judge_tables
from db.store.row_encryption import Hiding, Showing
from db.store.sealing import SealBroken
from db.store.tables import AuditHead, JournalHead
from db.store.tables.base import Table
from db.store.transactions import writing

FORMAT, UNPROVED, CLEAR = 3, 2, 1
"""What is written now; what was written of databases that did not prove their present; and before that:
everything under the backup's key alone."""
BATCH = 2000
TOGETHER = 100
"""Rows of one person that are sealed together, at the most."""


@dataclass(frozen=True, slots=True)
class Header:
    """The record as of ``at``; chain to ``seq``, journal to ``position``; ``hosts`` journaled by then."""

    at: str
    schema: int
    seq: int
    hash: str
    position: int
    checkpoint: Checkpoint | None = None
    format: int = FORMAT
    hosts: Hosts = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Header:
        """Build a header from its JSON. Raises KeyError, TypeError or ValueError for another format."""
        if data["format"] not in (FORMAT, UNPROVED, CLEAR):
            raise ValueError("another format")
        signed = data["checkpoint"]
        return cls(
            at=str(data["at"]),
            schema=int(data["schema"]),
            seq=int(data["seq"]),
            hash=str(data["hash"]),
            position=int(data["position"]),
            checkpoint=None if signed is None else Checkpoint.from_json(signed),
            format=int(data["format"]),
            hosts=hosts_in(data.get("hosts", {})),
        )


class Tampered(Exception):
    """What stands in the tables is not what the program wrote there: no backup is made of it."""

    def __init__(self, found: Present) -> None:
        super().__init__("tampered")
        self.found = found


def dump(file: BinaryIO, key: bytes, checkpoint: Checkpoint | None) -> Header:
    """Write the open store, encrypted under ``key``, into ``file``, with ``checkpoint``, the newest signed
    end of its chain; return the header. Checks the table sums in the same view first, and creates missing
    keys of persons. Raises Tampered if they do not fit, KeyRingError."""
    with _one_view() as hiding, VaultWriter(file, key) as vault:
        lines = _Lines(vault)
        seq, hashed = audit.head()
        there = set(database.get_tables())
        at = journal_position(database) if JournalHead._meta.table_name in there else 0
        journaling = journal_hosts(database) if at else {}
        proves = is_kept(store().database)
        if proves and not (present := judge_tables()).sound:
            raise Tampered(present)
        form = CLEAR if hiding is None else FORMAT if proves else UNPROVED
        header = Header(clock.now(), stored_schema_version(), seq, hashed, at, checkpoint, form, journaling)
        lines.write(asdict(header))
        counts: dict[str, int] = {}
        for table in KEPT:
            name = table._meta.table_name
            if name not in there:
                continue  # the store is of an earlier version
            wanted = _columns_there(table)
            known = dict(zip(columns(table), neutral(table), strict=True))
            made = [known[column] for column in wanted]
            apart = Apart.of(name, wanted) if hiding is not None else Apart(wanted, [])
            lines.write({"table": name, "columns": apart.plain, "sealed": apart.sealed})
            counts[name] = 0
            rows = (
                ([change(value) for change, value in zip(made, row, strict=False)], row[-1])
                for row in _rows(table)
            )
            for line, count in _lines(hiding, name, wanted, apart, rows):
                lines.write(line)
                counts[name] += count
        proof = lines.proof(next(iter(store().keys.proving()))) if proves else ""
        lines.write({"counts": counts, "proof": proof})
    return header


def load(file: BinaryIO, keys: Sequence[bytes], people: Showing) -> tuple[Header, dict[str, int]]:
    """Fill the open store, which is new and empty, from ``file``, in the running transaction, and check its
    proof. Return its header and the rows of each table. Of persons whose keys ``people`` lacks, nothing
    personal is loaded. Raises VaultBroken, KeyRingError."""
    taken, proof = _Lines(), ""
    read = _read(lines(file, keys), taken)
    try:
        header = Header.from_json(next(read))
    except (KeyError, TypeError, ValueError, StopIteration):
        raise VaultBroken("another format") from None
    AuditHead.delete().execute()
    keyring = store().keys
    counts: dict[str, int] = {}
    table: type[Table] | None = None
    apart = Apart([], [])
    held: list[list[Any]] = []
    older = header.schema < BINDING

    def insert_held() -> None:
        if table is not None and held:
            insert_many(f'"{table._meta.table_name}"', [f'"{name}"' for name in columns(table)], list(held))
            held.clear()

    for line in read:
        if isinstance(line, list):
            if table is not None:
                name = table._meta.table_name
                rows = _rows_in(people, name, line, apart)
                held += [stored_row(table, as_bound(keyring, name, row) if older else row) for row in rows]
                counts[name] += len(line[0]) if apart.sealed else 1
                if len(held) >= BATCH:
                    insert_held()
        elif "table" in line:
            insert_held()
            table, apart = BY_NAME.get(line["table"]), Apart(line["columns"], line.get("sealed", []))
            if table is not None:
                counts[table._meta.table_name] = 0
        else:
            insert_held()
            if {name: line["counts"].get(name) for name in counts} != counts:
                raise VaultBroken("rows are missing")
            proof = str(line.get("proof", ""))
    _check(header, taken, proof)
    JournalHead.update(position=header.position, hosts=json.dumps(header.hosts)).where(
        JournalHead.id == 1
    ).execute()
    return header, counts


def _read(content: Iterator[bytes], taken: _Lines) -> Iterator[Any]:
    """Yield the parsed lines, adding each to ``taken`` once the next is there: the last line holds the proof
    itself."""
    before: bytes | None = None
    for line in content:
        if before is not None:
            taken.add_line(before)
        before = line
        yield json.loads(line)


def _check(header: Header, taken: _Lines, proof: str) -> None:
    """Raise VaultBroken unless the proof was made of the lines read under one of the proving keys. Let a dump
    pass that is from before there were proofs. Raises KeyRingError."""
    if header.format != FORMAT:
        if header.schema >= PROVING:
            raise VaultBroken("it is not proved")
        return
    home = store().keys.home
    keys = [*store().keys.proving(), *(read_proof_keys(home) if home is not None else ())]
    if not any(hmac.compare_digest(taken.proof(key), proof) for key in keys):
        raise VaultBroken("it was not made by this installation: its proof does not fit")


@dataclass(frozen=True, slots=True)
class Apart:
    """The columns of a table as its lines hold them: plain ones, and those that are sealed together."""

    plain: list[str]
    sealed: list[str]

    @classmethod
    def of(cls, table: str, there: list[str]) -> Apart:
        """Split the columns ``there`` of ``table`` into those written plain and those encrypted under a
        person's key."""
        personal = PERSONAL.get(table)
        if personal is None:
            return cls(there, [])
        sealed = [name for name in there if name in personal] if personal else there
        return cls([name for name in there if name not in sealed], sealed)


def _lines(
    hiding: Hiding | None,
    table: str,
    there: list[str],
    apart: Apart,
    rows: Iterator[tuple[list[Any], int | None]],
) -> Iterator[tuple[list[Any], int]]:
    """Yield lines of a table, each with its number of rows. Where columns are encrypted, a line holds
    successive rows of one person: their plain values, the person, and the rest encrypted together; in clear
    if they are nobody's."""
    if hiding is None or not apart.sealed:
        yield from ((values, 1) for values, _person in rows)
        return
    plain = [there.index(name) for name in apart.plain]
    sealed = [there.index(name) for name in apart.sealed]
    for person, group in groupby(rows, key=itemgetter(1)):
        while some := [values for values, _person in islice(group, TOGETHER)]:
            told: Any = [[values[at] for at in sealed] for values in some]
            if person is not None:
                told = hiding.content(table, person, _json(told))
            yield [[[values[at] for at in plain] for values in some], person, told], len(some)


def _rows_in(people: Showing, table: str, line: list[Any], apart: Apart) -> Iterator[Row]:
    """Yield the rows of a line, decrypted. Without the person's key, yield rows with substitutes for what is
    personal, and skip rows that are wholly so. Raises VaultBroken."""
    if not apart.sealed:
        yield dict(zip(apart.plain, line, strict=True))
        return
    values, person, told = line
    rows: list[Row] = [dict(zip(apart.plain, one, strict=True)) for one in values]
    if person is not None:
        try:
            content = people.content(table, person, told)
        except SealBroken as error:
            raise VaultBroken(f"a row of {table} does not open with its person's key") from error
        if content is None:
            yield from (row | instead(table, person, row) for row in rows if apart.plain)
            return
        told = json.loads(content)
    for row, hidden in zip(rows, told, strict=True):
        yield row | dict(zip(apart.sealed, hidden, strict=True))


@contextmanager
def _one_view() -> Iterator[Hiding | None]:
    """Yield the encryption for one consistent view of the database, first creating missing keys of persons;
    None for a store from before such keys."""
    are_kept = subjects.are_kept()
    while True:
        if are_kept and (persons := subjects.persons_missing_keys()):
            with writing():
                subjects.keys_of(persons)
        with database.atomic():
            if store().is_postgresql:
                database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            if are_kept and subjects.persons_missing_keys():
                continue  # somebody came in between
            yield Hiding(subjects.all_keys()) if are_kept else None
            return


def _columns_there(table: type[Table]) -> list[str]:
    """Return the columns of ``table`` that the open store has; fewer than now if it is of an earlier
    version."""
    there = _columns_of(str(table._meta.table_name))
    return [name for name in columns(table) if name in there]


def _columns_of(table: str) -> set[str]:
    return {column.name for column in database.get_columns(table)}


def _rows(table: type[Table]) -> Iterator[Any]:
    """Yield all rows of ``table`` in the open view, some at a time, each followed by the number of its
    person."""
    name = table._meta.table_name
    wanted = ", ".join(f'"{column}"' for column in _columns_there(table))
    person = person_of(name, cache(_columns_of)) if name in PERSONAL else "NULL"
    statement = f'SELECT {wanted}, {person} FROM "{name}"'
    connection: Any = database.connection()
    if store().is_postgresql:
        with connection.cursor(name="backup") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement)
            yield from cursor
    else:
        yield from connection.execute(statement)


class _Lines:
    """Writes lines, and proves under the proving key what was written or read so far."""

    def __init__(self, vault: VaultWriter | None = None) -> None:
        self._vault = vault
        self._sum = hashlib.sha256()

    def write(self, value: object) -> None:
        line = _json(value)
        self.add_line(line)
        if self._vault is not None:
            self._vault.write(line)

    def add_line(self, line: bytes) -> None:
        self._sum.update(len(line).to_bytes(8, "big") + line)

    def proof(self, key: bytes) -> str:
        """Return the HMAC under ``key`` of all lines so far, in hexadecimal: only this installation can make
        a backup that passes."""
        return hmac.digest(key, b"mingce:backup\0" + self._sum.digest(), "sha256").hex()


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
