"""Joiners, movers and leavers by plain commands: all of it without a screen."""

from __future__ import annotations

from functools import partial

import pytest

from db.store.tables import AuditRecord, Entry, Request
from tests.conftest import Clock
from tests.db.desk.lives import AFTER, DAY, VALUES, leave, returned, take_out, task_of
from tests.db.desk.own_rules import BOOK as OWN
from tests.db.desk.own_rules import CLINIC, own_book
from tests.tui.plain.conftest import Ask
from tests.tui.plain.running import Answer, answered
from tests.wider_world import build_wider_world
from tests.world import World

JOINER = " ".join(f"{name}='{value}'" for name, value in VALUES.items())
KINDS = """
[[kinds]]
id = "full-time"
zh = "医生"
en = "Doctor"
side = "internal"
clause = "X.3"
[[kinds]]
id = "intern"
zh = "实习"
en = "Intern"
side = "internal"
clause = "X.3"
[[fields]]
name = "mobile"
applies_to = ["full-time"]
clause = "X.3"
"""


def number_in(answer: Answer) -> int:
    """The number of the request that was handed in."""
    assert answer.status == 0, answer.err
    return int(Request.select(Request.id).order_by(Request.id.desc()).scalar())


def decided(ask: Ask, login: str, request: int) -> None:
    """Read a request and approve it, as one without a screen does."""
    code = ask(login, f"queue {request} --json").data["code"]
    assert ask(login, f"approve {request} {code}").status == 0


@pytest.mark.clause("A.8", "A.3")
def test_a_joiner_is_expected_completed_and_there(world: World, ask: Ask) -> None:
    form = ask("liuyang", "ask join --book staff", language="en").text
    assert "研发中心/研发一部" in form
    assert "within 3 working days (under A.8)" in form
    waits = ask("liuyang", "ask join --book staff name=新来 unit=研发一部 --wait")
    assert waits.status == 0, waits.err
    (row,) = ask("liuyang", "joiners --json").data
    assert (row["name"], row["due"], row["clause"]) == ("新来", "2026-11-26", "A.8")
    assert str(row["entry"]) in waits.text
    assert ask("liuyang", "ask join --book staff name=新来 --wait --reason 急").status == 2
    entry = f"--book staff --entry {row['entry']}"
    lacking = ask("liuyang", f"ask join {entry} mobile=13800008990")
    assert (lacking.status, "必填" in lacking.err) == (1, True)
    assert "邮箱" in lacking.err
    lacking = ask("liuyang", f"ask join {entry} mobile=13800008990", language="en")
    assert "E-mail is required." in lacking.err
    handed_in = ask("liuyang", f"ask join {entry} {JOINER}", language="en")
    request = number_in(handed_in)
    assert "Step 1: Human resources 曾晴" in handed_in.text
    assert "Due on 2026-11-26 (A.8)" in handed_in.text
    decided(ask, "zengqing", request)
    joined = Entry.get_by_id(row["entry"])
    assert (joined.state, joined.unit.name) == ("active", "研发一部")
    assert ask("liuyang", "joiners --json").data == []
    assert task_of("joiner").state == "done"


def test_who_does_not_come_is_called_off(world: World, ask: Ask) -> None:
    ask("liuyang", "ask join --book staff name=新来 unit=研发一部 --wait")
    (row,) = ask("liuyang", "joiners --json").data
    missing = ask("liuyang", f"joiners call-off {row['task']}")
    assert (missing.status, "--word" in missing.err) == (2, True)
    assert ask("zhangwei", f"joiners call-off {row['task']} --word 不来了").status == 1
    assert ask("liuyang", f"joiners call-off {row['task']} --word 不来了").status == 0
    assert Entry.get_by_id(row["entry"]).state == "left"
    assert "没有待入职的人" in ask("liuyang", "joiners").err


@pytest.mark.clause("A.6")
def test_who_may_not_enter_it_is_told_who_does_by_which_clause(world: World, ask: Ask) -> None:
    for line in ("ask join --book staff", f"ask join --book staff unit=研发一部 {JOINER}"):
        refused = ask("zhangwei", line)
        assert (refused.status, "A.6" in refused.err) == (1, True), line
    kinds = {one["kind"] for one in ask("zhangwei", "ask --json").data}
    assert {"change"} == kinds & {"change", "join", "contact", "move", "leave"}
    assert {"change", "join", "move", "leave"} <= {one["kind"] for one in ask("liuyang", "ask --json").data}


@pytest.mark.clause("A.9")
def test_somebody_is_moved_and_a_return_is_answered(world: World, ask: Ask) -> None:
    entry = world.entry("zhangwei")
    form = ask("liuyang", f"ask move --entry {entry}", language="en").text
    assert "Move 张伟 研发一部" in form
    wrong = ask("liuyang", f"ask move --entry {entry} unit=研发九部", language="en")
    assert (wrong.status, wrong.err) == (1, "Department: There is no such unit in this directory.\n")
    same = ask("liuyang", f"ask move --entry {entry} day=2026-11-23")
    assert same.status == 1
    request = number_in(ask("liuyang", f"ask move --entry {entry} unit=研发二部 position=组长"))
    returned(world, "zengqing", request)
    assert ask("liuyang", f"amend {request} position=测试组长 --since 2026-11-01").status == 2
    again = ask("liuyang", f"amend {request} position=测试组长")
    assert again.status == 0, again.err
    decided(ask, "zengqing", request)
    moved = Entry.get_by_id(entry)
    assert (moved.unit.name, moved.position) == ("研发二部", "测试组长")


@pytest.mark.clause("A.10")
def test_somebody_leaves_and_comes_back(world: World, ask: Ask) -> None:
    entry = world.entry("zhangwen")
    form = ask("liuyang", f"ask leave --entry {entry}", language="en").text
    assert "The entry is sealed in the archive and leaves every list at once. (under A.10)" in form
    missing = ask("liuyang", "ask leave", language="en")
    assert (missing.status, "--entry is missing" in missing.err) == (2, True)
    late = ask("liuyang", f"ask leave --entry {entry} day=2028-01-01")
    assert (late.status, "一年" in late.err) == (1, True)
    decided(ask, "zengqing", number_in(ask("liuyang", f"ask leave --entry {entry} day=2026-11-22")))
    assert Entry.get_by_id(entry).state == "left"
    (found,) = ask("liuyang", "namesakes --book staff --name 张文 --json").data
    assert found["left"] == "2026-11-22"
    kept = ask("liuyang", f"namesakes archive {found['person']} --book staff --name 张文")
    assert "高级工程师" in kept.text
    assert AuditRecord.select().where(AuditRecord.act == "lifecycle.open_archive").count() == 1
    back = f"ask join --book staff --person {found['person']} unit=研发一部 {JOINER.replace('新来', '张文')}"
    decided(ask, "zengqing", number_in(ask("liuyang", back)))
    assert Entry.get(Entry.person == found["person"], Entry.state == "active").name == "张文"


@pytest.mark.clause("E.5")
def test_an_outside_contact_is_entered_with_who_answers_for_it(world: World, ask: Ask) -> None:
    given = f"{JOINER} unit=外部联系人 kind=customer organisation=东方贸易"
    unfit = ask("liuyang", f"ask join --book group {JOINER} unit=法务部 organisation=东方贸易", language="en")
    assert unfit.status == 2, "a colleague has no organisation"
    form = ask("liuyang", "ask contact --book group", language="en").text
    assert "required; a colleague" in form
    lacking = ask("liuyang", f"ask contact --book group {given}", language="en")
    assert (lacking.status, "Inside owner is required." in lacking.err) == (1, True)
    asked = ask("liuyang", f"ask contact --book group {given} inside_owner=宋佳")
    decided(ask, "luoyan", number_in(asked))
    made = Entry.get(Entry.name == "新来")
    assert (made.kind, made.state) == ("customer", "active")


@pytest.mark.clause("E.5")
def test_nobody_whose_last_day_is_over_is_made_to_answer_for_a_contact(
    world: World, ask: Ask, clock: Clock
) -> None:
    """Who was named while here is gone by when it is decided, though their entry is not removed yet."""
    given = f"{JOINER} unit=外部联系人 kind=customer organisation=东方贸易 inside_owner=马军"
    asked = number_in(ask("liuyang", f"ask contact --book group {given}"))
    code = ask("luoyan", f"queue {asked} --json").data["code"]
    leave(world, "luoyan", "majun", "group", DAY)
    clock.set(AFTER)
    refused = ask("luoyan", f"approve {asked} {code}")
    assert (refused.status, "E.5" in refused.err) == (1, True)
    assert Entry.get(Entry.name == "新来").state == "pending"


@pytest.mark.clause("H.5.4")
def test_copies_of_a_leaver_are_listed_and_signed_off(world: World, ask: Ask) -> None:
    build_wider_world("secured", beside=world)
    take_out(world, "shibu", "ABCD-EFGH")
    entry = world.entry("shibu", "secured")
    asked = ask("fuhr", f"ask leave --entry {entry} day=2026-11-22", language="en")
    request = number_in(asked)
    code = ask("ganhr", f"queue {request} --json").data["code"]
    early = ask("ganhr", f"approve {request} {code}")
    assert (early.status, "H.5.4" in early.err) == (1, True)
    of = f"--task {task_of('leaver', entry).id}"
    assert ask("ganhr", f"tasks copies add {of} --copy '纸质版 1 份'").status == 0
    first, second = ask("ganhr", f"tasks copies {of} --json").data
    assert [first["number"], second["number"]] == ["ABCD-EFGH", "纸质版 1 份"]
    missing = ask("xinan", f"tasks copies sign-off {first['copy']} {of}", language="en")
    assert (missing.status, "--outcome is missing: returned (handed back)" in missing.err) == (2, True)
    lost = ask("xinan", f"tasks copies sign-off {first['copy']} {of} --outcome lost")
    assert (lost.status, "遗失" in lost.err) == (1, True)
    assert ask("shibu", f"tasks copies sign-off {first['copy']} {of} --outcome returned").status == 1
    for line in (
        f"{first['copy']} {of} --outcome lost --word 出差途中遗失",
        f"{second['copy']} {of} --outcome destroyed",
    ):
        assert ask("xinan", f"tasks copies sign-off {line}").status == 0
    assert "出差途中遗失" in ask("ganhr", f"tasks copies {of}").text
    decided(ask, "ganhr", request)
    assert Entry.get_by_id(entry).state == "left"


@pytest.mark.usefixtures("store", "clock")
def test_a_field_that_a_kind_of_entry_has_not_is_told_and_not_dropped() -> None:
    world = own_book(KINDS)
    world.grant("wangfang", "hr", OWN)
    ask = partial(answered, world)
    given = f"ask join --book {OWN} name=新来 unit={CLINIC} mobile=13800008990"
    refused = ask("chenjing", f"{given} kind=实习", language="en")
    assert (refused.status, refused.err) == (1, "Mobile: This directory has no such field for you.\n")
    assert ask("chenjing", f"{given} kind=医生").status == 0
