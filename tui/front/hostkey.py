"""The key by which clients know this server: Ed25519, mode 0400, with the other keys.

The SSH library is loaded where a key is read or made: commands that only name the errors do without.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from db.language import MessageError, _
from db.store.settings import Home

if TYPE_CHECKING:
    import asyncssh

NAME = "ssh-host"


class HostKeyError(MessageError):
    """The host key can't be used; ``message`` says why and what to do."""


def host_key_path(home: Home) -> Path:
    """Return the path of the host key: in systemd's credential directory if it is there, else in
    ``keys/``."""
    credentials = os.environ.get("CREDENTIALS_DIRECTORY")
    if credentials and (Path(credentials) / NAME).exists():
        return Path(credentials) / NAME
    return home.keys / NAME


def read_host_key(path: Path) -> asyncssh.SSHKey:
    """Read the private key in ``path``. Raises HostKeyError if it is missing, unreadable, or open to
    others."""
    import asyncssh

    try:
        mode = path.stat().st_mode
        key = asyncssh.read_private_key(path)
    except (OSError, asyncssh.KeyImportError) as error:
        raise HostKeyError(
            _("The host key {file} can't be read: {reason}", file=str(path), reason=_reason(error))
        ) from None
    if stat.S_IMODE(mode) & 0o077:
        raise HostKeyError(
            _("The host key {file} can be read by others. Run `chmod 0400` on it.", file=str(path))
        )
    return key


def write_host_key(path: Path) -> None:
    """Create a host key in ``path``, mode 0400. Raises FileExistsError rather than replace one: clients would
    be alarmed."""
    import asyncssh

    key = asyncssh.generate_private_key("ssh-ed25519").export_private_key()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(key)


def fingerprint(path: Path) -> str:
    """Return the key's SHA-256 fingerprint as ``ssh`` shows it. Raises HostKeyError."""
    return read_host_key(path).get_fingerprint()


def _reason(error: Exception) -> str:
    return error.strerror or str(error) if isinstance(error, OSError) else str(error)
