"""The keys of one installation, kept outside the database.

Each key is a file of hex digits, mode 0400, in the state folder's ``keys/`` or in the directory that
systemd names in ``CREDENTIALS_DIRECTORY``. They are read once at start and never reach argv, the
environment, a log or the database.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass, field
from pathlib import Path

from db.language import Message, _
from db.store.signing import Signer

KEY_BYTES = 32
SINGLE_KEYS = ("database", "search", "pepper", "digest", "journal")
BACKUP = "backup"
"""The key that encrypts backups. It is read where one is made or opened, and never by a session's start."""
LATER_KEYS = ("journal", BACKUP)
FIELD_KEY_PREFIX = "field-"
SIGNING_PREFIX = "sign-"
PUBLIC = ".pub"
SIGN_AUDIT = "audit"
"""Name of the pair that signs checkpoints of the audit chain (`db.store.signing`)."""
SIGN_EVIDENCE = "evidence"
"""Name of the pair that signs evidence packs (C.13)."""
SIGNING_KEYS = (SIGN_AUDIT, SIGN_EVIDENCE)


class KeyRingError(Exception):
    """A key is missing or can't be trusted; ``message`` says which and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(message.text)
        self.message = message


@dataclass(frozen=True, slots=True)
class KeyRing:
    """All keys, 256 bits each. ``fields`` maps key numbers to keys; the highest number seals."""

    database: bytes = field(repr=False)
    search: bytes = field(repr=False)
    pepper: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    journal: bytes = field(repr=False)
    fields: dict[int, bytes] = field(repr=False)

    @property
    def current(self) -> int:
        """Number of the field key that seals new values."""
        return max(self.fields)


def make_keys(folder: Path) -> None:
    """Write a new set of keys into ``folder``. Raises FileExistsError rather than replace one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (*SINGLE_KEYS, BACKUP, f"{FIELD_KEY_PREFIX}1"):
        write_key(folder / name, secrets.token_bytes(KEY_BYTES))
    for name in SIGNING_KEYS:
        make_signing_key(folder, name)


def make_signing_key(folder: Path, name: str) -> None:
    """Write a new pair: the key ``sign-NAME``, and ``sign-NAME.pub`` for whoever is to check."""
    private = secrets.token_bytes(KEY_BYTES)
    write_key(folder / f"{SIGNING_PREFIX}{name}", private)
    write_key(folder / f"{SIGNING_PREFIX}{name}{PUBLIC}", Signer(private).public)


def add_missing_keys(folder: Path) -> list[str]:
    """Make the keys that an installation made by an older version lacks; their names."""
    added = []
    for name in LATER_KEYS:
        if not (key_folder(folder, name) / name).exists():
            write_key(folder / name, secrets.token_bytes(KEY_BYTES))
            added.append(name)
    for name in SIGNING_KEYS:
        file = f"{SIGNING_PREFIX}{name}{PUBLIC}"
        if not (key_folder(folder, file) / file).exists():
            make_signing_key(folder, name)
            added.append(f"{SIGNING_PREFIX}{name}")
    return added


def read_backup_key(folder: Path) -> bytes:
    """The key of backups. Raises KeyRingError."""
    return read_key(key_folder(folder, BACKUP) / BACKUP)


def signing_file(folder: Path, name: str) -> Path:
    """Where the private half of the signing key NAME lies."""
    file = f"{SIGNING_PREFIX}{name}"
    return key_folder(folder, file) / file


def read_signer(folder: Path, name: str) -> Signer:
    """The signing key NAME of ``folder``. Raises KeyRingError."""
    return Signer(read_key(signing_file(folder, name)))


def read_public(folder: Path, name: str) -> bytes:
    """The public half of the signing key NAME of ``folder``. Raises KeyRingError."""
    file = f"{SIGNING_PREFIX}{name}{PUBLIC}"
    return read_key(key_folder(folder, file) / file)


def write_key(path: Path, key: bytes) -> None:
    """Write one key as a new file that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")


def key_folder(folder: Path, name: str) -> Path:
    """Where the key ``name`` is: systemd's credential directory if it holds it, else ``folder``."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    return Path(credentials) if credentials and (Path(credentials) / name).exists() else folder


def read_keys(folder: Path) -> KeyRing:
    """All keys of ``folder``, or of systemd's credential directory where it holds them."""
    folder = key_folder(folder, "database")
    fields = {
        int(path.name.removeprefix(FIELD_KEY_PREFIX)): read_key(path)
        for path in sorted(folder.glob(f"{FIELD_KEY_PREFIX}*"))
    }
    if not fields:
        raise KeyRingError(_("There is no field key in {folder}.", folder=str(folder)))
    single = {name: read_key(folder / name) for name in SINGLE_KEYS}
    return KeyRing(fields=fields, **single)


def read_key(path: Path) -> bytes:
    """The key in ``path``. Raises KeyRingError where it is missing, malformed or open to others."""
    try:
        mode = path.stat().st_mode
        text = path.read_text("ascii").strip()
    except OSError as error:
        raise KeyRingError(
            _("Key {file} can't be read: {reason}", file=str(path), reason=str(error))
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise KeyRingError(_("Key {file} can be read by others. Run `chmod 0400` on it.", file=str(path)))
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyRingError(_("Key {file} is not 64 hexadecimal digits.", file=str(path)))
    return key
