"""A backup of one book: its entries with their values, each on a line, encrypted like any backup."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from db.store.backups.dump import Header
from db.store.backups.vault import VaultBroken, VaultWriter, lines

Line = dict[str, Any]


def write(file: Path, key: bytes, header: Header, entries: Sequence[Line]) -> None:
    """Write the entries of a book into a new ``file``."""
    with file.open("wb") as stream, VaultWriter(stream, key) as vault:
        for line in ({**asdict(header), "entries": len(entries)}, *entries):
            vault.write(json.dumps(line, ensure_ascii=False).encode("utf-8"))


def read(file: Path, keys: Sequence[bytes]) -> list[Line]:
    """The entries in ``file``. Raises VaultBroken, or OSError where it is not there."""
    with file.open("rb") as stream:
        try:
            first, *entries = (json.loads(line) for line in lines(stream, keys))
            complete = first["entries"] == len(entries)
        except (ValueError, KeyError, TypeError) as error:
            raise VaultBroken("another format") from error
    if not complete:
        raise VaultBroken("entries are missing")
    return entries
