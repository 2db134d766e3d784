"""Someone who has the database and its key rewrites history; the chain or what was signed shows it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from peewee import DatabaseError

from db.store import audit, checkpoints, clock
from db.store.checkpoints import Backwards, Checkpoint, Forged, Notary
from db.store.engine import Store, close_store, database
from db.store.keys import SIGN_AUDIT, read_public, read_signer
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import AuditHead, AuditRecord
from db.store.transactions import writing
from db.store.verifying import combined_verdict, parts_of, verdict_of, verify_in_parts

pytestmark = pytest.mark.threat(24)
PAGE = 4096


def fill(records: int) -> None:
    for number in range(records):
        with writing():
            audit.append(act="test", outcome="done", entry=number, journal={"after": {"n": number}})


def sign(home: Home) -> Checkpoint:
    notary = Notary(read_signer(home.keys, SIGN_AUDIT), [home.folder / "outside"])
    return notary.sign(*audit.head(), clock.now())


def verdict(home: Home) -> audit.Verdict:
    """What an auditor finds who has the checkpoints and the public key, be it at once or in parts."""
    signed = checkpoints.read(home.folder / "outside", read_public(home.keys, SIGN_AUDIT))
    outside = checkpoints.expected_hashes(signed)
    found = audit.verify(outside=outside)
    assert combined_verdict(map(partial(verdict_of, outside), *parts_of(audit.head()[0], 5))) == found
    return found


def forge_anew() -> None:
    """Give every record the hash that it must carry now, as somebody would who knows how."""
    previous = "0" * 64
    record = None
    for record in AuditRecord.select().order_by(AuditRecord.seq):
        record.prev = previous
        previous = record.hash = audit.digest_of(record)
        record.save()
    assert record is not None
    AuditHead.update(seq=record.seq, hash=previous).where(AuditHead.id == 1).execute()


def edit() -> None:
    AuditRecord.update(act="other").where(AuditRecord.seq == 7).execute()


def delete() -> None:
    AuditRecord.delete().where(AuditRecord.seq == 7).execute()


def delete_and_close_up() -> None:
    delete()
    for seq in range(8, 31):
        AuditRecord.update(seq=seq - 1, journal=None).where(AuditRecord.seq == seq).execute()


def insert() -> None:
    for seq in range(30, 6, -1):
        AuditRecord.update(seq=seq + 1, journal=None).where(AuditRecord.seq == seq).execute()
    AuditRecord.create(seq=7, at=clock.now(), act="never", outcome="done", prev="0" * 64, hash="0" * 64)


def reorder() -> None:
    AuditRecord.update(journal=None).execute()
    for old, new in ((7, 99), (8, 7), (99, 8)):
        AuditRecord.update(seq=new).where(AuditRecord.seq == old).execute()


def cut_tail() -> None:
    AuditRecord.delete().where(AuditRecord.seq > 25).execute()


def put_old_page_back() -> None:
    """As a page of the table was when record 20 was the last: all later ones are gone from it."""
    AuditRecord.delete().where((AuditRecord.seq > 20) & (AuditRecord.seq < 28)).execute()


def swap_journal() -> None:
    other = AuditRecord.get_by_id(8).journal
    AuditRecord.update(journal=other).where(AuditRecord.seq == 7).execute()


@pytest.mark.parametrize(
    ("tamper", "bad"),
    [
        (edit, 7), (delete, 7), (delete_and_close_up, 7), (insert, 7), (reorder, 7), (cut_tail, 26),
        (put_old_page_back, 21), (swap_journal, 7),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)  # fmt: skip
def test_the_chain_shows_the_first_bad_record(
    store: Store, home: Home, tamper: Callable[[], None], bad: int
) -> None:
    fill(30)
    assert verdict(home) == audit.Verdict(30, None, "")
    tamper()
    assert verdict(home).bad == bad


@pytest.mark.parametrize(
    ("tamper", "bad", "reason"),
    [
        (edit, 6, "rewritten"), (insert, 6, "rewritten"), (reorder, 6, "rewritten"),
        (delete_and_close_up, 30, "older"),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)  # fmt: skip
def test_a_chain_forged_anew_differs_from_what_was_signed(
    store: Store, home: Home, tamper: Callable[[], None], bad: int, reason: str
) -> None:
    """The attacker computes every hash again, so that the chain is sound in itself."""
    fill(5)
    sign(home)
    fill(25)
    sign(home)
    tamper()
    forge_anew()
    assert audit.verify().sound
    found = verdict(home)
    assert (found.bad, found.reason) == (bad, reason)


def test_a_long_chain_is_checked_by_a_process_for_each_core(store: Store, home: Home) -> None:
    fill(30)
    sign(home)
    assert verify_in_parts({}, part=10) == audit.verify() == audit.Verdict(30, None, "")
    edit()
    assert verify_in_parts({}, part=10) == audit.verify() == audit.Verdict(6, 7, "altered")


def test_an_end_cut_off_with_its_head_is_older_than_what_was_signed(store: Store, home: Home) -> None:
    fill(30)
    sign(home)
    cut_tail()
    forge_anew()
    assert audit.verify().sound
    assert verdict(home) == audit.Verdict(25, 26, "older")


def test_an_old_dump_loaded_again_is_older_than_what_was_signed(store: Store, home: Home) -> None:
    """The tables as they were yesterday, in the place of today's, on either database."""
    fill(20)
    yesterday = {table: list(table.select().dicts()) for table in (AuditRecord, AuditHead)}
    fill(10)
    sign(home)
    for table, rows in yesterday.items():
        table.delete().execute()
        table.insert_many(rows).execute()
    assert audit.verify().sound
    assert verdict(home) == audit.Verdict(20, 21, "older")


def test_a_whole_old_copy_is_older_than_what_was_signed(home: Home) -> None:
    """The file of yesterday, put in the place of today's."""
    open_store(home)
    migrate()
    fill(20)
    close_store()
    file = home.folder / "mingce.db"
    shutil.copy(file, home.folder / "yesterday")
    open_store(home)
    fill(10)
    sign(home)
    close_store()
    for rest in home.folder.glob("mingce.db-*"):
        rest.unlink()
    shutil.copy(home.folder / "yesterday", file)
    open_store(home)
    assert audit.verify().sound
    assert verdict(home) == audit.Verdict(20, 21, "older")
    close_store()


def test_any_old_page_put_back_into_the_file_that_changes_the_record_is_found(home: Home) -> None:
    """SQLCipher takes an old page for good. Each page that differs is put back, one at a time."""
    open_store(home)
    migrate()
    fill(30)
    close_store()
    file = home.folder / "mingce.db"
    old = file.read_bytes()
    open_store(home)
    fill(30)
    sign(home)
    truth = content()
    close_store()
    new = file.read_bytes()
    tried = 0
    for start in range(PAGE, len(old), PAGE):
        page = old[start : start + PAGE]
        if page == new[start : start + PAGE]:
            continue
        file.write_bytes(new[:start] + page + new[start + PAGE :])
        open_store(home)
        try:
            changed, sound = content() != truth, verdict(home).sound
        except DatabaseError:
            changed, sound = True, False
        close_store()
        assert not (changed and sound)
        tried += changed
    assert tried >= 3


def content() -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = database.execute_sql(
        "SELECT * FROM audit_record ORDER BY seq"
    ).fetchall()
    return [*rows, audit.head()]


def test_the_notary_never_takes_back_what_it_signed(home: Home) -> None:
    places = [home.folder / "one", home.folder / "two"]
    signer, public = read_signer(home.keys, SIGN_AUDIT), read_public(home.keys, SIGN_AUDIT)
    first = Notary(signer, places).sign(10, "a" * 64, clock.now())
    again = Notary(signer, places)
    assert again.sign(10, "a" * 64, clock.now()) == first
    for seq, hashed in ((9, "b" * 64), (10, "b" * 64)):
        with pytest.raises(Backwards):
            again.sign(seq, hashed, clock.now())
    second = again.sign(11, "c" * 64, clock.now())
    assert [list(checkpoints.read(place, public)) for place in places] == [[first, second]] * 2


def test_a_checkpoint_that_the_key_did_not_sign_is_told_with_its_line(home: Home) -> None:
    place = home.folder / "outside"
    signer, public = read_signer(home.keys, SIGN_AUDIT), read_public(home.keys, SIGN_AUDIT)
    notary = Notary(signer, [place])
    notary.sign(1, "a" * 64, clock.now())
    notary.sign(2, "b" * 64, clock.now())
    file = place / checkpoints.FILE
    file.write_text(file.read_text().replace("b" * 64, "c" * 64))
    with pytest.raises(Forged) as caught:
        list(checkpoints.read(place, public))
    assert (caught.value.file, caught.value.line) == (file, 2)


@pytest.mark.parametrize(
    "line",
    [
        "[" * 100_000,
        '{"seq": 1, "hash": "", "at": "二〇二六", "signature": ""}',
        '{"gap": {"after": "1", "upto": 2, "at": ""}}',
        '{"gap": {"after": 1, "upto": 2, "at": "", "signature": 7}}',
        '{"succession": {"old": "x", "new": 1, "at": ""}}',
    ],
)
def test_a_line_of_another_shape_is_told_like_a_forged_one(home: Home, tmp_path: Path, line: str) -> None:
    (tmp_path / checkpoints.FILE).write_text(f"{line}\n", "utf-8")
    with pytest.raises(Forged):
        checkpoints.read(tmp_path, read_public(home.keys, SIGN_AUDIT))


def test_a_line_cut_off_by_a_crash_is_no_checkpoint_and_does_no_harm(home: Home) -> None:
    place: Path = home.folder / "outside"
    signer, public = read_signer(home.keys, SIGN_AUDIT), read_public(home.keys, SIGN_AUDIT)
    Notary(signer, [place]).sign(1, "a" * 64, clock.now())
    with (place / checkpoints.FILE).open("a") as file:
        file.write('{"seq":2,"ha')
    assert [one.seq for one in checkpoints.read(place, public)] == [1]
    Notary(signer, [place]).sign(3, "c" * 64, clock.now())
    assert [one.seq for one in checkpoints.read(place, public)] == [1, 3]
