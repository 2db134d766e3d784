"""What is kept of a person: all of it for themselves, and its erasure, which holds in the audit and after a
restore of what is older."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from db.desk import Refused
from db.desk.backups.running import run_backup
from db.desk.entry import record
from db.desk.entry.sources import of_import
from db.desk.notation.values import display
from db.desk.privacy.erasing import erase_person as erase_now
from db.desk.privacy.privacy import Privacy
from db.desk.requests.payload import lines_of
from db.desk.requests.payload import open_payload as asked
from db.desk.requests.putting_off import ripe_in
from db.desk.tasks.duties import RunnerPlace
from db.desk.tasks.duties import run as perform
from db.language import Label, say
from db.store import audit, subject_copies, subjects
from db.store.audit import SubjectErased, journal_of
from db.store.backups.rows import BY_NAME
from db.store.clock import now
from db.store.engine import Store, close_store, database, store
from db.store.journal import capture
from db.store.keys import read_backup_keys, read_journal_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.sealing import seal
from db.store.settings import Home
from db.store.tables import (
    Account,
    AuditRecord,
    Book,
    Entry,
    EntryField,
    Erasure,
    Person,
    Request,
    SubjectKey,
)
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from tests.agreed import agreed, carried_through
from tests.agreed import asked as put_off
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import ask_access, change
from tests.db.desk.lives import approved, leave
from tests.wider_world import build_wider_world
from tests.world import World

NUMBER = "13912340099"


def changed(entry: int) -> int:
    """A change of the entry, with before and after in the audit; the record's number."""
    with writing():
        return audit.append(
            act="test", outcome="done", entry=entry, journal={"before": {}, "after": {"mobile": [NUMBER]}}
        )


@pytest.fixture
def left(world: World) -> int:
    """Somebody of the group whose entry was removed; no regulation of that book keeps an archive."""
    entry = world.entry("helei", "group")
    changed(entry)
    with writing():
        for row in list(Entry.select().where(Entry.person == Entry.get_by_id(entry).person_id)):
            record.remove_entry(row.id, "2026-11-20")
    return entry


def privacy(world: World, login: str) -> Privacy:
    return world.desk(login).privacy


def erase(world: World, entry: int) -> None:
    carried_through(
        lambda: privacy(world, "luoyan").erase("group", entry, "本人要求"), world.desk("chenjing")
    )


@pytest.mark.threat(24)
def test_what_the_audit_keeps_of_a_person_opens_with_their_key_alone(world: World) -> None:
    seq = changed(world.entry("zhangwei"))
    row = AuditRecord.get_by_id(seq)
    person = Entry.get_by_id(world.entry("zhangwei")).person_id
    assert row.subject == person
    assert journal_of(row)["after"] == {"mobile": [NUMBER]}
    with writing():
        SubjectKey.delete().where(SubjectKey.person == person).execute()
    with pytest.raises(SubjectErased):
        journal_of(AuditRecord.get_by_id(seq))
    found = audit.verify()
    assert (found.bad, found.reason) == (seq, "subject"), "nobody said that they were erased"


@pytest.mark.threat(24)
def test_a_record_given_to_another_person_is_found(world: World) -> None:
    first, second = (changed(world.entry(login)) for login in ("zhangwei", "liwei"))
    other = AuditRecord.get_by_id(second).subject
    AuditRecord.update(subject=other).where(AuditRecord.seq == first).execute()
    found = audit.verify()
    assert (found.bad, found.reason) == (first, "journal")


def test_nobody_is_erased_while_somebody_asks_for_them_by_name(world: World, left: int) -> None:
    request = ask_access(world.desk("majun"), "group", "交接", name="何磊")
    with pytest.raises(Refused):
        erase(world, left)
    world.desk("majun").requests.withdraw(request)
    erase(world, left)
    assert asked(Request.get_by_id(request))["name"] == ""


@pytest.mark.threat(24)
def test_an_erased_person_is_in_no_table_and_the_chain_is_sound(world: World, left: int) -> None:
    name, person = Entry.get_by_id(left).name, Entry.get_by_id(left).person_id
    mobile = record.load_entry(left).first("mobile").removeprefix("+86")
    erase(world, left)
    assert audit.verify().sound
    assert Person.get_by_id(person).name == f"#{person}"
    assert EntryField.select().where(EntryField.entry == left).count() == 0
    assert subjects.key_of(person) is None
    for table in ("entry", "person", "notice", "request", "archive", "account"):
        rows = repr(database.execute_sql(f"SELECT * FROM {table}").fetchall())
        assert name not in rows
        assert not mobile or mobile not in rows
    (request,) = Request.select().where(Request.kind == "power")
    assert lines_of(request) == (), "what was asked does not break a list"
    said = AuditRecord.get(AuditRecord.act == "privacy.erase")
    assert json.loads(detail_of(said))["person"] == person
    with pytest.raises(Refused):
        erase(world, left)


def test_what_was_to_be_done_ends_with_whom_it_was_about(world: World, left: int, clock: Clock) -> None:
    """A restore brings back the request by which they were erased since, and erases them anew."""
    second = world.desk("chenjing")
    request = agreed(lambda: privacy(world, "luoyan").erase("group", left, "本人要求"), second)
    with writing():
        erase_now(Entry.get_by_id(left).person_id)
    clock.forward(days=31)
    assert [one.id for one in ripe_in("group")] == [request]
    perform(RunnerPlace("host", "host:test"))
    assert Request.get_by_id(request).state == "rejected"


def test_a_key_is_gone_from_every_copy(world: World, left: int, home: Home, tmp_path: Path) -> None:
    person = Entry.get_by_id(left).person_id
    places, keys = [tmp_path / "one", tmp_path / "two"], read_backup_keys(home.keys)
    subject_copies.clear_copies(places, keys[0])
    journal = store().journal.folder
    everywhere = [([place], keys) for place in places] + [([journal], read_journal_keys(home.keys))]
    assert all(person in subject_copies.found_in(*where) for where in everywhere)
    erase(world, left)
    assert subject_copies.copies_are_behind()
    assert subject_copies.clear_copies(places, keys[0]) == []
    assert not subject_copies.copies_are_behind()
    for folder in (*places, journal):
        text = (folder / subjects.COPY).read_bytes()
        assert person not in subject_copies.found_in([folder], [*keys, *read_journal_keys(home.keys)])
        assert person in subject_copies.erased_in([folder])
        assert b"\nMJ1" in text or not SubjectKey.select().count()


@pytest.mark.threat(29)
def test_copies_lose_no_key_and_no_note_that_an_older_database_does_not_know(
    world: World, left: int, home: Home, tmp_path: Path
) -> None:
    """Somebody put last week's database back, or an empty one is there: the copies are all that opens what
    came since, and all that says who was erased since."""
    erased, later = Entry.get_by_id(left).person_id, Entry.get_by_id(world.entry("zhangwei")).person_id
    key, backup_key = subjects.key_of(later), read_backup_keys(home.keys)[0]
    of_old = SubjectKey.get_by_id(erased).key
    erase(world, left)
    assert subject_copies.clear_copies([tmp_path], backup_key) == []
    with capture.paused(database), writing():
        Erasure.delete().execute()
        SubjectKey.delete().where(SubjectKey.person == later).execute()
        SubjectKey.insert(person=erased, key=of_old, made_at="2026-11-01T00:00:00.000000Z").execute()
    assert subject_copies.clear_copies([tmp_path], backup_key) == []
    for where in (([tmp_path], [backup_key]), ([store().journal.folder], read_journal_keys(home.keys))):
        found = subject_copies.found_in(*where)
        assert found[later][0] == key
        assert erased not in found
        assert erased in subject_copies.erased_in(where[0])


@pytest.mark.threat(29)
def test_of_two_keys_that_counts_which_was_made_last_whatever_the_clock_says(
    world: World, clock: Clock, home: Home
) -> None:
    """The first is on disk, but its transaction came to nothing; then the clock was set back."""
    person = Person.create(name="张伟").id
    lost = []

    def come_to_nothing() -> None:
        with writing():
            lost.append(subjects.key_for(person))
            raise InterruptedError

    clock.forward(days=3)
    with pytest.raises(InterruptedError):
        come_to_nothing()
    clock.forward(days=-3)
    with writing():
        kept = subjects.key_for(person)
    found = subject_copies.found_in([store().journal.folder], read_journal_keys(home.keys))
    assert found[person][0] == kept
    assert lost != [kept]


def test_what_must_be_kept_is_refused_with_its_clause(world: World) -> None:
    """A.10 asks for the archive of a leaver and gives it no end."""
    entry = world.entry("zhangwen")
    approved(world, "zengqing", leave(world, "liuyang", "zhangwen"))
    assert Entry.get_by_id(entry).state == "left"
    with pytest.raises(Refused) as caught:
        privacy(world, "liuyang").erase("staff", entry, "本人要求")
    assert caught.value.clause == "A.10, default"
    (leaver,) = privacy(world, "liuyang").leavers("staff")
    assert (leaver.entry, leaver.kept_by) == (entry, "A.10, default")
    assert subjects.key_of(Entry.get_by_id(entry).person_id) is not None
    assert AuditRecord.get(AuditRecord.act == "privacy.erase").outcome == "refused"


def test_who_is_in_a_directory_is_not_erased(world: World) -> None:
    with pytest.raises(Refused):
        privacy(world, "luoyan").erase("group", world.entry("helei", "group"), "本人要求")
    with pytest.raises(Refused) as caught:
        privacy(world, "zhangwei").erase("staff", world.entry("liwei"), "试试")
    assert caught.value.clause


def test_the_record_of_older_stores_is_sealed_for_persons_too(world: World, home: Home) -> None:
    entry = world.entry("zhangwei")
    seq = changed(entry)
    row = AuditRecord.get_by_id(seq)
    # as it was before: sealed for the installation alone, the digest made by its key
    content = audit.canonical({"before": {}, "after": {"mobile": [NUMBER]}})
    digest = audit._journal_digest(store().keys.digest, seq, content)
    settings = store().settings
    close_store()
    open_store(home, settings)
    with capture.paused(store().database), writing():
        row.subject, row.journal_digest = None, digest
        row.journal = seal(store().keys, AuditRecord.journal.place(seq), content)
        row.hash = audit.digest_of(row)
        row.save()
        database.execute_sql(f"UPDATE audit_head SET hash = '{row.hash}' WHERE id = 1")
        database.execute_sql("ALTER TABLE audit_record DROP COLUMN subject")
        database.execute_sql("DROP TABLE subject_key")
        SchemaVersion.delete().where(SchemaVersion.version >= 8).execute()
    assert 8 in migrate()
    assert audit.verify().sound
    kept = AuditRecord.get_by_id(seq)
    assert kept.subject == Entry.get_by_id(entry).person_id
    assert journal_of(kept)["after"] == {"mobile": [NUMBER]}


@pytest.mark.threat(28)
def test_keys_of_persons_are_in_no_backup_and_no_journal(world: World, left: int, home: Home) -> None:
    person = Entry.get_by_id(left).person_id
    key = subjects.key_of(person)
    assert key is not None
    assert "subject_key" not in BY_NAME
    assert "subject_key" in capture.UNJOURNALED
    home.settings_file.write_text(
        f'organisation = "华星集团"\ndatabase = {json.dumps(store().settings.database)}\n', "utf-8"
    )
    close_store()
    assert [one.problem for one in run_backup(home, RunnerPlace("host", "host:test"), lambda: None)] == [""]
    open_store(home)
    assert audit.verify().sound


def test_everybody_gets_all_that_is_kept_of_them_and_no_one_else_s(world: World) -> None:
    changed(world.entry("zhangwei"))
    world.desk("wangfang").directory.card(world.entry("zhangwei"))
    found = {one.id: one for one in privacy(world, "zhangwei").mine()}
    values = [str(row[3]) for row in found["values"].rows]
    own = record.load_entry(world.entry("zhangwei"))
    assert display("mobile", own.first("mobile")) in values, "in clear: it is the person's own"
    stored = {one.id: one for one in privacy(world, "zhangwei").mine(stored=True)}
    assert own.first("mobile") in [row[3] for row in stored["values"].rows], "for programs as it is on record"
    accepted = [say(row[0], "zh_CN") for row in found["trainings"].rows]
    assert {"承诺 企业通讯录管理制度", "个人信息收集告知：员工通讯录"} <= {*accepted}
    assert any("a colleague of" in repr(row) for row in found["looks"].rows)
    assert record.load_entry(world.entry("liwei")).first("mobile") not in repr(found)
    assert Erasure.select().count() == 0
    assert AuditRecord.get(AuditRecord.act == "privacy.mine").outcome == "done"


def test_why_something_is_kept_is_said_of_the_directory_by_its_own_name(world: World) -> None:
    """Not by that of its regulations, which several directories may have."""
    row = Book.get_by_id("staff")
    said = [one.book for one in privacy(world, "zhangwei").grounds()]
    assert Label(row.title_zh, row.title_en) in said


def test_what_is_kept_is_told_in_the_language_of_the_reader(store: Store, clock: object) -> None:
    """The name of what was chosen, and where a value comes from: neither is kept in a language."""
    class_ = build_wider_world("class")
    EntryField.update(source=of_import("三班.xlsx")).execute()
    [values] = [one for one in class_.desk("luoxi").privacy.mine() if one.id == "values"]
    told = {say(row[2], "en"): row for row in values.rows}
    assert (say(told["Sex"][3], "zh_CN"), say(told["Sex"][3], "en")) == ("女", "Female")
    assert say(told["Sex"][4], "zh_CN") == "导入自 三班.xlsx"


def own_requests(world: World, login: str) -> set[str]:
    return {str(row[0]) for row in privacy(world, login).mine()[1].rows}


def test_what_takes_a_second_is_kept_of_whom_it_concerns_and_not_of_who_watches(
    world: World, clock: Clock
) -> None:
    clock.set("2026-11-23T10:00+08:00")
    role = put_off(
        lambda: world.desk("liuyang").accounts.grant(
            world.accounts["zhangwei"], "staff", "security", None, None
        )
    )
    office = put_off(
        lambda: world.desk("liuyang").delegation.delegate(
            "hr", "staff", world.accounts["zengqing"], "2026-11-23", "2026-11-27"
        )
    )
    assert own_requests(world, "zhangwei") == {str(role)}
    assert own_requests(world, "zengqing") == {str(office)}
    assert own_requests(world, "liuyang") == {str(role), str(office)}
    assert own_requests(world, "helei") == set(), "who is told as a watcher isn't whom it is about"


def test_what_somebody_did_by_an_account_that_is_closed_is_kept_of_them(world: World) -> None:
    request = change(world, "zhangwei")
    with writing():
        Account.update(state="disabled").where(Account.login == "zhangwei").execute()
        new = Account.create(
            login="zhangwei2", person=world.people["zhangwei"], state="active", created_at=now()
        )
    world.accounts["zhangwei2"] = new.id
    found = {one.id: one.rows for one in privacy(world, "zhangwei2").mine()}
    assert [(row[0], row[3]) for row in found["requests"]] == [(str(request), "换号")]
    assert len(found["sessions"]) == 2
