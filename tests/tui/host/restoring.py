"""An installation that is backed up, destroyed and restored: what the tests of recovery have in common."""

from __future__ import annotations

import json

import psycopg
import pytest

from db.desk.backups.running import run_backup
from db.desk.tasks.duties import RunnerPlace
from db.store.engine import close_store, store
from db.store.journal import frames
from db.store.opening import open_store
from db.store.settings import Home
from tests.tui.host.conftest import Host
from tests.world import World
from tui.front.checkpoints import sign_quietly

PLACE = RunnerPlace("host", "host:test")


@pytest.fixture
def installation(world: World, home: Home, host: Host) -> Host:
    """The organisation of the tests on each database, as the host's commands see it."""
    home.settings_file.write_text(
        f'organisation = "华星集团"\ndatabase = {json.dumps(store().settings.database)}\n', "utf-8"
    )
    close_store()
    assert host.folder == home.folder
    return host


def back_up(home: Home) -> None:
    assert [one.problem for one in run_backup(home, PLACE, lambda: sign_quietly(home))] == [""]


def destroy(home: Home) -> None:
    """The disk with the database is gone; an empty one is in its place."""
    url = home.database_url(home.settings())
    if url.startswith("sqlite:"):
        for file in home.folder.glob("mingce.db*"):
            file.unlink()
        return
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        admin.execute("DROP SCHEMA public CASCADE")
        admin.execute("CREATE SCHEMA public")


def lose_the_journal(home: Home) -> None:
    """It lay on the disk that broke."""
    for file in (home.folder / "journal").glob(f"*{frames.SUFFIX}"):
        file.unlink()


def restore(installation: Host, home: Home) -> None:
    """Restore it, have its chain checked, and open it."""
    assert installation.run("restore", "--yes").status == 0
    assert installation.run("audit", "verify").status == 0
    open_store(home)
