"""What all tables share."""

from __future__ import annotations

from peewee import BlobField, Model

from db.store.compiled import compile_columns
from db.store.engine import database

compile_columns()


class Table(Model):
    """A table of the store that is open in this process."""

    class Meta:
        database = database
        legacy_table_names = False


class SealedField(BlobField):
    """Bytes sealed by `db.store.sealing` for this very table, row and column."""
