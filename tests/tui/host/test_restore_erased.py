"""Recovery and the keys of persons: who was erased stays so, and without the keys nobody is brought back."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import BinaryIO

import pytest

from db.desk.entry.record import remove_entry
from db.desk.privacy.erasing import erase_person
from db.desk.requests.payload import lines_of, open_payload
from db.store import audit, clock, subject_copies, subjects
from db.store.backups.backup_store import Manifest, name_of, store_copy
from db.store.backups.dump import CLEAR, Header
from db.store.backups.rows import KEPT, columns, neutral
from db.store.backups.vault import VaultWriter
from db.store.engine import close_store, database
from db.store.first_steps import PROVING
from db.store.journal.writing import journal_position
from db.store.keys import read_backup_key
from db.store.opening import open_store
from db.store.record_words import words_of
from db.store.settings import Home
from db.store.sql import fetch
from db.store.tables import AuditHead, AuditRecord, Entry, EntryField, Request
from db.store.transactions import writing
from tests.agreed import carried_through
from tests.db.personal_rows import left_of, live
from tests.tui.host.conftest import Host
from tests.tui.host.restoring import back_up, destroy, installation, lose_the_journal, restore
from tests.world import World

__all__ = ["installation"]


@pytest.mark.threat(28)
@pytest.mark.parametrize("journal", ["there", "lost"])
def test_a_restore_brings_nobody_back_who_was_erased(
    installation: Host, home: Home, world: World, journal: str
) -> None:
    """The backup is from before the erasure; it holds the person still."""
    entry = world.entry("helei", "group")
    open_store(home)
    with writing():
        audit.append(act="test", outcome="done", entry=entry, journal={"before": {}, "after": {"a": "b"}})
    person, name = live(world, "helei", "group"), Entry.get_by_id(entry).name
    close_store()
    back_up(home)
    open_store(home)
    for row in list(Entry.select().where(Entry.person == person)):
        with writing():
            remove_entry(row.id, "2026-11-20")
    carried_through(
        lambda: world.desk("luoyan").privacy.erase("group", entry, "本人要求"), world.desk("chenjing")
    )
    subject_copies.clear_copies([home.folder / "backups"], read_backup_key(home.keys))
    close_store()
    if journal == "lost":
        lose_the_journal(home)
    destroy(home)
    restore(installation, home)
    assert Entry.get_by_id(entry).name == f"#{person}"
    assert name not in [row.name for row in Entry.select()]
    assert left_of(person) == []
    assert subjects.key_of(person) is None
    asked = list(Request.select().where(Request.entry == entry))
    assert [open_payload(request) for request in asked if request.kind != "power"] == [{}]
    assert {lines_of(request) for request in asked} == {()}, "what was asked about them does not break a list"
    again = AuditRecord.select().where(AuditRecord.act == "restore.erase").count()
    assert again == (1 if journal == "lost" else 0)
    close_store()


@pytest.mark.threat(28)
@pytest.mark.parametrize("journal", ["there", "lost"])
def test_a_restore_opens_what_the_audit_tells_but_not_what_was_let_go(
    installation: Host, home: Home, world: World, journal: str
) -> None:
    """The backup is from before a month's purposes were let go; evidence and words open as before."""
    open_store(home)
    world.desk("wangfang").directory.reveal(world.entry("zhangwei"), "mobile", "meeting", "对接")
    seq = audit.head()[0]
    month = AuditRecord.get_by_id(seq).at[:7]
    file = world.desk("zhangwei").evidence.add("受理单.txt", "编号 42".encode()).id
    close_store()
    back_up(home)
    open_store(home)
    with writing():
        subjects.destroy(f"purpose:staff:{month}")
        audit.append(
            act="retention.let_go", outcome="done", detail={"key": f"purpose:staff:{month}", "records": 1}
        )
    subject_copies.clear_copies([home.folder / "backups"], read_backup_key(home.keys))
    close_store()
    if journal == "lost":
        lose_the_journal(home)
    destroy(home)
    restore(installation, home)
    said = words_of(AuditRecord.get_by_id(seq))
    assert (said.gone, said.detail["field"]) == (("purpose",), "mobile")
    assert world.desk("zhangwei").evidence.open(file) == "编号 42".encode()
    again = AuditRecord.select().where(AuditRecord.act == "restore.let_go").count()
    assert again == (1 if journal == "lost" else 0)


def everything() -> dict[str, list[object]]:
    """What the open store holds, but for what a restore puts on record itself."""
    return {
        table._meta.table_name: sorted(fetch(f'SELECT * FROM "{table._meta.table_name}"'), key=repr)
        for table in KEPT
        if table not in (AuditRecord, AuditHead)
    }


def erased(world: World) -> int:
    """Somebody changes, about whom something stands everywhere; then they are erased. The person."""
    person = live(world, "helei", "group")
    entry = world.entry("helei", "group")
    with writing():
        Entry.update(position="nochmals", version=Entry.version + 1).where(Entry.id == entry).execute()
        EntryField.update(value="nochmals").where(EntryField.entry == entry).execute()
    with writing():
        erase_person(person)
        audit.append(act="privacy.erase", outcome="done", detail={"person": person})
    return person


def in_the_old_format(file: BinaryIO, key: bytes) -> Header:
    """A backup of before persons were sealed in it."""
    seq, hashed = audit.head()
    header = Header(clock.now(), PROVING - 1, seq, hashed, journal_position(database), None, CLEAR)
    counts = {}
    with VaultWriter(file, key) as vault:
        vault.write(json.dumps(asdict(header)).encode())
        for table in KEPT:
            name = table._meta.table_name
            vault.write(json.dumps({"table": name, "columns": columns(table)}).encode())
            rows = database.execute_sql(f'SELECT {", ".join(map(quoted, columns(table)))} FROM "{name}"')
            kept = [
                [made(value) for made, value in zip(neutral(table), row, strict=True)]
                for row in rows.fetchall()
            ]
            for row in kept:
                vault.write(json.dumps(row).encode())
            counts[name] = len(kept)
        vault.write(json.dumps({"counts": counts}).encode())
    return header


def quoted(name: str) -> str:
    return f'"{name}"'


@pytest.mark.threat(28)
@pytest.mark.parametrize("form", ["sealed", "clear"])
def test_what_was_erased_is_so_in_a_restore_across_it_and_nobody_else_misses_anything(
    installation: Host, home: Home, world: World, form: str
) -> None:
    """The backup is from before the erasure, or even from before persons were sealed in it; the journal goes
    across it, and to this day."""
    open_store(home)
    with writing():
        Entry.update(position="Chef").where(Entry.id == world.entry("helei", "group")).execute()
    if form == "clear":
        file = home.folder / "old"
        with file.open("wb") as stream:
            header = in_the_old_format(stream, read_backup_key(home.keys))
        store_copy(file, Manifest.of(name_of(header), file, header), home.folder / "backups")
    close_store()
    if form == "sealed":
        back_up(home)
    open_store(home)
    person = erased(world)
    with writing():
        Entry.update(position="Leiterin").where(Entry.id == world.entry("zhangwei")).execute()
        audit.append(act="test", outcome="done")
    subject_copies.clear_copies([home.folder / "backups"], read_backup_key(home.keys))
    before, upto = everything(), audit.head()[0]
    close_store()
    destroy(home)
    restore(installation, home)
    assert left_of(person) == []
    after = everything()
    del before["outside_member"], after["outside_member"]
    assert after == before
    assert AuditRecord.get(AuditRecord.act == "restore.done").seq == upto + 1
    close_store()


@pytest.mark.threat(29)
@pytest.mark.parametrize("lost", ["journal", "backups"])
def test_one_copy_of_the_keys_is_enough_for_a_restore(
    installation: Host, home: Home, world: World, lost: str
) -> None:
    open_store(home)
    live(world, "helei", "group")
    close_store()
    back_up(home)
    open_store(home)
    before = everything()
    close_store()
    (home.folder / lost / subjects.COPY).unlink()
    destroy(home)
    restore(installation, home)
    assert everything() == before
    close_store()


@pytest.mark.threat(29)
def test_without_the_keys_of_persons_nothing_is_restored_unless_that_is_said(
    installation: Host, home: Home, world: World
) -> None:
    back_up(home)
    for folder in ("journal", "backups"):
        (home.folder / folder / subjects.COPY).unlink()
    told = installation.run("backup", "verify")
    assert (told.status, subjects.COPY in told.out) == (1, True)
    destroy(home)
    listed = installation.run("restore", "--list")
    assert (listed.status, subjects.COPY in listed.err) == (0, True)
    refused = installation.run("restore", "--yes")
    assert refused.status == 1
    assert str(home.folder / "backups") in refused.err
    assert "--without-keys" in refused.err
    if "sqlite" in home.database_url(home.settings()):
        assert not (home.folder / "mingce.db").exists()
    done = installation.run("restore", "--yes", "--without-keys")
    assert done.status == 0
    open_store(home)
    entry = Entry.get_by_id(world.entry("zhangwei"))
    assert (entry.name, entry.state) == (f"#{entry.person_id}", "active")
    close_store()
