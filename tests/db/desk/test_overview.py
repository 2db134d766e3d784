"""Reports at the desk: who may draw which, of what, and that each copy is recorded."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest

from db.desk import Desk, Invalid, Refused
from db.desk.authority.offices import set_head
from db.desk.authority.permissions import policy_of
from db.desk.cases.report import CaseReports
from db.desk.editions.report import EditionReports
from db.desk.extracts import entries
from db.desk.extracts.report_rights import REPORTS
from db.desk.outside.report import DriftReport
from db.desk.overview.unreached import alert_unreached
from db.desk.refusal import SILENT
from db.desk.reviews.report import ReviewReports
from db.desk.training.report import TrainingReport
from db.language import say
from db.store import audit, clock
from db.store.clock import stamp
from db.store.tables import Account, AuditRecord, Entry, EntryField, Grant, Person, Task
from db.store.transactions import writing
from tests.audited import detail_of
from tests.conftest import Clock
from tests.db.desk.asking import PDF, approve, change
from tests.db.desk.test_waiting import send_back
from tests.wider_world import build_wider_world
from tests.world import World

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)

DRAW: dict[str, Callable[[Desk, str, int | None], object]] = {
    "directory": lambda desk, book, unit: desk.overview.directory(book, unit),
    "changes": lambda desk, book, unit: desk.overview.changes(book, unit, FIRST, LAST),
    "compliance": lambda desk, book, unit: desk.overview.compliance(book, unit, FIRST, LAST),
    "access": lambda desk, book, unit: desk.overview.access(book, unit, FIRST, LAST),
    "coverage": lambda desk, book, unit: desk.overview.coverage(book, unit),
    "unreached": lambda desk, book, unit: desk.overview.unreached(book, unit),
    "incomplete": lambda desk, book, unit: desk.overview.incomplete(book, unit),
    "names": lambda desk, book, unit: desk.overview.names(book, unit),
    "reviews": lambda desk, book, unit: ReviewReports(desk).reviews(book, unit, FIRST, LAST),
    "findings": lambda desk, book, unit: ReviewReports(desk).findings(book, unit, FIRST, LAST),
    "training": lambda desk, book, unit: TrainingReport(desk).training(book, unit),
    "movements": lambda desk, book, unit: desk.overview.movements(book, unit, FIRST, LAST),
    "receipts": lambda desk, book, unit: EditionReports(desk).receipts(book, unit, FIRST, LAST),
    "disclosures": lambda desk, book, unit: desk.overview.disclosures(book, unit, FIRST, LAST),
    "sync": lambda desk, book, unit: DriftReport(desk).sync(book, unit),
    "cases": lambda desk, book, unit: CaseReports(desk).cases(book, unit, FIRST, LAST),
    "ranking": lambda desk, book, unit: CaseReports(desk).ranking(book, unit, FIRST, LAST),
    "stale": lambda desk, book, unit: ReviewReports(desk).stale(book, unit),
    "processing": lambda desk, book, unit: desk.overview.processing(book, unit),
}
WITHOUT_RULES = {
    "staff": {"reviews", "findings", "training", "stale", "sync", "receipts", "ranking"},
    "subsidiary": {"training", "stale", "sync", "receipts", "ranking"},
}
"""Reports that a book's regulations have no rules for."""


def names(desk: Desk, book: str, unit: int | None = None) -> set[str]:
    """The names in the directory report."""
    return {str(row.values[0]) for row in desk.overview.directory(book, unit).rows}


ALLOWED = {
    ("staff", "zhangwei"): set(),
    ("staff", "wangfang"): {"directory", "changes", "compliance", "incomplete", "movements"},
    ("staff", "liuyang"): {
        "directory", "changes", "compliance", "coverage", "unreached", "incomplete", "movements",
        "disclosures", "cases", "processing", "names",
    },
    ("staff", "helei"): set(REPORTS) - WITHOUT_RULES["staff"],
    ("staff", "guotao"): {
        "directory", "changes", "compliance", "incomplete", "access", "movements", "processing",
    },
    ("subsidiary", "tangyu"): set(),
    ("subsidiary", "yeqing"): {
        "directory", "changes", "compliance", "coverage", "unreached", "incomplete", "reviews", "findings",
        "movements", "disclosures", "cases", "processing", "names",
    },
    ("subsidiary", "panlong"): set(REPORTS) - WITHOUT_RULES["subsidiary"],
}  # fmt: skip
"""Who may draw which report of a whole book or of the unit they head (guotao and panlong head a unit)."""


def test_every_report_is_tried() -> None:
    assert sorted(REPORTS) == sorted(DRAW), f"say in DRAW of {__file__} how it is drawn, in ALLOWED by whom"


@pytest.mark.clause("A.12", "C.9.1", "A.6")
@pytest.mark.threat(18)
@pytest.mark.parametrize(("book", "login"), ALLOWED)
def test_a_report_is_drawn_by_right_only(world: World, book: str, login: str) -> None:
    desk = world.desk(login)
    drawn = set()
    for report, draw in DRAW.items():
        try:
            draw(desk, book, None)
            drawn.add(report)
        except Refused:
            pass
    assert drawn == ALLOWED[book, login]
    assert {right.name for right in desk.overview.reports() if book in {b.id for b in right.books}} == drawn


@pytest.mark.clause("A.12")
def test_a_colleague_who_sees_everyone_of_the_unit_may_still_not_take_a_copy(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.desk("zhangwei").overview.directory("staff", world.unit("staff", "研发中心/研发一部"))
    assert refused.value.clause == "A.12"
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (last.act, last.outcome, last.clause, last.book) == (
        "overview.directory",
        "refused",
        "A.12",
        "staff",
    )


@pytest.mark.clause("C.9.1")
def test_the_denial_cites_the_clause_of_the_book(world: World) -> None:
    with pytest.raises(Refused) as refused:
        world.desk("tangyu").overview.directory("subsidiary")
    assert refused.value.clause == "C.9.1"


@pytest.mark.clause("C.10.2", "A.12")
@pytest.mark.threat(18, 23)
def test_a_head_reports_on_the_own_unit_and_no_other(world: World) -> None:
    desk = world.desk("wangfang")
    assert names(desk, "staff") == {"王芳", "张伟", "张文", "郑微"}
    unit = world.unit("staff", "研发中心/研发二部")
    with pytest.raises(Refused) as other:
        desk.overview.directory("staff", unit)
    with pytest.raises(Refused) as missing:
        desk.overview.directory("staff", 999_999)
    assert (other.value.message, other.value.advice) == (missing.value.message, missing.value.advice)


@pytest.mark.threat(23)
def test_a_book_one_is_nothing_in_is_refused_like_one_that_does_not_exist(world: World) -> None:
    desk = world.desk("fangmin")
    with pytest.raises(Refused) as foreign:
        desk.overview.directory("staff")
    with pytest.raises(Refused) as missing:
        desk.overview.directory("no-such-book")
    assert (foreign.value.message, foreign.value.clause) == (missing.value.message, missing.value.clause)


@pytest.mark.clause("A.12")
def test_protected_values_are_masked_where_the_scope_does_not_show_them(world: World) -> None:
    for login, number, masked in (
        ("wangfang", "138••••21", True),
        ("liuyang", "138 0000 2121", False),
    ):
        table = world.desk(login).overview.directory("staff")
        place = [column.name for column in table.columns].index("mobile")
        row = next(row for row in table.rows if row.values[0] == "张伟")
        assert (row.values[place], row.masked) == (number, masked)


@pytest.mark.clause("A.10")
def test_a_leaver_is_in_no_report(world: World) -> None:
    Entry.update(state="left", left="2026-11-20").where(Entry.id == world.entry("zhangwei")).execute()
    assert "张伟" not in names(world.desk("liuyang"), "staff")


@pytest.mark.threat(20)
def test_a_right_that_was_withdrawn_holds_for_the_next_report(world: World) -> None:
    desk = world.desk("liuyang")
    desk.overview.coverage("staff")
    from db.store.tables import Grant

    Grant.update(revoked_at="2026-11-23T01:00:00.000000Z").where(
        Grant.account == world.accounts["liuyang"]
    ).execute()
    with pytest.raises(Refused):
        desk.overview.coverage("staff")


@pytest.mark.clause("A.8", "A.9", "A.10")
def test_compliance_counts_each_deadline_once_by_unit(world: World, clock: Clock) -> None:
    """Due on Friday 20 November; today is Monday 23 November."""
    unit = world.unit("staff", "研发中心/研发一部")
    for number, (due, done, state) in enumerate(
        [
            ("2026-11-20", "2026-11-20T09:59:00.000000Z", "done"),  # Friday 17:59 in Shanghai
            ("2026-11-20", "2026-11-20T16:01:00.000000Z", "done"),  # Saturday 00:01 in Shanghai
            ("2026-11-20", None, "open"),
            ("2026-11-24", None, "open"),
            ("2026-11-20", None, "cancelled"),
            ("2026-12-01", None, "open"),
        ]
    ):
        Task.create(
            duty=f"joiner:{number}", kind="joiner", book="staff", unit=unit, role="hr", clause="A.8",
            state=state, opened_at="2026-11-17T01:00:00.000000Z", started_on="2026-11-17", due=due,
            done_at=done,
        )  # fmt: skip
    table = world.desk("liuyang").overview.compliance("staff", None, FIRST, LAST)
    row = next(row for row in table.rows if row.unit == unit)
    assert (row.due, row.on_time, row.late, row.waiting, row.overdue) == (4, 1, 1, 1, 1)
    assert (row.worst, row.clauses, row.name) == (1, "A.8", "研发一部")
    assert sum(other.due for other in table.rows) == 4
    assert "A.8" in table.about.clause
    assert "A.10" in table.about.clause


@pytest.mark.clause("A.9")
@pytest.mark.threat(114)
def test_who_decides_late_is_late_though_they_returned_it_and_it_was_amended(
    world: World, clock: Clock
) -> None:
    """Of two decisions one was twelve days late, and the other in time."""
    request = change(world, "zhangwei", asked={"extension": "8911"})
    clock.set("2026-12-14T09:00+08:00")
    send_back(world, "wangfang", request)
    desk = world.desk("zhangwei")
    version, evidence = desk.changes.form(world.entry("zhangwei")).version, desk.evidence.add("通知.pdf", PDF)
    desk.changes.amend(request, version, {"extension": "8911"}, "换号", [evidence.id])
    approve(world, "wangfang", request)
    approve(world, "liuyang", request)
    for last, counted in (LAST, (1, 0, 1, 12)), (date(2026, 12, 31), (2, 1, 1, 12)):
        table = world.desk("liuyang").overview.compliance("staff", None, FIRST, last)
        row = next(row for row in table.rows if row.name == "研发一部")
        assert (row.due, row.on_time, row.late, row.worst) == counted
    assert "A.9" in row.clauses


def test_what_was_due_before_the_period_is_counted_while_it_is_late(world: World) -> None:
    """On the first of a month nothing of it is late yet, and who is late is asked all the same."""
    for number, due in enumerate(("2026-11-10", "2026-11-12", "2026-11-16")):
        Task.create(
            duty=f"joiner:{number}", kind="joiner", book="staff", role="hr", clause="A.8",
            unit=world.unit("staff", "研发中心/研发一部"), state="done" if number == 1 else "open",
            opened_at="2026-11-05T01:00:00.000000Z", started_on="2026-11-05", due=due,
            done_at="2026-11-13T01:00:00.000000Z" if number == 1 else None,
        )  # fmt: skip
    answer = world.desk("liuyang").overview.answer
    assert answer("compliance", "staff", None, date(2026, 11, 16), LAST)[3] == 1
    assert answer("compliance", "staff", None, FIRST, LAST)[3] == 0, "none is of before"
    assert answer("compliance", "staff", None, date(2026, 11, 11), date(2026, 11, 15))[3] == 0, "it is over"


def test_clauses_of_several_deadlines_stand_in_the_order_of_their_numbers(world: World) -> None:
    unit = world.unit("staff", "研发中心/研发一部")
    for clause in ("A.12", "A.8", "A.10", "A.9"):
        Task.create(
            duty=f"joiner:{clause}", kind="joiner", book="staff", unit=unit, role="hr", clause=clause,
            state="open", opened_at="2026-11-17T01:00:00.000000Z", started_on="2026-11-17", due="2026-11-24",
        )  # fmt: skip
    table = world.desk("liuyang").overview.compliance("staff", None, FIRST, LAST)
    assert next(row for row in table.rows if row.unit == unit).clauses == "A.8, A.9, A.10, A.12"


@pytest.mark.clause("C.6", "C.10.1")
def test_access_counts_what_was_allowed_and_what_was_refused(world: World) -> None:
    with pytest.raises(Refused):
        world.desk("tangyu").overview.directory("subsidiary")
    world.desk("fangmin").overview.directory("subsidiary")
    rows = world.desk("panlong").overview.access("subsidiary", None, FIRST, LAST).rows
    found = {(row.login, row.act): (row.done, row.refused, row.clauses) for row in rows}
    assert found["tangyu", "overview.directory"] == (0, 1, "C.9.1")
    assert found["fangmin", "overview.directory"] == (1, 0, "")
    assert rows[0].login == "tangyu"
    refused = [row for row in rows if row.refused]
    counted = world.desk("panlong").overview.answer("access", "subsidiary", None, FIRST, LAST)
    assert counted == (sum(row.refused for row in refused), len({row.login for row in refused}))


@pytest.mark.threat(23)
def test_access_of_one_book_tells_nothing_of_another(world: World) -> None:
    with writing():
        audit.append(
            act="directory.card", outcome="done", account=world.accounts["zhangwei"], book="staff",
            entry=world.entry("zhangwen"),
        )  # fmt: skip
    rows = world.desk("panlong").overview.access("subsidiary", None, FIRST, LAST).rows
    assert "zhangwei" not in {row.login for row in rows}


@pytest.mark.clause("A.2")
def test_coverage_finds_employees_without_an_entry_and_entries_without_an_employee(world: World) -> None:
    Account.update(state="disabled").where(Account.login == "zhengwei").execute()
    Entry.update(left="2026-11-20").where(Entry.id == world.entry("shanhong")).execute()
    Entry.update(state="pending").where(Entry.id == world.entry("sunli")).execute()
    rows = world.desk("liuyang").overview.coverage("staff").rows
    assert {(row.problem, row.name) for row in rows} == {
        ("no-employee", "郑微"),
        ("no-employee", "单宏"),
        ("no-entry", "孙丽"),
    }


@pytest.mark.clause("A.2")
@pytest.mark.clause("I.4.3.1", "A.8", "E.10", "B.5.4")
def test_who_is_owed_something_and_can_not_get_it_is_told_to_human_resources(
    world: World, clock: Clock
) -> None:
    """An engineer who receives the internal edition has no account in use, a manager's was closed, and no
    department has an assistant any more; HR reads it and is told once a week."""
    build_wider_world("controlled", beside=world)
    keeper = world.desk("zhuli")
    assert not [row for row in keeper.overview.unreached("controlled").rows if row.problem == "no-account"]
    Account.update(state="disabled").where(Account.login.in_(["taojs", "baizl"])).execute()
    Grant.update(revoked_at="2026-11-22T00:00:00Z").where(Grant.role == "unit-assistant").execute()
    rows = {say(row.name, "en"): row for row in keeper.overview.unreached("controlled").rows}
    manager = rows["陶军"]
    assert (manager.problem, manager.unit) == ("no-account", "技术部")
    assert {"I.4.3.1"} <= set(manager.clause.split(", "))
    assert "head of 技术部" in {say(what, "en") for what in manager.what}
    until = stamp(clock.now + timedelta(hours=72))
    Account.update(state="invited", activation_until=until).where(Account.login == "taojs").execute()
    invited = {say(row.name, "en") for row in keeper.overview.unreached("controlled").rows}
    assert "陶军" not in invited, "a code is out: the account is not none"
    Account.update(activation_until=stamp(clock.now)).where(Account.login == "taojs").execute()
    with writing():
        list(alert_unreached(policy_of("controlled")))
        list(alert_unreached(policy_of("controlled")))
    told = [one for one in world.desk("zhuli").notices.unread() if one.kind == "unreached"]
    assert {one.clause for one in told} == {SILENT}, "no clause says so"
    assert [one.detail["people"] for one in told] == [
        sum(row.problem == "no-account" for row in rows.values())
    ]
    clock.forward(days=7)
    with writing():
        list(alert_unreached(policy_of("controlled")))
    assert len([one for one in world.desk("zhuli").notices.unread() if one.kind == "unreached"]) == 2


@pytest.mark.parametrize("book", ["staff", "group"])
def test_each_clause_of_the_deadlines_is_cited_once(world: World, book: str) -> None:
    cited = world.desk("liuyang").overview.compliance(book, None, FIRST, LAST).about.clause.split(", ")
    assert sorted(set(cited)) == sorted(cited)


def test_coverage_finds_an_account_that_outlived_its_entries(world: World) -> None:
    coverage = world.desk("liuyang").overview.coverage
    gone, here = world.entry("sunli"), Entry.get_by_id(world.entry("sunli"))
    Entry.update(state="left", left="2026-11-20").where(Entry.id == gone).execute()
    assert [(row.name, row.login) for row in coverage("staff").rows] == [("孙丽", "sunli")]
    Entry.create(
        book="subsidiary", person=here.person, unit=here.unit, name="孙丽", kind=here.kind, updated_at=""
    )
    assert coverage("staff").rows == ()
    Account.create(login="sunli2", person=here.person, state="disabled", created_at=clock.now())
    Entry.update(state="active").where(Entry.id == gone).execute()
    assert [row.problem for row in coverage("staff").rows] == ["no-employee"]  # of its last day, not of this
    Entry.update(left=None).where(Entry.id == gone).execute()
    assert coverage("staff").rows == ()


@pytest.mark.clause("A.2")
def test_coverage_leaves_out_whose_only_role_is_in_another_book(world: World) -> None:
    """A class teacher has an account and no entry, and is no employee of the company."""
    person = Person.create(name="严文")
    teacher = Account.create(login="yanwen", person=person, state="active", created_at=clock.now())
    coverage = world.desk("liuyang").overview.coverage
    assert [row.name for row in coverage("staff").rows] == ["严文"]
    Grant.create(account=teacher, role="hr", book="subsidiary", granted_at=clock.now())
    assert coverage("staff").rows == ()
    Grant.create(account=teacher, role="it", book="staff", granted_at=clock.now())
    assert [row.name for row in coverage("staff").rows] == ["严文"]


@pytest.mark.clause("A.3", "A.7")
def test_incomplete_entries_are_listed_with_what_they_lack(world: World) -> None:
    EntryField.delete().where(
        (EntryField.entry == world.entry("zhangwei")) & (EntryField.name == "mobile")
    ).execute()
    Entry.update(position="").where(Entry.id == world.entry("wangfang")).execute()
    rows = world.desk("liuyang").overview.incomplete("staff").rows
    lacking = {row.name: [label.zh for label in row.missing] for row in rows}
    assert lacking == {"张伟": ["手机"], "王芳": ["职务"]}
    assert all("A.7" in row.clauses for row in rows)


@pytest.mark.threat(18)
@pytest.mark.clause("D.4")
def test_who_heads_a_class_without_teaching_it_reports_on_nothing(world: World) -> None:
    build_wider_world("class", beside=world)
    with writing():
        set_head(world.unit("class", "高一（3）班"), world.entry("jiangtao", "class"))
    desk = world.desk("jiangtao")
    assert desk.overview.reports() == ()
    for draw in DRAW.values():
        with pytest.raises(Refused):
            draw(desk, "class", None)


@pytest.mark.threat(18)
@pytest.mark.clause("D.3")
def test_a_named_deputy_draws_what_the_class_teacher_does(world: World) -> None:
    build_wider_world("class", beside=world)
    teacher, deputy = world.desk("yanlaoshi").overview, world.desk("shilaoshi").overview
    assert deputy.reports() == teacher.reports() != ()
    assert deputy.directory("class").rows == teacher.directory("class").rows != ()


@pytest.mark.threat(18)
@pytest.mark.clause("G.3.2", "G.3.3")
def test_who_manages_all_departments_reports_as_a_head_of_all(world: World) -> None:
    """Of everybody's data, and not of what human resources keeps."""
    build_wider_world("wecom", beside=world)
    desk = world.desk("luzong")
    assert names(desk, "wecom") == names(world.desk("huanghr"), "wecom")
    for report in ("cases", "disclosures", "coverage", "sync", "processing"):
        with pytest.raises(Refused):
            DRAW[report](desk, "wecom", None)


@pytest.mark.clause("C.9.1")
def test_an_export_is_recorded_with_the_digest_of_its_content(world: World) -> None:
    desk = world.desk("fangmin")
    mark = desk.overview.mark()
    desk.overview.export(
        "directory", "subsidiary", None, format="csv", sha256="ab" * 32, size=10, rows=3, mark=mark,
        parameters={},
    )  # fmt: skip
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert last.act == "overview.export"
    assert "ab" * 32 in detail_of(last)
    assert mark in detail_of(last)


@pytest.mark.clause("C.9.1")
def test_an_export_without_the_right_is_refused(world: World) -> None:
    with pytest.raises(Refused):
        world.desk("tangyu").overview.export(
            "directory", "subsidiary", None, format="csv", sha256="", size=0, rows=0, mark="", parameters={}
        )


def test_an_unknown_report_or_a_period_that_ends_before_it_begins_is_invalid(world: World) -> None:
    desk = world.desk("liuyang")
    with pytest.raises(Invalid):
        desk.overview.changes("staff", None, LAST, FIRST)
    with pytest.raises(Invalid):
        desk.overview.export(
            "salaries", "staff", None, format="csv", sha256="", size=0, rows=0, mark="", parameters={}
        )


def test_nobody_waits_while_a_report_is_read_and_it_is_recorded_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = entries.directory

    def meanwhile(*asked: Any) -> Any:
        with ThreadPoolExecutor(1) as other:
            other.submit(world.grant, "zhangwei", "security", "staff").result(timeout=10)
        return read(*asked)

    monkeypatch.setattr("db.desk.overview.overview.directory", meanwhile)
    assert world.desk("liuyang").overview.directory("staff").rows
    last = AuditRecord.select().order_by(AuditRecord.seq.desc()).first()
    assert (last.act, last.outcome, last.account) == ("overview.directory", "done", world.accounts["liuyang"])
