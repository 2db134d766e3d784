"""Where backups lie: a directory each, with a manifest beside every backup.

A backup that has no manifest is none: the manifest is written last, after the copy was read back.

A share that is not mounted is an empty folder of the system's disk, as a new place is. So the first backup
leaves a mark in its place, and the state folder remembers the place: one that is remembered and holds neither
mark nor backups is away.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from db.language import Text, _
from db.store import clock
from db.store.backups.dump import Header
from db.store.checkpoints import Checkpoint
from db.store.disk import open_own, read_plain
from db.store.settings import Home
from db.store.unavailable import system_reason

SUFFIX = ".backup"
MANIFEST = ".json"
PART = ".part"
MARK = "mingce-backups"
"""An empty file; an operator lays it in a new disk that takes the place of an old one."""
PIECE = 1 << 20


class NotStored(Exception):
    """A destination did not take the backup, or gives back something else; ``reason`` says why."""

    def __init__(self, reason: Text) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Manifest:
    """What lies beside a backup, for who has no key: what it is, its digest, and the signed end of the chain.

    ``book`` is empty for a backup of everything. ``proved`` says when it was restored and checked.
    """

    name: str
    at: str
    seq: int
    hash: str
    position: int
    schema: int
    size: int
    digest: str
    proved: str
    book: str = ""
    checkpoint: Checkpoint | None = None

    @classmethod
    def of(cls, name: str, file: Path, header: Header, book: str = "") -> Manifest:
        return cls(
            name, header.at, header.seq, header.hash, header.position, header.schema, file.stat().st_size,
            digest_of(file), clock.now(), book, header.checkpoint,
        )  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Manifest:
        """Build a manifest from its JSON. Raises KeyError, TypeError or ValueError for anything else."""
        signed = data["checkpoint"]
        for field in fields(cls):
            wanted = {"str": str, "int": int}.get(str(field.type), object)
            if field.name in data and not isinstance(data[field.name], wanted):
                raise TypeError(field.name)
        return cls(**{**data, "checkpoint": None if signed is None else Checkpoint.from_json(signed)})


def name_of(header: Header, book: str = "") -> str:
    """Return a backup's file name: kind, time and last record, so that names sort by age."""
    at = "".join(letter for letter in header.at[:19] if letter.isalnum())
    return f"{f'book-{book}' if book else 'mingce'}-{at}Z-{header.seq}{SUFFIX}"


def store_copy(file: Path, manifest: Manifest, place: Path) -> None:
    """Copy ``file`` to ``place``, creating that if need be, compare the copy's digest with the manifest's,
    and write the manifest last: a copy without one counts as none. On failure, delete what was copied and
    raise NotStored."""
    target = place / manifest.name
    note = target.with_suffix(MANIFEST)
    part, note_part = (one.with_name(one.name + PART) for one in (target, note))
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with file.open("rb") as source, open(open_own(part, _NEW), "wb") as copy:
            while piece := source.read(PIECE):
                copy.write(piece)
            copy.flush()
            os.fsync(copy.fileno())
        if digest_of(part) != manifest.digest:
            raise NotStored(_("what was read back differs"))
        part.rename(target)
        with open(open_own(note_part, _NEW), "w", encoding="utf-8") as text:
            json.dump(asdict(manifest), text, indent=1)
            text.flush()
            os.fsync(text.fileno())
        note_part.rename(note)
    except OSError as error:
        with contextlib.suppress(OSError):
            target.unlink(missing_ok=True)
        raise NotStored(system_reason(error)) from error
    finally:
        for left in (part, note_part):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def mark_place(home: Home, place: Path) -> None:
    """Create the mark file in ``place`` and add the place to the list in the state folder, for `is_away`.
    Raises NotStored."""
    try:
        os.close(open_own(place / MARK, os.O_WRONLY | os.O_CREAT))
        if str(place) not in _remembered(home):
            with open(open_own(home.backup_places, _MORE), "a", encoding="utf-8") as file:
                file.write(f"{place}\n")
    except OSError as error:
        raise NotStored(system_reason(error)) from error


def is_away(home: Home, place: Path) -> bool:
    """Return whether ``place`` is on the list of marked places but has now neither mark nor backups, as an
    unmounted disk would. Unreadable places count as there."""
    if str(place) not in _remembered(home) or os.path.exists(place / MARK):
        return False
    with contextlib.suppress(OSError):  # it can't be read, which is told where that is tried
        return not any(place.glob(f"*{SUFFIX}"))
    return False


def manifests(place: Path, book: str = "") -> list[Manifest]:
    """Read the manifests in ``place``, newest first: of full backups, or of those of ``book``. Damaged ones
    are skipped. Raises NotStored if the place can't be read."""
    try:
        notes = sorted(place.glob(f"{f'book-{book}' if book else 'mingce'}-*{MANIFEST}"), reverse=True)
        found = [_read(note) for note in notes]
    except OSError as error:
        raise NotStored(system_reason(error)) from error
    return [one for one in found if one is not None and one.book == book]


def is_whole(place: Path, manifest: Manifest) -> bool:
    """Read the backup in ``place`` and return whether its digest is the manifest's; False if it can't be
    read."""
    try:
        return digest_of(place / manifest.name) == manifest.digest
    except OSError:
        return False


def thin_out(place: Path, keep: int, book: str = "") -> list[str]:
    """Delete all but the ``keep`` newest backups and the last one of each of the ``keep`` newest days that
    have any: many new ones can't push out earlier days. Return the names deleted. Files without a manifest
    stay. Raises NotStored, OSError."""
    removed, found, keep = [], manifests(place, book), max(keep, 1)
    last_of_days = {one.at[:10]: one for one in reversed(found)}
    kept = [*found[:keep], *list(last_of_days.values())[-keep:]]
    for old in (one for one in found if one not in kept):
        (place / old.name).with_suffix(MANIFEST).unlink(missing_ok=True)
        (place / old.name).unlink(missing_ok=True)
        removed.append(old.name)
    return removed


def digest_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_MORE = os.O_WRONLY | os.O_CREAT | os.O_APPEND


def _remembered(home: Home) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return read_plain(home.backup_places).decode("utf-8", "replace").splitlines()
    return []


def _read(note: Path) -> Manifest | None:
    try:
        found = Manifest.from_json(json.loads(read_plain(note)))
        is_there = (note.parent / found.name).is_file() and found.name == Path(found.name).name
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return found if is_there else None
