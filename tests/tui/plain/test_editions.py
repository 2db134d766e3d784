"""Editions, copies and traces without the screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.desk.editions.edition_views import EditionView
from db.desk.editions.editions import Editions
from db.store.tables import AuditRecord
from reports.editions.container import file_of
from tests.conftest import Clock
from tests.editions_world import BOOK, a_week_later, gets_account, with_its_office, without_account
from tests.tui.plain.conftest import Ask
from tests.world import World

BOOKS_OF = {"week": (BOOK,)}


@pytest.fixture
def week(world: World, clock: Clock) -> World:
    """Last week's issues are out."""
    a_week_later(with_its_office(world), clock)
    return world


@pytest.mark.clause("I.4.2.1", "I.4.1.2")
def test_the_assistant_previews_and_issues(week: World, ask: Ask) -> None:
    shown = ask("zhuli", "editions preview internal --all")
    assert shown.status == 0
    for words in ("新人", "解平", "大部", "首席执行官"):
        assert words in shown.text
    data = ask("zhuli", "editions preview internal --json").data
    assert data["columns"][:3] == ["division", "unit", "name"]
    assert [one[0] for one in data["changed"]] == ["joined", "left", "moved", "changed"]
    issued = ask("zhuli", "editions issue internal --json").data
    assert (issued["number"], issued["in_time"]) == (2, True)
    listed = ask("zhuli", "editions --json").data
    assert [row["issued"] for row in listed] == [True, False]
    assert [row["edition"] for row in listed] == ["controlled/internal", "controlled/external"]
    assert listed[0]["last"] == issued
    assert "没有变动" in ask("zhuli", "editions preview internal").text
    named = issued["issue"]
    assert "已发放第 2 期 C00" in ask("zhuli", "editions issue controlled/external").text
    assert "✓ 已发放" in ask("zhuli", "editions --only acknowledged=0/5").text
    (newest, _first) = ask("zhuli", "editions issues --edition controlled/internal --json").data
    assert (newest["issue"], newest["acknowledged"]) == (named, "0/5")
    of = f"--issue {named}"
    assert "0/5" in ask("zhuli", f"editions copies --issue {named.lower()}").text
    copies = ask("zhuli", f"editions copies --issue {int(named[1:])} --json").data
    assert [row["recipient"] for row in copies] == ["唐总", "白芷", "冯总", "朱丽", "陶军"]
    assert "5" in ask("zhuli", f"editions copies remind {of}").text
    again = ask("zhuli", f"editions copies remind {of}")
    assert (again.status, "今天都已提醒过" in again.err) == (1, True)
    assert "与发放时完全一致" in ask("zhuli", f"editions copies record {of}").text
    assert "0" in ask("zhuli", f"editions copies send-again {of}").text
    rows = [line for line in ask("zhuli", f"editions copies {of}").text.splitlines() if "未签收" in line]
    assert rows
    assert all(row.count("未签收") == 1 for row in rows)
    missing = ask("zhuli", f"editions copies recall {named}-001 {of}")
    assert (missing.status, "--reason" in missing.err) == (2, True)
    assert "1" in ask("zhuli", f"editions copies recall {named}-001 {of} --reason 写错").text
    assert (
        "4" in ask("zhuli", f"editions copies recall {named}-002 {of} --which all --reason 列错了一栏").text
    )
    assert "列错了一栏" in ask("zhuli", f"editions copies {of}").text
    assert ask("zhuli", "editions copies --issue x").status == 2


@pytest.mark.clause("I.4.3.1")
def test_who_has_no_account_or_left_is_listed_closed_and_given_a_copy(week: World, ask: Ask) -> None:
    without_account(week, "jiyan", "纪言")
    without_account(week, "shuhui", "舒慧")
    issue = ask("zhuli", "editions issue internal --json").data
    of, named = f"--issue {issue['issue']}", issue["issue"]
    assert (issue["acknowledged"], issue["out_of_reach"], issue["complete"]) == ("0/7", 2, False)
    assert "! 无法签收 2 份" in ask("zhuli", "editions issues --edition controlled/internal").text
    listed = ask("fengdir", f"editions copies {of}").text
    assert sum("! 没有账号" in line for line in listed.splitlines()) == 2
    states = {row["recipient"]: row["state"] for row in ask("zhuli", f"editions copies {of} --json").data}
    assert (states["纪言"], states["舒慧"], states["陶军"]) == ("no-account", "no-account", "waiting")
    early = ask("zhuli", f"editions copies hand-out {named}-006 {of}")
    assert (early.status, "I.4.3.1" in early.err) == (1, True)
    gets_account(week, "jiyan", "纪言")
    assert "! 待补发" in ask("zhuli", f"editions copies {of}").text
    assert "已补发" in ask("zhuli", f"editions copies hand-out {named}-006 {of}").text
    assert "1" in ask("zhuli", f"editions copies close {named}-007 {of} --reason 由白芷转告").text
    closed = ask("zhuli", f"editions copies close {named}-006 {of} --reason 不等了")
    assert (closed.status, "I.4.3.1" in closed.err) == (1, True)
    (last,) = [row for row in ask("zhuli", f"editions copies {of} --json").data if row["recipient"] == "舒慧"]
    assert (last["state"], last["reason"]) == ("closed", "由白芷转告")
    assert ask("jiyan", f"editions mine open {named}-006").status == 0


def test_where_two_books_have_an_edition_of_one_name_it_is_said_which(
    week: World, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = Editions.list

    def twice(editions: Editions) -> tuple[EditionView, ...]:
        rows = listed(editions)
        return (*rows, *(replace(row, book="other") for row in rows))

    monkeypatch.setattr(Editions, "list", twice)
    for line, status in (("editions issue internal", 1), ("editions preview internal", 2)):
        unclear = ask("zhuli", line)
        assert (unclear.status, f"{BOOK}/internal、other/internal" in unclear.err) == (status, True)
    assert ask("zhuli", f"editions issue {BOOK}/internal").status == 0


@pytest.mark.clause("I.4.3.1")
def test_the_recipient_takes_the_file_and_its_password(week: World, ask: Ask) -> None:
    (mine,) = ask("taojs", "editions mine --json").data
    assert (mine["copy"], mine["acknowledged"]) == ("C0001-004", "")
    file = ask("taojs", "editions get C0001-004")
    assert file.out.startswith(b"%PDF-")
    assert ask("taojs", "editions mine --json").data[0]["acknowledged"] == ""
    opened = ask("taojs", "editions mine open C0001-004 --json")
    assert len(opened.data["facts"][0][1]) == 24
    assert opened.data["facts"][0][1] in ask("taojs", "editions mine open C0001-004").text
    assert ask("taojs", "editions mine --json").data[0]["acknowledged"]
    for line in ("editions mine open C0001-004", "editions get C0001-004", "editions get C0099-001"):
        refused = ask("xiepi", line)
        assert (refused.status, refused.out) == (1, b"")
    assert "C0001-004" in ask("taojs", "editions mine").text


@pytest.mark.clause("I.4.3.1", "I.3.2")
def test_who_is_no_recipient_is_refused_with_what_to_do_instead(week: World, ask: Ask) -> None:
    for login, line in (
        ("taojs", "editions issue internal"),
        ("baizl", "editions copies --issue C0001"),
        ("zhangwei", "editions preview internal"),
        ("zhuli", "editions issue nosuch"),
    ):
        refused = ask(login, line)
        assert refused.status == 1, line
        assert refused.err.strip()
    assert "I.3.2" in ask("taojs", f"editions issue {BOOK}/internal").err
    assert "I.4.3.1" in ask("taojs", "editions copies --issue C0001").err
    assert "I.3.2" in ask("fengdir", "editions copies remind --issue C0001").err
    assert ask("zhangwei", "editions").status == 0


@pytest.mark.clause("I.4.4.1", "A.19")
def test_a_found_copy_is_traced_from_standard_input(week: World, ask: Ask) -> None:
    from db.desk.editions.copy_to_make import to_make

    content = file_of(to_make(4))
    answer = ask("wenmi", "trace --json", stdin=content)
    assert answer.status == 0
    assert answer.data["found"][0]["recipient"] == "陶军"
    assert answer.data["found"][0]["known_by"] == ["code"]
    assert "陶军" in ask("wenmi", "trace C0001-004").text
    assert ask("wenmi", "trace", stdin=b"nothing").status == 1
    assert ask("wenmi", "trace 12").status == 1
    refused = ask("taojs", "trace C0001-004")
    assert refused.status == 1
    assert refused.out == b""
    acts = [row.act for row in AuditRecord.select().where(AuditRecord.act.startswith("traces."))]
    assert len(acts) >= 4


@pytest.mark.clause("I.4.4.1", "A.12", "A.19")
def test_a_found_report_is_traced_by_its_file_and_by_the_mark_on_it(week: World, ask: Ask) -> None:
    """A file that was changed is known by its mark alone, which anyone could have written there."""
    for form in ("text", "csv", "xlsx"):
        taken = ask("zhuli", f"report coverage --book {BOOK} --format {form}")
        assert taken.status == 0
        (found,) = ask("wenmi", "trace --json", stdin=taken.out).data["found"]
        assert (found["login"], found["report"], found["edition"]) == ("zhuli", "coverage", None)
        assert found["known_by"] == ["file", "number"]
    changed = ask("zhuli", f"report coverage --book {BOOK}").out.replace("华星集团".encode(), "华星".encode())
    answer = ask("wenmi", "trace", stdin=changed, language="en")
    assert answer.status == 0
    for words in ("The number says: 朱丽", "Report: Coverage", "number on the copy"):
        assert words in answer.text
