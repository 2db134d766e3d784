"""Recovery: the database is destroyed under load; nothing that was acknowledged is missing afterwards."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from db.desk import Desk
from db.desk.backups.running import run_backup
from db.store import audit
from db.store.backups.backup_store import manifests
from db.store.engine import Store, close_store
from db.store.journal import frames
from db.store.keys import read_keys
from db.store.opening import open_store
from db.store.settings import Home, SettingsError
from db.store.tables import Account, AuditHead, AuditRecord, Entry, Grant
from db.store.transactions import writing
from tests.agreed import asked
from tests.audited import detail_of
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import PLACE, back_up, destroy, installation, lose_the_journal
from tests.world import World
from tui.front.checkpoints import sign_quietly
from tui.host.audit import stored_checkpoints

__all__ = ["installation"]
ROOT = Path(__file__).parents[3]
WORK = """
import sys
from pathlib import Path
from db.store import audit
from db.store.opening import open_store
from db.store.transactions import writing
from db.store.settings import Home, SettingsError
from db.store.tables import Entry

open_store(Home(Path(sys.argv[1])))
entry = int(sys.argv[2])
for number in range(1_000_000):
    with writing():
        Entry.update(position=f"{number}").where(Entry.id == entry).execute()
        seq = audit.append(act="test", outcome="done", entry=entry, journal={"after": {"position": number}})
    print(seq, number, flush=True)
"""


@pytest.mark.threat(29)
@pytest.mark.clause("F.4.2")
def test_nothing_acknowledged_is_missing_after_the_database_was_destroyed_under_load(
    installation: Host, home: Home, world: World
) -> None:
    """Three processes change entries; at a random moment all are killed and the database is gone."""
    back_up(home)
    entries = [world.entry(login) for login in ("zhangwei", "wangfang", "liwei")]
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, str(home.folder), str(entry)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for entry in entries
    ]  # fmt: skip
    first = [worker.stdout.readline() for worker in workers if worker.stdout]
    open_store(home)
    sign_quietly(home)
    close_store()
    time.sleep(random.uniform(0.3, 1.5))
    for worker in workers:
        worker.kill()
    told = [first[number] + (worker.communicate()[0] or "") for number, worker in enumerate(workers)]
    destroy(home)
    assert installation.run("restore", "--yes").status == 0
    open_store(home)
    assert audit.verify(outside={one.seq: one.hash for one in stored_checkpoints(home)}).sound
    for entry, lines in zip(entries, told, strict=True):
        acknowledged = [line.split() for line in lines.splitlines(keepends=True) if line.endswith("\n")]
        assert acknowledged
        for seq, number in acknowledged:
            record = AuditRecord.get_by_id(int(seq))
            assert (record.entry, audit.journal_of(record)["after"]) == (entry, {"position": int(number)})
        assert int(Entry.get_by_id(entry).position) >= int(acknowledged[-1][1])
    assert world.desk("zhangwei").directory.search("staff", "张伟"), "who is there is found again"
    close_store()


@pytest.mark.clause("F.4.2")
def test_what_the_backup_lacks_is_listed_before_it_is_applied(
    installation: Host, home: Home, world: World
) -> None:
    back_up(home)
    open_store(home)
    world.desk("zhangwei").me.choose_language("en")
    close_store()
    destroy(home)
    listed = installation.run("restore", "--list", "--json")
    assert [act["act"] for act in listed.data["lacks"]][-1] == "me.choose_language"
    at = datetime.fromisoformat(str(listed.data["lacks"][-1]["at"])).astimezone(ZoneInfo("Asia/Shanghai"))
    assert f"{at:%Y-%m-%d %H:%M:%S}" in installation.run("restore", "--list").out
    asked = installation.run("restore")
    assert (asked.status, "me.choose_language" in asked.out) == (1, False)
    done = installation.run("restore", "--yes", "--json")
    assert (done.data["gap"], done.data["seq"]) == (None, listed.data["lacks"][-1]["seq"])
    open_store(home)
    assert Account.get_by_id(world.accounts["zhangwei"]).language == "en"
    last = AuditRecord.get_by_id(audit.head()[0])
    assert (last.act, last.front) == ("restore.done", "host")
    assert json.loads(detail_of(last))["replayed"] > 0
    close_store()


@pytest.mark.clause("F.4.2")
def test_where_the_journal_is_gone_the_gap_is_signed_and_the_chain_goes_on(
    installation: Host, home: Home, world: World
) -> None:
    """The journal lay on the disk that broke. What was signed shows how much is lost."""
    back_up(home)
    open_store(home)
    (kept,) = (one.seq for one in manifests(home.folder / "backups"))
    for _number in range(5):
        with writing():
            audit.append(act="test", outcome="done")
    sign_quietly(home)
    lost = audit.head()[0]
    close_store()
    destroy(home)
    lose_the_journal(home)
    assert f"{kept + 1} to {lost} were signed" in installation.run("restore", "--list").err
    done = installation.run("restore", "--yes", "--json")
    assert done.status == 0
    assert done.data["gap"] == {"after": kept, "upto": lost}
    assert "restore.gap" in [one.act for one in acts_of(home)]
    assert installation.run("audit", "verify").status == 0
    back_up(home)


@pytest.mark.threat(67)
def test_whoever_watches_over_a_directory_hears_that_records_are_lost(
    installation: Host, home: Home, world: World
) -> None:
    """A role that was taken is back: nobody who could know may be left without a word."""
    open_store(home)
    world.grant("zhangwei", "security", "staff")
    close_store()
    back_up(home)
    open_store(home)
    request = asked(lambda: world.desk("liuyang").accounts.revoke(_grant_of(world, "zhangwei")))
    second = next(one for one in map(world.desk, world.accounts) if _can_open(one, request))
    second.queue.approve(request, second.queue.one(request).digest)
    assert Grant.get_by_id(_grant_of(world, "zhangwei")).revoked_at is not None
    sign_quietly(home)
    close_store()
    destroy(home)
    lose_the_journal(home)
    assert installation.run("restore", "--yes").status == 0
    open_store(home)
    assert Grant.get_by_id(_grant_of(world, "zhangwei")).revoked_at is None
    for login in ("helei", "liuyang", "guotao", "panlong", "fangmin"):
        told = [one for one in world.desk(login).notices.unread() if one.kind == "records-lost"]
        assert told, login
        assert "A restore lost the records" in str(told[0].detail["en"])
    close_store()


def _grant_of(world: World, login: str) -> int:
    return int(Grant.get((Grant.account == world.accounts[login]) & (Grant.role == "security")).id)


def _can_open(desk: Desk, request: int) -> bool:
    return request in {row.id for row in desk.queue.window().rows}


def acts_of(home: Home) -> list[AuditRecord]:
    open_store(home)
    found = list(AuditRecord.select().order_by(AuditRecord.seq))
    close_store()
    return found


@pytest.mark.threat(28)
def test_a_damaged_backup_is_passed_over_and_the_journal_makes_up_for_it(
    installation: Host, home: Home, world: World
) -> None:
    back_up(home)
    open_store(home)
    with writing():
        Entry.update(position="新职务").where(Entry.id == world.entry("zhangwei")).execute()
        audit.append(act="test", outcome="done")
    close_store()
    time.sleep(1.1)
    back_up(home)
    newest = max((home.folder / "backups").glob("*.backup"))
    newest.write_bytes(newest.read_bytes()[:1000])
    destroy(home)
    done = installation.run("restore", "--yes")
    assert (done.status, newest.name in done.err) == (0, True)
    open_store(home)
    assert Entry.get_by_id(world.entry("zhangwei")).position == "新职务"
    close_store()


@pytest.mark.threat(24)
def test_a_forged_backup_is_not_restored(installation: Host, home: Home, world: World) -> None:
    """The attacker has every key but the signer's: history is written anew and backed up, so that the old
    one seems to be the damaged one."""
    open_store(home)
    for _number in range(3):
        with writing():
            audit.append(act="test", outcome="done")
    sign_quietly(home)
    previous = "0" * 64
    with writing():
        for record in AuditRecord.select().order_by(AuditRecord.seq):
            record.act, record.prev = "forged", previous
            previous = record.hash = audit.digest_of(record)
            record.save()
        AuditHead.update(hash=previous).execute()
    close_store()
    assert [one.problem for one in run_backup(home, PLACE, lambda: None)] == [""]
    destroy(home)
    refused = installation.run("restore", "--yes")
    assert refused.status == 1
    assert "1" in refused.err


def test_a_restore_that_fails_leaves_what_was_there(installation: Host, home: Home) -> None:
    if "sqlite" not in home.database_url(home.settings()):
        pytest.skip("PostgreSQL is restored into an empty database only")
    before = (home.folder / "mingce.db").read_bytes()
    assert installation.run("restore", "--yes").status == 1
    assert (home.folder / "mingce.db").read_bytes() == before


def test_a_database_that_is_not_empty_is_not_overwritten(
    installation: Host, home: Home, store: Store
) -> None:
    if not store.is_postgresql:
        pytest.skip("SQLCipher's file is put aside instead")
    back_up(home)
    assert installation.run("restore", "--yes").status == 1
    assert read_keys(home.keys)


def changed(home: Home, world: World, language: str) -> None:
    """An act that somebody was told is done."""
    open_store(home)
    world.desk("zhangwei").me.choose_language(language)
    close_store()


@pytest.mark.threat(30)
def test_an_interrupted_restore_lets_nobody_in_and_is_ended_by_running_it_again(
    installation: Host, home: Home, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is killed when the new database is complete, before it says so on record."""
    back_up(home)
    changed(home, world, "en")
    destroy(home)
    with monkeypatch.context() as patched:
        patched.setattr("tui.host.restore.record_as_host", lambda *_args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            installation.run("restore", "--yes")
    with pytest.raises(SettingsError, match="mingce restore"):
        open_store(home)
    done = installation.run("restore", "--yes", "--json")
    assert (done.status, done.data["gap"]) == (0, None)
    assert "restore.done" in [one.act for one in acts_of(home)]
    open_store(home)
    assert Account.get_by_id(world.accounts["zhangwei"]).language == "en"
    close_store()


@pytest.mark.threat(30)
def test_a_database_that_is_not_there_is_not_begun_anew(installation: Host, home: Home) -> None:
    if "sqlite" not in home.database_url(home.settings()):
        pytest.skip("a server says itself that there is no such database")
    destroy(home)
    for words in (("audit", "verify"), ("backup", "run")):
        said = installation.run(*words)
        assert (said.status, "mingce.db" in said.err) == (1, True), words
        assert not (home.folder / "mingce.db").exists()


@pytest.mark.threat(24)
def test_a_lost_end_that_was_not_signed_yet_is_told_by_the_journal(
    installation: Host, home: Home, world: World
) -> None:
    """The file of a moment ago is put back; only the last act is gone, with the sign-in before it, and no
    checkpoint knows of it."""
    if "sqlite" not in home.database_url(home.settings()):
        pytest.skip("the same question of the same journal")
    changed(home, world, "en")
    old = (home.folder / "mingce.db").read_bytes()
    changed(home, world, "zh_CN")
    assert installation.run("audit", "verify").status == 0
    (home.folder / "mingce.db").write_bytes(old)
    told = installation.run("audit", "verify", "--json")
    assert (told.status, told.data["sound"], told.data["journal_ahead"]) == (1, True, 2)


@pytest.mark.threat(29)
def test_where_the_journal_broke_in_the_middle_the_gap_is_signed_and_work_goes_on(
    installation: Host, home: Home, world: World
) -> None:
    """What stands behind the broken place is applied once somebody says so: here a sign-in session is lost,
    of which there is no record."""
    back_up(home)
    changed(home, world, "en")
    (file,) = (home.folder / "journal").glob(f"*{frames.SUFFIX}")
    broken = file.stat().st_size + 60
    changed(home, world, "zh_CN")
    changed(home, world, "en")
    content = bytearray(file.read_bytes())
    content[broken] ^= 1
    file.write_bytes(content)
    destroy(home)
    assert installation.run("restore", "--yes", "--json").status == 1
    done = installation.run("restore", "--yes", "--skip-damaged", "--json")
    assert done.status == 0
    assert (done.data["gap"], done.data["lost"]) == (None, [])
    assert "damaged" in done.err
    for words in (["audit", "verify"], ["duties", "run"], ["backup", "run"]):
        assert installation.run(*words).status == 0, words


@pytest.mark.threat(24)
def test_nobody_writes_to_an_old_copy_until_it_is_restored(
    installation: Host, home: Home, world: World
) -> None:
    """What were written now would take the place of what was acknowledged, and nothing would tell of it."""
    if "sqlite" not in home.database_url(home.settings()):
        pytest.skip("the same question of the same journal")
    assert installation.run("duties", "run").status == 0  # what a first start writes is there
    back_up(home)
    changed(home, world, "en")
    old = (home.folder / "mingce.db").read_bytes()
    changed(home, world, "zh_CN")
    (home.folder / "mingce.db").write_bytes(old)
    for words in (["serve"], ["duties", "run"], ["backup", "run"], ["account", "list", "staff"], ["who"]):
        said = installation.run(*words)
        assert (said.status, "mingce catch-up" in said.err) == (1, True), words
    assert installation.run("restore", "--yes").status == 0
    assert installation.run("audit", "verify").status == 0
    open_store(home)
    assert Account.get_by_id(world.accounts["zhangwei"]).language == "zh_CN"
