"""Backups proved by restoring them on trial."""

from __future__ import annotations

import json
import time
from typing import Any

import psycopg
import pytest

from db.language import say
from db.store import audit
from db.store.backups import proving
from db.store.backups.proving import prove_backup
from db.store.engine import close_store, database, store
from db.store.keys import read_backup_key, read_keys
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditRecord, Entry, EntryField
from db.store.transactions import writing
from tests.db.test_backups import at_hand, back_up, newest
from tests.world import World

pytestmark = pytest.mark.threat(28)


@pytest.fixture
def two(world: World, home: Home) -> World:
    """The organisation, in an installation whose settings name two places."""
    database_url = store().settings.database
    home.settings_file.write_text(
        f'organisation = "华星集团"\ndatabase = {json.dumps(database_url)}\n'
        '[backups]\nto = ["one", "two"]\nkeep = 2\n',
        "utf-8",
    )
    return world


def test_a_backup_that_can_t_be_restored_is_none(two: World, home: Home) -> None:
    """The record was damaged before: the chain does not fit, so no place gets this backup."""
    for _number in range(3):
        with writing():
            audit.append(act="test", outcome="done")
    with writing():
        AuditRecord.update(act="other").where(AuditRecord.seq == 3).execute()
    assert all("record 3" in say(one.problem, "en") for one in back_up(home))
    assert not list(home.folder.glob("*/*.backup"))


def test_the_trial_holds_what_the_record_holds(
    two: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home)
    file, _manifest = newest(home)
    before = [
        list(table.select().order_by(table._meta.primary_key).tuples()) for table in (Entry, EntryField)
    ]
    key, keys, showing = read_backup_key(home.keys), read_keys(home.keys), at_hand()
    close_store()
    found: list[object] = []
    monkeypatch.setattr(
        proving,
        "check",
        lambda _header: found.extend(
            list(table.select().order_by(table._meta.primary_key).tuples()) for table in (Entry, EntryField)
        ),
    )
    prove_backup(file, [key], keys, showing, home.folder)
    assert found == before
    open_store(home)


@pytest.mark.threat(28)
def test_it_is_restored_on_trial_where_it_would_be_restored(two: World, home: Home) -> None:
    """A backup of PostgreSQL is proved on PostgreSQL; nothing of the trial is left."""
    engine = "PostgreSQL" if store().is_postgresql else "SQLCipher"
    assert {one.on for one in back_up(home)} == {engine}
    if store().is_postgresql:
        left = database.execute_sql("SELECT datname FROM pg_database WHERE datname LIKE 'mingce_proof_%%'")
        assert left.fetchall() == []


@pytest.mark.threat(28)
def test_what_a_killed_trial_left_goes_with_the_next_one(two: World, home: Home) -> None:
    """A whole copy of the directory, that nobody would look for; one that has just begun stays."""
    if not store().is_postgresql:
        pytest.skip("a file goes with its folder")
    url = store().settings.database
    left, young = f"{proving.PROOF}1700000000_dead", f"{proving.PROOF}{int(time.time())}_new"
    with psycopg.connect(url, autocommit=True) as admin:
        for name in (left, young):
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        try:
            back_up(home)
            there = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            assert admin.execute(there, (proving.PROOF,)).fetchall() == [(young,)]
        finally:
            for name in (left, young):
                admin.execute(f'DROP DATABASE IF EXISTS "{name}"')


@pytest.mark.threat(28)
def test_a_backup_is_proved_though_the_server_itself_is_still_in_the_trials_database(
    two: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is its autovacuum, now and then; what is left goes with a later trial."""
    if not store().is_postgresql:
        pytest.skip("a file is nobody else's")
    busy: list[psycopg.Connection[Any]] = []
    whole_fill = proving.fill_store

    def fill(*given: Any) -> object:
        busy.append(psycopg.connect(store().settings.database, autocommit=True))
        return whole_fill(*given)

    monkeypatch.setattr(proving, "fill_store", fill)
    url = store().settings.database
    assert {one.on for one in back_up(home)} == {"PostgreSQL"}
    for connection in busy:
        name = connection.info.dbname
        connection.close()
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}"')


@pytest.mark.threat(28)
def test_where_no_database_can_be_made_it_is_restored_into_a_file_and_that_is_said(
    two: World, home: Home
) -> None:
    if not store().is_postgresql:
        pytest.skip("a file can always be made")
    database.execute_sql("CREATE ROLE may_not LOGIN")
    back_up(home)
    file, _manifest = newest(home)
    key, keys = read_backup_key(home.keys), read_keys(home.keys)
    theirs = store().settings.database.replace("postgres:@", "may_not:@")
    showing = at_hand()
    close_store()
    try:
        assert prove_backup(file, [key], keys, showing, home.folder, theirs).on == "SQLCipher"
    finally:
        open_store(home)
        database.execute_sql("DROP ROLE may_not")
