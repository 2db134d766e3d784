"""Keys are rotated while people work; killed at any moment, a rotation leaves the one side or the other."""

from __future__ import annotations

import contextlib
import json
import os
import random
import secrets
import signal
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from db.desk.entry.record import RecordedEntry, load_entry
from db.store import audit, checkpoints, clock
from db.store.backups.restoring import read_gap
from db.store.checkpoints import Checkpoint, Forged, Notary, Succession
from db.store.engine import close_store, database, store
from db.store.journal import capture
from db.store.journal.writing import journal_position
from db.store.keys import (
    KEY_BYTES,
    NEXT,
    RETIRED,
    SIGN_AUDIT,
    database_keys,
    read_backup_keys,
    read_journal_keys,
    read_key,
    read_keys,
    read_public,
    read_publics,
    read_signer,
    signing_file,
    write_key,
)
from db.store.opening import open_store
from db.store.rotation import fields, signing, whole
from db.store.rotation.files import Busy, lock_folder, prepare, promote
from db.store.rotation.sealed import SEALED, count_by_key
from db.store.rotation.whole import Side
from db.store.settings import Home
from db.store.signing import Signer
from db.store.tables import AuditRecord, Entry, EntryField
from db.store.transactions import writing
from tests.forked import forget_connections
from tests.world import World

MOMENTS = 16
"""Kills a test; each costs some hundredths of a second."""


def quiet(_done: int, _total: int) -> None:
    return


def killed(work: Callable[[], object], after: float | None = None) -> bool:
    """Do ``work`` in a process of its own and kill it ``after`` so many seconds; whether it was killed."""
    child = os.fork()
    if child == 0:
        try:
            forget_connections()
            capture.forget_triggers()
            work()
        finally:
            os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def content() -> list[RecordedEntry]:
    """Every protected value, opened."""
    return [load_entry(one.id) for one in Entry.select(Entry.id).order_by(Entry.id)]


def test_what_sealed_values_are_bound_to_stays_as_it_is_stored() -> None:
    """Whatever was sealed before opens only where its place is written as it was then."""
    assert {column.place(*column.of) for column in SEALED} == {
        "account:id:totp",
        "entry_field:entry_id:name:ord:sealed",
        "search_line:line:sealed",
        "unit_contact:unit_id:name:sealed",
        "request:digest:payload",
        "evidence:id:content",
        "form_draft:account_id:place:content",
        "held_act:account_id:matter:content",
        "kept_people:account_id:kind:content",
        "pickup:id:words",
        "script_token:id:words",
        "archive:entry_id:content",
        "edition_issue:key:content",
        "paper:key:content",
        "edition_copy:key:secret",
        "edition_copy:key:password",
        "case_file:key:words",
        "case_event:key:word",
        "case_party:case_id:entry_id:further",
        "case_party:id:statement",
        "case_appeal:key:words",
        "case_appeal:key:before",
        "case_appeal:key:reason",
        "subject_key:person:key",
        "thing_key:name:key",
        "audit_record:seq:journal",
    }
    with pytest.raises(IndexError):
        EntryField.sealed.place(1, "mobile")


@pytest.mark.threat(30)
def test_field_keys_are_rotated_and_every_value_opens_as_before(world: World, home: Home) -> None:
    before, counted = content(), count_by_key()
    done = fields.rotate(home.keys, quiet)
    assert (done.number, done.values, done.broken, done.retired, done.began) == (2, counted[1], 0, (1,), True)
    assert count_by_key() == {2: counted[1]}
    assert content() == before
    assert audit.verify().sound
    assert sorted(path.name for path in home.keys.glob("field-*")) == ["field-2"]
    assert (home.keys / RETIRED / "field-1").stat().st_mode & 0o077 == 0
    assert set(read_keys(home.keys).fields) == {2}, "sessions to come don't hold the old key"


@pytest.mark.threat(30)
def test_a_killed_rotation_of_fields_goes_on(world: World, home: Home) -> None:
    before = content()
    ring = read_keys(home.keys)

    def work() -> None:
        open_store(home, store_settings, ring)
        fields.rotate(home.keys, quiet)

    store_settings = store().settings
    began = time.monotonic()
    killed(work)
    takes = time.monotonic() - began
    for _moment in range(MOMENTS // 4):
        killed(work, random.uniform(0, takes))
    assert content() == before, "in the middle of it everything opens too"
    assert audit.verify().sound
    done = fields.rotate(home.keys, quiet)
    assert set(count_by_key()) == {done.number}
    assert done.number <= 3 + MOMENTS // 4
    assert content() == before


@pytest.mark.threat(30)
def test_a_stopped_rotation_of_fields_goes_on_under_the_same_key(world: World, home: Home) -> None:
    def stop(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    counted = count_by_key()[1]
    with pytest.raises(KeyboardInterrupt):
        fields.rotate(home.keys, stop)
    assert set(count_by_key()) == {1, 2}, "it stopped halfway"
    left = count_by_key()[1]
    done = fields.rotate(home.keys, quiet)
    assert (done.number, done.values, done.began) == (2, left, False)
    assert count_by_key() == {2: counted}


def test_who_works_meanwhile_takes_the_new_key_up(world: World, home: Home) -> None:
    """The ring of a session that began before: it reads what is sealed anew, and seals under the new key."""
    session = store().ring
    assert set(session.fields) == {1}
    fields.rotate(home.keys, quiet)
    value = EntryField.select().where(EntryField.sealed.is_null(False)).first()
    assert load_entry(value.entry_id).values
    assert store().keys.current == 2


def test_a_value_that_opens_with_no_key_keeps_the_old_ones(world: World, home: Home) -> None:
    value = EntryField.select().where(EntryField.sealed.is_null(False)).first()
    damaged = bytes(value.sealed)[:-1] + bytes([bytes(value.sealed)[-1] ^ 1])
    with writing():
        EntryField.update(sealed=damaged).where(EntryField.id == value.id).execute()
    done = fields.rotate(home.keys, quiet)
    assert (done.broken, done.retired) == (1, ())
    assert (home.keys / "field-1").exists()


@pytest.fixture
def file(world: World, home: Home) -> Path:
    """The database of the organisation, where it is a file."""
    if store().is_postgresql:
        pytest.skip("PostgreSQL's files are its own")
    return home.folder / "mingce.db"


@pytest.mark.threat(30)
@pytest.mark.clause("C.9.2", "H.6.2")
def test_the_database_is_encrypted_anew_and_who_has_it_open_goes_on(file: Path, home: Home) -> None:
    before, old = content(), read_keys(home.keys).database
    for _time in range(3):
        whole.rotate(home.keys, file)
        assert content() == before, "the connection follows"
        with writing():
            audit.append(act="test", outcome="done")
    assert not whole.can_open(file, old)
    assert audit.verify().sound
    close_store()
    open_store(home)
    assert AuditRecord.select().where(AuditRecord.act == "test").count() == 3
    assert sorted(path.name for path in file.parent.glob("mingce.db*") if "-" not in path.name) == [
        "mingce.db", "mingce.db.3",
    ]  # fmt: skip


def test_the_new_key_is_found_whenever_it_takes_the_place_of_the_old_one(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between one key read and the other, for whoever opens the database just then."""
    new = secrets.token_bytes(KEY_BYTES)
    write_key(home.keys / "database.next", new)

    def promoted_then(file: Path) -> bytes:
        found = read_key(file)
        if (home.keys / "database.next").exists():
            promote(home.keys, "database")
        return found

    monkeypatch.setattr("db.store.keys.read_key", promoted_then)
    assert new in database_keys(home.keys)


def test_a_writer_that_waited_for_it_writes_into_the_new_one(file: Path, home: Home) -> None:
    """A session whose transaction began on the old file while it was replaced."""
    keys, settings = read_keys(home.keys), store().settings
    go, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            forget_connections()
            capture.forget_triggers()
            open_store(home, settings, keys)
            database.execute_sql("SELECT 1")
            os.write(told, b"x")
            for _number in range(40):
                with writing():
                    audit.append(act="waited", outcome="done")
        finally:
            os._exit(0)
    os.read(go, 1)
    whole.rotate(home.keys, file)
    os.waitpid(child, 0)
    assert AuditRecord.select().where(AuditRecord.act == "waited").count() == 40
    assert audit.verify().sound


@pytest.mark.threat(30)
def test_killed_at_any_moment_the_database_is_on_one_side_and_says_which(file: Path, home: Home) -> None:
    before = content()
    close_store()
    sides: list[Side | None] = []
    started = time.monotonic()
    whole.rotate(home.keys, file)
    takes = time.monotonic() - started
    while len(sides) < MOMENTS or (Side.BEFORE not in sides and len(sides) < 20 * MOMENTS):
        killed(lambda: whole.rotate(home.keys, file), random.uniform(0, 1.1 * takes))
        opening = [key for key in database_keys(home.keys) if whole.can_open(file, key)]
        assert len(opening) == 1, "one key opens it"
        sides.append(whole.settle_whole(home.keys, file))
        assert whole.settle_whole(home.keys, file) is None
        assert not (home.keys / f"database{NEXT}").exists()
        assert whole.can_open(file, read_keys(home.keys).database)
    open_store(home)
    assert content() == before
    assert audit.verify().sound
    assert Side.BEFORE in sides


@pytest.mark.threat(30)
def test_a_copy_that_lacks_something_does_not_take_its_place(
    file: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, copy = read_keys(home.keys).database, whole._copy

    def lose_a_row(*given: Any) -> None:
        copy(*given)
        with contextlib.closing(whole._open_database(given[2], given[3])) as connection:
            connection.execute("DELETE FROM entry_field WHERE id = 1")

    monkeypatch.setattr(whole, "_copy", lose_a_row)
    with pytest.raises(whole.NotCopied):
        whole.rotate(home.keys, file)
    assert whole.can_open(file, old)
    assert not (home.keys / f"database{NEXT}").exists()


STEPS = ("_copy", "_compare", "_swap", "_finish", "promote", "_clear")


@pytest.mark.threat(30)
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_each_step_it_is_settled(
    file: Path, home: Home, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = content()
    close_store()

    def die(*_given: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patched:
        patched.setattr(whole, step, die)
        assert killed(lambda: whole.rotate(home.keys, file))
    expected = Side.BEFORE if STEPS.index(step) < STEPS.index("_finish") else Side.AFTER
    assert whole.settle_whole(home.keys, file) is expected
    open_store(home)
    assert content() == before


def test_two_rotations_do_not_run_at_once(home: Home) -> None:
    with lock_folder(home.keys), pytest.raises(Busy), lock_folder(home.keys):
        pass


def test_what_was_journaled_before_and_after_is_read(world: World, home: Home) -> None:
    before = journal_position(database)
    for _time in range(2):
        with writing():
            audit.append(act="test", outcome="done")
        prepare(home.keys, "journal")
        promote(home.keys, "journal")
    with writing():
        audit.append(act="test", outcome="done")
    keys = read_journal_keys(home.keys)
    assert len(keys) == 3
    assert store().journal.key == keys[0]
    missing = read_gap([store().journal.folder], keys, before)
    acts = [str(one["act"]) for one in missing.acts()]
    assert acts[-3:] == ["test"] * 3
    newest = read_gap([store().journal.folder], keys[:1], before)
    assert [one.position for one in newest.transactions] == [before + 3]
    assert [(one.first, one.last) for one in newest.holes] == [(before + 1, before + 2)]


def test_backup_keys_stay_known_until_pruned(home: Home) -> None:
    (first,) = read_backup_keys(home.keys)
    prepare(home.keys, "backup")
    promote(home.keys, "backup")
    assert read_backup_keys(home.keys)[1:] == [first]
    assert first not in read_backup_keys(home.keys)[:1]


@pytest.fixture
def places(home: Home) -> list[Path]:
    return [home.folder / "here", home.folder / "there"]


def sign(home: Home, places: list[Path], seq: int) -> Checkpoint:
    return Notary(read_signer(home.keys, SIGN_AUDIT), places).sign(seq, f"{seq:064x}", clock.now())


@pytest.mark.threat(24)
def test_what_an_earlier_key_signed_counts_and_nothing_it_signs_later(home: Home, places: list[Path]) -> None:
    thief = read_signer(home.keys, SIGN_AUDIT)
    for seq in (1, 2, 3):
        sign(home, places, seq)
        signing.rotate(home.keys, signing_file(home.keys, SIGN_AUDIT), SIGN_AUDIT, places)
    sign(home, places, 4)
    public = read_public(home.keys, SIGN_AUDIT)
    for place in places:
        assert [one.seq for one in checkpoints.read(place, public)] == [1, 2, 3, 4]
    assert len(read_publics(home.keys, SIGN_AUDIT)) == 4
    forged = Checkpoint(5, f"{5:064x}", clock.now())
    with (places[0] / checkpoints.FILE).open("a") as stream:
        stream.write(replace(forged, signature=thief.sign("checkpoint", forged.content())).line() + "\n")
    with pytest.raises(Forged) as caught:
        checkpoints.read(places[0], public)
    assert caught.value.line == 8


@pytest.mark.threat(24)
def test_a_thief_s_own_key_is_no_predecessor(home: Home, places: list[Path]) -> None:
    """Whoever has the place, but no key of the installation, says that an earlier key signed another past."""
    thief, own = Signer(b"\1" * 32), read_signer(home.keys, SIGN_AUDIT)
    Notary(thief, places).sign(1, f"{1:064x}", clock.now())
    handed = Succession(thief.public.hex(), own.public.hex(), clock.now())
    signature = thief.sign("succession", handed.content())
    line = json.dumps({"succession": asdict(replace(handed, by_old=signature, by_new=signature))})
    made = Checkpoint(2, f"{2:064x}", clock.now())
    with (places[0] / checkpoints.FILE).open("a") as stream:
        stream.write(line + "\n")
        stream.write(replace(made, signature=own.sign("checkpoint", made.content())).line() + "\n")
    with pytest.raises(Forged) as caught:
        checkpoints.read(places[0], own.public)
    assert caught.value.line == 1


@pytest.mark.threat(30)
def test_a_killed_rotation_of_the_signing_key_goes_on(home: Home, places: list[Path]) -> None:
    sign(home, places, 1)
    private = signing_file(home.keys, SIGN_AUDIT)
    for _moment in range(MOMENTS):
        killed(lambda: signing.rotate(home.keys, private, SIGN_AUDIT, places), random.uniform(0, 0.004))
        if signing.is_stopped(private):
            signing.rotate(home.keys, private, SIGN_AUDIT, places)
        assert read_signer(home.keys, SIGN_AUDIT).public == read_public(home.keys, SIGN_AUDIT)
        assert [one.seq for one in checkpoints.read(places[0], read_public(home.keys, SIGN_AUDIT))] == [1]
    assert sign(home, places, 2).seq == 2
