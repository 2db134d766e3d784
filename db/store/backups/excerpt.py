"""A backup of one book: its entries with their values, each on a line, encrypted like any backup and, but for
numbers and where it stands, under the key of its person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from db.store.backups.dump import Header
from db.store.backups.vault import VaultBroken, VaultWriter, lines
from db.store.row_encryption import SEALED, Hiding, Showing
from db.store.sealing import SealBroken

Line = dict[str, Any]
PLACE = "excerpt"
"""What a sealed line is bound to."""
PLAIN = ("entry", "person", "unit", "path", "kind")
"""What stands in a line in clear; the unit's path is none of the person's."""


def write(file: Path, key: bytes, header: Header, entries: Sequence[Line], hiding: Hiding) -> None:
    """Write ``header`` and ``entries`` into ``file``, encrypted under ``key``, and the entries, but for their
    place, also under their persons' keys."""
    with file.open("wb") as stream, VaultWriter(stream, key) as vault:
        for line in ({**asdict(header), "entries": len(entries)}, *(_sealed(hiding, one) for one in entries)):
            vault.write(_json(line))


def read(file: Path, keys: Sequence[bytes], people: Showing) -> list[Line]:
    """Decrypt a backup of one book with whichever of ``keys`` fits and the keys of ``people``; return its
    entries without those of erased persons. Raises VaultBroken, also where a person's key is missing without
    an erasure on record; OSError."""
    with file.open("rb") as stream:
        try:
            first, *entries = (json.loads(line) for line in lines(stream, keys))
            complete = first["entries"] == len(entries)
            opened = [_open_line(people, line) for line in entries]
        except (ValueError, KeyError, TypeError, SealBroken) as error:
            raise VaultBroken("another format") from error
    if not complete:
        raise VaultBroken("entries are missing")
    if people.shut:
        raise VaultBroken("keys of persons are missing")
    return [line for line in opened if line is not None]


def _sealed(hiding: Hiding, line: Line) -> Line:
    told = {name: line[name] for name in line if name not in PLAIN}
    person = line["person"]
    return {name: line[name] for name in PLAIN} | {
        SEALED: [person, hiding.content(PLACE, person, _json(told))]
    }


def _open_line(people: Showing, line: Line) -> Line | None:
    """Decrypt a line; None if its person's key is missing. Lines of earlier versions are in clear."""
    if SEALED not in line:
        return line
    person, told = line.pop(SEALED)
    content = people.content(PLACE, person, told)
    return None if content is None else line | json.loads(content)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8")
