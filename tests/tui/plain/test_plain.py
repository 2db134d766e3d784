"""Plain commands: what they show, how they refuse, and that help and documents know all of them."""

from __future__ import annotations

import hashlib
import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from db.language import say
from db.store import audit, clock
from db.store.tables import Account, AuditRecord
from db.store.transactions import writing
from tests.audited import detail_of, purpose_of
from tests.db.desk.asking import change
from tests.tui.plain.conftest import Ask
from tests.world import World
from tui.plain.command import Command, find_among
from tui.plain.document import BEGIN, INDEX, MANUALS, NOTES, SECTION, usage, with_generated, with_letters
from tui.plain.registry import COMMANDS, NAMES
from tui.plain.words import Misread, Option, read_words

DOCUMENT = Path(__file__).parents[3] / "docs" / "commands.md"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def test_every_command_is_documented_once_under_what_it_is_for() -> None:
    page = DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(NOTES)[0]
    documented = []
    for head, below in re.findall(r"^- `(.+?)`.*\n((?: {2}`.+\n)*)", page, re.MULTILINE):
        verbs = re.findall(r"`(.+)`", below)
        name = max(
            (name for name in (command.name for command in COMMANDS) if f"{head} ".startswith(f"{name} ")),
            key=len,
        )
        documented += [head, *(f"{name} {verb}" for verb in verbs)]
    told = f"name the first word of each in the comment below a heading of {DOCUMENT}, then make docs"
    assert Counter(word for _heading, words in SECTION.findall(page) for word in words.split()) == Counter(
        NAMES
    ), told
    assert Counter(documented) == Counter(map(usage, COMMANDS)), "make docs"


def test_no_command_has_an_option_twice() -> None:
    options = {one.name: [option.name for option in one.options] for one in COMMANDS}
    assert not [name for name, given in options.items() if len(set(given)) < len(given)]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_example_of_a_command_is_written_as_it_must_be(command: Command) -> None:
    argv = shlex.split(re.split(r" [<>|] ?", command.example)[0])
    found, rest = find_among(COMMANDS, argv)
    assert found is command
    command.read(rest)


def test_what_is_drawn_in_the_document_is_up_to_date() -> None:
    page = DOCUMENT.read_text("utf-8")
    assert page == with_generated(page), "make docs"
    assert "| LIST: `--search WORDS` |" in page.partition(INDEX)[0], "what is written by hand before it"
    assert "**`find`**" in page.partition(NOTES)[2], "and behind it"
    for name, language in MANUALS.items():
        manual = DOCUMENT.with_name(name).read_text("utf-8")
        assert manual == with_letters(manual, language), "make docs"


def test_usage_mistakes_are_said_with_what_to_write_instead(ask: Ask) -> None:
    for line in (
        "nonsense",
        "find",
        "find 张伟 --colour red",
        "find 张伟 --limit many",
        "find 张伟 --limit",
        "find 张伟 --json=yes",
        "card one",
        "card 1 2",
        "find 张伟 --json --json",
        "find 张伟 --book nosuch",
        "find 张伟 --unit 销售中心",
        "queue --due soon",
        "change mobile --book staff",
        "change colour=red --book staff",
        "approve 1 abc",
        "audit --from soon",
        "audit --outcome allowed",
        "report --format pdf directory",
        "report salaries",
        "report changes --book staff --period soon",
        "report changes --book staff --period 2026-12-01..2026-11-01",
    ):
        answer = ask("helei" if line.startswith("audit") else "liuyang", line)
        assert answer.status in ((2,) if "销售" not in line else (0, 2)), (line, answer)
        assert "Traceback" not in answer.err
        if answer.status == 2:
            assert answer.err.strip(), line
        assert answer.out == b"" or answer.status == 0


def test_whoami(ask: Ask) -> None:
    answer = ask("liuyang", "whoami")
    assert "刘洋（liuyang）" in answer.text
    assert "人力资源" in answer.text
    data = ask("liuyang", "whoami --json").data
    assert {book["id"] for book in data["books"]} == {"staff", "group"}


@pytest.mark.clause("A.5", "C.10.1")
@pytest.mark.threat(23)
def test_find_shows_who_is_in_reach_and_nothing_of_others(ask: Ask) -> None:
    found = ask("zhangwei", "find 张文 --book staff --json").data
    assert [line["name"] for line in found] == ["张文"]
    hidden, missing = ask("zhangwei", "find 单宏"), ask("zhangwei", "find 不存在")
    assert (hidden.status, hidden.out) == (missing.status, missing.out) == (0, b"")
    assert hidden.err.replace("单宏", "") == missing.err.replace("不存在", "")
    assert "directory.settled" in {row.act for row in AuditRecord.select()}


@pytest.mark.clause("C.10.1")
@pytest.mark.threat(23)
def test_why_cites_the_clause_and_says_the_same_of_the_hidden_and_of_nobody(ask: Ask, world: World) -> None:
    own = ask("tangyu", f"why {world.entry('tangyu', 'subsidiary')}")
    assert "您可以看到本人的条目" in own.text
    assert "C.10.1" in own.text
    field = ask("tangyu", f"why {world.entry('linxiao', 'subsidiary')} 手机")
    assert "C.11" in field.text
    hidden = ask("tangyu", f"why {world.entry('fangmin', 'subsidiary')} 手机")
    assert hidden == ask("tangyu", "why 999999 手机")
    assert "C.10.1" in hidden.text
    far = ask("tangyu", "why --book subsidiary --json").data
    assert [one["seen"] for one in far] == [False]


def test_find_in_a_unit_by_name(ask: Ask) -> None:
    names = [line["name"] for line in ask("liuyang", "find zhang --unit 研发一部 --book staff --json").data]
    assert names
    assert set(names) <= {"张伟", "张文"}


def test_columns_are_aligned_for_chinese(ask: Ask) -> None:
    from wcwidth import wcswidth

    lines = ask("liuyang", "find z --book staff").text.splitlines()
    place = wcswidth(lines[0][: lines[0].index("职务")])
    for line in lines[1:]:
        shown = 0
        for character in line:
            if shown == place:
                assert character != " "
                break
            shown += max(wcswidth(character), 0)


@pytest.mark.clause("A.11", "A.13")
def test_reveal_takes_a_purpose_of_work_and_is_recorded(ask: Ask, world: World) -> None:
    entry = world.entry("zhangwen")
    assert "138" not in ask("zhangwei", f"card {entry}").text
    without = ask("zhangwei", f"reveal {entry} mobile")
    assert without.status == 2
    assert "meeting" in without.err
    personal = ask("zhangwei", f"reveal {entry} mobile --purpose personal")
    assert personal.status == 1
    assert "A.11" in personal.err
    assert "`why`" in ask("zhangwei", f"reveal {entry} salary --purpose meeting").err
    shown = ask("zhangwei", f"reveal {entry} 手机 --purpose meeting")
    assert shown.text == "139 0000 1507\n"
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.entry, purpose_of(last)) == ("directory.reveal", entry, "meeting")


def test_a_vcard_holds_what_is_in_clear_and_is_recorded_before_it_leaves(ask: Ask, world: World) -> None:
    entry = world.entry("zhangwen")
    assert "meeting" in ask("zhangwei", f"card vcard {entry}").err
    made = ask("zhangwei", f"card vcard {entry} --purpose meeting")
    lines = made.text.split("\r\n")
    assert (lines[0], lines[1], lines[-2:]) == ("BEGIN:VCARD", "VERSION:3.0", ["END:VCARD", ""])
    assert "FN:张文" in made.text
    assert "1507" not in made.text  # the mobile is masked for a colleague
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.entry, purpose_of(last)) == ("directory.copy", entry, "meeting")


def test_the_own_card_without_a_number(ask: Ask) -> None:
    assert "138 0000 2121" in ask("zhangwei", "card").text


@pytest.mark.clause("A.15")
def test_evidence_goes_in_and_comes_out_byte_for_byte(ask: Ask) -> None:
    added = ask("zhangwei", "evidence add 受理单.pdf --json", stdin=PDF).data
    assert added["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert "受理单.pdf" in ask("zhangwei", "evidence list").text
    assert ask("zhangwei", f"evidence get {added['id']}").out == PDF
    other = ask("zhangwen", f"evidence get {added['id']}")
    assert (other.status, other.out) == (1, b"")
    assert ask("zhangwei", f"evidence remove {added['id']}").status == 0
    assert ask("zhangwei", "evidence list --json").data == []


def test_half_a_command_names_its_other_halves(ask: Ask) -> None:
    answer = ask("zhangwei", "evidence")
    assert (answer.status, answer.out) == (2, b"")
    for said in ("evidence add NAME", "evidence list", "evidence get ID", "evidence remove ID"):
        assert said in answer.err


def test_evidence_of_another_type_is_refused_in_words(ask: Ask) -> None:
    answer = ask("zhangwei", "evidence add tool.exe", stdin=b"MZ\x90\x00\x03")
    assert answer.status == 1
    assert "PDF" in answer.err


@pytest.mark.clause("A.15", "A.9")
def test_a_change_goes_all_the_way_without_the_screen(ask: Ask) -> None:
    """Submit with evidence, return, amend, approve by head and maintainer, see it applied."""
    file = ask("zhangwei", "evidence add receipt.pdf --json", stdin=PDF).data["id"]
    bare = ask("zhangwei", "change mobile=13900002121 --book staff --reason 换号")
    assert bare.status == 1
    assert "A.15" in bare.err
    two = ask(
        "zhangwei", f"change mobile=139 email=zw@huaxing.example --book staff --reason 换号 --evidence {file}"
    )
    assert (two.status, two.err.startswith("手机：")) == (1, True), "which of them is wrong"
    made = ask("zhangwei", f"change 手机=13900002121 --book staff --reason 换号 --evidence {file}")
    assert made.status == 0, made.err
    (mine,) = ask("zhangwei", "requests --json").data
    number = mine["request"]
    assert "王芳" in ask("zhangwei", f"requests {number}").text

    waiting = ask("wangfang", "queue --json").data
    assert [row["request"] for row in waiting] == [number]
    code = ask("wangfang", f"queue {number} --json").data["code"]
    assert ask("wangfang", f"return {number} {code} --comment 请附受理单原件").status == 0
    assert "请附受理单原件" in ask("zhangwei", f"requests {number}").text
    assert ask("zhangwei", f"amend {number} mobile=13900002122").status == 0

    code = ask("wangfang", f"queue {number} --json").data["code"]
    assert ask("wangfang", f"approve {number} {code} --comment 已核实").status == 0
    code = ask("liuyang", f"queue {number} --json").data["code"]
    assert ask("liuyang", f"approve {number} {code}").status == 0
    assert "139 0000 2122" in ask("zhangwei", "card").text
    (done,) = ask("zhangwei", "requests --json").data
    assert done["state"] == "applied"


@pytest.mark.clause("E.13.2")
@pytest.mark.threat(19)
def test_a_decision_names_what_was_seen(ask: Ask) -> None:
    """The request is amended between the head's look and the head's yes."""
    ask("majun", "change qq=100200 --book group --reason 更正")
    (row,) = ask("huangbo", "queue --json").data
    number, code = row["request"], row["code"]
    assert ask("huangbo", f"return {number} {code} --comment 请核对").status == 0
    assert ask("majun", f"amend {number} qq=100300").status == 0
    stale = ask("huangbo", f"approve {number} {code}")
    assert stale.status == 1
    fresh = ask("huangbo", f"queue {number} --json").data["code"]
    assert ask("huangbo", f"approve {number} {fresh}").status == 0


@pytest.mark.clause("A.15", "A.7")
def test_the_queue_is_narrowed_and_nobody_decides_on_their_own(ask: Ask, world: World) -> None:
    other, own = change(world, "zhangwen", mobile="139 0000 2122"), change(world, "wangfang")
    (row,) = ask("wangfang", "queue --search 张文 --json").data
    assert (row["request"], row["step"], row["state"]) == (other, 1, "open")
    assert ask("wangfang", "queue --due overdue").text.splitlines() == ["逾期 0 │ 今天 0 │ 本周 1 │ 全部 1"]
    assert ask("wangfang", "queue --sort -name").text.splitlines()[-1].split()[0] == str(other)
    (mine,) = ask("wangfang", "requests --only 'state=等 李伟（研发中心负责人）' --json").data
    assert (mine["request"], mine["waits_for"]) == (own, ["李伟（研发中心负责人）"])
    refused = ask("wangfang", f"approve {own} {mine['code']}")
    assert (refused.status, "A.15" in refused.err) == (1, True)
    assert ask("wangfang", f"return {other} {row['code']}").status == 2
    before = ask("wangfang", f"return {other} {row['code']} 缺材料")
    assert before.status == 2
    assert "return ID CODE --comment COMMENT" in before.err, "whoever writes it as before is told how"
    returned = ask("wangfang", f"return {other} {row['code']} --comment 缺材料")
    assert "已退回：张文 研发一部" in returned.text


def test_a_card_tells_of_what_kind_an_entry_is_and_whence_and_of_when(ask: Ask) -> None:
    shown = ask("zhangwei", "card").text
    for words in ("类别：全职员工", "来源：入职登记表", "更新：2026-11-23"):
        assert words in shown


def test_withdraw_and_reject(ask: Ask) -> None:
    ask("majun", "change qq=100200 --book group --reason 更正")
    (row,) = ask("majun", "requests --json").data
    assert ask("majun", f"requests withdraw {row['request']}").status == 0
    ask("majun", "change qq=100200 --book group --reason 更正")
    (row,) = ask("huangbo", "queue --json").data
    bare = ask("huangbo", f"reject {row['request']} {row['code']}")
    assert (bare.status, "--comment" in bare.err) == (2, True)
    assert ask("huangbo", f"reject {row['request']} {row['code']} --comment 不符").status == 0


def test_reports_are_listed_and_written(ask: Ask) -> None:
    listed = ask("wangfang", "report")
    assert "directory" in listed.text
    assert "compliance" in listed.text
    answer = ask("wangfang", "report directory --format csv")
    assert answer.status == 0
    assert "张伟" in answer.text
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert json.loads(detail_of(last))["sha256"] == hashlib.sha256(answer.out).hexdigest()
    assert ask("wangfang", "report directory --format xlsx").out.startswith(b"PK")
    assert ask("wangfang", "report compliance --period 2026-Q4 --json").data["report"] == "compliance"


@pytest.mark.clause("A.12", "C.9.1")
@pytest.mark.threat(18)
def test_a_report_without_the_right_is_refused_with_its_clause(ask: Ask) -> None:
    answer = ask("tangyu", "report directory")
    assert (answer.status, answer.out) == (1, b"")
    assert "C.9.1" in answer.err
    assert ask("tangyu", "report").text == ""


def test_a_report_of_several_books_asks_which(ask: Ask) -> None:
    answer = ask("liuyang", "report directory")
    assert answer.status == 2
    assert "staff|group" in answer.err
    assert ask("liuyang", "report directory --book group --scope 会计部 --json").data["rows"]


@pytest.mark.clause("C.6")
def test_the_audit_for_information_security_only(ask: Ask, world: World) -> None:
    ask("tangyu", "report directory")
    with writing():  # whoever is called just so is meant, not who begins so
        namesake = Account.create(login="tangyuwei", state="active", created_at=clock.now())
        audit.append(act="signin", outcome="failed", account=namesake.id)
    answer = ask("panlong", "audit --outcome refused --person tangyu")
    assert "唐雨" in answer.text or "tangyu" in answer.text
    assert "C.9.1" in answer.text
    seq = ask("panlong", "audit --outcome refused --json").data[0]["seq"]
    assert "192.0.2.7" in ask("panlong", f"audit {seq}").text
    refused = ask("tangyu", "audit")
    assert (refused.status, refused.out) == (1, b"")
    assert "C.6" in refused.err


@pytest.mark.threat(12)
def test_nothing_hostile_reaches_the_terminal(ask: Ask, world: World) -> None:
    from db.store.tables import Entry

    hostile = "张\x1b]52;c;aGk=\x07\x9b\u202e文"
    Entry.update(name=hostile, position=hostile).where(Entry.id == world.entry("zhangwen")).execute()
    entry = world.entry("zhangwen")
    for line in (f"card {entry}", f"card {entry} --json", "find 8015 --json", "find 8015"):
        answer = ask("liuyang", line)
        assert answer.status == 0
        assert not set(answer.text) & set("\x1b\x07\x9b\u202e")


def test_a_session_that_was_ended_does_nothing(ask: Ask, world: World) -> None:
    from db.store.tables import Account

    Account.update(state="disabled").where(Account.login == "zhangwei").execute()
    answer = ask("zhangwei", "whoami")
    assert (answer.status, answer.out) == (1, b"")


def test_before_the_undertaking_nothing_is_looked_up(world: World) -> None:
    import io

    from tui.plain.work import work

    out, err = io.BytesIO(), io.BytesIO()
    desk = world.desk("zhangwei", accepted=False)
    assert work(["find", "张文"], desk, io.BytesIO(), out, err) == 1
    assert out.getvalue() == b""
    assert "A.17" in err.getvalue().decode()


OPTIONS = (Option("book", "BOOK", COMMANDS[0].help), Option("json", "", COMMANDS[0].help))


def test_words_are_told_apart() -> None:
    words = read_words(["a", "--book", "x", "--json", "--", "--b"], OPTIONS)
    assert words.operands == ("a", "--b")
    assert (words.option_value("book"), words.has("json")) == ("x", True)
    assert read_words(["--book=x=y"], OPTIONS).option_value("book") == "x=y"
    for wrong in (["--nope"], ["--book"], ["--book="], ["--json=1"], ["--json", "--json"]):
        with pytest.raises(Misread):
            read_words(wrong, OPTIONS)


def test_every_text_of_a_command_is_said_in_both_languages() -> None:
    for command in COMMANDS:
        for text in (command.help, *(option.help for option in command.options)):
            assert say(text, "zh_CN") != say(text, "en")


@pytest.mark.clause("A.9", "A.15")
def test_what_was_returned_waits_for_its_author_in_plain_words(ask: Ask, world: World) -> None:
    """With who returned it and why, first; and whose the time is meanwhile."""
    other = change(world, "zhangwen", mobile="139 0000 2122")
    own = change(world, "wangfang")
    head = world.desk("liwei")
    head.queue.return_(own, head.queue.one(own).digest, "请写明楼层")
    answer = ask("wangfang", "today")
    lines = answer.text.splitlines()
    assert lines[0] == "等您处理：2"
    assert [line.split()[:2] for line in lines if line.startswith(("requests ", "queue "))] == [
        ["requests", str(own)],
        ["queue", str(other)],
    ]
    why = "李伟（研发中心负责人）退回：请写明楼层"
    assert any(f"requests {own} " in line and why in line for line in lines)
    assert why in ask("wangfang", "requests").text
    shown = ask("wangfang", f"requests {own}").text
    assert why in shown
    assert "改后再交时重新起算 依 A.9" in shown
    data = ask("wangfang", "today --json").data
    assert (data["mine"][0]["request"], data["mine"][0]["due"]) == (own, None)
    assert data["mine"][0]["returned"]["word"] == "请写明楼层"
    assert ask("zhangwen", "today").text.startswith("等您处理：0\n等他人处理：1\n")
