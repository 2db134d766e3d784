"""A class teacher backs the class's directory up and mends a loss from it (D.8, D.11.1)."""

from __future__ import annotations

import json
from functools import partial

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.backups.running import alert_failures
from db.desk.entry.record import apply_values, load_entry
from db.desk.tasks.duties import RunnerPlace
from db.language import say
from db.store.engine import store
from db.store.settings import BackupSettings
from db.store.tables import AuditRecord, Book, Entry, EntryField, Notice, NoticeRecipient
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.lives import approved
from tests.world import World
from tui.sheets.notice_words import describe_notice

BOOK = "class"
BOOKS_OF = {"school": (BOOK,)}


@pytest.fixture
def school(begun: World) -> World:
    return begun


def newest() -> AuditRecord:
    found: AuditRecord = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    return found


@pytest.mark.clause("D.8")
def test_the_teacher_backs_up_and_is_told_when_it_is_time_again(school: World, clock: Clock) -> None:
    teacher = school.desk("yanlaoshi")
    assert teacher.backups.books() == (BOOK,)
    assert teacher.backups.kept(BOOK).due
    made = teacher.backups.make(BOOK)
    assert (newest().act, newest().clause, newest().book) == ("backups.make", "D.8", BOOK)
    assert json.loads(detail_of(newest()))["backup"] == made.name
    file = store().home.folder / "backups" / made.name
    assert "江涛".encode() not in file.read_bytes()
    kept = teacher.backups.kept(BOOK)
    assert ([one.name for one in kept.backups], kept.due) == ([made.name], False)
    clock.forward(days=8)
    assert teacher.backups.kept(BOOK).due
    alert_failures(store().home, RunnerPlace("host", "host:test"))
    told = NoticeRecipient.select().join(Notice).where(Notice.kind == "backup-failed")
    assert school.accounts["yanlaoshi"] in {row.account_id for row in told}
    words = "".join(row.detail for row in Notice.select().where(Notice.kind == "backup-failed"))
    title = Book.get_by_id(BOOK).title_en
    assert f"{title}: a backup is due; its owner makes it with v in the Directory" in words
    assert [one for one in news(teacher) if "a backup is due" in one]
    school.desk("shilaoshi").backups.make(BOOK)
    assert not [one for one in news(teacher) if "a backup is due" in one], "it was made, by whoever did"


def news(desk: Desk) -> list[str]:
    return [say(describe_notice(one), "en") for one in desk.waiting.news()]


@pytest.mark.threat(60)
@pytest.mark.clause("D.11.1")
def test_a_loss_is_mended_from_the_backup(school: World) -> None:
    """A number was overwritten and a whole entry is gone from the database; the deputy mends both."""
    pupil = school.entry("jiangtao", BOOK)
    before = load_entry(pupil).values
    made = school.desk("yanlaoshi").backups.make(BOOK)
    other = next(
        row.id for row in Entry.select().where((Entry.book == BOOK) & (Entry.id != pupil)).order_by(Entry.id)
        if row.kind == "student"
    )  # fmt: skip
    name = load_entry(other).first("name")
    with writing():
        apply_values(pupil, {"emergency_phone": ("+8613900009999",)}, source="误改", verifier=None)
        EntryField.delete().where(EntryField.entry == other).execute()
        Entry.delete().where(Entry.id == other).execute()
    deputy = school.desk("shilaoshi")
    lost = {loss.entry: loss for loss in deputy.backups.compare(BOOK, made.name)}
    assert set(lost) == {pupil, other}
    assert (lost[other].gone, lost[other].name, lost[pupil].gone, len(lost[pupil].fields)) == (
        True, name, False, 1,
    )  # fmt: skip
    asked = deputy.backups.put_back(BOOK, made.name, [pupil, other])
    record = newest()
    assert (record.act, record.clause, record.account) == (
        "backups.put_back", "D.8, D.11.1", school.accounts["shilaoshi"],
    )  # fmt: skip
    assert load_entry(pupil).first("emergency_phone") == "+8613900009999", "nobody has decided yet"
    with pytest.raises(Refused):
        approved(school, "shilaoshi", asked[0])
    for request in asked:
        (proof,) = school.desk("yanlaoshi").queue.one(request).evidence
        assert made.name.encode() in school.desk("yanlaoshi").evidence.open(proof.id)
        approved(school, "yanlaoshi", request)
    assert load_entry(pupil).values == before
    assert deputy.directory.search(BOOK, name), "the entry is found again"
    assert deputy.backups.compare(BOOK, made.name) == ()


@pytest.mark.threat(100)
@pytest.mark.clause("D.8", "D.11.1")
def test_however_often_one_backs_up_the_backups_of_earlier_days_stay(
    school: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the deputy changes what they like, and is rid of all that would show it by as many new backups."""
    monkeypatch.setattr("db.desk.backups.owners_backups.BackupSettings", partial(BackupSettings, keep=3))
    deputy, earlier = school.desk("shilaoshi"), []
    for _day in range(5):
        clock.forward(days=1)
        earlier.append(deputy.backups.make(BOOK).name)
    for _minute in range(9):
        clock.forward(minutes=1)
        deputy.backups.make(BOOK)
    left = [one.name for one in deputy.backups.kept(BOOK).backups]
    assert [name for name in earlier if name in left] == earlier[2:4]
    assert len(left) == 3 + 2


@pytest.mark.threat(100)
@pytest.mark.clause("D.11.1")
def test_the_evidence_of_what_is_put_back_says_no_more_than_the_request(school: World) -> None:
    """Else a keeper of backups reads each protected value of whoever changed anything, unseen, and what a
    person took back their consent for."""
    pupil, deputy = school.entry("luoxi", BOOK), school.desk("shilaoshi")
    with writing():
        apply_values(pupil, {"other_contact": ("QQ 10001",)}, source="", verifier=None)
    made = deputy.backups.make(BOOK)
    with writing():
        apply_values(pupil, {"emergency_phone": ("+8613900009999",)}, source="误改", verifier=None)
    deputy.backups.put_back(BOOK, made.name, [pupil])
    (file,) = deputy.evidence.tray()
    said = json.loads(deputy.evidence.open(file.id))
    assert set(said["values"]) == {"name", "emergency_phone"}


@pytest.mark.threat(101)
@pytest.mark.clause("D.8", "C.10")
def test_who_answers_for_a_part_reads_and_mends_no_backup_of_the_whole(school: World) -> None:
    """They would read of other classes what they can't see, from the evidence for putting it back."""
    made = school.desk("yanlaoshi").backups.make(BOOK)
    with writing():
        apply_values(school.entry("jiangtao", BOOK), {"emergency_phone": ("+8613900009999",)}, source="",
                     verifier=None)  # fmt: skip
    school.grant("jiaowuchu", "deputy-teacher", BOOK, "高一（4）班")
    part = school.desk("jiaowuchu").backups
    assert part.books() == ()
    for act in (
        lambda: part.compare(BOOK, made.name),
        lambda: part.put_back(BOOK, made.name, [school.entry("jiangtao", BOOK)]),
        lambda: part.make(BOOK),
    ):
        with pytest.raises(Refused):
            act()


@pytest.mark.clause("D.8", "D.11.1")
def test_nobody_else_backs_the_class_up_or_puts_anything_back(school: World) -> None:
    made = school.desk("yanlaoshi").backups.make(BOOK)
    stranger = school.desk("jiangtao")
    for attempt in (
        lambda: stranger.backups.kept(BOOK),
        lambda: stranger.backups.make(BOOK),
        lambda: stranger.backups.compare(BOOK, made.name),
        lambda: stranger.backups.put_back(BOOK, made.name, [1]),
    ):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.clause == "D.8"
        assert newest().outcome == "refused"
    assert stranger.backups.books() == ()


def test_a_damaged_backup_is_not_put_back(school: World) -> None:
    teacher = school.desk("yanlaoshi")
    made = teacher.backups.make(BOOK)
    file = store().home.folder / "backups" / made.name
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Invalid):
        teacher.backups.compare(BOOK, made.name)
    with pytest.raises(Invalid):
        teacher.backups.compare(BOOK, "../../etc/passwd")


def test_where_no_place_takes_it_the_teacher_is_told(school: World) -> None:
    (store().home.folder / "backups").write_text("a file, not a folder")
    with pytest.raises(Invalid):
        school.desk("yanlaoshi").backups.make(BOOK)
