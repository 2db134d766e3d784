"""`mingce doctor`: what it finds wrong, and what to do about it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from db.store.engine import close_store, database, store
from db.store.journal.frames import Last
from db.store.journal.place import this_host
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Book
from db.store.waiting_records import FOLDER, SUFFIX, UNREADABLE
from tests.tui.host.conftest import Host
from tui.host import doctor_checks


def test_doctor_finds_what_is_wrong_and_says_what_to_do(installed: Host) -> None:
    well = installed.run("doctor")
    assert well.status == 0
    assert "–" not in well.out, "what there is not is said in words"
    (installed.folder / "keys" / "pepper").chmod(0o440)
    installed.folder.chmod(0o755)
    ill = installed.run("doctor", "--json")
    assert ill.status == 1
    failed = {finding["check"]: finding["advice"] for finding in ill.data if not finding["ok"]}
    assert set(failed) == {"State folder", "Key files", "Database"}
    assert "chmod" in failed["State folder"]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_doctor_says_what_would_be_lost_with_the_disk_of_the_database(
    installed: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, elsewhere: bool
) -> None:
    """A share that is not mounted shows here: what should lie on it lies on the database's disk."""
    settings, share = installed.folder / "settings.toml", tmp_path / "share"
    share.mkdir(0o700)
    wanted = settings.read_text("utf-8").replace('journal = "journal"', f'journal = "{share}/journal"')
    settings.write_text(f'{wanted}\n[backups]\nto = ["{share}"]\n', "utf-8")
    if elsewhere:
        monkeypatch.setattr(doctor_checks, "_disk_of", lambda place: int(share in (place, *place.parents)))
    found = {one["check"]: one for one in installed.run("doctor", "--json").data}["Other disks"]
    assert found["ok"]
    assert (str(share) in found["found"]) is not elsewhere
    assert ("settings.toml" in found["advice"]) is not elsewhere


def test_doctor_says_it_of_folders_too_that_nothing_was_written_to_yet(installed: Host) -> None:
    for name in ("journal", "backups"):
        shutil.rmtree(installed.folder / name, ignore_errors=True)
    found = {one["check"]: one for one in installed.run("doctor", "--json").data}["Other disks"]
    assert str(installed.folder / "backups") in found["found"]


def test_a_host_key_that_is_gone_is_told_with_the_reason_alone(installed: Host) -> None:
    (installed.folder / "keys" / "ssh-host").unlink()
    said = installed.run("doctor")
    assert (said.status, "Errno" in said.out, "No such file" in said.out) == (1, False, True)


def test_doctor_tells_a_place_that_is_not_mounted_from_a_new_one(installed: Host, tmp_path: Path) -> None:
    settings, share = installed.folder / "settings.toml", tmp_path / "share"
    settings.write_text(f'{settings.read_text("utf-8")}\n[backups]\nto = ["backups", "{share}"]\n', "utf-8")
    share.mkdir(0o700)
    assert installed.run("doctor").status == 0
    assert installed.run("backup", "run").status == 0
    share.rename(tmp_path / "unmounted")
    share.mkdir(0o700)
    (ill,) = [one for one in installed.run("doctor", "--json").data if not one["ok"]]
    assert (ill["check"], str(share) in ill["found"]) == ("Backups", True)
    assert "is it mounted?" in ill["found"]
    said = installed.run("backup", "run")
    assert (said.status, said.out.count("ok "), said.out.count("is it mounted?")) == (1, 1, 1)
    assert list(share.iterdir()) == []


def test_doctor_bids_a_host_that_never_served_begin_and_fails_one_whose_signatures_are_gone(
    installed: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second host's first `doctor` comes before its first `serve`; others sign what they do."""
    monkeypatch.setattr(doctor_checks, "RECORDS", 0)

    def told(*known: str) -> tuple[bool, str, str]:
        monkeypatch.setattr(
            doctor_checks, "journal_hosts", lambda _database: dict.fromkeys(known, Last(1, "x"))
        )
        (one,) = [one for one in installed.run("doctor", "--json").data if one["check"] == "Checkpoints"]
        return one["ok"], one["found"], one["advice"]

    ok, found, advice = told("first-host")
    assert (ok, found) == (True, "nothing is signed on this host yet: it has done nothing")
    assert "`mingce serve`" in advice
    for known in ((), (this_host(),), ("first-host", this_host())):
        assert not told(*known)[0], known


def test_doctor_finds_a_broken_chain_a_bad_regulation_and_a_plain_file(installed: Host) -> None:
    open_store(Home(installed.folder))
    database.execute_sql("DELETE FROM audit_record WHERE seq = 2")
    close_store()
    open_store(Home(installed.folder))
    Book.update(policies='["gone"]').execute()
    close_store()
    failed = {finding["check"] for finding in installed.run("doctor", "--json").data if not finding["ok"]}
    assert failed == {"Audit chain", "Rows of every table", "Regulations", "Cases"}


def test_doctor_names_a_record_of_a_look_that_does_not_open(installed: Host) -> None:
    open_store(Home(installed.folder))
    folder = store().journal.folder / FOLDER
    close_store()
    folder.mkdir()
    (folder / f"2026-11-23{SUFFIX}").write_bytes(b"altered")
    assert installed.run("duties", "run").status == 0
    (chain,) = [one for one in installed.run("doctor", "--json").data if one["check"] == "Audit chain"]
    assert not chain["ok"]
    assert str(folder / f"2026-11-23{UNREADABLE}") in chain["found"]
