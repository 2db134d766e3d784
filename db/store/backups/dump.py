"""The whole record as lines: a header, each table with its rows, and the counts at the end.

It is one view of the record, taken while people go on working. The search keys are left out: they are
made from the entries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from db.store import audit, clock
from db.store.backups.rows import BY_NAME, KEPT, columns, neutral, stored
from db.store.backups.vault import VaultBroken, VaultWriter, lines
from db.store.bulk import insert_many
from db.store.checkpoints import Checkpoint
from db.store.engine import database, store
from db.store.journal.writing import position
from db.store.migrations import current
from db.store.tables import AuditHead, JournalHead
from db.store.tables.base import Table

FORMAT = 1
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Header:
    """What a backup holds: the record as it was at ``at``, the chain up to ``seq``, the journal up to
    ``position``."""

    at: str
    schema: int
    seq: int
    hash: str
    position: int
    checkpoint: Checkpoint | None = None
    format: int = FORMAT

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Header:
        """Raises KeyError, TypeError or ValueError for anything else than a header of this format."""
        if data["format"] != FORMAT:
            raise ValueError("another format")
        signed = data["checkpoint"]
        return cls(
            at=str(data["at"]),
            schema=int(data["schema"]),
            seq=int(data["seq"]),
            hash=str(data["hash"]),
            position=int(data["position"]),
            checkpoint=None if signed is None else Checkpoint.from_json(signed),
        )


def dump(file: BinaryIO, key: bytes, checkpoint: Checkpoint | None) -> Header:
    """Write the open store into ``file``, with the newest signed end of its chain."""
    with _one_view(), VaultWriter(file, key) as vault:
        seq, hashed = audit.head()
        there = set(database.get_tables())
        at = position(database) if JournalHead._meta.table_name in there else 0
        header = Header(clock.now(), current(), seq, hashed, at, checkpoint)
        _write(vault, asdict(header))
        counts: dict[str, int] = {}
        for table in KEPT:
            name = table._meta.table_name
            if name not in there:
                continue  # the store is of an earlier version
            wanted = _columns_there(table)
            made = [
                change
                for change, column in zip(neutral(table), columns(table), strict=True)
                if column in wanted
            ]
            _write(vault, {"table": name, "columns": wanted})
            counts[name] = 0
            for row in _rows(table):
                _write(vault, [change(value) for change, value in zip(made, row, strict=True)])
                counts[name] += 1
        _write(vault, {"counts": counts})
    return header


def load(file: BinaryIO, keys: Sequence[bytes]) -> tuple[Header, dict[str, int]]:
    """Fill the open store, which is new and empty, from ``file``, within the running transaction; its header
    and the rows of each table. Raises VaultBroken."""
    read = (json.loads(line) for line in lines(file, keys))
    try:
        header = Header.from_json(next(read))
    except (KeyError, TypeError, ValueError, StopIteration):
        raise VaultBroken("another format") from None
    AuditHead.delete().execute()
    counts: dict[str, int] = {}
    table: type[Table] | None = None
    names: list[str] = []
    held: list[list[Any]] = []

    def keep() -> None:
        if table is not None and held:
            insert_many(f'"{table._meta.table_name}"', [f'"{name}"' for name in columns(table)], list(held))
            held.clear()

    for line in read:
        if isinstance(line, list):
            if table is not None:
                held.append(stored(table, dict(zip(names, line, strict=True))))
                counts[table._meta.table_name] += 1
                if len(held) >= BATCH:
                    keep()
        elif "table" in line:
            keep()
            table, names = BY_NAME.get(line["table"]), line["columns"]
            if table is not None:
                counts[table._meta.table_name] = 0
        else:
            keep()
            if {name: line["counts"].get(name) for name in counts} != counts:
                raise VaultBroken("rows are missing")
    JournalHead.update(position=header.position).where(JournalHead.id == 1).execute()
    return header, counts


@contextmanager
def _one_view() -> Iterator[None]:
    if store().is_postgresql:
        with database.atomic():
            database.execute_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        with database.atomic():
            yield


def _columns_there(table: type[Table]) -> list[str]:
    """The columns of ``table`` that the open store has: all, but where it is of an earlier version."""
    there = {column.name for column in database.get_columns(table._meta.table_name)}
    return [name for name in columns(table) if name in there]


def _rows(table: type[Table]) -> Iterator[Any]:
    """All rows, some at a time, for the view that is open."""
    wanted = ", ".join(f'"{name}"' for name in _columns_there(table))
    statement = f'SELECT {wanted} FROM "{table._meta.table_name}"'
    connection: Any = database.connection()
    if store().is_postgresql:
        with connection.cursor(name="backup") as cursor:
            cursor.itersize = BATCH
            cursor.execute(statement)
            yield from cursor
    else:
        yield from connection.execute(statement)


def _write(vault: VaultWriter, value: object) -> None:
    vault.write(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8"))
