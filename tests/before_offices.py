"""A database as the version before offices left it."""

from __future__ import annotations

from db.store.engine import database, store
from db.store.journal.capture import paused
from db.store.migrations import OFFICES
from db.store.proof.making_sums import updating_sums
from db.store.tables import Entry, Grant, Unit
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing

RIGHTS = (
    "id", "account_id", "role", "book_id", "unit_id", "granted_by_id", "granted_at", "until", "revoked_at",
)  # fmt: skip
BEFORE = """
CREATE TABLE "grant" (
    "id" INTEGER NOT NULL PRIMARY KEY, "account_id" INTEGER NOT NULL, "role" VARCHAR(64) NOT NULL,
    "book_id" VARCHAR(64), "unit_id" INTEGER, "granted_by_id" INTEGER, "granted_at" VARCHAR(27) NOT NULL,
    "until" VARCHAR(27), "revoked_at" VARCHAR(27)
)
"""


def make_as_before_offices() -> None:
    """Leave the open database as that version left it: who heads a unit is a number at the unit."""
    with paused(store().database), writing(), updating_sums():
        for head in list(Grant.select().where(Grant.role == "head")):
            entry = Entry.get((Entry.person == head.person_id) & (Entry.book == head.book_id))
            Unit.update(head=entry.id).where(Unit.id == head.unit_id).execute()
        Grant.delete().where(Grant.role == "head").execute()
        for index in ("grant_person_id", "grant_unit_id", "grant_role"):
            database.execute_sql(f"DROP INDEX IF EXISTS {index}")
        dropped = dict.fromkeys(("request_step", "request_event"), ("office", "office_unit", "capacity"))
        if store().is_postgresql:
            dropped["grant"] = ("person_id", "capacity", "from_at")
            database.execute_sql('ALTER TABLE "grant" ALTER COLUMN account_id SET NOT NULL')
        else:
            names = ", ".join(f'"{name}"' for name in RIGHTS)
            rows = database.execute_sql(f'SELECT {names} FROM "grant"').fetchall()
            database.execute_sql('DROP TABLE "grant"')
            database.execute_sql(BEFORE)
            for row in rows:
                database.execute_sql(f'INSERT INTO "grant" VALUES ({", ".join("?" * len(RIGHTS))})', row)
        for table, columns in dropped.items():
            for column in columns:
                database.execute_sql(f'ALTER TABLE "{table}" DROP COLUMN {column}')
        SchemaVersion.delete().where(SchemaVersion.version >= OFFICES).execute()
