"""Compiled columns write what peewee writes, in every kind of statement."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from peewee import JOIN, Context, Field, ModelInsert, ModelSelect, fn

from db.store import compiled
from db.store.engine import Store, store
from db.store.tables import ALL, Account, Entry, Grant, Person, Unit
from db.store.transactions import writing
from tests.world import World

ABOVE = Unit.alias("above")
OTHER: Any = Entry.alias()
LATEST = Entry.select(fn.MAX(Entry.id)).group_by(Entry.unit)
BOOK: Any = Person.select().where(Person.name == "张伟").cte("found", columns=("id", "name"))

STATEMENTS: dict[str, Callable[[], Any]] = {
    "whole rows": lambda: Entry.select().where(Entry.id == 1),
    "two tables' rows": lambda: Entry.select(Entry, Person).join(Person).where(Person.name.contains("张")),
    "rows of one beside a column of another": lambda: Entry.select(Entry, Person.name).join(Person),
    "rows without a column": lambda: Person.select(*Person._meta.sorted_fields[1:]),
    "rows in another order": lambda: Person.select(*reversed(Person._meta.sorted_fields)),
    "a table beside itself": lambda: Unit.select(Unit, ABOVE).join(ABOVE, on=Unit.parent == ABOVE.id),
    "an alias alone": lambda: OTHER.select().where(OTHER.unit == 3),
    "a column of an alias from without": lambda: Entry.select().where(
        fn.EXISTS(OTHER.select(OTHER.id).where(OTHER.person == Entry.person, OTHER.id < Entry.id))
    ),
    "whole rows asked for within": lambda: Entry.select().where(Entry.person.in_(Person.select())),
    "one column within": lambda: Grant.select().where(Grant.account << Account.select(Account.id)),
    "groups, sorted": lambda: (
        Entry.select(Entry.unit, fn.COUNT(Entry.id).alias("n"))
        .group_by(Entry.unit)
        .having(fn.COUNT(Entry.id) > 1)
        .order_by(Entry.unit.desc())
    ),
    "rows of rows": lambda: Entry.select().join(LATEST, JOIN.LEFT_OUTER, on=Entry.id == LATEST.c.id),
    "two selections as one": lambda: (
        Person.select().where(Person.id < 3) | Person.select().where(Person.id > 7)
    ),
    "whole rows by a common table": lambda: (
        Entry.select().join(BOOK, on=BOOK.c.id == Entry.person).with_cte(BOOK)
    ),
    "an insert": lambda: Person.insert(name="张伟"),
    "an insert out of order": lambda: Grant.insert(granted_at="2026", book="staff", role="hr", account=1),
    "an insert by a person": lambda: Entry.insert(unit=1, book="staff", person=Person(id=7)),
    "an insert by columns": lambda: Person.insert({Person.name: "张伟"}),
    "an insert of what is counted": lambda: Person.insert(name=fn.UPPER("x")),
    "an insert of nothing": lambda: Person.insert(),
    "several inserts": lambda: Person.insert_many([{"name": "张伟"}, {"name": "王芳"}]),
    "an insert of what is selected": lambda: Person.insert_from(Person.select(Person.name), [Person.name]),
    "an insert over what is there": lambda: Person.insert(id=1, name="张伟").on_conflict(
        conflict_target=[Person.id], update={Person.name: "张威"}, where=Person.id > 0
    ),
    "an update by its own column": lambda: Account.update({Account.id: Account.id + 1}).where(
        Account.id == 1
    ),
    "an update from another table": lambda: (
        Entry.update({Entry.unit: Unit.parent}).from_(Unit).where(Unit.id == Entry.unit)
    ),
    "a deletion": lambda: Grant.delete().where(Grant.account.in_(Account.select(Account.id))),
}


@pytest.fixture
def as_peewee_writes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], Any]:
    """What a statement is without compiled columns."""

    def written(statement: Callable[[], Any]) -> Any:
        with monkeypatch.context() as plain:
            plain.setattr(Field, "__sql__", lambda field, ctx: ctx.sql(field.column))
            plain.setattr(ModelSelect, "__sql_selection__", compiled._as_peewee_selects)
            plain.setattr(ModelInsert, "_simple_insert", compiled._as_peewee_inserts)
            return statement().sql()

    return written


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_is_what_peewee_writes(
    store: Store, as_peewee_writes: Callable[[Any], Any], statement: Callable[[], Any]
) -> None:
    expected = as_peewee_writes(statement)
    for _again in range(2):
        assert statement().sql() == expected


ASKED: dict[str, Callable[[], tuple[Any, Any]]] = {
    "a key": lambda: (Entry, Entry.id == 1),
    "a name": lambda: (Person, Person.name == "张伟"),
    "another's row": lambda: (Entry, Entry.person == Person.get_by_id(1)),
    "two columns": lambda: (Entry, (Entry.book == "staff") & (Entry.id == 2)),
    "four columns": lambda: (
        Entry,
        (Entry.state == "active") & ((Entry.id == 3) & (Entry.kind == "full-time")) & (Entry.book == "staff"),
    ),
    "nothing like it": lambda: (Entry, (Entry.book == "staff") & (Entry.id == 0)),
    "an empty column": lambda: (Unit, (Unit.book == "staff") & Unit.parent.is_null()),
    "nothing given": lambda: (Unit, (Unit.book == "staff") & (Unit.parent == None)),  # noqa: E711 - as SQL
    "one or the other": lambda: (Entry, (Entry.id == 3) | (Entry.id == 0)),
    "another column": lambda: (Entry, (Entry.id == Entry.id) & (Entry.id == 2)),
    "one of several": lambda: (Entry, Entry.id << [3]),
    "what is less": lambda: (Entry, (Entry.id < 3) & (Entry.id == 2)),
    "a key alone": lambda: (Entry, 2),
    "a column of another table's": lambda: (Entry, Entry.person == Person.select(fn.MIN(Person.id))),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_row_is_the_one_that_peewee_gets_by_the_same_statement(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch, asked: Callable[[], tuple[Any, Any]]
) -> None:
    table, query = asked()
    done: list[tuple[str, list[Any]]] = []
    execute: Any = store.database.execute_sql

    def noted(statement: str, values: Any = None) -> Any:
        done.append((statement, list(values)))
        return execute(statement, values)

    monkeypatch.setattr(store.database, "execute_sql", noted)
    found = []
    for get in (compiled._as_peewee_gets, compiled._get, compiled._get):
        try:
            row = get(table, query)
            found.append((type(row), row.__data__, row.__rel__, row._dirty))
        except table.DoesNotExist:
            found.append(table)
    assert found[1:] == [found[0]] * 2
    assert done[1:] == [done[0]] * 2


def test_every_column_is_quoted_as_the_engine_quotes() -> None:
    for quotes in ('""', "``", "[]"):
        for table in ALL:
            for field in table._meta.sorted_fields:
                context: Any = partial(Context, quote=quotes)
                assert context().sql(field).query() == context().sql(field.column).query()


def test_a_table_has_another_name_in_each_statement(store: Store) -> None:
    for _again in range(2):
        assert '"t1"."name"' in Person.select().join(Entry).sql()[0]
        assert '"t2"."name" =' in Entry.select().join(Person).where(Person.name == "张伟").sql()[0]


def test_what_a_query_found_is_whole_before_its_first_row_is_given_out(world: World) -> None:
    """What is written row by row neither ends the query nor adds to what it finds."""
    store().database.close()
    store().database.connect()
    above = Unit.alias()
    rows = Unit.select().where(~fn.EXISTS(above.select().where(above.parent == Unit.id)))
    with writing():
        found = [Person.create(name=unit.name) for unit in rows.order_by(Unit.id)]
    assert len(found) == rows.count()
