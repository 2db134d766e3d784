"""A key for each person, so that destroying one erases what it sealed wherever that lies.

A person's key lies in the table `subject_key`, which is neither backed up nor journaled, and in copies that
are always whole and new: one beside the journal, on disk before the key is used, and one in every place of
backups. A person who was erased is taken out of all of them (`clear_copies`), and nothing opens any more what
the key sealed, be it in an old backup or in the journal. Who was erased stands beside the copies, so that
restoring a backup from before does not bring them back.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from db.store import clock
from db.store.disk import sync_folder
from db.store.engine import database, store
from db.store.journal import frames
from db.store.journal.frames import LAST, Frame
from db.store.keys import KEY_BYTES
from db.store.sealing import NONCE_BYTES, SealBroken, seal, unseal
from db.store.tables.audit import Erasure, SubjectKey

COPY = "subjects.keys"
ERASED = "subjects.erased"


def of_entry(entry: int) -> int | None:
    """The person of an entry."""
    found = f"SELECT person_id FROM entry WHERE id = {database.param}"
    row = database.execute_sql(found, (entry,)).fetchone()
    return None if row is None else int(row[0])


def key_of(person: int) -> bytes | None:
    """The person's key; None where it was never made or is destroyed. Raises SealBroken."""
    row = SubjectKey.get_or_none(SubjectKey.person == person)
    return None if row is None else _key(row)


def key_for(person: int) -> bytes:
    """The person's key, made within the running transaction where there is none yet."""
    known = key_of(person)
    if known is not None:
        return known
    key, at = secrets.token_bytes(KEY_BYTES), clock.now()
    place = store().journal
    place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _held(place.folder):
        frames.append(place.folder / COPY, _frame(place.key, person, key, at))
    _keep(person, key, at)
    return key


def keys_at_hand() -> Callable[[int], bytes | None]:
    """`key_of` for a great many, each asked for once."""
    return cache(key_of)


def sealed(key: bytes, seq: int, content: bytes) -> bytes:
    """What record ``seq`` keeps of a person, under their key."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, seq.to_bytes(8, "big"))


def opened(key: bytes, seq: int, content: bytes) -> bytes:
    """What `sealed` sealed. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], seq.to_bytes(8, "big"))
    except (InvalidTag, ValueError):
        raise SealBroken(f"subject:{seq}") from None


def destroy(person: int) -> None:
    """Destroy the person's key, within the transaction whose audit record says so."""
    SubjectKey.delete().where(SubjectKey.person == person).execute()
    Erasure.insert(person=person, at=clock.now()).on_conflict_ignore().execute()


def clear_copies(places: Iterable[Path], backup_key: bytes) -> list[Path]:
    """Make the copies beside the journal and in ``places`` anew from what there is now, and note there who
    was erased; the places that did not take it. What was in them of an erased person is gone then."""
    failed = []
    journal = store().journal
    for folder, key in ((journal.folder, journal.key), *((place, backup_key) for place in places)):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _held(folder):
                kept = (_frame(key, row.person, _key(row), row.made_at) for row in SubjectKey.select())
                gone = (_line(row.person, row.at) for row in Erasure.select().order_by(Erasure.person))
                _write(folder / COPY, b"".join(kept))
                _write(folder / ERASED, "".join(gone).encode("ascii"))
        except OSError:
            failed.append(folder)
    return failed


def copies_are_behind() -> bool:
    """Whether somebody was erased whom the note beside the journal does not name yet."""
    noted = erased_in([store().journal.folder])
    return any(row.person not in noted for row in Erasure.select(Erasure.person))


def found_in(folders: Iterable[Path], keys: Sequence[bytes]) -> dict[int, tuple[bytes, str]]:
    """The keys of persons, with when they were made, in the copies of ``folders``, but for those erased."""
    folders = list(folders)
    found: dict[int, tuple[bytes, str]] = {}
    for folder in folders:
        if not (folder / COPY).exists():
            continue
        for frame in frames.read(folder / COPY, keys):
            at, _blank, digits = frame.content.decode("ascii").partition(" ")
            if at >= found.get(frame.position, (b"", ""))[1]:
                found[frame.position] = (bytes.fromhex(digits), at)
    gone = erased_in(folders)
    return {person: one for person, one in found.items() if person not in gone}


def erased_in(folders: Iterable[Path]) -> dict[int, str]:
    """Who was erased, and when, as the notes in ``folders`` say."""
    found: dict[int, str] = {}
    for folder in folders:
        if (folder / ERASED).exists():
            for line in (folder / ERASED).read_text("ascii").splitlines():
                said = json.loads(line)
                found[int(said["person"])] = str(said["at"])
    return found


def take_over(found: Mapping[int, tuple[bytes, str]]) -> None:
    """Put keys that were found in copies into the open store, within the running transaction."""
    gone = {row.person for row in Erasure.select(Erasure.person)}
    for person, (key, at) in found.items():
        if person not in gone and key_of(person) is None:
            _keep(person, key, at)


def _keep(person: int, key: bytes, at: str) -> None:
    SubjectKey.create(person=person, key=seal(store().keys, SubjectKey.place(person), key), made_at=at)


def _key(row: SubjectKey) -> bytes:
    return unseal(store().keys, SubjectKey.place(row.person), bytes(row.key))


def _frame(sealing: bytes, person: int, key: bytes, at: str) -> bytes:
    return frames.seal(sealing, Frame(person, 0, LAST, f"{at} {key.hex()}".encode("ascii")))


def _line(person: int, at: str) -> str:
    return json.dumps({"person": person, "at": at}) + "\n"


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f"{file.name}.part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(file)
    sync_folder(file.parent)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Nobody else writes the copies in ``folder`` meanwhile."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
