"""Which copies are asked back of somebody who leaves or moves, once each, and who signs for them (H.5.4)."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import Any, cast
from zipfile import ZipFile

import pytest

from db.desk import Refused
from db.desk.editions.editions import Editions
from db.desk.editions.taken import read_mark
from db.desk.editions.tracing import TracedFile, Traces
from db.desk.entry.record import load_entry, remove_entry
from db.desk.lifecycle.forms import LeaveAsked, LeaveForm
from db.desk.requests.power_lines import lines_of
from db.desk.tasks.handback import open_copies, owes_copies
from db.language import say
from db.store import clock as store_clock
from db.store.tables import AuditRecord, Entry, Grant, HandBack, Notice, NoticeRecipient, Task
from db.store.transactions import writing
from reports.wecom_sheet import member_file
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.lives import approved, duties, leave, move, returned, take_out, task_of
from tests.editions_world import with_its_office
from tests.variants.setting import also_in, deputise, leaves
from tests.wider_world import build_wider_world
from tests.world import World


def listed(entry: int) -> list[str]:
    """The copies that are asked back with ``entry``."""
    return [row.copy for row in HandBack.select().where(HandBack.entry == entry).order_by(HandBack.copy)]


@pytest.mark.clause("H.5.4")
def test_a_leaver_hands_back_every_copy_before_the_end(world: World) -> None:
    build_wider_world("secured", beside=world)
    holder = world.desk("shibu")
    take_out(world, "shibu", "ABCD-EFGH")
    request = leave(world, "fuhr", "shibu", "secured")
    (asked,) = [row for row in holder.tasks.mine().rows if row.kind == "hand-back"]
    assert (asked.due.clause, asked.due.day) == ("H.5.4, own", "2026-11-27")
    take_out(world, "shibu", "JKLM-NPQR")
    second, receiver = world.desk("ganhr"), world.desk("xinan")
    with pytest.raises(Refused) as caught:
        approved(world, "ganhr", request)
    assert caught.value.clause == "H.5.4"
    assert Entry.get_by_id(world.entry("shibu", "secured")).state == "active"

    task = task_of("leaver", world.entry("shibu", "secured"))
    second.tasks.add_copy(task.id, "纸质版 1 份")
    copies = {copy.copy: copy.id for copy in second.tasks.one(task.id).copies}
    assert "ABCD-EFGH" in copies
    for desk in (holder, second):
        with pytest.raises(Refused):
            desk.tasks.sign_off(copies["ABCD-EFGH"], "returned")
    assert {row.kind for row in receiver.tasks.mine().rows} >= {"leaver", "hand-back"}
    with pytest.raises(Refused) as caught:
        receiver.tasks.done(task.id)
    assert caught.value.clause.startswith("H.5.4"), "the information department receives, and removes nobody"
    shown, own = second.tasks.one(task.id), holder.tasks.one(asked.id)
    assert [say(copy.what, "zh_CN") for copy in shown.copies] == ["通讯录 csv", "通讯录 csv", ""]
    assert (shown.signs, own.signs, own.assignees) == (False, False, ("石布",))
    assert [say(one, "zh_CN") for one in own.signers] == ["辛安（信息管理部门）"]
    assert receiver.tasks.one(task.id).signs
    receiver.tasks.sign_off(copies["ABCD-EFGH"], "destroyed")
    receiver.tasks.sign_off(copies["纸质版 1 份"], "returned")
    with pytest.raises(Refused) as caught:
        approved(world, "ganhr", request)
    assert caught.value.clause == "H.5.4"
    late = next(copy for copy in second.tasks.one(task.id).copies if copy.copy == "JKLM-NPQR")
    receiver.tasks.sign_off(late.id, "lost", "出差途中遗失")
    with pytest.raises(Refused) as caught:
        second.tasks.done(task.id)
    assert say(caught.value.message, "en") == "The entry is in the directory still."
    assert str(request) in say(caught.value.advice, "en")
    approved(world, "ganhr", request)
    assert Entry.get_by_id(world.entry("shibu", "secured")).state == "left"
    assert task_of("leaver").state == "done"
    assert task_of("hand-back").state == "done"
    signed = HandBack.get(HandBack.copy == "JKLM-NPQR")
    assert (signed.outcome, signed.signed_by_id) == ("lost", world.accounts["xinan"])


@pytest.mark.threat(87)
@pytest.mark.clause("H.5.4")
def test_a_copy_that_was_handed_back_is_not_signed_as_lost_untold(world: World) -> None:
    """The leaver and the supervisors hear of it, and what the leaver said stays on record."""
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    take_out(world, "shibu", "JKLM-NPQR")
    leave(world, "fuhr", "shibu", "secured")
    holder = world.desk("shibu")
    copies = {copy.copy: copy.id for copy in holder.tasks.own_copies()}
    for copy in copies.values():
        holder.tasks.say_copy(copy, "returned", "已交信息管理部")
    signer = world.desk("xinan")
    signer.tasks.sign_off(copies["ABCD-EFGH"], "returned")
    assert not Notice.select().where(Notice.kind == "power-done").exists(), "as they said"
    signer.tasks.sign_off(copies["JKLM-NPQR"], "lost", "本人拒不交还")
    (told,) = [one for one in holder.notices.unread() if one.kind == "power-done"]
    arguments = told.detail["arguments"]
    assert isinstance(arguments, dict)
    said = [say(line.after, "zh_CN") for line in lines_of("tasks.sign_off", arguments)]
    assert said == ["签收副本", "石布", "JKLM-NPQR", "已交还", "遗失", "本人拒不交还"]
    hearing = {row.account_id for row in NoticeRecipient.select().where(NoticeRecipient.notice == told.id)}
    assert hearing - {world.accounts["shibu"], world.accounts["xinan"]}, "who supervises"
    record = AuditRecord.select().where(AuditRecord.act == "tasks.sign_off")
    kept = json.loads(detail_of(record.order_by(AuditRecord.seq.desc()).first()))
    assert (kept["said_by_holder"], kept["holders_word"]) == ("returned", "已交信息管理部")


@pytest.mark.threat(87)
@pytest.mark.clause("H.5.4")
def test_whoever_leaves_hears_of_a_copy_that_was_listed_by_hand_and_signed_as_lost(world: World) -> None:
    build_wider_world("secured", beside=world)
    leave(world, "fuhr", "shibu", "secured")
    world.desk("ganhr").tasks.add_copy(task_of("leaver").id, "纸质版 1 份")
    (asked,) = world.desk("shibu").tasks.own_copies()
    world.desk("xinan").tasks.sign_off(asked.id, "lost", "本人未交")
    notices = [
        cast(Any, one.detail) for one in world.desk("shibu").notices.unread() if one.kind == "power-done"
    ]
    told = {one["operation"]: lines_of(one["operation"], one["arguments"]) for one in notices}
    assert [say(line.after, "zh_CN") for line in told["tasks.add_copy"]][1:] == ["石布", "纸质版 1 份"]
    assert [say(line.after, "zh_CN") for line in told["tasks.sign_off"]][2:] == [
        "纸质版 1 份",
        "遗失",
        "本人未交",
    ]


@pytest.mark.clause("H.5.4")
def test_on_moving_too_copies_are_handed_back(world: World) -> None:
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    request = move(world, "fuhr", "shibu", "信息管理部", "secured")
    with pytest.raises(Refused) as caught:
        approved(world, "ganhr", request)
    assert caught.value.clause == "H.5.4"
    copy = HandBack.get(HandBack.copy == "ABCD-EFGH")
    world.desk("xinan").tasks.sign_off(copy.id, "returned")
    approved(world, "ganhr", request)
    assert load_entry(world.entry("shibu", "secured")).unit == world.unit("secured", "信息管理部")
    other = move(world, "fuhr", "shibu", "市场部", "secured")
    approved(world, "ganhr", other)


@pytest.mark.threat(98)
@pytest.mark.clause("H.5.4")
def test_a_leaver_hands_back_copies_of_books_that_they_are_not_in(world: World) -> None:
    build_wider_world("secured", "partners", beside=world)
    take_out(world, "fuhr", "ABCD-EFGH")
    take_out(world, "fuhr", "JKLM-NPQR", "partners")
    entry = world.entry("fuhr", "secured")
    form = world.desk("ganhr").lifecycle.leave_form(entry)
    assert form.copies == ("ABCD-EFGH", "JKLM-NPQR")
    leave(world, "ganhr", "fuhr", "secured")
    assert listed(entry) == ["ABCD-EFGH", "JKLM-NPQR"]
    rows = world.desk("xinan").tasks.one(task_of("leaver", entry).id).copies
    assert [say(row.what, "zh_CN") for row in rows] == ["通讯录 csv", "合作伙伴通讯录：通讯录 csv"]
    own = world.desk("fuhr").tasks.own_copies()
    assert [row.copy for row in own] == ["ABCD-EFGH", "JKLM-NPQR"]


@pytest.mark.threat(98)
@pytest.mark.clause("A.12", "A.19", "H.5.4")
def test_the_file_for_wecom_is_a_copy_that_is_traced_and_handed_back(world: World) -> None:
    """Everybody's numbers leave with it; whose it is is known by its digest, and by the mark in it."""
    build_wider_world("secured", "wecom", beside=world)
    world.grant("fuhr", "hr", "wecom")
    made = member_file(world.desk("fuhr"), "wecom")
    mark = read_mark(ZipFile(BytesIO(made.content)).read("docProps/core.xml").decode()) or ""
    for finding in (TracedFile(made.sha256), TracedFile("", numbers=(mark,))):
        (found,) = Traces(world.desk("huanghr")).file(finding).found
        assert (found.login, found.number, found.report) == ("fuhr", mark, "wecom")
    leave(world, "ganhr", "fuhr", "secured")
    assert listed(world.entry("fuhr", "secured")) == [mark]


@pytest.mark.clause("H.5.4")
def test_each_book_that_asks_copies_back_asks_for_its_own_and_nobody_for_one_twice(
    world: World, clock: Clock
) -> None:
    """石布 is in two books and holds an office in a third, whose copies stay with who leaves but one book."""
    build_wider_world("secured", "partners", "general", beside=world)
    world.grant("shibu", "hr", "general")
    for mark, book in (("SECU-REDX", "secured"), ("PART-NERS", "partners"), ("GENE-RALX", "general")):
        take_out(world, "shibu", mark, book)
    here, there = world.entry("shibu", "secured"), world.entry("shibu", "partners")
    request = leaves(world, "fuhr", "shibu", "2026-11-30", "secured", everywhere=True, heir="秦玉")
    assert listed(here) == ["GENE-RALX", "SECU-REDX"]

    returned(world, "ganhr", request)
    desk = world.desk("fuhr")
    form = desk.lifecycle.amendment(request)
    assert isinstance(form, LeaveForm)
    assert form.copies == ("SECU-REDX", "GENE-RALX")
    alone = LeaveAsked(here, "2026-11-30", everywhere=False)
    desk.lifecycle.leave(alone, request)
    assert listed(here) == ["SECU-REDX"]
    returned(world, "ganhr", request)
    desk.lifecycle.leave(replace(alone, everywhere=True), request)
    assert listed(here) == ["GENE-RALX", "SECU-REDX"]

    clock.set("2026-12-01T09:00+08:00")
    duties()
    assert task_of("leaver", there).state == "open"
    world.desk("xinan").tasks.one(task_of("leaver", there).id)
    assert (listed(here), listed(there)) == (["GENE-RALX", "SECU-REDX"], ["PART-NERS"])


@pytest.mark.clause("H.5.4")
def test_a_copy_of_an_edition_of_a_book_that_was_left_before_is_handed_back(world: World) -> None:
    """And on a move nothing but what is out of the book itself."""
    with_its_office(build_wider_world("secured", "controlled", beside=world))
    also_in(world, "taojs", "qinyu", "secured")
    world.grant("shibu", "hr", "controlled")
    number = Editions(world.desk("zhuli")).issue("controlled", "internal").id
    with writing():
        remove_entry(world.entry("taojs", "controlled"), "2026-11-23")
    entry = world.entry("taojs", "secured")
    moved = move(world, "fuhr", "taojs", "市场部", "secured")
    assert listed(entry) == []
    world.desk("fuhr").requests.withdraw(moved)
    leave(world, "fuhr", "taojs", "secured")
    (copy,) = world.desk("xinan").tasks.one(task_of("leaver", entry).id).copies
    assert copy.copy == f"C{number:04d}-004"
    assert say(copy.what, "zh_CN") == "受控通讯录：通讯录（内部） 1"


@pytest.mark.clause("H.5.4")
def test_a_leave_called_off_and_entered_again_asks_for_the_same_copies(world: World) -> None:
    """They are on the open task, whose receiver can sign for them; in between nothing is asked back."""
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    first = leave(world, "fuhr", "shibu", "secured")
    task = Task.get((Task.kind == "leaver") & (Task.request == first))
    world.desk("ganhr").tasks.add_copy(task.id, "纸质版 1 份")
    world.desk("fuhr").requests.withdraw(first)
    assert world.desk("shibu").tasks.own_copies() == ()
    second = leave(world, "fuhr", "shibu", "secured")
    copies = world.desk("shibu").tasks.own_copies()
    assert [one.copy for one in copies] == ["ABCD-EFGH", "纸质版 1 份"]
    with pytest.raises(Refused) as caught:
        approved(world, "ganhr", second)
    assert caught.value.clause == "H.5.4"
    for one in copies:
        world.desk("xinan").tasks.sign_off(one.id, "returned")
    approved(world, "ganhr", second)


@pytest.mark.clause("H.5.4")
def test_a_leave_that_was_not_called_off_after_all_asks_for_its_copies(world: World, clock: Clock) -> None:
    """Its task and its list stay, whoever proposes that the person stays."""
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    request = leave(world, "fuhr", "shibu", "secured", day="2026-11-30")
    approved(world, "ganhr", request)
    entry = world.entry("shibu", "secured")
    stays = world.desk("fuhr").lifecycle.leave(LeaveAsked(entry, "2026-11-30", stays=True))
    world.desk("fuhr").requests.withdraw(stays)
    assert task_of("leaver", entry).state == "open"
    (copy,) = world.desk("shibu").tasks.own_copies()
    clock.set("2026-12-01T09:00+08:00")
    duties()
    assert Entry.get_by_id(entry).state == "active", "a copy is out"
    world.desk("xinan").tasks.sign_off(copy.id, "returned")
    duties()
    assert Entry.get_by_id(entry).state == "left"


@pytest.mark.clause("H.5.4")
def test_who_stays_after_all_hands_nothing_back(world: World) -> None:
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    approved(world, "ganhr", leave(world, "fuhr", "shibu", "secured", day="2026-11-30"))
    again = leave(world, "fuhr", "shibu", "secured", day="2026-12-31")
    assert task_of("hand-back").due == "2027-01-08", "by the day that was said last"
    world.desk("fuhr").requests.withdraw(again)
    assert task_of("hand-back").due == "2026-12-07"
    asked = LeaveAsked(world.entry("shibu", "secured"), "2026-11-30", stays=True)
    approved(world, "ganhr", world.desk("fuhr").lifecycle.leave(asked))
    assert world.desk("shibu").tasks.own_copies() == ()
    assert {task.state for task in Task.select()} == {"cancelled"}


def signers_of(world: World, login: str, task: Task) -> list[str]:
    """Who signs the copies of ``task`` off, as ``login`` reads it."""
    return [say(one, "zh_CN") for one in world.desk(login).tasks.one(task.id).signers]


@pytest.mark.clause("H.5.4")
def test_the_only_receiver_hands_their_own_copies_back_to_the_next_office(world: World, clock: Clock) -> None:
    """Neither they nor who stands in for them sign; it is on record as which office somebody did."""
    build_wider_world("secured", beside=world)
    deputise(world, "xinan", "qinyu", "security", "secured")
    take_out(world, "xinan", "ABCD-EFGH")
    leave(world, "fuhr", "xinan", "secured", day="2026-11-30")
    asked = task_of("hand-back")
    assert signers_of(world, "xinan", asked) == ["傅华（人力资源）", "甘棠（人力资源）"]
    copy = HandBack.get(HandBack.copy == "ABCD-EFGH").id
    for login in ("xinan", "qinyu"):
        with pytest.raises(Refused):
            world.desk(login).tasks.sign_off(copy, "returned")
    clock.set("2026-12-01T09:00+08:00")
    duties()
    assert "hand-back" in {row.kind for row in world.desk("ganhr").tasks.mine().rows}
    world.desk("ganhr").tasks.sign_off(copy, "returned")
    record = AuditRecord.select().where(AuditRecord.act == "tasks.sign_off")
    assert json.loads(detail_of(record.order_by(AuditRecord.seq.desc()).first()))["office"] == "hr"


@pytest.mark.threat(98)
@pytest.mark.clause("H.5.4")
def test_copies_that_no_office_in_turn_receives_wait_for_any_other_head(world: World, clock: Clock) -> None:
    build_wider_world("secured", beside=world)
    take_out(world, "xinan", "ABCD-EFGH")
    leave(world, "fuhr", "xinan", "secured", day="2026-11-30")
    with writing():
        Grant.update(revoked_at=store_clock.now()).where(Grant.role == "hr").execute()
    asked = task_of("hand-back")
    assert signers_of(world, "xinan", asked) == ["傅华（人力资源部负责人）", "石布（市场部负责人）"]
    (waits,) = world.desk("shibu").tasks.mine().rows
    (copy,) = world.desk("shibu").tasks.one(waits.id).copies
    world.desk("shibu").tasks.sign_off(copy.id, "returned")
    assert Task.get_by_id(asked.id).state == "done"
    assert world.desk("shibu").tasks.mine().rows == ()


@pytest.mark.threat(98)
@pytest.mark.clause("H.5.4")
def test_a_book_that_asks_copies_back_asks_who_leaves_from_one_that_does_not(
    world: World, clock: Clock
) -> None:
    """Each book for its own, to its own receiver; the leave, which waits for none of them, goes on."""
    build_wider_world("secured", "partners", beside=world)
    for book in ("secured", "partners"):
        world.grant("zhangwen", "hr", book)
    take_out(world, "zhangwen", "ABCD-EFGH")
    request = leave(world, "liuyang", "zhangwen", day="2026-11-30")
    entry, theirs = world.entry("zhangwen"), world.desk("zhangwen")
    assert [row.copy for row in theirs.tasks.own_copies()] == ["ABCD-EFGH"]
    world.desk("liuyang").requests.withdraw(request)
    assert theirs.tasks.own_copies() == ()
    request = leave(world, "liuyang", "zhangwen", day="2026-11-30")
    approved(world, "zengqing", request)
    take_out(world, "zhangwen", "JKLM-NPQR", "partners")
    with writing():
        gone = (Grant.account == world.accounts["zhangwen"]) & (Grant.book == "secured")
        Grant.update(revoked_at=store_clock.now()).where(gone).execute()
    (row,) = world.desk("zhangwen").tasks.mine().rows
    assert (row.kind, world.desk("zhangwen").tasks.one(row.id).returns) == ("hand-back", True)

    clock.set("2026-12-01T09:00+08:00")
    duties()
    assert Entry.get_by_id(entry).state == "left"
    waiting = Task.select().where((Task.entry == entry) & (Task.state == "open"))
    asked = {task.book_id: task for task in waiting}
    assert {book: task.clause for book, task in asked.items()} == dict.fromkeys(asked, "H.5.4, own")
    desk = world.desk("xinan")
    for book, mark in (("secured", "ABCD-EFGH"), ("partners", "JKLM-NPQR")):
        (copy,) = desk.tasks.one(asked[book].id).copies
        assert copy.copy == mark
        assert open_copies(world.people["zhangwen"]).where(HandBack.copy == mark).exists()
        desk.tasks.sign_off(copy.id, "returned")
        assert Task.get_by_id(asked[book].id).state == "done"
    assert not owes_copies(world.people["zhangwen"])


@pytest.mark.clause("H.5.4")
def test_who_leaves_one_directory_alone_after_all_owes_nothing_to_another(world: World) -> None:
    build_wider_world("secured", beside=world)
    world.grant("zhangwei", "hr", "secured")
    take_out(world, "zhangwei", "ABCD-EFGH")
    desk, request = world.desk("liuyang"), None
    for everywhere, owed in ((True, ["ABCD-EFGH"]), (False, []), (True, ["ABCD-EFGH"])):
        asked = LeaveAsked(world.entry("zhangwei"), "2026-11-30", everywhere=everywhere)
        request = desk.lifecycle.leave(asked, request)
        assert [row.copy for row in world.desk("zhangwei").tasks.own_copies()] == owed
        returned(world, "zengqing", request)
