"""The audit as information security reads it."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db.desk import Invalid, Refused
from db.desk.audit import act_names
from db.desk.audit.act_names import DETAILS, OTHER_ACTS, act_label
from db.desk.audit.audit import DIMENSIONS, AuditFilter
from db.desk.frame import OPERATIONS
from db.desk.hooks import hooks
from db.language import LANGUAGES, say
from db.store import audit
from db.store.clock import now as clock_now
from db.store.engine import database
from db.store.tables import Account, AuditHead, AuditRecord, Person
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.world import World

ROOT = Path(__file__).parents[3]
NOTES = {"act.note_facts", "self.act.note_facts", "_record"}
"""What is called with particulars by name."""
RECORDS = {"audit.append", "_append"}
"""What is called with particulars as ``detail``."""
COLUMNS = {
    "act", "outcome", "session", "account", "on_behalf_of", "book", "unit", "entry", "request", "clause",
    "purpose", "journal", "parameters",
}  # fmt: skip
"""What a record has a place of its own for; the parameters are particulars themselves."""


def record(world: World, login: str, entry: str, book: str, **more: object) -> int:
    """One recorded look-up."""
    with writing():
        return audit.append(
            act=str(more.pop("act", "directory.card")),
            outcome=str(more.pop("outcome", "done")),
            account=world.accounts[login],
            source=str(more.pop("source", "192.0.2.7")),
            front="ssh",
            book=book,
            entry=world.entry(entry, book),
            **more,  # type: ignore[arg-type]
        )


@pytest.mark.parametrize("offsets", [range(0, 12, 3), range(9, -1, -3), (5, 0, 9, 3, 11)])
def test_a_list_is_the_same_whichever_part_is_asked_for_first(world: World, offsets: Sequence[int]) -> None:
    for number in range(12):
        record(world, "tangyu", *(("xuning", "subsidiary") if number % 3 else ("majun", "group")))
    desk = world.desk("panlong")
    whole = desk.audit.window(AuditFilter(act="directory.card"))
    assert whole.total == len(whole.rows) == 8
    still = AuditFilter(act="directory.card", upto=whole.upto)
    record(world, "tangyu", "xuning", "subsidiary")
    for offset in offsets:
        part = desk.audit.window(still, offset, 3)
        assert (part.rows, part.total) == (whole.rows[offset : offset + 3], 8)


@pytest.mark.clause("C.6", "C.3", "A.5")
def test_security_sees_who_did_what_on_whom_when_from_where_and_by_which_clause(world: World) -> None:
    seq = record(world, "tangyu", "xuning", "subsidiary", outcome="refused", clause="C.10.1", purpose="work")
    row = world.desk("panlong").audit.window(AuditFilter()).rows[0]
    assert (row.seq, row.who, row.login, row.whom) == (seq, "唐雨", "tangyu", "许宁")
    assert (row.outcome, row.clause, row.source, row.at) == (
        "refused",
        "C.10.1",
        "192.0.2.7",
        "2026-11-23 09:00:00",
    )
    assert say(row.purpose, "zh_CN") == "工作联系"


@pytest.mark.clause("C.6", "C.10.1")
@pytest.mark.threat(18)
@pytest.mark.parametrize("login", ["tangyu", "gaoshan", "fangmin", "ouyangxue", "zhangwei"])
def test_nobody_else_reads_the_audit_and_the_attempt_is_recorded(world: World, login: str) -> None:
    desk = world.desk(login)
    for look in (
        lambda: desk.audit.window(AuditFilter()),
        lambda: desk.audit.one(1),
        lambda: desk.audit.facets(AuditFilter(), "act"),
        lambda: desk.audit.person("唐"),
        lambda: desk.audit.chain(),
    ):
        with pytest.raises(Refused):
            look()
        last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
        assert (last.outcome, last.account) == ("refused", world.accounts[login])


@pytest.mark.clause("C.10.3")
@pytest.mark.threat(23)
def test_a_supervisor_sees_the_records_of_their_own_book_only(world: World) -> None:
    record(world, "zhangwei", "zhangwen", "staff")
    mine = record(world, "tangyu", "xuning", "subsidiary")
    desk = world.desk("panlong")
    window = desk.audit.window(AuditFilter())
    assert [row.seq for row in window.rows] == [mine]
    assert window.total == 1
    with pytest.raises(Invalid) as hidden:
        desk.audit.one(mine - 1)
    with pytest.raises(Invalid) as missing:
        desk.audit.one(10_000)
    assert hidden.value.problems == missing.value.problems
    labels = [str(facet.label) for facet in desk.audit.facets(AuditFilter(), "person")]
    assert not any("张伟" in label for label in labels)


def test_a_supervisor_of_a_unit_sees_what_concerns_that_unit(world: World) -> None:
    inside = record(world, "fangmin", "tangyu", "subsidiary")
    record(world, "fangmin", "dengchao", "subsidiary")
    world.grant("gaoshan", "security", "subsidiary", "产品部")
    rows = world.desk("gaoshan").audit.window(AuditFilter()).rows
    assert [row.seq for row in rows] == [inside]


def test_what_is_counted_is_what_is_seen(world: World) -> None:
    """Of a book, of a part of one, and of several; with what lies in no book, their people's or nobody's."""
    with writing():
        for login in ("zhangwei", "tangyu", "fangmin", "gaoshan", None):
            account = None if login is None else world.accounts[login]
            audit.append(act="signin", outcome="done", account=account, source="192.0.2.7", front="ssh")
    record(world, "fangmin", "dengchao", "subsidiary")
    record(world, "zhangwei", "zhangwen", "staff")
    world.grant("gaoshan", "security", "subsidiary", "产品部")
    world.grant("majun", "security", "group")
    world.grant("majun", "security", "subsidiary", "产品部")
    totals = []
    for login in ("panlong", "helei", "gaoshan", "majun"):
        window = world.desk(login).audit.window(AuditFilter(), 0, 200)
        assert window.total == len(window.rows)
        totals.append(window.total)
    assert len(set(totals)) > 1


@pytest.mark.clause("C.6")
def test_every_look_at_the_audit_is_recorded_in_it(world: World) -> None:
    seq = record(world, "tangyu", "xuning", "subsidiary")
    desk = world.desk("panlong")
    desk.audit.window(AuditFilter(outcome="refused"))
    desk.audit.one(seq)
    desk.audit.facets(AuditFilter(), "source")
    acts = [row.act for row in AuditRecord.select().order_by(AuditRecord.seq)][-3:]
    assert acts == ["audit.window", "audit.one", "audit.facets"]


def test_a_filter_narrows_by_each_dimension(world: World, clock: Clock) -> None:
    first = record(world, "tangyu", "xuning", "subsidiary", clause="C.10.1", source="192.0.2.1")
    clock.forward(days=1)
    second = record(
        world, "yeqing", "tangyu", "subsidiary", act="directory.reveal", outcome="refused",
        clause="C.8, C.9.1, default",
    )  # fmt: skip
    desk = world.desk("panlong")
    today = clock.now.date()
    for narrowed, expected in (
        (AuditFilter(person=world.accounts["tangyu"]), first),
        (AuditFilter(object=world.entry("tangyu", "subsidiary")), second),
        (AuditFilter(act="directory.card"), first),
        (AuditFilter(outcome="refused"), second),
        (AuditFilter(clause="C.10.1"), first),
        (AuditFilter(clause="C.8"), second),
        (AuditFilter(clause="C.9.1"), second),
        (AuditFilter(clause="C.8, C.9.1"), second),
        (AuditFilter(source="192.0.2.1"), first),
        (AuditFilter(first=today, upto=second), second),
        (AuditFilter(last=today.replace(day=today.day - 1)), first),
    ):
        window = desk.audit.window(narrowed)
        assert [row.seq for row in window.rows] == [expected], narrowed
        assert window.total == 1


def test_who_is_called_just_so_comes_before_those_who_begin_so(world: World) -> None:
    for login, person in (("tangy", Person.create(name="唐雨薇")), ("tangyuwei", None)):
        made = Account.create(login=login, person=person, state="active", created_at=clock_now())
        world.accounts[login] = made.id
    for login in ("tangyu", "tangyuwei", "tangy"):
        record(world, login, "xuning", "subsidiary")
    find = world.desk("panlong").audit.person
    assert (
        [one.label for one in find(" TangYu") if one.exact] == [find("TangYu")[0].label] == ["唐雨 (tangyu)"]
    )
    assert [one.exact for one in find("唐雨")] == [True, False]
    assert [one.exact for one in find("tan")] == [False, False, False]


def test_a_list_stays_still_while_records_arrive(world: World) -> None:
    for _each in range(5):
        record(world, "tangyu", "xuning", "subsidiary")
    desk = world.desk("panlong")
    first = desk.audit.window(AuditFilter(), 0, 2)
    second = desk.audit.window(AuditFilter(upto=first.upto), 2, 2)
    assert [row.seq for row in (*first.rows, *second.rows)] == [5, 4, 3, 2]


def test_facets_count_what_narrowing_would_leave(world: World) -> None:
    record(world, "tangyu", "xuning", "subsidiary")
    record(world, "tangyu", "xuning", "subsidiary")
    record(world, "yeqing", "tangyu", "subsidiary")
    facets = world.desk("panlong").audit.facets(AuditFilter(), "person")
    assert [(facet.label, facet.count) for facet in facets] == [("唐雨 (tangyu)", 2), ("叶青 (yeqing)", 1)]


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_list_is_as_long_as_its_facet_says_however_it_was_narrowed_before(
    world: World, clock: Clock, dimension: str
) -> None:
    with writing():
        audit.append(act="signin", outcome="failed", account=world.accounts["tangyu"], source="192.0.2.1")
    for number, login in enumerate(("tangyu", "yeqing", "tangyu", "fangmin")):
        outcome, clause = ("refused", "C.10.1, C.6") if number % 2 else ("done", "C.6")
        record(world, login, "xuning", "subsidiary", outcome=outcome, clause=clause, source="192.0.2.1")
        record(world, login, "tangyu", "subsidiary", act="directory.reveal", clause="C.6")
        clock.forward(days=1)
    last_day = clock.now.date() - timedelta(days=1)
    desk, upto = world.desk("panlong"), AuditHead.get_by_id(1).seq
    for narrowed in (
        AuditFilter(),
        AuditFilter(person=world.accounts["tangyu"]),
        AuditFilter(object=world.entry("tangyu", "subsidiary")),
        AuditFilter(act="directory.reveal"),
        AuditFilter(outcome="refused"),
        AuditFilter(clause="C.6"),
        AuditFilter(source="192.0.2.1"),
        AuditFilter(clause="C.10.1", source="192.0.2.1"),
        AuditFilter(book="subsidiary", source="192.0.2.1"),
        AuditFilter(first=last_day - timedelta(days=2), last=last_day - timedelta(days=1)),
        AuditFilter(first=last_day, source="192.0.2.1"),
        AuditFilter(last=last_day - timedelta(days=40)),
    ):
        if getattr(narrowed, dimension) is not None:
            continue
        until_then = replace(narrowed, last=narrowed.last or last_day)
        for facet in desk.audit.facets(until_then, dimension):
            further: Any = {dimension: facet.value}
            window = desk.audit.window(replace(until_then, upto=upto, **further))
            assert window.total == len(window.rows) == facet.count, (narrowed, facet)


def test_facets_are_of_single_clauses_and_of_books_by_their_titles(world: World) -> None:
    record(world, "tangyu", "xuning", "subsidiary", clause="C.6")
    record(world, "tangyu", "xuning", "subsidiary", clause="C.10.1, C.6")
    audit_of = world.desk("panlong").audit
    clauses = [(facet.value, facet.count) for facet in audit_of.facets(AuditFilter(), "clause")]
    assert clauses == [("C.6", 2), ("C.10.1", 1)]
    for value, count in clauses:
        assert audit_of.window(AuditFilter(clause=str(value), upto=2)).total == count
    (book,) = audit_of.facets(AuditFilter(upto=2), "book")
    assert (book.value, say(book.label, "zh_CN")) == ("subsidiary", "华星软件通讯录")


@pytest.mark.clause("C.6")
def test_a_record_in_full_says_in_which_book_and_why_it_was_refused(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.desk("tangyu").overview.directory("subsidiary")
    row = world.desk("panlong").audit.window(AuditFilter(outcome="refused")).rows[0]
    found = world.desk("panlong").audit.one(row.seq)
    for language in LANGUAGES:
        details = {say(label, language): say(value, language) for label, value in found.details}
        why = "拒绝原因" if language == "zh_CN" else "refusal"
        assert details[why] == say(refused.value.message, language)
    assert say(found.row.book_label, "zh_CN") == "华星软件通讯录"


JOURNAL = {
    "before": {"mobile": "+8613800002121", "position": "设计师"},
    "after": {"mobile": "+8613900002121", "position": "主任设计师"},
}


@pytest.mark.clause("C.10.3")
@pytest.mark.threat(18)
def test_before_and_after_are_masked_where_protected_fields_are_not_shown_to_the_reader(world: World) -> None:
    seq = record(world, "fangmin", "tangyu", "subsidiary", act="changes.applied", journal=JOURNAL)
    changes = world.desk("panlong").audit.one(seq).changes
    assert {(change.before, change.after, change.masked) for change in changes} == {
        ("138••••21", "139••••21", True),
        ("设计师", "主任设计师", False),
    }


def test_before_and_after_are_shown_to_a_reader_whose_scope_shows_protected_fields(world: World) -> None:
    world.grant("fangmin", "security", "subsidiary")
    seq = record(world, "yeqing", "tangyu", "subsidiary", act="changes.applied", journal=JOURNAL)
    changes = world.desk("fangmin").audit.one(seq).changes
    assert {change.after for change in changes} == {"+8613900002121", "主任设计师"}


def test_a_particular_that_is_so_or_not_is_said_in_words(world: World) -> None:
    request = change(world, "zhangwei")
    for login in ("wangfang", "liuyang"):
        approve(world, login, request)
    record = AuditRecord.select().where(AuditRecord.act == "queue.approve")
    seq = record.order_by(AuditRecord.seq.desc()).get().seq
    values = [value for _label, value in world.desk("helei").audit.one(seq).details]
    assert "是" in [say(value, "zh_CN") for value in values]
    assert "True" not in [say(value, "en") for value in values]


def test_a_particular_that_is_a_time_is_said_in_the_time_of_the_organisation(world: World) -> None:
    with writing():
        seq = audit.append(
            act="auth.sign_in",
            outcome="failed",
            account=world.accounts["zhangwei"],
            source="192.0.2.66",
            detail={"why": "many", "count": 1481, "hour": "2026-11-23T01:00:00.000000Z"},
        )
    details = world.desk("helei").audit.one(seq).details
    told = {say(label, "zh_CN"): say(value, "zh_CN") for label, value in details}
    assert told["所在一小时起于"] == "2026-11-23 09:00:00"
    assert told["次数"] == "1481"


@pytest.mark.threat(24)
def test_the_chain_is_checked_stretch_by_stretch_and_tampering_shows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("db.desk.audit.audit.STRETCH", 4)
    for _each in range(10):
        record(world, "tangyu", "xuning", "subsidiary")
    desk = world.desk("panlong")
    assert (desk.audit.chain().checked, desk.audit.chain().checked) == (4, 8)
    assert desk.audit.chain().complete
    for _each in range(4):
        record(world, "tangyu", "xuning", "subsidiary")
    database.execute_sql("UPDATE audit_record SET act = 'other' WHERE seq = 12")
    state = desk.audit.chain()
    assert (state.sound, state.bad, state.reason) == (False, 12, "altered")
    assert desk.audit.chain() == state


def _calls() -> list[ast.Call]:
    files = [file for room in ("db", "auth", "reports") for file in (ROOT / room).rglob("*.py")]
    nodes = [node for file in files for node in ast.walk(ast.parse(file.read_text("utf-8")))]
    return [node for node in nodes if isinstance(node, ast.Call)]


def test_every_act_has_a_label_in_both_languages() -> None:
    """Those beside the operations, too, by whichever alarm or record they are written."""
    acts = {*OPERATIONS, *OTHER_ACTS}
    for call in _calls():
        named = [word.value for word in call.keywords if word.arg == "act"]
        named += call.args[:1] if ast.unparse(call.func) == "Alarm" else []
        acts |= {str(one.value) for one in named if isinstance(one, ast.Constant) and "." in str(one.value)}
    assert {"guidance.put_to", "outside.tell"} <= acts
    told = f"label it in OTHER_ACTS of {act_names.__file__}, or in the labels of its subject's hooks.py"
    for act in acts:
        for language in LANGUAGES:
            assert say(act_label(act), language) not in ("", act), told


def test_every_particular_that_an_act_notes_has_a_label() -> None:
    """One without would be read by its name in the code, in whichever language."""
    noted: set[object] = set()
    for call in _calls():
        if ast.unparse(call.func) in NOTES | RECORDS:
            for word in call.keywords:
                if word.arg == "detail" and isinstance(word.value, ast.Dict):
                    noted |= {key.value for key in word.value.keys if isinstance(key, ast.Constant)}
                elif word.arg is not None and ast.unparse(call.func) in NOTES:
                    noted.add(word.arg)
    assert {"rows", "ahead", "answer"} <= noted
    told = f"label it in DETAILS of {act_names.__file__}, or in the labels of its subject's hooks.py"
    assert noted - COLUMNS - {*DETAILS, *hooks().labels} == set(), told
