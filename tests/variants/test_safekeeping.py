"""Backups and encryption when who answers for them is new, acts or left, and in the holidays."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest

from db.desk import Invalid, Refused, SessionOver
from db.desk.backups.backup_rules import backup_duty
from db.desk.backups.running import alert_failures, run_backup, run_if_due
from db.desk.editions.editions import Editions
from db.desk.entry.record import apply_values, load_entry
from db.desk.tasks.duties import RunnerPlace
from db.store import audit
from db.store.backups.backup_store import manifests
from db.store.engine import close_store, store
from db.store.opening import open_store
from db.store.settings import Home
from db.store.tables import Account, AuditRecord, EditionIssue, Evidence, Notice, NoticeRecipient
from db.store.transactions import writing
from tests.conftest import Clock
from tests.editions_world import with_its_office
from tests.rules import put_under
from tests.variants.acting import approve, change, leave
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, cites, succeed
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
PLACE = RunnerPlace("host", "host:test")


@pytest.fixture
def two(house: World, home: Home) -> World:
    """The organisation in an installation whose settings name two places for backups."""
    database = store().settings.database
    lines = ['organisation = "华星集团"', f"database = {json.dumps(database)}", "[backups]"]
    lines += ['to = ["one", "two"]', "keep = 3", ""]
    home.settings_file.write_text("\n".join(lines), "utf-8")
    return house


def closed(home: Home, act: Callable[[], object]) -> object:
    """Do ``act`` while the store is closed, as the host does."""
    close_store()
    try:
        return act()
    finally:
        open_store(home)


def told(kind: str) -> set[str]:
    """The logins that a notice of ``kind`` is to."""
    rows = NoticeRecipient.select().join(Notice).where(Notice.kind == kind)
    return {Account.get_by_id(one.account_id).login for one in rows}


@walks("C.9.3 E.14 F.4.1 H.6.4", day="spring-festival")
def test_backups_go_on_every_day_of_the_holidays(two: World, home: Home, clock: Clock) -> None:
    """They count days, not working days: each lies in both places."""
    for day in ("2027-02-05", "2027-02-06", "2027-02-07"):
        clock.set(f"{day}T03:00+08:00")
        assert len(closed(home, lambda: run_if_due(home, PLACE, lambda: None))) == 2  # type: ignore[arg-type]
    assert [len(manifests(home.folder / place)) for place in ("one", "two")] == [3, 3]
    assert {"C.9.3", "E.14", "F.4.1", "H.6.4"} <= set(backup_duty().clauses)


@walks("F.4.1 C.9.3", person="successor", day="office-changed")
def test_a_place_that_fails_alarms_who_looks_after_the_host_now(two: World, home: Home, clock: Clock) -> None:
    succeed(two, "zhangwen", "it", "staff")
    succeed(two, "tangyu", "it", "subsidiary")
    clock.forward(days=1)
    (home.folder / "two").write_text("a file, not a folder")
    closed(home, lambda: run_backup(home, PLACE, lambda: None))
    assert told("backup-failed") >= {"zhangwen", "tangyu"}


@walks("H.6.4", person="successor", day="office-changed")
@walks("H.6.4", person="acting")
def test_the_information_department_of_today_answers_for_the_backups(two: World, clock: Clock) -> None:
    act_for(two, "qinyu", "security", "secured")
    clock.forward(days=1)
    desk = two.desk("qinyu")
    assert "secured" in desk.backups.overseen()
    desk.backups.order("secured")
    assert desk.backups.runs("secured").ordered
    with pytest.raises(Refused):
        two.desk("xinan").backups.order("secured")


@walks("F.4.2", person="leaver", day="last-day")
def test_a_restored_backup_holds_who_left_as_left(two: World, home: Home, clock: Clock) -> None:
    """What the backup lacks is listed to its end, the last day among it."""
    before = audit.head()[0]
    closed(home, lambda: run_backup(home, PLACE, lambda: None))
    leave(two, "jinhr", "general", "tanlan", "2026-11-24")
    clock.set("2026-11-25T08:00+08:00")
    two.desk("jinhr").me.who()
    acts = [one.act for one in AuditRecord.select().where(AuditRecord.seq > before).order_by(AuditRecord.seq)]
    assert {"lifecycle.leave", "lifecycle.last_day_over"} <= set(acts)
    newest = manifests(home.folder / "one")[0]
    assert newest.seq == before, "from here on it is replayed from the journal"
    assert audit.verify().sound


@walks("F.4.2 F.4.1", person="composed")
def test_of_several_regulations_the_strictest_backup_holds(two: World) -> None:
    put_under("class", "school-class", "general")
    wanted = backup_duty()
    assert (wanted.days, wanted.destinations) == (1, 2)


# a class's own backups (D.8, D.11.1)


@walks("D.8 D.11.1", person="successor", day="office-changed")
def test_a_new_teacher_mends_a_loss_from_the_former_ones_backup(two: World, clock: Clock) -> None:
    made = two.desk("yanlaoshi").backups.make("class")
    pupil = two.entry("jiangtao", "class")
    before = load_entry(pupil).first("emergency_phone")
    with writing():
        apply_values(pupil, {"emergency_phone": ("+8613900009999",)}, source="误改", verifier=None)
    succeed(two, "panan", "teacher", "class")
    clock.forward(days=1)
    cites("default", lambda: two.desk("yanlaoshi").backups.kept("class"))
    teacher = two.desk("panan")
    assert [one.name for one in teacher.backups.kept("class").backups] == [made.name]
    (request,) = teacher.backups.put_back("class", made.name, [pupil])
    assert approvers(request) == {"shilaoshi"}
    approve(two, "shilaoshi", request)
    assert load_entry(pupil).first("emergency_phone") == before


@walks("D.8", person="deputy", day="spring-festival")
def test_the_deputy_backs_the_class_up_in_the_holidays(two: World, clock: Clock) -> None:
    clock.set("2027-02-06T10:00+08:00")
    deputy = two.desk("shilaoshi")
    assert deputy.backups.kept("class").due
    deputy.backups.make("class")
    assert not deputy.backups.kept("class").due
    clock.set("2027-02-14T10:00+08:00")
    alert_failures(store().home, PLACE)
    assert "yanlaoshi" in told("backup-failed")


@walks("D.11.1", person="oneself")
def test_nobody_puts_their_own_entry_back(two: World) -> None:
    made = two.desk("yanlaoshi").backups.make("class")
    for login in ("jiangtao", "jiaowuchu"):
        entries = [two.entry("jiangtao", "class")]
        cites("D.8", partial(two.desk(login).backups.put_back, "class", made.name, entries))


# encryption (C.9.2, H.6.2)


@pytest.mark.parametrize(
    ("book", "login", "of"),
    [
        row("subsidiary", "tangyu", "tangyu", of="C.9.2", person="oneself"),
        row("secured", "qinyu", "qinyu", of="H.6.2", person="oneself"),
        row("combined", "geyuan", "geyuan", of="C.9.2", person="composed"),
        row("staff", "zhangwei", "zhangwei", of="C.9.2 H.6.2", person="two-books"),
    ],
)
def test_what_somebody_hands_in_lies_nowhere_in_clear(
    two: World, home: Home, book: str, login: str, of: str
) -> None:
    """Neither their evidence nor the number asked for, in the database, its journal or a backup."""
    put_under("group", "company", "information-security")
    change(two, login, book, of, mobile="139 8765 4321")
    sealed = bytes(Evidence.select().order_by(Evidence.added_at.desc()).get().content)
    assert b"%PDF" not in sealed
    closed(home, lambda: run_backup(home, PLACE, lambda: None))
    for file in home.folder.rglob("*"):
        if file.is_file() and file.stat().st_size < 50_000_000:
            content = file.read_bytes()
            assert b"13987654321" not in content, file
            assert b"139 8765 4321" not in content, file


@walks("H.6.2", person="leaver", day="last-day")
def test_what_is_kept_of_a_leaver_is_sealed(two: World, home: Home, clock: Clock) -> None:
    from db.store.tables import Archive

    request = leave(two, "fuhr", "secured", "qinyu", "2026-11-23")
    approve(two, min(approvers(request)), request)
    clock.set("2026-11-24T08:00+08:00")
    two.desk("fuhr").me.who()
    for archive in Archive.select():
        assert "秦玉".encode() not in bytes(archive.content)
    close_store()
    for file in home.folder.glob("mingce.db*"):
        assert b"13800001912" not in file.read_bytes()
    open_store(home)


@walks("I.5 A.10", person="composed", day="last-day")
def test_an_issue_with_a_leaver_in_it_stays_sealed(two: World, clock: Clock) -> None:
    with_its_office(two)
    Editions(two.desk("tianhr")).issue("combined", "internal")
    leave(two, "tianhr", "combined", "geyuan", "2026-11-27")
    desk = two.desk("geyuan")
    clock.set("2026-11-28T08:00+08:00")
    with pytest.raises(SessionOver):
        desk.me.who()
    kept = EditionIssue.select().order_by(EditionIssue.id).get()
    assert b"13800008813" not in bytes(kept.content)
    assert Editions(two.desk("nidir")).record(kept.id).sound


@walks("E.14", person="acting", day="after-deadline")
def test_a_late_backup_is_told_whoever_acts(two: World, home: Home, clock: Clock) -> None:
    act_for(two, "zhangwen", "it", "staff")
    closed(home, lambda: run_backup(home, PLACE, lambda: None))
    clock.forward(days=2)
    alert_failures(home, PLACE)
    assert "zhangwen" in told("backup-failed")
    with pytest.raises((Refused, Invalid)):
        two.desk("zhangwen").backups.make("staff")
