"""A database as the version left it that read regulations from files."""

from __future__ import annotations

from db.store.engine import database, store
from db.store.journal.capture import forget_triggers, paused
from db.store.migrations import RULES
from db.store.proof.making_sums import updating_sums
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing

ADDED = ("book_rules", "regulation_text", "rules_head")


def make_as_before_rules() -> None:
    """Leave the open database as that version left it."""
    with paused(store().database), writing(), updating_sums():
        for name in ADDED:
            if not store().is_postgresql:
                for event in ("INSERT", "UPDATE", "DELETE"):
                    database.execute_sql(f'DROP TRIGGER IF EXISTS temp."journal_{name}_{event}"')
            database.execute_sql(f"DROP TABLE {name}")
        forget_triggers()
        SchemaVersion.delete().where(SchemaVersion.version >= RULES).execute()
