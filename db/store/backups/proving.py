"""A backup is proved by restoring it into a place of its own and checking what comes out."""

from __future__ import annotations

import secrets
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

from peewee import PeeweeException

from db.store import audit
from db.store.backups.dump import Header, load
from db.store.backups.rows import renumber
from db.store.backups.vault import VaultBroken
from db.store.engine import close_store, database, store
from db.store.journal.capture import paused
from db.store.keys import KeyRing
from db.store.libpq import WAITING, parameters
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.row_encryption import Showing
from db.store.sealing import SealBroken, unseal
from db.store.settings import Home, Settings
from db.store.tables import Account, AuditRecord, EntryField
from db.store.transactions import writing

if TYPE_CHECKING:
    import psycopg

PROOF: Final = "mingce_proof_"
"""What the name of a database for a proof begins with; the second in which it was made comes next."""
TRIAL: Final = "proof.db"
UNDER_WAY: Final = 3600
"""Seconds in which a proof has begun to use the database that it made."""


class NotProved(Exception):
    """The backup can't be restored or is not what it says; the message says why, without personal data."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A backup's contents, its accounts' logins, and ``on`` which engine it was restored."""

    header: Header
    on: str
    logins: Mapping[int, str]


def prove_backup(
    file: Path,
    vault_keys: Sequence[bytes],
    keys: KeyRing,
    people: Showing,
    workshop: Path,
    server: str = "",
    keep: Path | None = None,
) -> Proof:
    """Restore ``file`` into a new database, check it, and delete the database again; return what was proved.

    - The file is under one of ``vault_keys``, sealed values under the field keys of ``keys``, personal ones
      under those in ``people``, which then lists in ``shut`` the persons whose keys it lacks.
    - The database is made beside that of the URL ``server`` if it is PostgreSQL and lets us; else an
      encrypted file in ``workshop``, moved to ``keep`` if given.
    - Opens and closes the process's store: none may be open. Raises NotProved.
    """
    with tempfile.TemporaryDirectory(dir=workshop, prefix=".proof-") as folder, _beside(server) as beside:
        open_store(Home(Path(folder)), Settings(database=beside or f"sqlite:{TRIAL}"), keys)
        try:
            header = fill_store(file, vault_keys, people)
            logins = {row.id: row.login for row in Account.select(Account.id, Account.login)}
            proof = Proof(header, "PostgreSQL" if beside else "SQLCipher", logins)
        finally:
            close_store()
        if keep is not None and not beside:
            (Path(folder) / TRIAL).rename(keep)
        return proof


@contextmanager
def _beside(server: str) -> Iterator[str]:
    """Create a database on the PostgreSQL server of the URL ``server``, first dropping abandoned ones; yield
    its URL, then drop it. Yield "" where none can be created. One that is still held is left to the next
    proof."""
    parts = urlsplit(server)
    if parts.scheme not in ("postgresql", "postgres"):
        yield ""
        return
    import psycopg

    name = f"{PROOF}{int(time.time())}_{secrets.token_hex(8)}"
    try:
        with psycopg.connect(server, autocommit=True, **parameters(server)) as admin:  # type: ignore[arg-type]
            admin.execute(f"SET {WAITING}")
            _drop_abandoned(admin)
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    except psycopg.Error:  # most often: the user may not make databases
        yield ""
        return
    try:
        yield urlunsplit(parts._replace(path=f"/{name}"))
    finally:
        with suppress(psycopg.Error), psycopg.connect(server, autocommit=True, **parameters(server)) as admin:  # type: ignore[arg-type]
            # not WITH (FORCE), which refuses to end the server's autovacuum; this waits for it
            admin.execute(f'DROP DATABASE IF EXISTS "{name}"')


def _drop_abandoned(admin: psycopg.Connection[tuple[str]]) -> None:
    """Drop our proof databases that nobody is connected to and that are older than a proof can take."""
    ours = admin.execute(
        "SELECT datname FROM pg_database AS d WHERE starts_with(datname, %s) AND pg_get_userbyid(datdba) ="
        " current_user AND NOT EXISTS (SELECT FROM pg_stat_activity AS a WHERE a.datname = d.datname)",
        (PROOF,),
    )
    for (name,) in ours.fetchall():
        made = name.removeprefix(PROOF).partition("_")[0]
        if not (made.isdigit() and time.time() - int(made) < UNDER_WAY):
            admin.execute(f'DROP DATABASE IF EXISTS "{name}"')


def fill_store(file: Path, vault_keys: Sequence[bytes], people: Showing) -> Header:
    """Create the tables of the new, empty store, fill them from ``file``, unjournaled, and check the result.
    Return the header. Raises NotProved."""
    migrate()
    try:
        with file.open("rb") as stream, paused(store().database), writing(), _links_at_the_end():
            header, _counts = load(stream, vault_keys, people)
            renumber()
    except (VaultBroken, ValueError, KeyError, TypeError) as error:
        raise NotProved(str(error)) from error
    except PeeweeException as error:
        raise NotProved(type(error).__name__) from error
    check(header)
    return header


def check(header: Header) -> None:
    """Raise NotProved unless the open store is intact, its chain sound and ending where ``header`` says, and
    a sealed value opens."""
    if not store().is_postgresql:
        for pragma, good in (("integrity_check", [("ok",)]), ("cipher_integrity_check", [])):
            if database.execute_sql(f"PRAGMA {pragma}").fetchall() != good:
                raise NotProved(f"{pragma} fails")
        if database.execute_sql("PRAGMA foreign_key_check").fetchall():
            raise NotProved("a row refers to none")
    outside = {header.checkpoint.seq: header.checkpoint.hash} if header.checkpoint else {}
    verdict = audit.verify(outside=outside, with_subjects=False)
    if not verdict.sound:
        raise NotProved(f"the chain breaks at record {verdict.bad} ({verdict.reason})")
    if audit.head() != (header.seq, header.hash):
        raise NotProved("the chain ends elsewhere")
    sealed = EntryField.select().where(EntryField.sealed.is_null(False)).first()
    if sealed is not None:
        place = EntryField.sealed.place(sealed.entry_id, sealed.name, sealed.ord)
        try:
            unseal(store().keys, place, sealed.sealed)
        except SealBroken:
            raise NotProved("a sealed value does not open with the keys that are here") from None
    last = AuditRecord.get_or_none(AuditRecord.seq == header.seq)
    if header.seq and last is None:
        raise NotProved("the last record is missing")


@contextmanager
def _links_at_the_end() -> Iterator[None]:
    """Suspend foreign keys in the body and check them at its end; on PostgreSQL by dropping and adding the
    constraints."""
    if not store().is_postgresql:
        database.execute_sql("PRAGMA defer_foreign_keys = ON")
        yield
        return
    links = database.execute_sql(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
    ).fetchall()
    for table, name, _definition in links:
        database.execute_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in links:
        database.execute_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
