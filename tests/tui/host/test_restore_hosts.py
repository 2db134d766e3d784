"""Recovery where several hosts work with one database: each has a journal of its own, and none is passed
over."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from db.store.engine import close_store
from db.store.journal import frames
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account
from tests.conftest import Clock
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import back_up, destroy, installation
from tests.world import World

__all__ = ["installation"]
OTHER = "db-two"


@pytest.fixture
def two(installation: Host, home: Home, world: World) -> Host:
    """A host on PostgreSQL; of another one its keys and its settings alone are the same."""
    if "sqlite" in home.database_url(home.settings()):
        pytest.skip("one host alone opens a file")
    other = Home(elsewhere(home))
    other.folder.mkdir(mode=0o700)
    other.policies.mkdir()
    shutil.copytree(home.keys, other.keys)
    shutil.copy(home.settings_file, other.settings_file)
    return installation


def elsewhere(home: Home) -> Path:
    return home.folder.parent / "other"


def on_the_other(home: Home, world: World, monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    """An act that somebody was told is done, at the other host."""
    with monkeypatch.context() as patched:
        patched.setattr("socket.gethostname", lambda: OTHER)
        open_store(Home(elsewhere(home)))
        world.desk("zhangwei").me.choose_language(language)
        close_store()


def on_this(home: Home, world: World, login: str, language: str) -> None:
    open_store(home)
    world.desk(login).me.choose_language(language)
    close_store()


def language_of(home: Home, world: World) -> str | None:
    open_store(home)
    language: str | None = Account.get_by_id(world.accounts["zhangwei"]).language
    close_store()
    return language


@pytest.mark.threat(29)
@pytest.mark.clause("F.4.2")
def test_what_another_host_wrote_is_restored_with_its_journal_and_with_nothing_less(
    two: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last act is the last of all: nothing at this host tells of it but that there is such a host."""
    on_the_other(home, world, monkeypatch, "zh_CN")
    back_up(home)
    on_this(home, world, "wangfang", "en")
    on_the_other(home, world, monkeypatch, "en")
    destroy(home)
    listed = two.run("restore", "--list")
    assert (listed.status, OTHER in listed.err) == (0, True)
    assert two.run("restore", "--list", "--json").data["absent"] == [OTHER]
    refused = two.run("restore", "--yes")
    assert (refused.status, OTHER in refused.err, "--without-journal" in refused.err) == (1, True, True)
    done = two.run("restore", "--yes", "--json", "--journal", elsewhere(home) / "journal")
    assert (done.status, done.data["gap"], done.data["absent"]) == (0, None, [])
    assert language_of(home, world) == "en"
    assert two.run("audit", "verify").status == 0


def test_a_host_that_came_after_the_backup_is_known_by_who_wrote_after_it(
    two: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home)
    on_the_other(home, world, monkeypatch, "en")
    on_this(home, world, "wangfang", "en")
    destroy(home)
    assert OTHER in two.run("restore", "--yes").err


def test_a_copy_of_a_journal_that_ends_too_early_is_told_from_the_whole(
    two: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home)
    on_the_other(home, world, monkeypatch, "en")
    copied = home.folder.parent / "copied"
    shutil.copytree(elsewhere(home) / "journal", copied)
    on_the_other(home, world, monkeypatch, "zh_CN")
    on_this(home, world, "wangfang", "en")
    destroy(home)
    assert OTHER in two.run("restore", "--yes", "--journal", copied).err
    assert two.run("restore", "--yes", "--journal", elsewhere(home) / "journal").status == 0
    assert language_of(home, world) == "zh_CN"


def test_a_journal_that_is_lost_for_good_is_gone_without_by_name(
    two: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home)
    on_the_other(home, world, monkeypatch, "en")
    on_this(home, world, "wangfang", "en")
    destroy(home)
    shutil.rmtree(elsewhere(home))
    assert two.run("restore", "--yes", "--without-journal", "db-three").status == 1
    done = two.run("restore", "--yes", "--json", "--without-journal", OTHER)
    assert (done.status, OTHER in done.err) == (0, True)
    assert done.data["lost"], "what this host did afterwards stands behind it"


def test_hosts_that_share_a_journal_need_nothing_said(
    two: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home)
    (home.folder / "journal").mkdir(exist_ok=True)
    (elsewhere(home) / "journal").symlink_to(home.folder / "journal")
    on_the_other(home, world, monkeypatch, "en")
    destroy(home)
    assert two.run("restore", "--yes").status == 0
    assert language_of(home, world) == "en"


def test_doctor_names_a_host_that_went_on_journaling_elsewhere(
    two: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its file of before is here; what it lacks of the end is no damage."""
    on_this(home, world, "wangfang", "en")
    shared = elsewhere(home) / "journal"
    shared.symlink_to(home.folder / "journal")
    on_the_other(home, world, monkeypatch, "en")
    shared.unlink()
    on_the_other(home, world, monkeypatch, "zh_CN")
    on_this(home, world, "wangfang", "zh_CN")
    found = {one["check"]: one for one in two.run("doctor", "--json").data}
    assert OTHER in found["Other hosts"]["found"]
    assert found["Journal"]["ok"]


@pytest.mark.threat(67)
def test_a_database_that_a_restore_took_the_place_of_is_not_caught_up(
    two: Host, home: Home, world: World
) -> None:
    """A host whose settings still name the old one would go on in it, beside the new one."""
    back_up(home)
    on_this(home, world, "wangfang", "en")
    old, url = home.settings_file.read_text("utf-8"), home.database_url(home.settings())
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute('CREATE DATABASE "after_restore"')
    home.settings_file.write_text(old.replace(f"/{name}", "/after_restore"), "utf-8")
    assert two.run("restore", "--yes").status == 0
    home.settings_file.write_text(old, "utf-8")
    assert "restore" in two.run("catch-up", "--list").out
    refused = two.run("catch-up", "--yes")
    assert (refused.status, "settings.toml" in refused.err) == (1, True)
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute('DROP DATABASE "after_restore" WITH (FORCE)')


def test_a_host_that_is_no_more_is_forgotten_with_the_oldest_backup(
    two: Host, home: Home, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_the_other(home, world, monkeypatch, "en")
    clock.forward(days=1)
    back_up(home)
    on_this(home, world, "wangfang", "en")
    destroy(home)
    for file in (elsewhere(home) / "journal").glob(f"*{frames.SUFFIX}"):
        file.unlink()
    assert two.run("restore", "--yes").status == 0


def test_a_folder_that_holds_no_journal_is_said_to_hold_none(installation: Host, home: Home) -> None:
    """A letter too many in its name, or the folder above it: the changes in it would be passed over."""
    back_up(home)
    empty = home.folder.parent / "empty"
    empty.mkdir()
    for folder in (empty, empty / "journal", home.settings_file):
        said = installation.run("restore", "--list", "--journal", folder)
        assert (said.status, str(folder) in said.err, "--journal" in said.err) == (1, True, True)
