"""PostgreSQL's driver, loaded by who opens such a database: `db.store` keeps it from peewee until then."""

from __future__ import annotations

from typing import Any

import peewee


def load_driver() -> None:
    """Import psycopg and put it where peewee expects it; nothing if it is there."""
    held: Any = peewee
    if held.psycopg is not None:
        return
    import psycopg
    from psycopg.pq import TransactionStatus
    from psycopg.types.json import Json, Jsonb

    held.psycopg, held.TransactionStatus = psycopg, TransactionStatus
    held.Json_pg3, held.Jsonb_pg3 = Json, Jsonb
    held.Psycopg3Adapter.txn_idle = TransactionStatus.IDLE
    held.Psycopg3Adapter.txn_inerror = TransactionStatus.INERROR
    held.Psycopg3Adapter.txn_unknown = TransactionStatus.UNKNOWN
