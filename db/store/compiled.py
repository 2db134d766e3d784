"""Columns as SQL, compiled once: peewee writes each one anew in every statement, out of four objects and two
changes of scope, which takes a fifth of the time of a look-up. The text is the same to the letter. So are the
columns of a row that is inserted, and the whole statement of a row that is asked for by what it holds.

What a query finds is read to its end before its first row is given out, on SQLite as on PostgreSQL: under an
open cursor a statement that first makes its table's triggers would have the query end in an error.

An alias of a table has columns of a class of its own (`peewee.FieldAlias`), which peewee goes on writing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import is_
from typing import Any

from peewee import (
    OP,
    SCOPE_VALUES,
    BaseModelSelect,
    Context,
    Entity,
    Expression,
    Field,
    Model,
    ModelInsert,
    ModelSelect,
    Node,
)

_columns: Any = Field  # as the stubs of peewee know nothing of what is set on these five
_models: Any = Model
_selections: Any = ModelSelect
_insertions: Any = ModelInsert
_queries: Any = BaseModelSelect
_as_peewee_selects = _selections.__sql_selection__
_as_peewee_inserts = _insertions._simple_insert
_as_peewee_gets = _models.get.__func__


def compile_columns() -> None:
    """Patch peewee in this process with faster methods for reading columns and inserting whole rows."""
    _models.get = classmethod(_get)
    _columns.__sql__ = _column
    _selections.__sql_selection__ = _selection
    _insertions._simple_insert = _insert
    _queries.__iter__ = _whole


def _whole(query: Any) -> Any:
    rows = query.execute()
    rows.fill_cache()
    return iter(rows)


def _column(field: Any, ctx: Any) -> Any:
    if ctx.scope == SCOPE_VALUES:
        return ctx.literal(_quoted(field.column_name, _quotes(ctx)))
    return ctx.literal(_of(ctx.alias_manager[field.model._meta.table], field.column_name, _quotes(ctx)))


def _selection(query: Any, ctx: Any, is_subquery: bool = False) -> Any:
    meta, chosen = query.model._meta, query._returning
    whole = meta.sorted_fields
    if is_subquery or len(chosen) != len(whole) or not all(map(is_, chosen, whole)):
        return _as_peewee_selects(query, ctx, is_subquery)
    return ctx.literal(_row(meta, ctx.alias_manager[meta.table], _quotes(ctx)))


def _insert(query: Any, ctx: Any) -> Any:
    row = query._insert
    columns = _inserted(query.model._meta, tuple(row), _quotes(ctx))
    if columns is None or any(isinstance(value, Node) for value in row.values()):
        return _as_peewee_inserts(query, ctx)
    fields, text = columns
    ctx._values.extend(field.db_value(row[field]) for field in fields)
    mark = ctx.state.param or "?"
    return ctx.literal(f"{text}{', '.join([mark] * len(fields))})")


@cache
def _inserted(meta: Any, given: tuple[Any, ...], quotes: str) -> tuple[tuple[Any, ...], str] | None:
    """Return the fields to insert, in their order, and the SQL before their values; None where peewee must
    fill in or interpret something. Cached."""
    named, own = set(map(id, given)), set(map(id, meta.sorted_fields))
    if not named or not set(map(id, meta.defaults)) <= named <= own:
        return None
    fields = tuple(sorted(given, key=lambda field: field._sort_key))
    names = ", ".join(_quoted(field.column_name, quotes) for field in fields)
    return fields, f"({names}) VALUES ("


def _get(model: Any, *query: Any, **filters: Any) -> Any:
    """Get a row by equal columns through a cached statement; leave any other query to peewee. Raises the
    model's DoesNotExist."""
    given: list[Any] = []
    shape = None if filters or len(query) != 1 else _shape(model, query[0], given)
    if shape is None:
        return _as_peewee_gets(model, *query, **filters)
    meta = model._meta
    known = meta, shape, meta.database.param
    if known not in _gets:
        _gets[known] = model.select().where(*query).paginate(1, 1).sql()[0]
    row = meta.database.execute_sql(_gets[known], [*given, 1, 0]).fetchone()
    if row is None:
        raise model.DoesNotExist(f"{model.__name__}: {_gets[known]}")
    found = model(__no_default__=1)
    found.__data__.update((name, read(value)) for (name, read), value in zip(_read(meta), row, strict=True))
    return found


def _shape(model: Any, query: Any, given: list[Any]) -> Any:
    """Return the column names that ``query`` compares with values, nested as it nests them, and append the
    values to ``given``; None for any other query."""
    if type(query) is not Expression:
        return None
    if query.op == OP.AND:
        sides = [_shape(model, side, given) for side in (query.lhs, query.rhs)]
        return None if None in sides else tuple(sides)
    if query.op != OP.EQ or not isinstance(query.lhs, Field) or isinstance(query.rhs, Node | type):
        return None
    column: Any = query.lhs
    if column.model is not model:
        return None
    given.append(column.db_value(query.rhs))
    return column.name


_gets: dict[Any, str] = {}


@cache
def _read(meta: Any) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((field.name, field.python_value) for field in meta.sorted_fields)


def _quotes(ctx: Any) -> str:
    return ctx.state.quote or '""'


@cache
def _row(meta: Any, alias: str, quotes: str) -> str:
    return ", ".join(_of(alias, field.column_name, quotes) for field in meta.sorted_fields)


@cache
def _of(alias: str, column: str, quotes: str) -> str:
    return f"{_quoted(alias, quotes)}.{_quoted(column, quotes)}"


@cache
def _quoted(name: str, quotes: str) -> str:
    context: Any = Context(quote=quotes)
    text: str = context.sql(Entity(name)).query()[0]
    return text
