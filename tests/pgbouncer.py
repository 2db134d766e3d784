"""A pgbouncer of a test's own, which lends connections by the transaction."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import psycopg
import pytest

from tests.ports import held_port

MOST = 3
"""Connections to the server that it holds for all of its clients."""
CONFIGURATION = """
[databases]
* = host={server} user=postgres
[pgbouncer]
pool_mode = transaction
default_pool_size = {most}
max_client_conn = {clients}
max_prepared_statements = 200
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = postgres
logfile = {folder}/log
pidfile = {folder}/pid
"""


def program() -> str:
    """Where pgbouncer is; installed with apt where it isn't and that can be done. Skips the test else."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin"
    found = shutil.which("pgbouncer", path=path)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = ["apt-get", "install", "-y", "--no-install-recommends", "pgbouncer"]
        subprocess.run(install, check=False, capture_output=True, timeout=300)
        found = shutil.which("pgbouncer", path=path)
    if found is None:
        pytest.skip("pgbouncer is not here, and apt-get does not bring it")
    return found


@contextmanager
def pooled(server: str, clients: int = 50) -> Iterator[str]:
    """URL of the database at ``server`` through a pgbouncer for so many ``clients``. Its files lie outside
    pytest's own folder, as it runs as the server's user where the tests run as root."""
    parts, folder = urlsplit(server), Path(tempfile.mkdtemp(prefix="mingce-pgbouncer-"))
    with held_port() as port:
        pass
    socket = parse_qs(parts.query)["host"][0]
    words = {
        "server": socket,
        "most": MOST,
        "clients": clients, "port": port, "folder": folder,
    }  # fmt: skip
    file = folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(**words), "utf-8")
    user = Path(socket).owner()  # who alone may reach the server's socket
    shutil.chown(folder, user)
    process = subprocess.Popen([program(), "-q", "-u", user, str(file)], stderr=subprocess.DEVNULL)
    url = urlunsplit(parts._replace(netloc=f"postgres:@127.0.0.1:{port}", query=""))
    try:
        until = time.monotonic() + 20
        while True:
            with suppress(psycopg.OperationalError), psycopg.connect(url):
                break
            assert time.monotonic() < until, (folder / "log").read_text("utf-8")
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def servers(url: str) -> int:
    """How many connections the pgbouncer of ``url`` has to its server now, whatever the database."""
    admin = urlunsplit(urlsplit(url)._replace(path="/pgbouncer"))
    with psycopg.connect(admin, autocommit=True, prepare_threshold=None) as asked:
        return len(asked.cursor().execute("SHOW SERVERS").fetchall())
