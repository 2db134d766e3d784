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

KEY_BYTES = 32
SINGLE_KEYS = ("database", "search", "pepper", "digest")
FIELD_KEY_PREFIX = "field-"


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
    fields: dict[int, bytes] = field(repr=False)

    @property
    def current(self) -> int:
        """Number of the field key that seals new values."""
        return max(self.fields)


def make_keys(folder: Path) -> None:
    """Write a new set of keys into ``folder``. Raises FileExistsError rather than replace one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in (*SINGLE_KEYS, f"{FIELD_KEY_PREFIX}1"):
        write_key(folder / name, secrets.token_bytes(KEY_BYTES))


def write_key(path: Path, key: bytes) -> None:
    """Write one key as a new file that only its owner may read."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key.hex() + "\n")


def read_keys(folder: Path) -> KeyRing:
    """All keys of ``folder``, or of systemd's credential directory where it holds them."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / "database").exists():
        folder = Path(credentials)
    fields = {
        int(path.name.removeprefix(FIELD_KEY_PREFIX)): _read(path)
        for path in sorted(folder.glob(f"{FIELD_KEY_PREFIX}*"))
    }
    if not fields:
        raise KeyRingError(_("There is no field key in {folder}.", folder=str(folder)))
    single = {name: _read(folder / name) for name in SINGLE_KEYS}
    return KeyRing(fields=fields, **single)


def _read(path: Path) -> bytes:
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
