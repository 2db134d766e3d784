"""Which version a database has, found without changing anything of it: it is not opened for writing."""

from __future__ import annotations

import contextlib
from pathlib import Path
from urllib.parse import quote

from sqlcipher3 import dbapi2

from db.store.engine import errors_as_peewee, raw_key, silence_sqlcipher
from db.store.keys import database_keys, key_folder
from db.store.libpq import WAITING, parameters
from db.store.settings import Home, Settings
from db.store.unavailable import said_in_words

NEWEST = "SELECT max(version) FROM schema_version"
SQLITE_ERROR = 1
"""SQLite's primary result code of a statement that names no table there is."""


def stored_version(home: Home, settings: Settings) -> int:
    """Read the schema version of the database without opening the store; 0 without content. Raises
    KeyRingError, Unavailable, DatabaseError."""
    scheme, _colon, rest = home.database_url(settings).partition(":")
    with said_in_words(), errors_as_peewee():
        if scheme == "sqlite":
            return _of_file(Path(rest), database_keys(key_folder(home.keys, "database")))
        import psycopg

        url = f"{scheme}:{rest}"
        with psycopg.connect(url, **parameters(url)) as connection:  # type: ignore[arg-type]  # libpq's
            connection.execute(f"SET LOCAL {WAITING}")
            (there,) = connection.execute("SELECT to_regclass('schema_version')").fetchone() or (None,)
            found = connection.execute(NEWEST).fetchone() if there is not None else None
            return int(found[0] or 0) if found else 0


def _of_file(file: Path, keys: list[bytes]) -> int:
    """Read the version of an SQLCipher file by whichever key opens it; 0 without content. Raises
    DatabaseError if none does."""
    silence_sqlcipher()
    failed: dbapi2.DatabaseError | None = None
    for key in keys:
        with contextlib.closing(dbapi2.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as connection:
            connection.execute(f'PRAGMA key = "{raw_key(key)}"')
            try:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            except dbapi2.DatabaseError as error:
                failed = error
                continue
            try:
                (version,) = connection.execute(NEWEST).fetchone()
            except dbapi2.OperationalError as error:
                if getattr(error, "sqlite_errorcode", SQLITE_ERROR) != SQLITE_ERROR:
                    raise
                return 0
            return int(version or 0)
    if failed is not None:
        raise failed
    return 0
