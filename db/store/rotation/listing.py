"""What keys there are, where each lies, how old it is, and what a retired one is still needed for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from db.store.backups.backup_store import NotStored, manifests
from db.store.journal import frames
from db.store.keys import (
    BACKUP,
    FIELD_KEY_PREFIX,
    NEXT,
    PROOF,
    PUBLIC,
    RETIRED,
    SIGN_AUDIT,
    SIGN_EVIDENCE,
    SIGNING_PREFIX,
    SINGLE_KEYS,
    key_folder,
    time_in_key,
)
from db.store.rotation.files import made_at
from db.store.tables import Book

AUDIT = f"{SIGNING_PREFIX}{SIGN_AUDIT}"
EVIDENCE = f"{SIGNING_PREFIX}{SIGN_EVIDENCE}"


@dataclass(frozen=True, slots=True)
class Key:
    """One key, never what it is. ``made`` is empty where it is not here to be looked at.

    A ``retired`` one says what still needs it: ``values`` sealed in the database, ``backups`` of any place,
    ``days`` of the journal; ``for_good``: evidence packs that were given out.
    """

    name: str
    file: Path
    made: str
    retired: str = ""
    values: int = 0
    backups: int = 0
    days: int = 0
    for_good: bool = False

    @property
    def is_needed(self) -> bool:
        return not self.retired or bool(self.values or self.backups or self.days or self.for_good)


def keys_in_use(folder: Path) -> list[Key]:
    fields = sorted(path.name for path in folder.glob(f"{FIELD_KEY_PREFIX}*") if not path.name.endswith(NEXT))
    credentials = key_folder(folder, "database")
    fields = fields or sorted(path.name for path in credentials.glob(f"{FIELD_KEY_PREFIX}*"))
    names = (*SINGLE_KEYS, BACKUP, PROOF, *fields, AUDIT, AUDIT + PUBLIC, EVIDENCE, EVIDENCE + PUBLIC)
    found = []
    for name in sorted(names):
        file = key_folder(folder, name) / name
        found.append(Key(name, file, made_at(file) if file.exists() else ""))
    return found


def list_retired_keys(
    folder: Path, places: Sequence[Path], journal: Path, values: dict[int, int]
) -> list[Key]:
    """List retired keys with what still needs them: sealed ``values`` by field key, backups in ``places``,
    days of the journal."""
    backups = _dates(places)
    days = [file.name[:10] for file in journal.glob(f"*{frames.SUFFIX}")]
    found = []
    for file in sorted((folder / RETIRED).glob("[!.]*")):
        at = time_in_key(file, "retired")
        older = sum(1 for one in backups if one <= at)
        of, _dash, number = file.name.removesuffix(PUBLIC).rpartition("-")
        is_field = f"{of}-" == FIELD_KEY_PREFIX
        found.append(
            Key(
                file.name, file, made_at(file), at,
                values=values.get(int(number), 0) if is_field and number.isdigit() else 0,
                backups=older if is_field or of in (BACKUP, PROOF, AUDIT) else 0,
                days=sum(1 for day in days if day <= at[:10]) if is_field or of == "journal" else 0,
                for_good=of == EVIDENCE,
            )
        )  # fmt: skip
    return found


def _dates(places: Sequence[Path]) -> list[str]:
    """Return the times of all backups in ``places``, those of single books included; unreadable places are
    skipped."""
    books = ["", *(row.id for row in Book.select(Book.id))]
    found: list[str] = []
    for place in places:
        for book in books:
            try:
                found += [one.at for one in manifests(place, book)] if place.is_dir() else []
            except NotStored:
                continue
    return found
