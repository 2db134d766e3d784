"""What all tables share."""

from __future__ import annotations

from peewee import Model

from db.store.engine import database


class Table(Model):
    """A table of the store that is open in this process."""

    class Meta:
        database = database
        legacy_table_names = False
