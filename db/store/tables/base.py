"""What all tables share, and the one that says which steps of the schema there were."""

from __future__ import annotations

from typing import Any, ClassVar

from peewee import CharField, IntegerField, Model

from db.store.compiled import compile_columns
from db.store.engine import database
from db.store.moves import Moving

compile_columns()


class Table(Model):
    """A table of the store that is open in this process. Each says what power its rows move."""

    moves: ClassVar[Moving]

    def __init_subclass__(cls, **given: Any) -> None:
        """Raises TypeError for a table that doesn't say it."""
        super().__init_subclass__(**given)
        if "moves" not in vars(cls):
            raise TypeError(f"{cls.__name__}: say what its rows move (`db.store.moves`), or None")

    class Meta:
        database = database
        legacy_table_names = False


class SchemaVersion(Table):
    """The steps this store has had."""

    moves = None

    version = IntegerField(primary_key=True)
    at = CharField(max_length=27)
