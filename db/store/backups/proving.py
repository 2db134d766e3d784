"""A backup is proved by restoring it into a place of its own and checking what comes out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from peewee import PeeweeException

from db.store import audit
from db.store.backups.dump import Header, load
from db.store.backups.rows import renumber
from db.store.backups.vault import VaultBroken
from db.store.engine import close_store, database, open_store, store, writing
from db.store.journal.capture import paused
from db.store.keys import KeyRing
from db.store.migrations import migrate
from db.store.sealing import SealBroken, unseal
from db.store.settings import Home, Settings
from db.store.tables import AuditRecord, EntryField


class NotProved(Exception):
    """The backup can't be restored or is not what it says; the message says why, without personal data."""


def prove(file: Path, vault_keys: Sequence[bytes], keys: KeyRing, workshop: Path) -> Header:
    """Restore ``file`` into a new encrypted database in ``workshop`` and check it; its header. It is
    under one of ``vault_keys``, its sealed values under the field keys of ``keys``.

    No store may be open. Raises NotProved.
    """
    with tempfile.TemporaryDirectory(dir=workshop, prefix=".proof-") as folder:
        open_store(Home(Path(folder)), Settings(database="sqlite:proof.db"), keys)
        try:
            return fill(file, vault_keys)
        finally:
            close_store()


def fill(file: Path, vault_keys: Sequence[bytes]) -> Header:
    """Make the open store, which is new and empty, what ``file`` holds, and check it. Raises NotProved."""
    migrate()
    try:
        with file.open("rb") as stream, paused(store().database), writing(), _links_at_the_end():
            header, _counts = load(stream, vault_keys)
            renumber()
    except (VaultBroken, ValueError, KeyError, TypeError) as error:
        raise NotProved(str(error)) from error
    except PeeweeException as error:
        raise NotProved(type(error).__name__) from error
    check(header)
    return header


def check(header: Header) -> None:
    """Whether the open store is sound and ends where ``header`` says. Raises NotProved."""
    if not store().is_postgresql:
        for pragma, good in (("integrity_check", [("ok",)]), ("cipher_integrity_check", [])):
            if database.execute_sql(f"PRAGMA {pragma}").fetchall() != good:
                raise NotProved(f"{pragma} fails")
        if database.execute_sql("PRAGMA foreign_key_check").fetchall():
            raise NotProved("a row refers to none")
    outside = {header.checkpoint.seq: header.checkpoint.hash} if header.checkpoint else {}
    verdict = audit.verify(outside=outside)
    if not verdict.sound:
        raise NotProved(f"the chain breaks at record {verdict.bad} ({verdict.reason})")
    if audit.head() != (header.seq, header.hash):
        raise NotProved("the chain ends elsewhere")
    sealed = EntryField.select().where(EntryField.sealed.is_null(False)).first()
    if sealed is not None:
        place = EntryField.place(sealed.entry_id, sealed.name, sealed.ord)
        try:
            unseal(store().keys, place, sealed.sealed)
        except SealBroken:
            raise NotProved("a sealed value does not open with the keys that are here") from None
    last = AuditRecord.get_or_none(AuditRecord.seq == header.seq)
    if header.seq and last is None:
        raise NotProved("the last record is missing")


@contextmanager
def _links_at_the_end() -> Iterator[None]:
    """Rows may refer to rows that come later; all must be there at the end."""
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
