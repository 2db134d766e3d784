"""PostgreSQL behind the real pgbouncer, which lends a connection for one transaction at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from db.desk.backups.running import run_backup
from db.desk.tasks.duties import RunnerPlace
from db.store import subjects
from db.store.backups.backup_store import manifests
from db.store.backups.proving import prove_backup
from db.store.connections import one_more
from db.store.engine import close_store, database, store
from db.store.journal.capture import paused
from db.store.keys import read_backup_keys
from db.store.libpq import PATIENCE
from db.store.opening import open_store
from db.store.proof.parallel import judge_in_parts
from db.store.row_encryption import Showing
from db.store.settings import Home, Settings
from db.store.tables import Evidence
from db.store.transactions import reading, writing
from db.store.unavailable import NO_MORE, Unavailable
from db.store.verifying import verify_in_parts
from tests.conftest import Clock
from tests.pgbouncer import MOST, pooled, servers
from tests.seeds import Seed, Seeds
from tests.world import World

SESSIONS = 10


@pytest.fixture
def pooler(postgresql: str, home: Home, seeds: Seeds, clock: Clock) -> Iterator[str]:
    """URL of the organisation's database through a pooler, open."""
    with seeds.copy(Seed(True), home.folder, postgresql) as there, pooled(there) as url:
        settings = f'database = {json.dumps(url)}\n[backups]\nto = ["one", "two"]\n'
        home.settings_file.write_text(settings, "utf-8")
        open_store(home)
        yield url
        close_store()


def test_sessions_search_and_write_on_a_few_connections(pooler: str, seeds: Seeds) -> None:
    world: World = seeds.world(Seed(True))
    logins = sorted(login for book, login in world.entries if book == "staff" and login in world.accounts)
    logins = logins[:SESSIONS]
    all_here = Barrier(SESSIONS, timeout=60)

    def work(login: str) -> int:
        try:
            desk = world.desk(login)
            all_here.wait()  # each has a connection of its own to the pooler now
            found = 0
            for _round in range(8):  # psycopg prepares what it asks for often
                found += len(desk.directory.search("staff", "张"))
                desk.evidence.add("受理单.pdf", b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
            return found
        finally:
            database.close()

    before = Evidence.select().count()
    with ThreadPoolExecutor(SESSIONS) as threads:
        assert sum(threads.map(work, logins))
    assert Evidence.select().count() == before + 8 * SESSIONS
    assert 0 < servers(pooler) <= MOST
    assert verify_in_parts({}).sound
    assert judge_in_parts().sound


def test_how_long_a_lock_is_waited_for_is_said_in_each_transaction(pooler: str) -> None:
    with writing():
        (told,) = database.execute_sql("SHOW lock_timeout").fetchone()
    assert told == f"{int(PATIENCE)}s"
    with reading():
        (told,) = database.execute_sql("SHOW lock_timeout").fetchone()
    assert told == "0"


def test_what_is_not_journaled_is_so_in_its_own_transactions_alone(pooler: str) -> None:
    """A pooler gives the connection to somebody else afterwards."""
    asked = "SELECT current_setting('mingce.journal', true)"
    with paused(store().database):
        with writing():
            assert database.execute_sql(asked).fetchone() == ("off",)
        assert database.execute_sql(asked).fetchone() != ("off",)
        with writing():
            assert database.execute_sql(asked).fetchone() == ("off",)
    with writing(), paused(store().database):
        assert database.execute_sql(asked).fetchone() == ("off",)
    with writing():
        with paused(store().database):
            pass
        assert database.execute_sql(asked).fetchone() != ("off",)


def test_a_backup_is_made_and_restored_through_it(pooler: str, home: Home) -> None:
    close_store()
    outcomes = run_backup(home, RunnerPlace("host", "host:test"), lambda: None)
    assert [one.problem for one in outcomes] == ["", ""]
    open_store(home)
    newest = manifests(home.folder / "one")[0]
    people = Showing(subjects.all_keys(), subjects.destroyed_owners())
    vault_keys, ring, workshop = read_backup_keys(home.keys), store().keys, home.folder
    close_store()
    proof = prove_backup(home.folder / "one" / newest.name, vault_keys, ring, people, workshop, pooler)
    open_store(home)
    assert (proof.header.seq, proof.on) == (newest.seq, "PostgreSQL")


@pytest.mark.threat(71)
def test_a_pooler_that_is_full_is_said_as_a_server_that_is(
    postgresql: str, home: Home, seeds: Seeds, clock: Clock
) -> None:
    with seeds.copy(Seed(True), home.folder, postgresql) as there, pooled(there, clients=1) as url:
        open_store(home, Settings(database=url))
        try:
            with pytest.raises(Unavailable) as refused, one_more():
                pass
        finally:
            close_store()
    assert refused.value.message is NO_MORE
