"""The content of files of evidence, each under a key of its own, so that one can be let go wherever copies
of the database lie. Not an operation."""

from __future__ import annotations

import hashlib

from db.store import subjects
from db.store.engine import store
from db.store.sealing import seal
from db.store.subjects import Destroyed, seal_for, unseal_for
from db.store.tables import Evidence

MAX_BYTES = 5 * 1024 * 1024
"""Of one file."""


def key_name(file: str) -> str:
    """Return the name of the file's key in `db.store.subjects`."""
    return f"evidence:{file}"


def encrypt_file(file: str, content: bytes) -> bytes:
    return seal_for(key_name(file), Evidence.content.place(file), content)


def content_of(row: Evidence) -> bytes:
    """Return the file in clear. Raises SealBroken; Destroyed where it was erased."""
    if not row.size:
        raise Destroyed(Evidence.content.place(row.id))
    return unseal_for(key_name(row.id), Evidence.content.place(row.id), bytes(row.content))


def replace_content(row: Evidence, content: bytes) -> None:
    """Encrypt and store ``content`` instead, with size and digest. Nothing may refer to the old digest."""
    digest = hashlib.sha256(content).hexdigest()
    Evidence.update(content=encrypt_file(row.id, content), size=len(content), digest=digest).where(
        Evidence.id == row.id
    ).execute()


def erase_content(file: str, name: str) -> None:
    """Erase the content and its key and rename the file to ``name``. The digest stays for decisions."""
    empty = seal(store().keys, Evidence.content.place(file), b"")
    Evidence.update(name=name, size=0, content=empty).where(Evidence.id == file).execute()
    subjects.destroy(key_name(file))
