"""What reaching another server takes: a secret from a file, and certificates to trust."""

from __future__ import annotations

import ssl
import stat
from pathlib import Path

from db.store.engine import store


def read_secret(name: str) -> str:
    """Return the secret in a file of the state folder, stripped. Raises OSError, also if others may read the
    file."""
    path = _in_home(name)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise PermissionError(f"{path} can be read by others")
    return path.read_text("utf-8").strip()


def trust(ca_file: str) -> ssl.SSLContext:
    """Return a TLS context that trusts the CA certificates in a file of the state folder; the system's if
    none is named. Raises OSError."""
    return ssl.create_default_context(cafile=str(_in_home(ca_file)) if ca_file else None)


def _in_home(name: str) -> Path:
    return store().home.folder / name
