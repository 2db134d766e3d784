"""Backups: online, encrypted, the same from both databases, and proved by restoring them."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from db.desk import Invalid, Refused
from db.desk.backups.backup_rules import backup_duty, destinations
from db.desk.backups.running import run_backup, run_if_due
from db.desk.backups.verifying import Outcome
from db.desk.tasks.duties import RunnerPlace
from db.language import say
from db.store import audit, subjects
from db.store.backups import dump as dumping
from db.store.backups.backup_store import MARK, Manifest, is_whole, manifests
from db.store.backups.proving import NotProved, prove_backup
from db.store.checkpoints import Checkpoint
from db.store.engine import close_store, database, store
from db.store.keys import read_backup_key, read_keys, write_key
from db.store.opening import open_store
from db.store.row_encryption import Showing
from db.store.settings import Home
from db.store.tables import AuditRecord, EntryField, Grant, Notice, NoticeRecipient
from db.store.tables.base import Table
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.tui.plain.running import answered
from tests.wider_world import build_wider_world
from tests.world import World

PLACE = RunnerPlace("host", "host:test")
pytestmark = pytest.mark.threat(28)
ROOT = Path(__file__).parents[2]


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


def unsigned() -> Checkpoint | None:
    return None


def at_hand() -> Showing:
    """The keys of persons in the open store."""
    return Showing(subjects.all_keys(), subjects.destroyed_owners())


def back_up(home: Home) -> tuple[Outcome, ...]:
    """A backup, with the store open again afterwards."""
    close_store()
    done = run_backup(home, PLACE, unsigned)
    open_store(home)
    return done


def newest(home: Home, place: str = "one") -> tuple[Path, Manifest]:
    found = manifests(home.folder / place)[0]
    return home.folder / place / found.name, found


@pytest.mark.clause("F.4.1", "H.6.4", "C.9.3", "E.14")
def test_a_backup_lies_in_each_place_proved_and_each_is_on_record_by_itself(two: World, home: Home) -> None:
    seq, hashed = audit.head()
    outcomes = back_up(home)
    assert [(one.place.name, one.problem) for one in outcomes] == [("one", ""), ("two", "")]
    for place in ("one", "two"):
        file, manifest = newest(home, place)
        assert (manifest.seq, manifest.hash) == (seq, hashed)
        assert is_whole(home.folder / place, manifest)
        assert file.stat().st_mode & 0o077 == 0
        assert "张伟".encode() not in file.read_bytes()
    records = list(AuditRecord.select().where(AuditRecord.act == "backups.run"))
    assert [(one.outcome, json.loads(detail_of(one))["place"]) for one in records] == [
        ("done", str(home.folder / "one")), ("done", str(home.folder / "two")),
    ]  # fmt: skip


@pytest.mark.clause("F.4.1")
def test_one_place_that_fails_is_told_by_itself_and_alarms(two: World, home: Home, clock: Clock) -> None:
    """The second disk is not mounted: the first has its backup, those in charge hear of the second."""
    (home.folder / "two").write_text("a file, not a folder")
    good, bad = back_up(home)
    assert (good.problem, bad.place.name) == ("", "two")
    assert bad.problem
    assert [one.outcome for one in AuditRecord.select().where(AuditRecord.act == "backups.run")] == [
        "done", "failed",
    ]  # fmt: skip
    notices = list(Notice.select().where(Notice.kind == "backup-failed"))
    assert all(str(home.folder / "two") in notice.detail for notice in notices)
    told = [row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice.in_(notices))]
    technical = Grant.select().where(Grant.role.in_(["it", "admin"]) & Grant.revoked_at.is_null())
    assert sorted(told) == sorted({grant.holder.id for grant in technical}), "each of them once"
    back_up(home)
    assert Notice.select().where(Notice.kind == "backup-failed").count() == len(notices), "once a day"
    clock.forward(days=1)
    back_up(home)
    assert Notice.select().where(Notice.kind == "backup-failed").count() == 2 * len(notices)


def test_nothing_is_left_of_a_copy_whose_manifest_finds_no_room(
    two: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(home)
    before = sorted(home.folder.glob("*/*"))

    def full(*_given: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("db.store.backups.backup_store.json.dump", full)
    assert all(one.problem for one in back_up(home))
    assert sorted(home.folder.glob("*/*")) == before


@pytest.mark.clause("F.4.1")
def test_a_place_that_is_not_mounted_is_not_taken_for_a_new_one(two: World, home: Home, clock: Clock) -> None:
    """Where the share was, an empty folder of the system's disk is left: nothing is written to it, not even
    the keys of persons, and the other place goes on."""
    back_up(home)
    share = home.folder / "two"
    share.rename(home.folder / "elsewhere")
    for left in (False, True):
        if left:
            share.mkdir()
        clock.forward(days=1)
        good, away = back_up(home)
        assert not good.problem
        assert "是否未挂载" in say(away.problem, "zh_CN")
        assert not share.exists() or list(share.iterdir()) == []
    found = destinations(home, store().settings, backup_duty())
    assert [(one.problem != "", one.due) for one in found] == [(False, False), (True, False)]
    assert Notice.select().where(Notice.kind == "backup-failed").exists()
    close_store()
    assert run_if_due(home, PLACE, unsigned) == (), "no backup after backup while it is away"
    share.rmdir()
    (home.folder / "elsewhere").rename(share)
    clock.forward(days=1)
    assert [one.problem for one in run_if_due(home, PLACE, unsigned)] == ["", ""]
    open_store(home)


def test_a_new_disk_in_the_place_of_an_old_one_takes_backups_once_it_is_marked(
    two: World, home: Home
) -> None:
    back_up(home)
    for file in (home.folder / "two").iterdir():
        file.unlink()
    assert back_up(home)[1].problem
    (home.folder / "two" / MARK).touch()
    assert [one.problem for one in back_up(home)] == ["", ""]


def test_backups_from_before_places_were_marked_are_enough(two: World, home: Home) -> None:
    back_up(home)
    (home.folder / "two" / MARK).unlink()
    assert [one.problem for one in back_up(home)] == ["", ""]
    assert (home.folder / "two" / MARK).exists()


@pytest.mark.clause("C.9.3", "E.14", "H.6.4")
def test_the_runner_makes_one_when_a_regulation_says_so_and_not_before(
    two: World, home: Home, clock: Clock
) -> None:
    close_store()
    assert len(run_if_due(home, PLACE, unsigned)) == 2
    clock.forward(hours=20)
    assert run_if_due(home, PLACE, unsigned) == ()
    clock.forward(hours=5)
    assert len(run_if_due(home, PLACE, unsigned)) == 2
    clock.forward(days=1)
    run_if_due(home, PLACE, unsigned)
    assert [len(manifests(home.folder / place)) for place in ("one", "two")] == [2, 2], "the newest are kept"
    open_store(home)


@pytest.mark.threat(18)
@pytest.mark.clause("H.6.4")
def test_who_answers_for_the_backups_sees_each_has_one_made_and_hears_that_it_is_late(
    two: World, home: Home, clock: Clock
) -> None:
    """From the desk of information security: on record, in time or late, asked for, made and checked."""
    secured = build_wider_world("secured", beside=two)
    desk = secured.desk("xinan")
    assert desk.backups.overseen() == ("secured",)
    assert (desk.backups.runs("secured").late, desk.backups.runs("secured").backups) == (True, ())
    desk.backups.order("secured")
    with pytest.raises(Invalid):
        desk.backups.order("secured")
    assert desk.backups.runs("secured").ordered
    close_store()
    assert len(run_if_due(home, PLACE, unsigned)) == 2
    assert run_if_due(home, PLACE, unsigned) == ()
    open_store(home)
    seen = secured.desk("xinan").backups.runs("secured")
    assert (seen.late, seen.ordered, seen.clause) == (False, False, "H.6.4, own")
    assert [(one.place, one.problem) for one in seen.backups] == [
        (str(home.folder / "two"), ""), (str(home.folder / "one"), ""),
    ]  # fmt: skip
    secured.desk("xinan").backups.order("secured")
    close_store()
    assert len(run_if_due(home, PLACE, unsigned)) == 2, "before it is due"
    open_store(home)
    clock.forward(days=2)
    assert secured.desk("xinan").backups.runs("secured").late
    with pytest.raises(Refused) as caught:
        secured.desk("ganhr").backups.order("secured")
    assert caught.value.clause == "H.6.4"


@pytest.mark.threat(18)
@pytest.mark.clause("H.6.4")
def test_who_answers_for_the_backups_has_an_old_one_verified_anew(
    two: World, home: Home, clock: Clock
) -> None:
    """From their own terminal; the host does it, what came of it stands there, and a failed one alarms."""
    secured = build_wider_world("secured", beside=two)
    back_up(home)
    clock.forward(minutes=5)
    back_up(home)
    made = secured.desk("xinan").backups.runs("secured").backups
    runs = {(Path(one.place).name, one.file): one for one in made}
    oldest = min(file for _place, file in runs)
    for place in ("one", "two"):
        said = answered(secured, "xinan", f"backup runs verify {runs[place, oldest].seq} --book secured")
        assert said.status == 0, said.err
        again = answered(secured, "xinan", f"backup runs verify {runs[place, oldest].seq} --book secured")
        assert again.status == 1
    with pytest.raises(Refused) as other:
        secured.desk("ganhr").backups.verify("secured", runs["one", oldest].seq)
    assert other.value.clause == "H.6.4"
    with (home.folder / "two" / oldest).open("r+b") as file:
        file.seek(1000)
        file.write(b"bit rot")

    close_store()
    verified = run_if_due(home, PLACE, unsigned)
    assert sorted((one.place.name, one.name, bool(one.problem)) for one in verified) == [
        ("one", oldest, False), ("two", oldest, True),
    ]  # fmt: skip
    assert run_if_due(home, PLACE, unsigned) == (), "once"
    open_store(home)
    listed = answered(secured, "xinan", "backup runs --book secured --json").data
    assert [(one["state"], bool(one["verified"])) for one in listed] == [
        (True, False), (True, False), (False, True), (True, True),
    ]  # fmt: skip
    record = answered(secured, "xinan", f"backup runs {runs['two', oldest].seq} --book secured").text
    assert "it is not the file that its manifest describes" in record
    alarmed = secured.desk("xinan").notices.unread()
    assert [(one.kind, one.clause) for one in alarmed if one.kind == "backup-failed"] == [
        ("backup-failed", "H.6.4")
    ]
    clock.forward(minutes=5)
    back_up(home)
    with pytest.raises(Invalid):
        secured.desk("xinan").backups.verify("secured", runs["one", oldest].seq)


ELSEWHERE = """
import sys
import time
from pathlib import Path
from db.language import say
from db.store import audit, subjects
from db.store.opening import open_store
from db.store.transactions import writing
from db.store.settings import Home

open_store(Home(Path(sys.argv[1])))
with writing():
    audit.append(act="test", outcome="done")
"""


def test_what_people_do_meanwhile_is_not_half_in_it(
    two: World, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody writes between two tables of the dump; the backup is of one moment all the same."""
    key, keys, rows = read_backup_key(home.keys), read_keys(home.keys), dumping._rows

    def and_meanwhile(table: type[Table]) -> Iterator[object]:
        if table is AuditRecord:
            subprocess.run([sys.executable, "-c", ELSEWHERE, str(home.folder)], check=True, cwd=ROOT)
        return rows(table)

    monkeypatch.setattr(dumping, "_rows", and_meanwhile)
    with (home.folder / "file").open("wb") as stream:
        header = dumping.dump(stream, key, None)
    assert audit.head()[0] == header.seq + 1
    showing = at_hand()
    close_store()
    assert prove_backup(home.folder / "file", [key], keys, showing, home.folder).header == header
    open_store(home)


def test_a_place_whose_copy_of_the_keys_is_gone_is_told_and_gets_a_new_one(two: World, home: Home) -> None:
    back_up(home)
    (home.folder / "two" / subjects.COPY).unlink()
    one, other = destinations(home, store().settings, backup_duty())
    assert (one.problem, subjects.COPY in say(other.problem, "en")) == ("", True)
    close_store()
    assert len(run_if_due(home, PLACE, unsigned)) == 2
    open_store(home)
    assert [one.problem for one in destinations(home, store().settings, backup_duty())] == ["", ""]


def test_what_a_killed_backup_left_is_cleared_away(two: World, home: Home) -> None:
    old, running = home.folder / ".backup-old", home.folder / ".proof-running"
    for folder in (old, running):
        folder.mkdir()
    os.utime(old, (0, 0))
    back_up(home)
    assert (old.exists(), running.exists()) == (False, True)


@pytest.mark.parametrize("damage", ["cut", "byte", "key"])
def test_a_damaged_backup_and_another_key_are_noticed(two: World, home: Home, damage: str) -> None:
    back_up(home)
    file, _manifest = newest(home)
    content = file.read_bytes()
    key, keys, showing = read_backup_key(home.keys), read_keys(home.keys), at_hand()
    close_store()
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "byte":
        file.write_bytes(content[:-30] + bytes([content[-30] ^ 1]) + content[-29:])
    else:
        key = bytes(32)
    with pytest.raises(NotProved):
        prove_backup(file, [key], keys, showing, home.folder)
    assert not list(home.folder.glob(".proof-*")), "nothing is left of the trial"
    open_store(home)


def test_nothing_is_laid_beside_backups_of_another_key(two: World, home: Home) -> None:
    """The key was lost and another one made: what is in the place would be thinned out, opened by nobody."""
    back_up(home)
    one, two_ = (home.folder / name for name in ("one", "two"))
    for file in one.iterdir():
        file.unlink()
    (one / MARK).touch()
    lost, before = home.keys / "backup", {file: file.read_bytes() for file in two_.iterdir()}
    kept = lost.read_bytes()
    lost.unlink()
    assert "is not there" in say(destinations(home, store().settings, backup_duty())[1].problem, "en")
    write_key(lost, bytes(32))
    good, shut = back_up(home)
    assert (good.problem, "another key" in say(shut.problem, "en")) == ("", True)
    assert {file: file.read_bytes() for file in two_.iterdir()} == before
    assert [one.due for one in destinations(home, store().settings, backup_duty())] == [False, False]
    (home.keys / "retired").mkdir(mode=0o700, exist_ok=True)
    write_key(home.keys / "retired" / "backup-1", bytes(32))
    lost.unlink()
    lost.write_bytes(kept)
    lost.chmod(0o400)
    assert [one.problem for one in back_up(home)] == ["", ""]


def test_a_row_that_refers_to_none_is_noticed(two: World, home: Home) -> None:
    if store().is_postgresql:
        pytest.skip("PostgreSQL does not let it come to that")
    database.execute_sql("PRAGMA foreign_keys = OFF")
    with writing():
        EntryField.update(entry=999_999).where(EntryField.id == 1).execute()
    assert all(one.problem for one in back_up(home))


@pytest.mark.parametrize(
    "change",
    [
        {"name": 1},
        {"name": "../mingce.db"},
        {"name": "a\0b"},
        {"seq": "1"},
        {"size": None},
        {"checkpoint": {}},
    ],
)
def test_what_is_no_manifest_is_no_backup(tmp_path: Path, change: dict[str, object]) -> None:
    name = "mingce-20261124T000000Z-1.backup"
    (tmp_path / name).touch()
    sound = Manifest(name, "", 1, "", 1, 1, 0, "", "")
    note = (tmp_path / name).with_suffix(".json")
    note.write_text(json.dumps(asdict(sound)), "utf-8")
    assert manifests(tmp_path) == [sound]
    note.write_text(json.dumps(asdict(sound) | change), "utf-8")
    assert manifests(tmp_path) == []
