"""Writing a transaction into the journal as the last thing before it is committed.

A change is acknowledged only after the commit, so whatever was acknowledged is in the journal. What is
in the journal and was then not committed is taken back by a frame that says so. What is personal in it is
sealed under the keys of those whom it is about (`db.store.row_encryption`).
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import peewee
from pydantic_core import to_json

from db.store import clock
from db.store.journal import frames
from db.store.journal.capture import BATCH, UNJOURNALED, captured_changes
from db.store.journal.frames import COMMITTED, LAST, PART, TAKEN_BACK, Hosts, JournalFrame, hosts_in
from db.store.journal.place import JournalPlace, this_host
from db.store.proof.head import Follower
from db.store.row_encryption import hide_changes


@dataclass(frozen=True, slots=True)
class Written:
    """A transaction in the journal; ``transaction`` is PostgreSQL's number of it, ``hosts`` the JSON of those
    that journal by then, ``end`` the number and the hash of the chain's last record with it."""

    file: Path
    position: int
    transaction: str = ""
    hosts: str = "{}"
    end: tuple[int, str] = (0, "")


def write(database: Any, place: JournalPlace) -> Written | None:
    """Append the running transaction to the journal, encrypted, advance its position, and update the table
    sums under the proving key. Return None if nothing journaled changed. Raises OSError or KeyRingError: then
    nothing may be committed."""
    written: Written | None = None
    part = 0
    held: bytes | None = None
    at, follower = clock.now(), Follower(place.proving)
    keys: dict[int, bytes] = {}
    for every in captured_changes(database):
        changes = [change for change in every if change[0] not in UNJOURNALED]
        if len(every) == BATCH and _is_postgresql(database):
            # keys that the rest needs are made by the only writer, which one comes to be before `_next`
            database.execute_sql("SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE")
        changes = hide_changes(changes, keys)
        follower.note_changes(database, every)
        if not changes:
            continue
        if written is None:
            written = Written(place.file(at), *_next(database, at[: len("2026-11-23")]))
        if held is not None:
            frames.append(
                written.file, frames.seal_frame(place.key, JournalFrame(written.position, part, PART, held))
            )
            part += 1
        held = b"\n".join(map(to_json, changes))
    if written is not None and held is not None:
        seq, hashed = database.execute_sql("SELECT seq, hash FROM audit_head WHERE id = 1").fetchone()
        follower.update_head(database, (written.position, int(seq), str(hashed)))
        told = {"at": at, "seq": seq, "hash": hashed, "hosts": json.loads(written.hosts)}
        end = json.dumps(told).encode("utf-8")
        last = JournalFrame(written.position, part, LAST, end + b"\n" + held)
        frames.append(written.file, frames.seal_frame(place.key, last))
        written = replace(written, end=(int(seq), str(hashed)))
    else:
        follower.update_head(database)
    return written


def rolled_back(written: Written, place: JournalPlace) -> None:
    """Append a note that ``written`` was not committed. Ignores failures: a restore may then bring it
    back."""
    with contextlib.suppress(OSError):
        frame = JournalFrame(written.position, 0, TAKEN_BACK, b"")
        frames.append(written.file, frames.seal_frame(place.key, frame))


def note_committed(written: Written, place: JournalPlace) -> None:
    """Append a note that ``written`` was committed, not forced to disk. Ignores failures."""
    with contextlib.suppress(OSError):
        frame = JournalFrame(written.position, 0, COMMITTED, b"")
        frames.append(written.file, frames.seal_frame(place.key, frame), durable=False)


def journal_position(database: Any) -> int:
    """Return the journal position of the last transaction that the database holds."""
    return int(database.execute_sql("SELECT position FROM journal_head WHERE id = 1").fetchone()[0])


def journal_hosts(database: Any) -> Hosts:
    """Return the last transaction of each host that journals; {} in a database of an earlier version."""
    if all(column.name != "hosts" for column in database.get_columns("journal_head")):
        return {}
    (found,) = database.execute_sql("SELECT hosts FROM journal_head WHERE id = 1").fetchone()
    return hosts_in(json.loads(found))


def forget_hosts(database: Any, before: str) -> None:
    """Lock the journal's head and delete hosts silent since ``before``, in the transaction."""
    # nobody journals meanwhile: this row is each writer's turn
    database.execute_sql("UPDATE journal_head SET position = position WHERE id = 1")
    kept = {host: last for host, last in journal_hosts(database).items() if last.day >= before}
    database.execute_sql(
        f"UPDATE journal_head SET hosts = {database.param} WHERE id = 1", (json.dumps(kept),)
    )


def _next(database: Any, day: str) -> tuple[int, str, str]:
    """Advance the journal's head and return the new position, PostgreSQL's transaction number and the hosts.
    On PostgreSQL transactions wait for each other here, so that the journal has the order of their
    commits."""
    number, known = "''", f"json_set(hosts, '$.\"{this_host()}\"', json_array(position + 1, '{day}'))"
    if _is_postgresql(database):
        number = "pg_current_xact_id()::text"
        last = f"jsonb_build_array(position + 1, '{day}')"
        known = f"(hosts::jsonb || jsonb_build_object('{this_host()}', {last}))::text"
    position, transaction, told = database.execute_sql(
        f"UPDATE journal_head SET position = position + 1, hosts = {known} "
        f"WHERE id = 1 RETURNING position, {number}, hosts"
    ).fetchone()
    return int(position), str(transaction), str(told)


def _is_postgresql(database: Any) -> bool:
    return isinstance(database, peewee.PostgresqlDatabase)
