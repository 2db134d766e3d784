"""A database as the version left it in which every copy of an edition was issued to an account."""

from __future__ import annotations

from db.store.engine import database, store
from db.store.journal.capture import forget_triggers, paused
from db.store.migrations import STEPS, _kept_numbers
from db.store.proof.making_sums import updating_sums
from db.store.schema_changes import loosen
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing

KEPT_NUMBERS = STEPS.index(_kept_numbers) + 1
"""The first version in which a copy may wait for its recipient to have an account."""
ADDED = ("closed_at", "close_reason")


def make_as_before_kept_numbers() -> None:
    """Leave the open database as that version left it."""
    with paused(store().database), writing(), updating_sums():
        if store().is_postgresql:
            database.execute_sql("ALTER TABLE edition_copy ALTER COLUMN account_id SET NOT NULL")
        else:
            for event in ("INSERT", "UPDATE", "DELETE"):
                database.execute_sql(f'DROP TRIGGER IF EXISTS temp."journal_edition_copy_{event}"')
            forget_triggers()
            loosen("edition_copy", '"account_id" INTEGER', '"account_id" INTEGER NOT NULL')
        for name in ADDED:
            database.execute_sql(f"ALTER TABLE edition_copy DROP COLUMN {name}")
        SchemaVersion.delete().where(SchemaVersion.version >= KEPT_NUMBERS).execute()
