"""The journal: what was committed is in it, before and after, and nobody can read it without its key."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.store import audit, clock
from db.store.engine import Store, database, store
from db.store.journal import frames
from db.store.journal.capture import known_triggers, paused
from db.store.journal.frames import TAKEN_BACK, JournalFrame
from db.store.journal.reading import Transaction, count_ahead, transactions
from db.store.journal.writing import journal_position
from db.store.tables import Account, AuditRecord
from db.store.transactions import writing
from db.store.unavailable import Unavailable
from tests.conftest import Clock


def journaled(after: int = 0) -> list[Transaction]:
    place = store().journal
    return list(transactions([place.folder], [place.key], after))


def account(login: str) -> int:
    return int(Account.create(login=login, state="active", created_at=clock.now(), totp=b"\x00\xff").id)


def files() -> list[Path]:
    return sorted(store().journal.folder.iterdir())


def test_a_change_is_there_before_and_after_with_the_end_of_the_chain(store: Store) -> None:
    with writing():
        number = account("zhangwei")
        audit.append(act="test", outcome="done")
    with writing():
        Account.update(login="lisi").where(Account.id == number).execute()
    with writing():
        Account.delete().where(Account.id == number).execute()
    made, changed, gone = journaled()
    assert (made.position, made.seq, made.hash) == (1, *audit.head())
    assert [change.table for change in made.changes] == ["account", "audit_record", "audit_head"]
    assert made.changes[0].before is None
    assert changed.changes[0].before is not None
    assert changed.changes[0].after is not None
    assert (changed.changes[0].before["login"], changed.changes[0].after["login"]) == ("zhangwei", "lisi")
    assert gone.changes[0].after is None
    assert journal_position(database) == 3
    assert [one.position for one in journaled(after=1)] == [2, 3]


def test_nobody_reads_it_without_its_key(store: Store) -> None:
    with writing():
        account("somebody-with-a-name")
    (file,) = files()
    assert b"somebody" not in file.read_bytes()
    assert list(transactions([file.parent], [bytes(32)], 0)) == []


def test_what_was_undone_is_not_in_it_and_what_comes_after_is(store: Store) -> None:
    def fail() -> None:
        with writing():
            account("nobody")
            raise ZeroDivisionError

    for _time in range(2):
        with pytest.raises(ZeroDivisionError):
            fail()
        with writing():
            account(f"somebody-{_time}")
    logins = [one.changes[0].after["login"] for one in journaled() if one.changes[0].after]
    assert logins == ["somebody-0", "somebody-1"]


def test_undoing_a_part_of_it_costs_the_rest_neither_rows_nor_triggers(store: Store) -> None:
    def fail() -> None:
        with writing():
            audit.append(act="test", outcome="done")
            raise ZeroDivisionError

    with writing():
        account("zhangwei")
        before = known_triggers()
        with pytest.raises(ZeroDivisionError):
            fail()
        assert known_triggers() == before
        audit.append(act="test", outcome="done")
    (made,) = journaled()
    assert [change.table for change in made.changes] == ["account", "audit_record", "audit_head"]


def test_a_commit_that_fails_is_taken_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full at the very last moment."""

    def fail() -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store.database, "commit", fail)
        with pytest.raises(OSError, match="No space"), writing():
            account("nobody")
    assert journaled() == []
    with writing():
        account("somebody")
    assert [change.table for one in journaled() for change in one.changes] == ["account"]


@pytest.mark.threat(25)
def test_what_cannot_be_journaled_is_not_done(store: Store) -> None:
    store.journal.folder.write_text("a file where the folder should be")
    with pytest.raises(Unavailable), writing():
        audit.append(act="test", outcome="done")
    assert AuditRecord.select().count() == 0


def test_a_frame_cut_off_by_a_crash_is_passed_over(store: Store) -> None:
    with writing():
        account("before")
    (file,) = files()
    whole = file.read_bytes()
    with writing():
        account("lost")
    torn = file.read_bytes()[:-80]  # what says that it was committed, and the end of it
    file.write_bytes(torn)
    assert [one.position for one in journaled()] == [1]
    with writing():
        account("after")
    file.write_bytes(torn + file.read_bytes()[len(torn) :])
    assert [one.position for one in journaled(after=2)] == [3]
    file.write_bytes(whole[:60] + bytes([whole[60] ^ 1]) + whole[61:])
    assert journaled() == []


def test_a_large_transaction_is_one(store: Store) -> None:
    with writing():
        for number in range(4500):
            account(f"login-{number}")
    (one,) = journaled()
    assert len(one.changes) == 4500


def test_nothing_is_kept_while_paused(store: Store) -> None:
    with paused(store.database), writing():
        account("unseen")
    assert journal_position(database) == 0
    assert not store.journal.folder.exists()


@pytest.mark.threat(29)
def test_of_two_at_one_position_the_one_counts_that_the_next_follows_on(store: Store, clock: Clock) -> None:
    """A process was killed between the journal and the commit; then the clock was set back by two days."""
    with writing():
        audit.append(act="before", outcome="done")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store.database, "commit", lambda: 1 / 0)
        patched.setattr("db.store.transactions.rolled_back", lambda *_args: None)
        with pytest.raises(ZeroDivisionError), writing():
            audit.append(act="never", outcome="done")
    clock.forward(days=-2)
    with writing():
        audit.append(act="after", outcome="done")
    with writing():
        audit.append(act="last", outcome="done")
    acts = [one.changes[0].after["act"] for one in journaled() if one.changes[0].after]
    assert acts == ["before", "after", "last"]


@pytest.mark.threat(29)
def test_what_was_taken_back_but_committed_after_all_is_in_it(store: Store) -> None:
    """The disk, or the server, did what it said it could not: the next transaction stands on it."""
    with writing():
        account("somebody")
        audit.append(act="done", outcome="done")
    (file,) = files()
    frames.append(file, frames.seal_frame(store.journal.key, JournalFrame(1, 0, TAKEN_BACK, b"")))
    assert journaled() == []
    with writing():
        audit.append(act="next", outcome="done")
    assert [one.position for one in journaled()] == [1, 2]


@pytest.mark.threat(29)
def test_it_tells_what_the_database_has_lost(store: Store) -> None:
    """The end of the database was cut off. Who ended before the commit told nobody, and nothing is lost."""
    place = store.journal

    def lost(at: int) -> int:
        return count_ahead(place.folder, [place.key], lambda: at)

    for number in range(3):
        with writing():
            account(f"login-{number}")
    assert [lost(at) for at in (1, 2, 3)] == [2, 1, 0]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(store.database, "commit", lambda: 1 / 0)
        patched.setattr("db.store.transactions.rolled_back", lambda *_args: None)
        with pytest.raises(ZeroDivisionError), writing():
            account("never")
    assert lost(3) == 0
    assert lost(2) == 2


@pytest.mark.threat(29)
def test_what_is_written_while_it_is_asked_is_not_lost(store: Store) -> None:
    place = store.journal

    def moved_on() -> int:
        for number in range(3):
            with writing():
                account(f"login-{number}")
        return journal_position(store.database)

    assert count_ahead(place.folder, [place.key], moved_on) == 0
