"""What libpq is told about reaching PostgreSQL, beside the URL.

A password and certificates lie where libpq looks for them by itself, in the home of the user whom this
process works as. It asks ``HOME`` for that, which is another user's where root or sudo began the command, and
nobody's in a session, so the files are named here.
"""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

PATIENCE = 15.0
"""Seconds that PostgreSQL is waited for, until a lock is free or until it is back."""
PROMPT = {
    "connect_timeout": "5",
    "tcp_user_timeout": str(int(PATIENCE * 1000)),
}
WAITING = f"lock_timeout = '{int(PATIENCE)}s'"
"""What is set in each transaction: a pooler refuses it as a parameter of the connection."""
FILES = {
    "passfile": ("PGPASSFILE", ".pgpass"),
    "sslrootcert": ("PGSSLROOTCERT", ".postgresql/root.crt"),
    "sslcrl": ("PGSSLCRL", ".postgresql/root.crl"),
    "sslcert": ("PGSSLCERT", ".postgresql/postgresql.crt"),
    "sslkey": ("PGSSLKEY", ".postgresql/postgresql.key"),
}
"""By libpq's parameter: the variable that names the file, and where it lies in a home otherwise."""
VARIABLES = "PG"
"""What the names of all variables begin with that libpq reads."""


def parameters(url: str) -> dict[str, str]:
    """Return libpq parameters for what ``url`` and the operator's environment leave open."""
    said = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return {name: value for name, value in {**PROMPT, **_files()}.items() if name not in said}


def _files() -> dict[str, str]:
    try:
        home = Path(pwd.getpwuid(os.geteuid()).pw_dir)
    except KeyError:  # a user without a name has no home
        return {}
    return {name: str(home / file) for name, (variable, file) in FILES.items() if variable not in os.environ}
