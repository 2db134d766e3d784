"""A failover to a replica that lagged: nobody writes into it, and what it lacks is brought back or named."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from db.desk import Unavailable
from db.store import audit
from db.store.engine import close_store, database, store
from db.store.journal import frames
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord
from db.store.transactions import writing
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import back_up, installation
from tests.world import World

__all__ = ["installation"]


@contextmanager
def _server(home: Home) -> Iterator[tuple[psycopg.Connection[tuple[object, ...]], str]]:
    url = home.database_url(home.settings())
    _base, _slash, name = url.partition("?")[0].rpartition("/")
    with psycopg.connect(url.replace(f"/{name}", "/postgres", 1), autocommit=True) as admin:
        yield admin, name


def keep_a_copy(home: Home) -> None:
    """The replica, as far as it has come."""
    if home.database_url(home.settings()).startswith("sqlite:"):
        for file in home.folder.glob("mingce.db*"):
            shutil.copyfile(file, home.folder / f"replica-{file.name}")
        return
    with _server(home) as (admin, name):
        admin.execute(f'CREATE DATABASE "{name}-replica" TEMPLATE "{name}" STRATEGY wal_log')


def fail_over(home: Home) -> None:
    """The replica in the place of the database that went."""
    if home.database_url(home.settings()).startswith("sqlite:"):
        for file in home.folder.glob("mingce.db*"):
            file.unlink()
        for file in home.folder.glob("replica-mingce.db*"):
            file.rename(home.folder / file.name.removeprefix("replica-"))
        return
    with _server(home) as (admin, name):
        admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        admin.execute(f'ALTER DATABASE "{name}-replica" RENAME TO "{name}"')


def work(home: Home, world: World) -> None:
    """What the replica misses: acts, and a person who is new."""
    open_store(home)
    world.desk("zhangwei").me.choose_language("en")
    world.desk("zhangwei").me.choose_language("zh_CN")
    world.desk("wangfang").me.choose_language("en")
    close_store()


@pytest.mark.threat(67)
def test_nobody_writes_into_a_replica_that_lags_and_it_is_brought_up(
    installation: Host, home: Home, world: World
) -> None:
    """Not the host whose connection broke, not a new session, and not a command of the host."""
    back_up(home)
    keep_a_copy(home)
    open_store(home)
    running = world.desk("wangfang")
    running.me.choose_language("en")
    running.me.choose_language("zh_CN")
    last = audit.head()
    on_server = store().is_postgresql  # whose sessions connect again by themselves
    if not on_server:
        close_store()
    fail_over(home)
    if not on_server:
        open_store(home)
    with pytest.raises(Unavailable) as caught:
        running.me.choose_language("en")
    assert "catch-up" in caught.value.message.text
    close_store()
    open_store(home)
    with pytest.raises(Unavailable), writing():
        audit.append(act="test", outcome="done")
    close_store()
    assert any("FAIL" in one and "lacks" in one for one in installation.run("doctor").out.splitlines())
    assert "restored one" in installation.run("audit", "verify").out, "else it is made to catch up in vain"
    listed = installation.run("catch-up", "--list")
    assert (listed.status, "王芳" in listed.out) == (0, True)
    assert [one["act"] for one in installation.run("catch-up", "--list", "--json").data["lacks"]].count(
        "me.choose_language"
    ) == 2
    asked = installation.run("catch-up")
    assert asked.status == 1
    done = installation.run("catch-up", "--yes")
    assert done.status == 0, done.err
    open_store(home)
    assert AuditRecord.get_by_id(last[0]).hash == last[1]
    assert AuditRecord.get_by_id(last[0] + 1).act == "journal.caught_up"
    assert audit.verify().sound
    assert Account.get_by_id(world.accounts["wangfang"]).language == "zh_CN"
    world.desk("wangfang").me.choose_language("en")
    close_store()
    assert installation.run("audit", "verify").status == 0
    assert "has all" in installation.run("catch-up").out


@pytest.mark.threat(67)
def test_two_histories_are_told_apart_and_never_mixed(installation: Host, home: Home, world: World) -> None:
    """A host that knows of nothing went on in the replica; the one whose acts are gone comes back."""
    back_up(home)
    keep_a_copy(home)
    work(home, world)
    fail_over(home)
    journal = home.journal_place(home.settings())
    aside = home.folder / "aside"
    journal.rename(aside)
    open_store(home)
    for _more_than_was_lost in range(6):
        world.desk("liwei").me.choose_language("en")
    close_store()
    shutil.rmtree(journal, ignore_errors=True)
    aside.rename(journal)
    open_store(home)
    with pytest.raises(Unavailable):
        world.desk("liwei").me.choose_language("zh_CN")
    close_store()
    told = installation.run("catch-up", "--yes")
    assert told.status == 1
    assert "两段" in told.err or "two histories" in told.err
    assert ("李伟" in told.out, "张伟" in told.out, "王芳" in told.out) == (True, True, True)
    kept = installation.run("catch-up", "--yes", "--keep-database")
    assert kept.status == 0, kept.err
    assert list(journal.glob(f"before-restore-*/*{frames.SUFFIX}"))
    open_store(home)
    world.desk("liwei").me.choose_language("zh_CN")
    assert Account.get_by_id(world.accounts["wangfang"]).language != "en"
    for login in ("helei", "liuyang", "guotao"):  # else an office that was taken back is held again unseen
        told_of = [one for one in world.desk(login).notices.unread() if one.kind == "records-lost"]
        assert told_of, login
        assert all(one.acknowledge for one in told_of)
    close_store()


@pytest.mark.threat(67)
def test_an_act_that_never_came_to_its_commit_is_none_that_lacks(
    installation: Host, home: Home, world: World
) -> None:
    open_store(home)
    world.desk("liwei").me.choose_language("en")
    place = store().journal
    at = database.execute_sql("SELECT position FROM journal_head WHERE id = 1").fetchone()[0]
    told = json.dumps({"at": "2026-11-23", "seq": 9999, "hash": "f" * 64, "hosts": {}}).encode()
    frame = frames.JournalFrame(int(at) + 1, 0, frames.LAST, told + b"\n[]")
    frames.append(max(place.folder.glob(f"*{frames.SUFFIX}")), frames.seal_frame(place.key, frame))
    close_store()
    open_store(home)
    world.desk("liwei").me.choose_language("zh_CN")
    close_store()
