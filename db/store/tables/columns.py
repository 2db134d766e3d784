"""The kinds of column a table has besides peewee's: whatever is to be known of one stands at it. A column of
words, or of something sealed, can't be made without its fact (`db.store.tables.facts`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, overload

import peewee

from db.store.binding import place_of
from db.store.tables.facts import Fact


class FactColumn:
    """Gives a column its fact: what stands for it once its person is erased, or why it is not personal."""

    def __init__(self, fact: Fact, **options: Any) -> None:
        super().__init__(**options)
        self.fact = fact


class Sealed(FactColumn):
    """Bytes sealed by `db.store.sealing` for this very table, column and row, which the columns ``of`` name.
    Where a row holds much, ``batch`` says how many of them are read at once."""

    model: Any
    column_name: str

    def __init__(self, fact: Fact, *of: str, batch: int = 500, **options: Any) -> None:
        super().__init__(fact, **options)
        self.of, self.batch = of, batch

    @cached_property
    def place(self) -> Callable[..., str]:
        """A function from a row's values in the columns ``of`` to the place that its sealed value is bound
        to."""
        return place_of(self.table, ":".join("{}" for _column in self.of), self.column_name).format

    @property
    def table(self) -> str:
        return str(self.model._meta.table_name)


if TYPE_CHECKING:  # peewee's stubs refuse other arguments, and its classes can't be subscripted when they run
    V = TypeVar("V")
    MomentField = peewee.CharField

    class CharField(FactColumn, peewee.CharField[V]):
        @overload
        def __new__(cls, fact: Fact, *, null: Literal[True], **options: Any) -> CharField[str | None]: ...
        @overload
        def __new__(cls, fact: Fact, *, null: Literal[False] = ..., **options: Any) -> CharField[str]: ...
        def __new__(cls, fact: Fact, **options: Any) -> Any: ...

    class TextField(FactColumn, peewee.TextField[V]):
        @overload
        def __new__(cls, fact: Fact, *, null: Literal[True], **options: Any) -> TextField[str | None]: ...
        @overload
        def __new__(cls, fact: Fact, *, null: Literal[False] = ..., **options: Any) -> TextField[str]: ...
        def __new__(cls, fact: Fact, **options: Any) -> Any: ...

    class SealedField(Sealed, peewee.BlobField[V]):
        @overload
        def __new__(
            cls, fact: Fact, *of: str, null: Literal[True], **options: Any
        ) -> SealedField[bytes | None]: ...
        @overload
        def __new__(
            cls, fact: Fact, *of: str, null: Literal[False] = ..., **options: Any
        ) -> SealedField[bytes]: ...
        def __new__(cls, fact: Fact, *of: str, **options: Any) -> Any: ...

else:

    class MomentField(peewee.CharField):
        """A moment in UTC, as `db.store.clock.now` writes it."""

        def __init__(self, **options):
            super().__init__(max_length=27, **options)

    class CharField(FactColumn, peewee.CharField):
        pass

    class TextField(FactColumn, peewee.TextField):
        pass

    class SealedField(Sealed, peewee.BlobField):
        pass


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
) -> tuple[peewee.ForeignKeyField[N | None], peewee.Field[int | None]]: ...
@overload
def foreign_key(
    to: type[N], *, null: Literal[False] = ..., **options: Any
) -> tuple[peewee.ForeignKeyField[N], peewee.Field[int]]: ...
@overload
def foreign_key(
    to: type[S], *, null: Literal[True], **options: Any
) -> tuple[peewee.ForeignKeyField[S | None], peewee.Field[str | None]]: ...
@overload
def foreign_key(
    to: type[S], *, null: Literal[False] = ..., **options: Any
) -> tuple[peewee.ForeignKeyField[S], peewee.Field[str]]: ...
@overload
def foreign_key(
    to: Literal["self"], *, null: Literal[True], **options: Any
) -> tuple[peewee.ForeignKeyField[Any], peewee.Field[int | None]]: ...
def foreign_key(to: Any, *, to_person: int = 0, **options: Any) -> Any:
    """Return a reference field and, beside it, its id alone, which queries nothing: ``unit, unit_id =
    foreign_key(Unit)``. peewee makes both of the first; the second tells the type checker.

    ``to_person`` marks the way to the person whom a row is about: of several ways, 1 goes before 2 where it
    is not null.
    """
    field: Any = peewee.ForeignKeyField(to, **options)
    field.to_person = to_person
    return field, peewee.ObjectIdAccessor(field)
