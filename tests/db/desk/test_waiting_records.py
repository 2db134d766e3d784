"""Whoever only looks does not wait for those who write: the record is on disk before anything is shown, and
in the chain as soon as somebody acts whose turn at writing comes."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from db.desk import Refused
from db.desk.listed import LISTED, STEP
from db.language import _, say
from db.store import audit, waiting_records
from db.store.engine import Store
from db.store.record_words import words_of
from db.store.tables import AuditRecord
from db.store.transactions import writing
from db.store.unavailable import Unavailable
from db.store.waiting_records import FOLDER, UNREADABLE, append_waiting, waiting_files
from db.store.write_queue import write_turn
from tests.conftest import Clock
from tests.db.desk.test_showing import LIMIT, colleagues, looks
from tests.world import World


@contextmanager
def others_write(store: Store) -> Iterator[None]:
    """Have somebody else write all the while."""
    if store.is_postgresql:
        with psycopg.connect(store.settings.database) as other:
            other.execute("SELECT seq FROM audit_head WHERE id = 1 FOR UPDATE")
            yield
            other.rollback()
    else:
        with write_turn(Path(store.database.database)):
            yield


def acts() -> list[str]:
    return [row.act for row in AuditRecord.select(AuditRecord.act).order_by(AuditRecord.seq)]


def test_a_card_opens_while_others_write_and_is_on_disk_before_it_is_shown(
    world: World, store: Store, clock: Clock
) -> None:
    desk, entry, before = world.desk("zhangwei"), world.entry("wangfang"), acts()
    at = clock.now
    with others_write(store):
        began = time.perf_counter()
        card = desk.directory.card(entry)
        assert time.perf_counter() - began < 5
        assert card.name == "王芳"
        assert len(waiting_files()) == 1
        assert acts() == before
    clock.forward(minutes=1)
    desk.directory.card(world.entry("zhangwei"))
    assert waiting_files() == []
    assert acts() == [*before, "directory.card", "directory.card"]
    first, second = AuditRecord.select().order_by(AuditRecord.seq.desc()).limit(2)[::-1]
    assert (first.entry, first.account) == (entry, world.accounts["zhangwei"])
    assert first.at < second.at
    assert first.at.startswith(at.strftime("%Y-%m-%dT%H:%M"))
    assert audit.verify().sound


def test_the_file_tells_nothing_to_whoever_has_no_key(world: World, store: Store) -> None:
    desk = world.desk("zhangwei")
    with others_write(store):
        desk.directory.settled("staff", "王芳")
    (file,) = waiting_files()
    assert "王芳".encode() not in file.read_bytes()
    assert b"directory" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_what_was_looked_up_stands_in_the_chain_as_if_nobody_had_written(world: World, store: Store) -> None:
    desk = world.desk("zhangwei")
    with others_write(store):
        desk.directory.settled("staff", "王芳")
    world.desk("helei").directory.books()
    row = AuditRecord.select().where(AuditRecord.act == "directory.settled").get()
    assert (words_of(row).detail["query"], row.outcome) == ("王芳", "done")


def test_whom_one_opened_meanwhile_is_kept_at_hand_after_the_next_act(world: World, store: Store) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("wangfang")
    with others_write(store):
        desk.directory.card(entry)
        assert entry not in {line.entry for _book, line in desk.directory.kept().recent}
    desk.directory.settled("staff", "王")
    assert entry in {line.entry for _book, line in desk.directory.kept().recent}


def test_a_refusal_is_told_at_once_and_on_record_too(world: World, store: Store) -> None:
    desk = world.desk("zhangwei")
    with others_write(store), pytest.raises(Refused):
        desk.directory.card(999_999)
    world.desk("helei").directory.books()
    row = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (row.act, row.outcome, row.account) == ("directory.card", "refused", world.accounts["zhangwei"])


def test_a_value_is_revealed_while_others_write(world: World, store: Store) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("wangfang")
    with others_write(store):
        assert desk.directory.reveal(entry, "mobile", "work").texts
    desk.directory.books()
    row = AuditRecord.select().where(AuditRecord.act == "directory.reveal").get()
    assert (row.entry, words_of(row).purpose) == (entry, "work")


def test_what_writes_more_than_its_record_waits_for_its_turn(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, entry = world.desk("zhangwei"), world.entry("wangfang")
    monkeypatch.setattr("db.store.write_queue.PATIENCE", 0.2)
    with others_write(store), pytest.raises(Unavailable):
        desk.directory.toggle_favourite(entry)
    assert waiting_files() == []


@pytest.mark.threat(43)
@pytest.mark.threat(116)
def test_a_look_that_the_watch_is_told_of_waits_for_its_turn(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = colleagues(world, "staff", "研发中心/研发一部", LIMIT + 1)
    desk = world.desk("zhangwei")
    for entry in people[:LIMIT]:
        desk.directory.reveal(entry, "mobile", "work")
    monkeypatch.setattr("db.store.write_queue.PATIENCE", 0.2)
    with others_write(store), pytest.raises(Unavailable):
        desk.directory.reveal(people[LIMIT], "mobile", "work", "客户现场联络")
    assert waiting_files() == []
    assert desk.directory.reveal(people[LIMIT], "mobile", "work", "客户现场联络").texts


@pytest.mark.threat(43)
@pytest.mark.threat(116)
def test_looks_that_wait_count_for_the_watch(world: World, store: Store) -> None:
    """Whoever has somebody write for long sees no more people than else."""
    people = colleagues(world, "staff", "研发中心/研发一部", LIMIT + 1)
    desk = world.desk("liuyang")
    with others_write(store):
        shown = [looks(desk.directory.card(entry)) for entry in people]
    assert shown[:LIMIT] == [{"shown"}] * LIMIT
    assert shown[LIMIT] == {"masked"}


@pytest.mark.threat(64)
def test_lists_are_counted_while_others_write(world: World, store: Store) -> None:
    colleagues(world, "staff", "研发中心/研发一部", STEP + 10)
    desk = world.desk("zhangwei")
    with others_write(store):
        for offset in range(0, STEP + 50, 50):
            desk.directory.list("staff", offset=offset)
    desk.directory.books()
    row = AuditRecord.select().where(AuditRecord.act == LISTED).get()
    assert words_of(row).detail["entries"] >= STEP


@pytest.mark.threat(116)
def test_a_process_killed_before_it_deletes_the_file_leaves_no_second_record(
    world: World, store: Store
) -> None:
    desk, before = world.desk("zhangwei"), acts()
    with others_write(store):
        desk.directory.card(world.entry("wangfang"))
    with writing():
        append_waiting(waiting_files())
    assert len(waiting_files()) == 1
    world.desk("helei").directory.books()
    assert waiting_files() == []
    assert acts() == [*before, "directory.card"]


def test_a_process_killed_while_it_writes_the_file_showed_nothing(world: World, store: Store) -> None:
    before = acts()
    folder = store.journal.folder / FOLDER
    folder.mkdir(parents=True)
    (folder / ".2026-11-23T01:00:00.000000Z-00000000").write_bytes(b"\0" * 20)
    world.desk("helei").directory.books()
    assert acts() == before


def test_a_file_that_somebody_altered_is_left_and_stops_nobody(world: World, store: Store) -> None:
    desk = world.desk("zhangwei")
    with others_write(store):
        desk.directory.card(world.entry("wangfang"))
    (file,) = waiting_files()
    file.write_bytes(file.read_bytes()[:-1] + b"\0")
    world.desk("helei").directory.books()
    assert waiting_files() == []
    assert file.with_suffix(UNREADABLE).exists()


def test_nothing_is_shown_where_the_record_can_not_be_kept(world: World, store: Store) -> None:
    desk = world.desk("zhangwei")
    (store.journal.folder / FOLDER).write_bytes(b"")
    with others_write(store), pytest.raises(Unavailable) as caught:
        desk.directory.card(world.entry("wangfang"))
    assert say(caught.value.message, "en")


def test_a_file_that_can_not_be_read_just_now_is_kept(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, before = world.desk("zhangwei"), acts()
    with others_write(store):
        desk.directory.card(world.entry("wangfang"))
    with monkeypatch.context() as unreadable:
        unreadable.setattr(waiting_records, "read_plain", refuse)
        desk.directory.books()
    assert (len(waiting_files()), acts()) == (1, before)
    desk.directory.books()
    assert (waiting_files(), acts()) == ([], [*before, "directory.card"])


def refuse(*_given: object) -> bytes:
    raise PermissionError


def test_of_a_look_that_is_refused_late_the_refusal_alone_is_on_record(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where it did not wait: what an act had noted by then is undone."""
    desk, entry, before = world.desk("liuyang"), world.entry("wangfang"), acts()
    with others_write(store):
        monkeypatch.setattr("db.desk.directory.directory.replace", refused_late)
        with pytest.raises(Refused):
            desk.directory.card(entry)
    monkeypatch.undo()
    world.desk("helei").directory.books()
    assert acts() == [*before, "directory.card"]
    assert AuditRecord.select().order_by(AuditRecord.seq.desc()).get().outcome == "refused"


def refused_late(*_given: object, **_named: object) -> None:
    raise Refused(_("Not today."), "A.1", _("Tomorrow."))


def test_a_process_that_stands_still_keeps_nobody_waiting_for_ever(
    world: World, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = world.desk("zhangwei")
    monkeypatch.setattr("db.store.write_queue.PATIENCE", 0.2)
    waiting = store.journal.folder / FOLDER
    waiting.mkdir(parents=True)
    with (waiting / ".turn").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with others_write(store), pytest.raises(Unavailable):
            desk.directory.card(world.entry("wangfang"))
    assert desk.directory.card(world.entry("wangfang")).name == "王芳"


@pytest.mark.threat(116)
def test_a_file_stays_while_somebody_counts_who_may_not_see_it_in_the_chain_yet(
    world: World, store: Store
) -> None:
    """Whoever began to read before the records were committed finds them in the file alone."""
    desk, reader, before = world.desk("zhangwei"), world.desk("helei"), acts()
    with others_write(store):
        desk.directory.card(world.entry("wangfang"))
    with (store.journal.folder / FOLDER / ".turn").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        reader.directory.books()
        assert (len(waiting_files()), acts()) == (1, [*before, "directory.card"])
    reader.directory.books()
    assert (waiting_files(), acts()) == ([], [*before, "directory.card"])
