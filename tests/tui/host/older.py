"""An installation as an earlier version left it."""

from __future__ import annotations

from db.store.engine import close_store, database
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables.base import SchemaVersion

OLD = 5
"""The steps that it knew: it had no calls in an emergency, and nothing was proved."""


def make_older(home: Home) -> None:
    """Leave the database and the keys as that version left them."""
    open_store(home)
    database.execute_sql("DROP TABLE call_attempt")
    database.execute_sql("DROP TABLE proof_head")
    SchemaVersion.delete().where(SchemaVersion.version > OLD).execute()
    close_store()
    (home.keys / "proof").unlink()
