"""A database of another version: who only looks leaves it as it is, and nothing is changed under others."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg
import pytest

from db.language import say
from db.store import connections
from db.store.engine import Store, close_store, database, raw_key
from db.store.first_steps import OUTSIDE
from db.store.keys import read_keys
from db.store.migrations import STEPS, stored_schema_version
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Book, JournalHead
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from db.store.unavailable import Unavailable
from tests.seeds import Seed, Seeds
from tests.tui.host.conftest import Host
from tests.tui.host.every import READING, every_command
from tests.tui.host.older import OLD, make_older
from tui.host import upgrading
from tui.host.shell import CommandFailure

PROJECT = Path(__file__).parents[3]
pytestmark = pytest.mark.threat(42)

HOLDS = """
import sys
from sqlcipher3 import dbapi2
held = dbapi2.connect(sys.argv[1])
held.execute(f'PRAGMA key = "{sys.argv[2]}"')
held.execute("SELECT count(*) FROM book").fetchone()
print("here", flush=True)
sys.stdin.read()
"""
"""A program of an earlier version as far as it matters: it has the database open, and leaves no socket."""


def version(home: Home) -> int:
    """Steps that the database has had."""
    open_store(home)
    try:
        return stored_schema_version()
    finally:
        close_store()


@contextmanager
def another_program(home: Home) -> Iterator[subprocess.Popen[str]]:
    """Somebody who has the SQLCipher database open."""
    words = [str(home.folder / "mingce.db"), raw_key(read_keys(home.keys).database)]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "here\n"
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def older(installed: Host, monkeypatch: pytest.MonkeyPatch) -> Host:
    """An installation whose database an earlier version left. Nobody waits long for others to go."""
    make_older(Home(installed.folder))
    monkeypatch.setattr(upgrading, "SETTLES", 0.0)
    return installed


def test_no_command_that_looks_changes_an_older_or_a_newer_database(older: Host, tmp_path: Path) -> None:
    """It says which version it is and what to do; the file is the same to the byte and to its time."""
    home, file = Home(older.folder), older.folder / "mingce.db"
    (tmp_path / "file").write_text("x")
    known = dict(every_command(tmp_path / "file", tmp_path))
    assert known.keys() >= READING
    for newest in (OLD, len(STEPS) + 1):
        if newest != OLD:
            open_store(home)
            SchemaVersion.create(version=newest, at="")
            close_store()
        before, at = hashlib.sha256(file.read_bytes()).digest(), file.stat().st_mtime_ns
        there = {one.name for one in older.folder.rglob("*")}
        for name in sorted(READING):
            said = older.run(*known[name])
            if name not in ("sshd-config", "systemd", "case key"):
                assert said.status == 1, name
                wanted = "newer version of mingce" if newest != OLD else f"of version {OLD}, "
                assert wanted in said.out + said.err, (name, said)
            assert (hashlib.sha256(file.read_bytes()).digest(), file.stat().st_mtime_ns) == (before, at), name
        new = {one.name for one in older.folder.rglob("*")} - there
        assert new <= {"mingce.db-shm", "mingce.db-wal", "run"}


def test_nothing_is_changed_under_a_program_that_has_the_database_open(older: Host) -> None:
    """Of whatever version it is, also one that leaves no socket: SQLite's own lock tells."""
    home = Home(older.folder)
    with another_program(home) as process:
        said = older.run("duties", "run")
        assert (said.status, f"process {process.pid}" in said.err) == (1, True), said
        assert "Stop the server first" in said.err
        assert version(home) == OLD
    assert older.run("duties", "run").status == 0
    assert version(home) == len(STEPS)


def test_who_begins_while_the_backup_is_made_is_noticed_too(
    older: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(older.folder)
    with ExitStack() as begun:
        monkeypatch.setattr(upgrading, "_back_up", lambda _home: begun.enter_context(another_program(home)))
        said = older.run("duties", "run")
    assert (said.status, "others work with it" in said.err) == (1, True)
    assert version(home) == OLD


def test_a_server_that_does_not_answer_is_at_work_all_the_same(older: Host) -> None:
    """Its socket is there and takes a connection: another user's, or one that is busy."""
    (older.folder / "run").mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(older.folder / "run" / "serve-4242.sock"))
        listening.listen(1)
        said = older.run("duties", "run")
    assert (said.status, "process 4242" in said.err) == (1, True)
    assert older.run("duties", "run").status == 0


def test_a_database_of_before_the_journal_is_brought_up_to_date_too(older: Host) -> None:
    """The end of its chain is signed for the backup that is made before, though nothing else is there yet."""
    home = Home(older.folder)
    open_store(home)
    database.drop_tables([*OUTSIDE, JournalHead])
    SchemaVersion.delete().where(SchemaVersion.version > 1).execute()
    close_store()
    for file in home.journal_place(home.settings()).iterdir():
        file.unlink()
    said = older.run("duties", "run")
    assert said.status == 0, said.err
    assert version(home) == len(STEPS)


def test_two_that_would_change_it_take_turns(older: Host) -> None:
    """Both come at once: one changes it, the other finds it done."""
    words = [sys.executable, "-m", "tui.host.main", "duties", "run", "--dir", str(older.folder)]
    both = [
        subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _one in range(2)
    ]
    said = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sum(out.count(f"brought to version {len(STEPS)}") for out, _err in said) == 1


def test_old_code_does_not_go_on_with_a_newer_database(store: Store) -> None:
    """A server that was overlooked: its very next change is refused, and so is whoever comes in."""
    with writing():
        SchemaVersion.create(version=len(STEPS) + 1, at="")
    with pytest.raises(Unavailable) as refused, writing():
        Book.create(id="two", title_zh="二", title_en="Two", policies="[]")
    assert "newer version" in say(refused.value.message, "en")
    assert Book.get_or_none(Book.id == "two") is None
    close_store()
    with pytest.raises(Unavailable):
        open_store(store.home, store.settings)


def test_on_postgresql_connections_of_whatever_host_are_seen(
    home: Home, postgresql: str, seeds: Seeds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upgrading, "SETTLES", 0.0)
    with seeds.copy(Seed(), home.folder, postgresql) as url:
        home.settings_file.write_text(f'organisation = "X"\ndatabase = "{url}"\n')
        open_store(home)
        SchemaVersion.delete().where(SchemaVersion.version > OLD).execute()
        assert connections.with_server() == []
        with psycopg.connect(url, application_name="old mingce"):
            (found,) = connections.with_server()
            assert "old mingce" in say(found, "en")
            close_store()
            with pytest.raises(CommandFailure, match="others work with it"):
                upgrading.bring_up_to_date(home)
        open_store(home)
        assert stored_schema_version() == OLD
        close_store()


def test_doctor_names_what_a_database_of_another_build_lacks(installed: Host) -> None:
    """It has the number of this version, and was made by steps that another build has."""
    open_store(Home(installed.folder))
    database.execute_sql("DROP TABLE form_draft")
    close_store()
    found = {one["check"]: one for one in installed.run("doctor", "--json").data}
    assert (found["Database"]["ok"], found["Tables"]["ok"]) == (True, False)
    assert "form_draft" in found["Tables"]["found"]
    assert installed.run("account", "list", "staff").status == 1
