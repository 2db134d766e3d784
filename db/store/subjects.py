"""A key for each person, and for each thing that is kept for a time, so that destroying one erases what it
sealed wherever that lies.

The keys lie in the tables `subject_key` and `thing_key`, which are neither backed up nor journaled, and in
copies that are always whole and new: one beside the journal, on disk before what a key sealed is committed,
and one in every place of backups. What was erased is taken out of all of them (`db.store.subject_copies`),
and nothing opens any more what the key sealed, be it in an old backup or in the journal. What was erased
stands beside the copies, so that restoring a backup from before does not bring it back.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.store import clock
from db.store.bulk import insert_many
from db.store.engine import database, store
from db.store.journal import frames
from db.store.journal.frames import LAST, JournalFrame
from db.store.keys import KEY_BYTES
from db.store.sealing import NONCE_BYTES, SealBroken, opener, seal, sealer, unseal
from db.store.sql import is_among
from db.store.tables.audit import Erasure, LetGo, SubjectKey, ThingKey

COPY = "subjects.keys"
BATCH = 500
WRAPPED = b"\x00mingce:subject\x01"
"""Leads what a key sealed within a sealed value. No file, no JSON begins like it: what does not is from
before version 9 of the database, under the field key alone."""

KeyOwner = int | str
"""A person by number; or a thing by name: an evidence file, an archive, a month of what the audit tells."""


class Destroyed(SealBroken):
    """The key was destroyed, and with it what it sealed."""


def seal_for(subject: KeyOwner, place: str, content: bytes) -> bytes:
    """Encrypt ``content`` under the owner's key, created in the running transaction if need be, and under the
    field key for ``place``."""
    inner = WRAPPED + _encrypted(key_for(subject), content, place.encode("utf-8"))
    return seal(store().keys, place, inner)


def unseal_for(subject: KeyOwner, place: str, value: bytes) -> bytes:
    """Decrypt what `seal_for` encrypted. Raises SealBroken; Destroyed if the owner's key is gone."""
    content = unseal(store().keys, place, value)
    if not content.startswith(WRAPPED):
        return content
    key = key_of(subject)
    if key is None:
        raise Destroyed(place)
    return _decrypted(key, content[len(WRAPPED) :], place.encode("utf-8"))


def of_entry(entry: int) -> int | None:
    found = f"SELECT person_id FROM entry WHERE id = {database.param}"
    row = database.execute_sql(found, (entry,)).fetchone()
    return None if row is None else int(row[0])


def key_of(subject: KeyOwner) -> bytes | None:
    """Return the owner's key, decrypted; None if it was never made or is destroyed. Raises SealBroken."""
    table, column = _where(subject)
    found = f"SELECT key FROM {table} WHERE {column} = {database.param}"
    row = database.execute_sql(found, (subject,)).fetchone()
    return None if row is None else unseal(store().keys, _place(subject), bytes(row[0]))


def key_for(subject: KeyOwner) -> bytes:
    """Return the owner's key, creating and storing it in the running transaction if there is none. On
    PostgreSQL a creation first locks the audit chain and looks again, so that two at once make one key."""
    known = key_of(subject)
    if known is None and store().is_postgresql:
        database.execute_sql("SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE")
        known = key_of(subject)
    return known if known is not None else _make([subject])[subject]


def keys_of(persons: Collection[int]) -> dict[int, bytes]:
    """Return the keys of ``persons``, creating missing ones under the chain's lock; none for the erased."""
    found = _existing_keys(persons)
    missing = set(persons) - found.keys()
    missing -= {int(row[0]) for row in _rows("SELECT person FROM erasure WHERE {}", "person", missing)}
    if missing and store().is_postgresql:  # as in `key_for`
        database.execute_sql("SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE")
        found |= _existing_keys(missing)
    return found | _make(sorted(missing - found.keys()))


def persons_missing_keys() -> list[int]:
    """Return the persons who have no key and were not erased."""
    rows = database.execute_sql(
        "SELECT id FROM person WHERE id NOT IN (SELECT person FROM subject_key) "
        "AND id NOT IN (SELECT person FROM erasure)"
    ).fetchall()
    return [int(row[0]) for row in rows]


def all_keys() -> dict[int, bytes]:
    return {subject: key for subject, key, _at in every_key() if isinstance(subject, int)}


def are_kept() -> bool:
    """Return whether the open store has tables of keys; one of an earlier version has none."""
    return {"subject_key", "thing_key"} <= set(database.get_tables())


def keys_at_hand() -> Callable[[KeyOwner], bytes | None]:
    """Return a `key_of` with a cache of its own, for many rows."""
    return cache(key_of)


def seal_content(key: bytes, seq: int, content: bytes) -> bytes:
    """Encrypt the content of audit record ``seq`` under ``key``."""
    return _encrypted(key, content, seq.to_bytes(8, "big"))


def open_content(key: bytes, seq: int, content: bytes) -> bytes:
    """Decrypt what `seal_content` encrypted. Raises SealBroken."""
    return _decrypted(key, content, seq.to_bytes(8, "big"))


def destroy(subject: KeyOwner) -> None:
    """Delete the key of a person or thing and store the erasure, in the running transaction; the caller
    records it. Does nothing if it is gone already."""
    if isinstance(subject, int):
        SubjectKey.delete().where(SubjectKey.person == subject).execute()
        Erasure.insert(person=subject, at=clock.now()).on_conflict_ignore().execute()
    else:
        ThingKey.delete().where(ThingKey.name == subject).execute()
        LetGo.insert(name=subject, at=clock.now()).on_conflict_ignore().execute()


def destroyed_owners() -> dict[KeyOwner, str]:
    """Return the owners whose keys the open store lists as destroyed, with the time."""
    found: dict[KeyOwner, str] = {row.person: row.at for row in Erasure.select()}
    return found | {row.name: row.at for row in LetGo.select()}


def _existing_keys(persons: Collection[int]) -> dict[int, bytes]:
    """Return the stored keys of those ``persons`` who were not erased, decrypted."""
    unseal_one = opener(store().keys)
    wanted = (
        "SELECT person, key FROM subject_key WHERE {} "
        "AND NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.person = subject_key.person)"
    )
    return {
        int(person): unseal_one(_place(int(person)), bytes(key))
        for person, key in _rows(wanted, "person", persons)
    }


def _rows(statement: str, column: str, values: Collection[int], most: int = 10_000) -> Iterator[Any]:
    given = sorted(values)
    for first in range(0, len(given), most):
        where, marks = is_among(column, given[first : first + most])
        yield from database.execute_sql(statement.format(where), marks).fetchall()


def _make(subjects: Sequence[Any]) -> dict[Any, bytes]:
    """Create keys, store them, and append them to the locked copy beside the journal; on disk before this
    returns."""
    if not subjects:
        return {}
    made, at, place = {one: secrets.token_bytes(KEY_BYTES) for one in subjects}, clock.now(), store().journal
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    store_keys({subject: (key, at) for subject, key in made.items()})
    with lock_copies(place.folder):
        lines = [(subject, key, at) for subject, key in made.items()]
        frames.append(place.folder / COPY, in_frames(place.key, lines))
    return made


def _where(subject: KeyOwner) -> tuple[str, str]:
    return ("subject_key", "person") if isinstance(subject, int) else ("thing_key", "name")


def _place(subject: KeyOwner) -> str:
    return SubjectKey.key.place(subject) if isinstance(subject, int) else ThingKey.key.place(subject)


def store_keys(found: Mapping[Any, tuple[bytes, str]]) -> None:
    """Insert keys with their times into the open store, sealed under the field key, in the running
    transaction."""
    seal_one = sealer(store().keys)
    for kind, table, column in ((int, "subject_key", "person"), (str, "thing_key", "name")):
        rows = [
            (subject, seal_one(_place(subject), key), at)
            for subject, (key, at) in found.items()
            if isinstance(subject, kind)
        ]
        if rows:
            insert_many(table, (column, "key", "made_at"), rows)


def every_key() -> Iterator[tuple[KeyOwner, bytes, str]]:
    """Yield all owners with their keys, decrypted, and the times when these were made."""
    unseal_one = opener(store().keys)
    for table, column in (("subject_key", "person"), ("thing_key", "name")):
        rows = database.execute_sql(
            f"SELECT {column}, key, made_at FROM {table} ORDER BY {column}"
        ).fetchall()
        for subject, key, at in rows:
            yield subject, unseal_one(_place(subject), bytes(key)), str(at)


def _encrypted(key: bytes, content: bytes, bound: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, bound)


def _decrypted(key: bytes, content: bytes, bound: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError):
        raise SealBroken("subject") from None


def in_frames(sealing: bytes, kept: Sequence[tuple[KeyOwner, bytes, str]]) -> bytes:
    """Return ``kept`` (owner, key, time) as encrypted frames for a copy on disk, `BATCH` keys a frame, one a
    line. (A line with a bare number as owner means that person; earlier versions wrote so.)"""
    lines = [
        f"{at} {key.hex()} {f'#{subject}' if isinstance(subject, int) else subject}"
        for subject, key, at in kept
    ]
    parts = ("\n".join(lines[first : first + BATCH]) for first in range(0, len(lines), BATCH))
    return b"".join(frames.seal_frame(sealing, JournalFrame(0, 0, LAST, part.encode())) for part in parts)


@contextmanager
def lock_copies(folder: Path) -> Iterator[None]:
    """Lock ``folder`` so that nobody else writes the copies in it meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
