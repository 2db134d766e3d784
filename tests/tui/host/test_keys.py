"""`mingce keys`: what there is, rotating each, and what a rotation that was killed leaves."""

from __future__ import annotations

import json

import pytest

from db.desk.backups.running import run_backup
from db.desk.entry.record import load_entry
from db.desk.tasks.duties import RunnerPlace
from db.store import audit, clock
from db.store.checkpoints import Notary
from db.store.engine import close_store, store
from db.store.keys import NEXT, SIGN_AUDIT, read_key, read_keys, signing_file, write_key
from db.store.opening import open_store
from db.store.rotation import whole
from db.store.settings import Home
from db.store.signing import Signer
from db.store.tables import AuditRecord, Entry
from tests.audited import detail_of
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import back_up, destroy, lose_the_journal
from tests.world import World
from tui.front.checkpoints import sign_quietly

WAYS = ("field", "database", "backup", "journal", "audit", "evidence")


@pytest.fixture
def installation(world: World, home: Home, host: Host) -> Host:
    home.settings_file.write_text(
        f'organisation = "华星集团"\ndatabase = {json.dumps(store().settings.database)}\n', "utf-8"
    )
    close_store()
    return host


def names(host: Host) -> list[str]:
    return [key["name"] for key in host.run("keys", "--json").data]


@pytest.mark.threat(26)
def test_it_lists_every_key_with_place_and_age_and_shows_none(installation: Host, home: Home) -> None:
    said = installation.run("keys", "--json")
    assert said.status == 0
    found = {key["name"]: key for key in said.data}
    assert {"database", "field-1", "search", "pepper", "digest", "journal", "backup", "sign-audit"} <= set(
        found
    )
    assert found["database"]["file"] == str(home.keys / "database")
    assert found["database"]["days"] < 1
    in_words = installation.run("keys").out
    doctor = installation.run("doctor").out
    assert str(home.keys) in doctor
    for path in (path for path in home.keys.glob("*") if path.is_file()):
        secret = path.read_text().split()[0]
        assert secret not in said.out + in_words + doctor


@pytest.mark.threat(30)
@pytest.mark.clause("C.9.2")
def test_each_is_rotated_backups_made_before_restore_and_it_is_on_record(
    installation: Host, home: Home
) -> None:
    assert [
        one.problem for one in run_backup(home, RunnerPlace("host", "host:test"), lambda: sign_quietly(home))
    ] == [""]
    open_store(home)
    entry, postgresql = Entry.select().first().id, store().is_postgresql
    before = load_entry(entry)
    close_store()
    ways = [way for way in WAYS if not (postgresql and way == "database")]
    for way in ways:
        said = installation.run("keys", "rotate", way)
        assert said.status == 0, said.err
    listed = installation.run("keys", "--json").data
    retired = {key["name"]: key for key in listed if key["retired"]}
    assert retired["field-1"]["backups"] == retired["backup-1"]["backups"] == 1
    assert retired["sign-audit-1.pub"]["needed"]
    assert installation.run("backup", "verify").status == 0
    assert installation.run("audit", "verify").status == 0
    assert installation.run("keys", "prune").status == 0
    assert {"field-1", "backup-1", "journal-1"} <= set(names(installation)), "a backup needs them"
    if not postgresql:
        assert installation.run("restore", "--yes").status == 0
    open_store(home)
    assert load_entry(entry) == before
    stages = [
        json.loads(detail_of(row)) for row in AuditRecord.select().where(AuditRecord.act == "keys.rotate")
    ]
    assert [(one["key"], one["stage"]) for one in stages] == [
        (way, stage) for way in ways for stage in ("begun", "ended")
    ]


def test_what_nothing_needs_is_destroyed(installation: Host, home: Home) -> None:
    for way in ("field", "backup"):
        assert installation.run("keys", "rotate", way).status == 0
    for file in home.folder.glob("journal/*"):
        file.unlink()
    assert installation.run("keys", "prune", "--json").data == ["backup-1", "field-1"]
    assert not [name for name in names(installation) if name in ("backup-1", "field-1")]


@pytest.mark.threat(30)
def test_the_next_command_says_on_which_side_it_is(installation: Host, home: Home) -> None:
    file = home.folder / "mingce.db"
    if not file.exists():
        pytest.skip("PostgreSQL's files are its own")
    write_key(home.keys / f"database{NEXT}", b"\1" * 32)
    (home.folder / "mingce.db.1").write_bytes(b"half a copy")
    assert "old key is in use" in installation.run("doctor").out + installation.run("keys").out
    assert [path.name for path in home.folder.glob("mingce.db*")] == ["mingce.db"]
    old = read_keys(home.keys).database
    write_key(home.keys / f"database{NEXT}", b"\2" * 32)
    copy = home.folder / "mingce.db.1"
    whole._copy(file, old, copy, b"\2" * 32)
    whole._swap(file, copy)
    assert "new key is in use" in installation.run("keys").out
    assert installation.run("audit", "verify").status == 0
    assert read_keys(home.keys).database == b"\2" * 32


def test_what_is_not_rotated_is_refused_with_the_reason(host: Host) -> None:
    for name in ("pepper", "search", "digest"):
        said = host.run("keys", "rotate", name)
        assert said.status == 1
        assert "is not rotated" in said.err
    assert host.run("keys", "rotate", "nonsense").status == 2


def test_the_audits_key_is_rotated_and_a_gap_signed_only_with_what_the_signer_lends(
    installation: Host, home: Home
) -> None:
    """The signer has a user of its own: its key is not with the others. A restore that loses nothing signs
    nothing, and needs it not."""
    with home.settings_file.open("a", encoding="utf-8") as settings:
        settings.write('[checkpoints]\nto = ["outside"]\nsigner = "/run/signer.sock"\n')
    lent = home.folder.parent / "lent"
    lent.mkdir(mode=0o700)
    back_up(home)
    key = signing_file(home.keys, SIGN_AUDIT).rename(lent / "sign-audit")
    before = sorted(home.keys.iterdir())
    refused = installation.run("keys", "rotate", "audit")
    assert (refused.status, "--signing-key" in refused.err, sorted(home.keys.iterdir())) == (1, True, before)
    assert installation.run("keys", "rotate", "audit", "--signing-key", key).status == 0
    destroy(home)
    assert installation.run("restore", "--yes").status == 0
    assert installation.run("audit", "verify").status == 0
    open_store(home)
    Notary(Signer(read_key(key)), [home.folder / "outside"]).sign(*audit.head(), clock.now())
    close_store()
    destroy(home)
    lose_the_journal(home)
    refused = installation.run("restore", "--yes")
    assert (refused.status, "--signing-key" in refused.err) == (1, True)
    assert installation.run("restore", "--yes", "--signing-key", key).status == 0
