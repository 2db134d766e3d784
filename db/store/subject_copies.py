"""The copies of the subjects' keys, beside the journal and in every place of backups, and the notes there of
what was erased."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from db.language import _
from db.store.disk import LARGE, open_own, read_plain, sync_folder
from db.store.engine import database, store
from db.store.journal import frames
from db.store.keys import KeyRingError, read_backup_keys, read_journal_keys
from db.store.subjects import COPY, KeyOwner, destroyed_owners, every_key, in_frames, lock_copies, store_keys
from db.store.transactions import writing

ERASED = "subjects.erased"


def clear_copies(places: Iterable[Path], backup_key: bytes) -> list[Path]:
    """Rewrite the encrypted copies of persons' and things' keys, beside the journal and in ``places``,
    without destroyed keys, and the notes of erasures there. Locks out the making of keys. Return the places
    that failed. Keys that only a copy knows stay, as an older database may need them. Raises KeyRingError."""
    journal, folder = store().journal, store().home.keys
    with writing():  # whoever makes a key has it in the table before it is in the copy, and is waited for
        if store().is_postgresql:
            database.execute_sql("LOCK TABLE subject_key, thing_key IN SHARE MODE")
        kept, gone = list(every_key()), destroyed_owners()
        journal_keys = [journal.key, *read_journal_keys(folder)]
        failed = [] if _anew(journal.folder, journal_keys, kept, gone) else [journal.folder]
    backup_keys = [backup_key, *read_backup_keys(folder)]
    return failed + [place for place in places if not _anew(place, backup_keys, kept, gone)]


def copies_are_behind() -> bool:
    """Return whether an erasure is missing in the note beside the journal, or the note can't be read."""
    try:
        return bool(destroyed_owners().keys() - erased_in([store().journal.folder]).keys())
    except KeyRingError:
        return True


def found_in(folders: Iterable[Path], keys: Sequence[bytes]) -> dict[KeyOwner, tuple[bytes, str]]:
    """Read persons' and things' keys, with the time they were made, from the copies in ``folders``, without
    the erased.

    Of several for one subject that counts which stands last in the first of the folders: those before it were
    made in transactions that came to nothing. When they were made says nothing, as clocks are set back.
    Raises KeyRingError.
    """
    folders = list(folders)
    found: dict[KeyOwner, tuple[bytes, str]] = {}
    for folder in reversed(folders):
        if not (folder / COPY).exists():
            continue
        for frame in frames.read(folder / COPY, keys):
            for line in frame.content.decode("utf-8").split("\n"):
                at, digits, *name = line.split(" ")
                found[_parse_owner(name[0]) if name else frame.position] = (bytes.fromhex(digits), at)
    gone = erased_in(folders)
    return {subject: one for subject, one in found.items() if subject not in gone}


def keys_in(folders: Iterable[Path], keys: Sequence[bytes]) -> dict[KeyOwner, bytes]:
    """Read persons' and things' keys from the copies in ``folders``, without the erased. Raises
    KeyRingError."""
    return {subject: key for subject, (key, _at) in found_in(folders, keys).items()}


def erased_in(folders: Iterable[Path]) -> dict[KeyOwner, str]:
    """Read the erasures, with their times, from the notes in ``folders``. Raises KeyRingError if one can't be
    read: what was erased must not come back."""
    found: dict[KeyOwner, str] = {}
    for file in (folder / ERASED for folder in folders):
        if file.exists():
            try:
                for line in read_plain(file, LARGE).decode().splitlines():
                    said = json.loads(line)
                    found[said["thing"] if "thing" in said else int(said["person"])] = str(said["at"])
            except (ValueError, LookupError, TypeError):
                raise KeyRingError(
                    _(
                        "{file} says no more who was erased. Put a good copy there, from beside the journal "
                        "or any backup.",
                        file=str(file),
                    )
                ) from None
    return found


def take_over(found: Mapping[KeyOwner, tuple[bytes, str]]) -> None:
    """Store the keys ``found`` in copies in the open store, in the running transaction, unless it has them or
    they were destroyed."""
    there = destroyed_owners().keys() | {subject for subject, _key, _at in every_key()}
    store_keys({subject: one for subject, one in found.items() if subject not in there})


def _anew(
    folder: Path,
    keys: Sequence[bytes],
    kept: Sequence[tuple[KeyOwner, bytes, str]],
    gone: Mapping[KeyOwner, str],
) -> bool:
    """Rewrite the copy of the keys under the first of ``keys``, and the note of erasures, keeping what only
    they know. Return False if that fails."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with lock_copies(folder):
            gone = {**erased_in([folder]), **gone}
            known = found_in([folder], keys) | {subject: (key, at) for subject, key, at in kept}
            lines = [(subject, key, at) for subject, (key, at) in known.items() if subject not in gone]
            _write(folder / COPY, in_frames(keys[0], lines))
            _write(folder / ERASED, "".join(_line(*one) for one in gone.items()).encode())
    # Told by the answer: one place that fails must not keep the others from their copies.
    except (OSError, KeyRingError):
        return False
    return True


def _parse_owner(name: str) -> KeyOwner:
    return int(name[1:]) if name.startswith("#") else name


def _line(subject: KeyOwner, at: str) -> str:
    return json.dumps({"person" if isinstance(subject, int) else "thing": subject, "at": at}) + "\n"


def _write(file: Path, content: bytes) -> None:
    part = file.with_name(f"{file.name}.part")
    with open(open_own(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.rename(file)
    sync_folder(file.parent)
