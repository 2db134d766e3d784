"""What all tables share, and the one that says which steps of the schema there were."""

from __future__ import annotations

from peewee import CharField, IntegerField, Model

from db.store.compiled import compile_columns
from db.store.engine import database

compile_columns()


class Table(Model):
    """A table of the store that is open in this process."""

    class Meta:
        database = database
        legacy_table_names = False


class SchemaVersion(Table):
    """The steps this store has had."""

    version = IntegerField(primary_key=True)
    at = CharField(max_length=27)
