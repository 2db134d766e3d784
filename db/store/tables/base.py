"""What all tables share."""

from __future__ import annotations

from typing import Any, Literal, Protocol, TypeVar, overload

from peewee import BlobField, Field, ForeignKeyField, Model, ObjectIdAccessor

from db.store.engine import database


class Table(Model):
    """A table of the store that is open in this process."""

    class Meta:
        database = database
        legacy_table_names = False


class SealedField(BlobField):
    """Bytes sealed by `db.store.sealing` for this very table, row and column."""


class _Numbered(Protocol):
    @property
    def id(self) -> int: ...


class _Named(Protocol):
    @property
    def id(self) -> str: ...


N = TypeVar("N", bound=_Numbered)
S = TypeVar("S", bound=_Named)


@overload
def foreign_key(
    to: type[N], *, null: Literal[True], **options: Any
) -> tuple[ForeignKeyField[N | None], Field[int | None]]: ...
@overload
def foreign_key(
    to: type[N], *, null: Literal[False] = False, **options: Any
) -> tuple[ForeignKeyField[N], Field[int]]: ...
@overload
def foreign_key(
    to: type[S], *, null: Literal[True], **options: Any
) -> tuple[ForeignKeyField[S | None], Field[str | None]]: ...
@overload
def foreign_key(
    to: type[S], *, null: Literal[False] = False, **options: Any
) -> tuple[ForeignKeyField[S], Field[str]]: ...
@overload
def foreign_key(
    to: Literal["self"], *, null: Literal[True], **options: Any
) -> tuple[ForeignKeyField[Any], Field[int | None]]: ...
def foreign_key(to: Any, **options: Any) -> Any:
    """A reference and, beside it, its id alone, which asks the database nothing: ``unit, unit_id =
    foreign_key(Unit)``. peewee makes both of the first; the second tells the type checker."""
    field = ForeignKeyField(to, **options)
    return field, ObjectIdAccessor(field)
