"""Someone who has the database and its key, but not the proving key, changes rows past the program.

Whatever they do to a row of any table, be the program running or stopped, a scan finds it and names it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from itertools import pairwise
from typing import Any

import pytest
from peewee import BlobField, BooleanField, Field, IntegerField

from db.store import audit, engine, tables
from db.store.backups.rows import key_columns
from db.store.engine import Store, close_store, database, store
from db.store.journal.capture import paused
from db.store.opening import reopen_store
from db.store.proof import OTHERWISE, searching
from db.store.proof.head import ChainHead
from db.store.proof.judging import (
    CHANGED,
    DELETED,
    EDITED,
    FORGED,
    GONE,
    INSERTED,
    PUT_BACK,
    OpenedHead,
    Present,
    Tampering,
    judge_tables,
    open_head,
)
from db.store.proof.making_sums import store_head, updating_sums
from db.store.proof.scanning import one_view
from db.store.proof.shapes import is_proved, shape_of
from db.store.sealing import seal
from db.store.settings import Home
from db.store.tables.base import SchemaVersion, Table
from db.store.transactions import writing
from db.store.verifying import unlike_journal
from tests.db.thief import Thief, Values, name_of
from tests.world import World

pytestmark = pytest.mark.threat(33)
THERE: tuple[type[Table], ...] = (*tables.ALL, SchemaVersion)
EVERY = tuple(table for table in THERE if is_proved(table._meta.table_name))
FIRST, SECOND, NEVER = 900_001, 900_002, 900_003
"""Rows that the program writes, and one that it never wrote."""


@cache
def row_of(table: type[Table], number: int) -> Values:
    """A row of ``table`` such as there could be."""
    row = {field.column_name: _value(field, number) for field in table._meta.sorted_fields}
    if table is tables.SearchEntry:
        row |= {"keys": ""}
    elif table is tables.Erasure:
        row |= {"person": number + 1000}  # the others are there
    elif table in (tables.SubjectKey, tables.ThingKey):
        subject = row["person" if table is tables.SubjectKey else "name"]
        row |= {"key": seal(engine.store().keys, table.key.place(subject), b"k" * 32)}
    return row


def _value(field: Field, number: int) -> Any:
    checks = " ".join(str(one.sql) for one in field.constraints or ())
    if words := re.findall(r"'([^']+)'", checks):
        return words[0]
    if isinstance(field, BlobField):
        return f"{number}".encode()
    if isinstance(field, BooleanField):
        return True
    kind: Any = field
    while hasattr(kind, "rel_field"):
        kind = kind.rel_field
    return number if isinstance(kind, IntegerField) else f"{number}"[: getattr(field, "max_length", 9) or 9]


def key_in(table: type[Table], row: Values) -> str:
    return ", ".join(str(row[name]) for name in shape_of(name_of(table)).keys)


@pytest.fixture
def thief(store: Store) -> Iterator[Thief]:
    """Of a store in which the program has written two rows of each table."""
    _let_rows_refer_to_none(store)
    with writing():
        for table in EVERY:
            if table is not SchemaVersion and table is not tables.AuditHead:
                for number in (FIRST, SECOND):
                    table.insert(row_of(table, number)).execute()
    act()
    assert judge_tables().findings == ()
    with closing(Thief(store)) as made:
        yield made


def _let_rows_refer_to_none(store: Store) -> None:
    if not store.is_postgresql:
        database.execute_sql("PRAGMA foreign_keys = OFF")
        return
    links = "SELECT conrelid::regclass::text, quote_ident(conname) FROM pg_constraint WHERE contype = 'f'"
    with writing(), updating_sums():
        for table, link in database.execute_sql(links).fetchall():
            database.execute_sql(f"ALTER TABLE {table} DROP CONSTRAINT {link}")


def act() -> None:
    """What anybody does meanwhile."""
    with writing():
        audit.append(act="test", outcome="done", journal={"after": {"n": 1}})


def running() -> Present:
    """What is found while the program runs and people go on working."""
    act()
    return judge_tables()


def stopped() -> Present:
    """What is found by who starts the program again."""
    close_store()
    assert engine._last is not None
    reopen_store(engine._last.home)
    return judge_tables()


Tamper = Callable[[Thief, type[Table]], tuple[Tampering, Callable[[], None]] | None]
"""Does it to a table; what must be found, and how it is undone."""


def edit(thief: Thief, table: type[Table]) -> tuple[Tampering, Callable[[], None]] | None:
    row = row_of(table, FIRST)
    other = next((name for name in row if name not in key_columns(table)), None)
    if other is None:
        return None
    changed = row | {other: _other(table, other)}
    thief.take(table, row)
    thief.put(table, changed)

    def undo() -> None:
        thief.take(table, row)
        thief.put(table, row)

    return Tampering(name_of(table), EDITED, key_in(table, row)), undo


def _other(table: type[Table], column: str) -> Any:
    field = next(one for one in table._meta.sorted_fields if one.column_name == column)
    value = _value(field, NEVER)
    if isinstance(value, bool):
        return False
    checks = re.findall(r"'([^']+)'", " ".join(str(one.sql) for one in field.constraints or ()))
    return checks[1] if checks else value


def insert(thief: Thief, table: type[Table]) -> tuple[Tampering, Callable[[], None]]:
    row = row_of(table, NEVER)
    thief.put(table, row)
    return Tampering(name_of(table), INSERTED, key_in(table, row)), lambda: thief.take(table, row)


def delete(thief: Thief, table: type[Table]) -> tuple[Tampering, Callable[[], None]]:
    row = row_of(table, SECOND)
    thief.take(table, row)
    named = key_in(table, row) if table is not tables.ThingKey else ""  # no journal has it
    return Tampering(name_of(table), DELETED, named), lambda: thief.put(table, row)


ROWS = tuple(table for table in EVERY if table not in (SchemaVersion, tables.AuditHead))


@pytest.mark.parametrize("seen", [running, stopped], ids=lambda one: one.__name__)
@pytest.mark.parametrize("tamper", [edit, insert, delete], ids=lambda one: one.__name__)
def test_a_row_of_any_table_that_was_tampered_with_is_named(
    thief: Thief, tamper: Tamper, seen: Callable[[], Present]
) -> None:
    missed = {}
    for table in ROWS:
        if (done := tamper(thief, table)) is None:
            continue
        expected, undo = done
        found = judge_tables().findings
        if found != (expected,):
            missed[name_of(table)] = found
        undo()
    assert missed == {}
    last = tamper(thief, tables.Grant)
    assert last is not None
    assert last[0] in seen().findings
    last[1]()
    assert seen().findings == ()


@pytest.mark.parametrize("seen", [running, stopped], ids=lambda one: one.__name__)
def test_an_old_row_put_back_is_named(thief: Thief, seen: Callable[[], Present]) -> None:
    """As it was on a page of before."""
    old = row_of(tables.Account, FIRST)
    with writing():
        tables.Account.update(theme="dark").where(tables.Account.id == FIRST).execute()
    thief.take(tables.Account, old)
    thief.put(tables.Account, old)
    assert seen().findings == (Tampering("account", EDITED, str(FIRST)),)


def test_several_rows_of_a_table_are_named_by_the_journal(thief: Thief) -> None:
    thief.do('UPDATE "grant" SET role = ?', ("director",))
    assert judge_tables().findings == tuple(Tampering("grant", EDITED, str(one)) for one in (FIRST, SECOND))


def test_several_rows_that_the_journal_lacks_are_of_a_table_that_is_named(thief: Thief, home: Home) -> None:
    thief.do('UPDATE "grant" SET role = ?', ("director",))
    shutil.rmtree(store().journal.folder)
    assert judge_tables().findings == (Tampering("grant", CHANGED),)


@pytest.mark.parametrize("seen", [running, stopped], ids=lambda one: one.__name__)
@pytest.mark.parametrize("with_its_rows", [False, True], ids=["alone", "with its rows"])
def test_an_old_head_put_back_is_found(
    thief: Thief, seen: Callable[[], Present], with_its_rows: bool
) -> None:
    """The sums of before a grant, be the grant taken out as well or not: they are of another end."""
    ((old,),) = thief.do("SELECT content FROM proof_head")
    with writing():
        tables.Grant.insert(row_of(tables.Grant, NEVER)).execute()
    thief.do("UPDATE proof_head SET content = ?", (old,))
    if with_its_rows:
        thief.take(tables.Grant, row_of(tables.Grant, NEVER))
    found = seen().findings
    assert {one.table for one in found} & {"journal_head", "proof_head"}
    assert (Tampering("grant", INSERTED, str(NEVER)) in found) is not with_its_rows


def test_an_old_head_stays_found_when_the_position_is_put_back_too_and_people_work_on(thief: Thief) -> None:
    ((old,),), ((at,),) = (
        thief.do("SELECT content FROM proof_head"),
        thief.do("SELECT position FROM journal_head"),
    )
    with writing():
        tables.Grant.insert(row_of(tables.Grant, NEVER)).execute()
    thief.do("UPDATE proof_head SET content = ?", (old,))
    act()
    thief.do("UPDATE journal_head SET position = ?", (at + 1,))
    act()
    assert Tampering("proof_head", PUT_BACK) in judge_tables().findings


@pytest.mark.parametrize("seen", [running, stopped], ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("DELETE FROM proof_head", GONE),
        ("UPDATE proof_head SET content = (SELECT password FROM edition_copy LIMIT 1)", FORGED),
    ],
)
def test_a_head_that_is_gone_or_forged_is_found_and_not_mended_by_who_works_on(
    thief: Thief, seen: Callable[[], Present], statement: str, what: str
) -> None:
    thief.do(statement)
    assert seen().findings == (Tampering("proof_head", what),)


def mend_heads(thief: Thief) -> None:
    """As somebody would who knows how the chain is made, but has no proving key."""
    ((seq, hashed),) = thief.do(
        "SELECT seq, hash FROM audit_record WHERE act = 'test' ORDER BY seq DESC LIMIT 1"
    )
    thief.do("UPDATE audit_head SET seq = ?, hash = ?", (seq, hashed))


@pytest.mark.threat(35)
@pytest.mark.parametrize("seen", [running, stopped], ids=lambda one: one.__name__)
def test_an_end_cut_off_before_it_was_signed_is_found_with_its_heads_mended(
    store: Store, seen: Callable[[], Present]
) -> None:
    for _number in range(5):
        act()
    with closing(Thief(store)) as thief:
        thief.do("DELETE FROM audit_record WHERE seq > 3")
        mend_heads(thief)
        assert audit.verify().sound
        tables_found = {one.table for one in seen().findings}
        assert {"audit_record", "audit_head"} <= tables_found
    assert unlike_journal(0)


@pytest.mark.threat(35)
@pytest.mark.parametrize("seen", [running, stopped], ids=lambda one: one.__name__)
def test_a_record_edited_before_it_was_signed_is_found_with_every_hash_mended(
    store: Store, seen: Callable[[], Present]
) -> None:
    for _number in range(3):
        act()
    with closing(Thief(store)) as thief:
        record = tables.AuditRecord.get_by_id(3)
        record.source = "another"
        thief.do(
            "UPDATE audit_record SET source = ?, hash = ? WHERE seq = 3", ("another", audit.digest_of(record))
        )
        mend_heads(thief)
        assert audit.verify().sound
        assert Tampering("audit_record", EDITED, "3") in seen().findings
    assert unlike_journal(0) == 3


@pytest.mark.threat(35)
def test_a_record_that_was_signed_is_not_asked_of_the_journal(store: Store) -> None:
    for _number in range(3):
        act()
    assert unlike_journal(0) == 0
    with closing(Thief(store)) as thief:
        thief.do("UPDATE audit_record SET hash = ? WHERE seq = 2", ("0" * 64,))
    assert (unlike_journal(0), unlike_journal(1), unlike_journal(2)) == (2, 2, 0)


def test_a_person_hidden_from_the_search_is_named(world: World, store: Store) -> None:
    assert judge_tables().findings == ()
    entry = world.entry("zhangwei", "staff")
    line = tables.SearchEntry.get_by_id(entry).line
    with closing(Thief(store)) as thief:
        thief.do("DELETE FROM search_key WHERE line = ?", (line,))
        assert judge_tables().findings == (Tampering("search_key", EDITED, str(entry)),)
        thief.do("DELETE FROM search_line WHERE line = ?", (line,))
        assert Tampering("search_line", DELETED, str(line)) in judge_tables().findings


def test_what_somebody_has_the_database_do_by_itself_is_named(store: Store) -> None:
    with closing(Thief(store)) as thief:
        for statement in PLANTED_THERE if store.is_postgresql else PLANTED_HERE:
            thief.do(statement)
    name = "account.also" if store.is_postgresql else "also"
    assert judge_tables().findings == (Tampering("schema", INSERTED, f"trigger, {name}"),)


PLANTED_HERE = (
    "CREATE TRIGGER also AFTER UPDATE ON account BEGIN UPDATE account SET theme = 'x' WHERE id = 0; END",
)
PLANTED_THERE = (
    "CREATE TRIGGER also AFTER UPDATE ON account FOR EACH ROW EXECUTE FUNCTION journal_change()",
)


@pytest.mark.threat(63)
@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DROP INDEX {index}", "index"),
        ("CREATE INDEX planted ON account (theme)", "index"),
        ("ALTER TABLE account ADD COLUMN planted INTEGER", "table"),
        ("CREATE TABLE planted (id INTEGER)", "table"),
    ],
)
def test_an_index_a_column_or_a_table_that_was_dropped_or_added_is_named(
    store: Store, statement: str, kind: str
) -> None:
    """A unique key that is gone lets in two accounts of one name."""
    unique = database.get_indexes("account")
    name = next(one.name for one in unique if one.unique and one.columns == ["login"])
    with closing(Thief(store)) as thief:
        thief.do(statement.format(index=name))
    findings = [one for one in judge_tables().findings if one.table == "structure"]
    assert findings, "named"
    if store.is_postgresql and "COLUMN" in statement:
        kind = "column"
    assert len(findings) > 1 or not findings[0].row or findings[0].row.startswith(kind)


@pytest.mark.threat(63)
def test_an_older_database_has_its_structure_proved_from_the_step_on(store: Store) -> None:
    """Without a head that knows of it, what there is at the step is taken for true, and nothing after it."""
    with writing(), updating_sums():
        pass
    assert judge_tables().sound
    key = next(iter(store.keys.proving()))
    opened_head = open_head()
    assert isinstance(opened_head, OpenedHead)
    older = ChainHead(opened_head.head.position, opened_head.head.seq, opened_head.head.hash)
    for table in opened_head.head.tables:
        if table != "structure":
            older.set_sum(table, opened_head.head.sum_of(table))
    with writing():
        store_head(key, older)
    assert not judge_tables().sound
    with paused(store.database), writing(), updating_sums():
        pass
    assert judge_tables().sound


def test_every_table_is_proved_or_named_with_a_reason(store: Store) -> None:
    names = {name for name in database.get_tables() if name != "journal_change"}
    assert names == {name_of(table) for table in EVERY} | (names & OTHERWISE.keys())
    assert all(OTHERWISE.values())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE search_key SET key = CAST(key AS BLOB) WHERE line = ?",
        "UPDATE search_key SET line = CAST(line AS BLOB) WHERE line = ?",
        "UPDATE search_key SET scope = scope + 1000000 WHERE line = ?",
        "UPDATE search_key SET key = key || '1' WHERE line = ? AND substr(key, 1, 1) = 'A'",
        "INSERT INTO search_key SELECT scope, key || 'x', line FROM search_key WHERE line = ? LIMIT 1",
    ],
)
def test_a_key_that_only_reads_like_the_one_that_finds_somebody_is_named(
    world: World, store: Store, statement: str
) -> None:
    if store.is_postgresql and "BLOB" in statement:
        pytest.skip("there a column holds one type")
    entry = world.entry("zhangwei", "staff")
    line = tables.SearchEntry.get_by_id(entry).line
    with closing(Thief(store)) as thief:
        thief.do(statement, (line,))
        assert Tampering("search_key", EDITED, str(entry)) in judge_tables().findings
        with one_view():
            assert entry in set().union(*map(searching.differing_entries, searching.shares(3)))


def test_every_scope_is_in_one_part_and_parts_have_about_as_many_keys(world: World, store: Store) -> None:
    found = {of: searching.shares(of) for of in (1, 2, 3)}
    assert found[1] == [searching.EVERY]
    for of, parts in found.items():
        assert len(parts) <= of
        assert (parts[0].low, parts[-1].high) == (None, None)
        assert all(one.high == other.low for one, other in pairwise(parts))
        with one_view():
            assert [searching.differing_entries(part) for part in parts] == [set()] * len(parts)
    assert len(found[2]) == 2


@pytest.mark.parametrize("column", ["keys", "scopes"])
def test_what_is_no_text_any_more_is_named_and_ends_no_check(world: World, store: Store, column: str) -> None:
    if store.is_postgresql:
        pytest.skip("there a column holds one type")
    entry = world.entry("zhangwei", "staff")
    with closing(Thief(store)) as thief:
        thief.do(f"UPDATE search_entry SET {column} = CAST({column} AS BLOB) WHERE entry = ?", (entry,))
        found = {one.table for one in judge_tables().findings}
        assert "search_entry" in found
        assert searching.shares(2)
