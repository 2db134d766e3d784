"""Columns as SQL, compiled once: peewee writes each one anew in every statement, out of four objects and two
changes of scope, which takes a fifth of the time of a look-up. The text is the same to the letter. So are the
columns of a row that is inserted.

An alias of a table has columns of a class of its own (`peewee.FieldAlias`), which peewee goes on writing.
"""

from __future__ import annotations

from functools import cache
from operator import is_
from typing import Any

from peewee import SCOPE_VALUES, Context, Entity, Field, ModelInsert, ModelSelect, Node

_columns: Any = Field  # as the stubs of peewee know nothing of what is set on these three
_selections: Any = ModelSelect
_insertions: Any = ModelInsert
_as_peewee_selects = _selections.__sql_selection__
_as_peewee_inserts = _insertions._simple_insert


def compile_columns() -> None:
    """From now on peewee takes the columns of tables, and those of whole rows, in and out, from here."""
    _columns.__sql__ = _column
    _selections.__sql_selection__ = _selection
    _insertions._simple_insert = _insert


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
    """The fields of a row for which those ``given`` are enough, in their order, and what stands before their
    values. None where peewee has to complete or to understand it."""
    named, own = set(map(id, given)), set(map(id, meta.sorted_fields))
    if not named or not set(map(id, meta.defaults)) <= named <= own:
        return None
    fields = tuple(sorted(given, key=lambda field: field._sort_key))
    names = ", ".join(_quoted(field.column_name, quotes) for field in fields)
    return fields, f"({names}) VALUES ("


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
