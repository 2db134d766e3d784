"""Rotating a signing key: the new key signs, and what the old one signed stays provable.

The checkpoints say themselves where one key follows the other (`db.store.checkpoints.Succession`); of
evidence packs, the old public key is kept with the retired ones. An old private key is destroyed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from db.store import checkpoints, clock
from db.store.disk import sync_folder
from db.store.keys import (
    KEY_BYTES,
    NEXT,
    PUBLIC,
    SIGN_AUDIT,
    SIGNING_PREFIX,
    read_key,
    retired_files,
    write_key,
)
from db.store.rotation.files import delete_key, retire_key
from db.store.signing import Signer

LAST = ".last"
"""Ends the name of the private key that is about to be destroyed."""


def rotate(folder: Path, private: Path, name: str, places: Sequence[Path]) -> None:
    """Replace the signing key NAME, whose private half is the file ``private``, and retire the old public
    half. For the audit's, append a succession, signed by both, to ``places``. Goes on with a stopped
    rotation. Raises KeyRingError or OSError."""
    public = folder / f"{SIGNING_PREFIX}{name}{PUBLIC}"
    coming, last = public.with_name(public.name + NEXT), private.with_name(private.name + LAST)
    fresh = private.with_name(private.name + NEXT)
    if not last.exists():
        old, made = read_key(private), secrets.token_bytes(KEY_BYTES)
        delete_key(fresh)
        delete_key(coming)
        write_key(fresh, made)
        write_key(coming, Signer(made).public)
        write_key(last, old)
    if fresh.exists():
        fresh.rename(private)
        sync_folder(private.parent)
    if name == SIGN_AUDIT:
        checkpoints.succeed(places, Signer(read_key(last)), Signer(read_key(private)), clock.now())
    if coming.exists():
        number = len(retired_files(folder, f"{SIGNING_PREFIX}{name}", PUBLIC)) + 1
        retire_key(folder, public.name, f"{SIGNING_PREFIX}{name}-{number}{PUBLIC}", remove=False)
        coming.rename(public)
        sync_folder(folder)
    delete_key(last)


def is_stopped(private: Path) -> bool:
    """Return whether a rotation of the key in ``private`` was stopped halfway."""
    return private.with_name(private.name + LAST).exists()
