"""Whom a row of power concerns, and in which book: by the columns that `tables.toml` names."""

from __future__ import annotations

from db.store.engine import database
from tests.siege.rows import Declared, Row


def concerned(row: Row, of: Declared) -> tuple[set[int], set[int]]:
    """Persons and accounts that gain, lose, are seen or blamed by ``row``."""
    persons: set[int] = set()
    accounts: set[int] = set()
    for said in of.of:
        what, column = said.split(":")
        for values in (row.before, row.after):
            number = values.get(column)
            if number is None:
                continue
            if what == "account":
                accounts.add(number)
            persons |= set(persons_of(what, number))
    return persons, accounts


def persons_of(what: str, number: int) -> list[int]:
    """The person of an account or an entry, or a person."""
    if what == "person":
        return [number]
    table = {"account": "account", "entry": "entry"}.get(what)
    if table is None:
        return []
    rows = database.execute_sql(
        f"SELECT person_id FROM {table} WHERE id = {database.param}", (number,)
    ).fetchall()
    return [one for (one,) in rows if one is not None]


def book_of(row: Row, of: Declared) -> str:
    """The book that a row is of, by itself or by whom it is about; empty for none."""
    if of.book:
        return str(row.value(of.book) or "")
    for said in of.of:
        what, column = said.split(":")
        number = row.value(column)
        if what in ("entry", "unit", "campaign") and number is not None:
            found = database.execute_sql(
                f"SELECT book_id FROM {what} WHERE id = {database.param}", (number,)
            ).fetchone()
            if found is not None:
                return str(found[0])
        if what in ("account", "person") and number is not None:
            for person in persons_of(what, number):
                found = database.execute_sql(
                    "SELECT book_id FROM entry WHERE state = 'active' "
                    f"AND person_id = {database.param} ORDER BY id",
                    (person,),
                ).fetchone()
                if found is not None:
                    return str(found[0])
    return ""


def called(persons: set[int], accounts: set[int]) -> str:
    """Their names, or the numbers of accounts that are nobody's."""
    names = [
        str(
            database.execute_sql(f"SELECT name FROM person WHERE id = {database.param}", (one,)).fetchone()[0]
        )
        for one in sorted(persons)
    ]
    return ", ".join(names) or ", ".join(map(str, sorted(accounts)))
