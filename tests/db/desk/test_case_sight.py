"""Whom a case concerns learns nothing of it, or who reported it, before they are heard (A.18, D.11.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

import pytest

from db.desk import Invalid, Refused
from db.desk.audit.audit import AuditFilter
from db.desk.authority.permissions import root_of
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.cases.report import CaseReports
from db.desk.cases.work import CaseWork
from db.desk.due_dates import today
from db.desk.tasks.duties import RunnerPlace, run
from db.store.engine import database
from db.store.tables import (
    Account,
    CaseFile,
    CaseNamed,
    CaseParty,
    Entry,
    Grant,
    Notice,
    NoticeRecipient,
    Person,
    Task,
    Unit,
)
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import manage, turn, under_investigation
from tests.db.desk.reviewing import refused
from tests.wider_world import employ
from tests.world import World

BOOKS_OF = {"wide": ("safety", "class", "wecom", "general", "secured", "combined")}
HOST = RunnerPlace("host", "test")
LATE = 9
"""Days after which every clock of a new case has run out."""


@pytest.fixture
def wide(world: World) -> World:
    """Every regulation's book but the controlled ones."""
    return world


@contextmanager
def undone() -> Iterator[None]:
    """A world that is there for a moment."""
    with database.atomic() as example:
        yield
        example.rollback()


def told(ask: Callable[[], object]) -> str:
    """What is answered, refusals included, but for serial numbers, which have gaps by everything else too."""
    try:
        return re.sub(r"\b(id=|thing=|number': )\d+", "", repr(ask()))
    except (Refused, Invalid) as no:
        return repr(no.args)


def sees(wide: World, login: str, book: str) -> dict[str, str]:
    """All that the owner of ``login`` is told of the use of ``book``, its clocks and its cases."""
    desk = wide.desk(login)
    period = (None, today() - timedelta(days=90), today() + timedelta(days=30))
    seen = {
        "outlook": told(desk.overview.outlook),
        "unusual": told(desk.overview.unusual),
        "compliance": told(lambda: desk.overview.compliance(book, *period).rows),
        "numbers": told(lambda: desk.overview.answer("compliance", book, *period)),
        "cases": told(lambda: CaseReports(desk).cases(book, *period).rows),
        "ranking": told(lambda: CaseReports(desk).ranking(book, *period).rows),
        "praise": told(lambda: Praise(desk).ranking(book, *period[1:])),
        "queue": told(Cases(desk).queue),
        "mine": told(Cases(desk).mine),
        "tasks": told(desk.tasks.mine),
        "notices": told(desk.notices.unread),
    }
    if desk.audit.allowed():
        listed = desk.audit.window(AuditFilter(), limit=200)
        seen["audit"] = repr([(row.login, row.act, row.clause) for row in listed.rows] + [listed.total])
        facets = {name: desk.audit.facets(AuditFilter(), name) for name in ("person", "act", "clause")}
        seen["facets"] = repr(facets)
        people = [desk.audit.person(one[:3]) for one in sorted(wide.accounts)]
        seen["people"] = repr(people)
    seen["access"] = told(lambda: desk.overview.access(book, *period).rows)
    return seen


WHO = [
    # book, who reports, whom it is about, and their login
    ("staff", "zhangwen", "何磊", "helei"),
    ("staff", "zhangwen", "王芳", "wangfang"),
    ("group", "majun", "陈静", "chenjing"),
    ("subsidiary", "tangyu", "林晓", "linxiao"),
    ("class", "shilaoshi", "严老师", "yanlaoshi"),
    ("wecom", "shuqi", "黄蓉", "huanghr"),
    ("secured", "qinyu", "辛安", "xinan"),
    ("combined", "geyuan", "田禾", "tianhr"),
]
READERS = pytest.mark.parametrize(("book", "reporter", "whom", "login"), WHO)


def reported(wide: World, book: str, reporter: str, whom: str) -> int:
    """A case that is about ``whom``."""
    report = partial(Cases(wide.desk(reporter)).report, book, "名单被卖了", "leak")
    return report(about="somebody", whom=whom)


@pytest.mark.threat(91)
@pytest.mark.clause("A.18", "D.11.2")
@READERS
def test_whom_a_case_concerns_sees_a_world_without_it(
    wide: World, clock: Clock, book: str, reporter: str, whom: str, login: str
) -> None:
    """Reports, numbers, lists, the audit with its facets, when it is new, late, and under investigation."""
    worlds = []
    wide.desk(login).directory.settled(book, "谢")  # what changes are taken down by is there from now on
    for is_reported in (False, True):
        with undone():
            case = 0
            if is_reported:
                case = reported(wide, book, reporter, whom)
                assert CaseRoles().is_concerned(CaseFile.get_by_id(case), wide.accounts[login])
            first = sees(wide, login, book)
            clock.forward(days=LATE)
            run(HOST)
            late = sees(wide, login, book)
            if is_reported:
                CaseWork(turn(wide, case)).triage(case, "leak", "立案")
                CaseWork(turn(wide, case)).investigate(case, "开始")
            worlds.append({"new": first, "late": late, "under way": sees(wide, login, book)})
            clock.forward(days=-LATE)
    for when, without in worlds[0].items():
        for what, before in without.items():
            assert worlds[1][when][what] == before, (when, what)


def told_of(kind: str, case: int) -> set[int]:
    """The accounts that were told of the clocks of ``case``, or that it is stuck."""
    tasks = {task.id for task in Task.select().where(Task.duty.startswith(f"case:{case}:"))}
    rows = NoticeRecipient.select(NoticeRecipient, Notice).join(Notice).where(Notice.kind == kind)
    said = [(row.account_id, json.loads(row.notice.detail)) for row in rows]
    return {one for one, about in said if about.get("number") in tasks or about.get("case") == case}


@pytest.mark.threat(91)
@pytest.mark.clause("D.11.2", "D.11.3")
@READERS
def test_a_late_case_is_told_to_somebody_above_whom_it_does_not_concern(
    wide: World, clock: Clock, book: str, reporter: str, whom: str, login: str
) -> None:
    case = reported(wide, book, reporter, whom)
    clock.forward(days=LATE)
    run(HOST)
    assert told_of("duty-escalated", case)
    for account in told_of("duty-escalated", case) | told_of("duty-overdue", case):
        assert not CaseRoles().is_concerned(CaseFile.get_by_id(case), account)


@pytest.mark.threat(91)
@pytest.mark.clause("D.11.2", "D.11.3")
def test_where_a_case_concerns_everybody_of_the_directory_a_second_of_another_hears_of_it(
    wide: World, clock: Clock
) -> None:
    """Late, and stuck: the number alone goes out of the directory; nobody in it is told."""
    case = reported(wide, "wecom", "shuqi", "黄蓉")
    here = Account.select(Account.id).join(Grant, on=Grant.is_of()).where(Grant.book == "wecom").distinct()
    with writing():
        for account in here:
            CaseNamed.insert(case=case, account=account.id).on_conflict_ignore().execute()
    clock.forward(days=LATE)
    run(HOST)
    for kind in ("duty-escalated", "case-stuck"):
        assert told_of(kind, case), kind
        assert not told_of(kind, case) & {one.id for one in here}, kind


@pytest.mark.threat(91)
@pytest.mark.clause("A.18")
def test_the_clock_of_a_breach_stands_at_the_root_and_that_of_an_error_where_the_entry_is(
    wide: World,
) -> None:
    case = Cases(wide.desk("zhangwen")).report("staff", "名单被卖了", "leak")
    error = Cases(wide.desk("zhangwen")).error(wide.entry("zhangwei"), "号码不对", "mobile")
    units = {number: Task.get(Task.duty == f"case:{number}:first").unit_id for number in (case, error)}
    assert units == {case: root_of("staff"), error: Entry.get_by_id(wide.entry("zhangwei")).unit_id}
    rows = wide.desk("wangfang").overview.compliance("staff", None, today(), today() + timedelta(days=9)).rows
    assert sum("A.18" in row.clauses for row in rows) == 0, "the head of who reported it counts no more"


@pytest.mark.threat(91)
@pytest.mark.clause("A.18", "B.7.2")
def test_of_a_department_that_a_case_is_about_nobody_reads_of_it(wide: World) -> None:
    """Whoever supervises belongs to it; they open no record of the case by its number either."""
    case = Cases(wide.desk("zhangwen")).report("staff", "名单被卖了", "leak")
    it, reader = turn(wide, case), wide.desk("helei")
    records = [row.seq for row in reader.audit.window(AuditFilter()).rows if row.act.startswith("case")]
    assert records, "it is about nobody yet"
    CaseWork(it).triage(case, "leak", "立案")
    with writing():
        CaseParty.create(case=case, unit=Entry.get_by_id(wide.entry("helei")).unit_id)
    reader = wide.desk("helei")
    assert not [row for row in reader.audit.window(AuditFilter()).rows if row.act.startswith("case")]
    with pytest.raises(Invalid):
        reader.audit.one(records[0])


@pytest.mark.threat(91)
@pytest.mark.clause("A.18", "C.12")
def test_who_is_heard_reads_their_case_and_still_not_who_reported_it(wide: World) -> None:
    case = Cases(wide.desk("zhangwen")).report("staff", "何磊把名单卖了", "leak")
    under_investigation(wide, case, "leak", "何磊")
    while CaseFile.get_by_id(case).state != "investigated":
        CaseWork(turn(wide, case)).conclude(case, "调查结束")
    manage(wide, "staff")
    CaseWork(turn(wide, case)).judge(case, "breach", "属实")
    reader = wide.desk("helei")
    assert [row.id for row in Cases(reader).mine()] == [case]
    assert Cases(reader).own(case).verdicts
    assert not [row for row in reader.audit.window(AuditFilter()).rows if row.login == "zhangwen"]


@pytest.mark.threat(92)
@pytest.mark.clause("A.18", "D.11.2")
@pytest.mark.parametrize("words", ["信息主管把名单卖了", "信息管理部负责人把名单卖了", "辛安把名单卖了"])
def test_what_is_renamed_later_takes_nobody_out_of_a_report_that_names_them(wide: World, words: str) -> None:
    """A position, a unit and a person; the case is not theirs, whatever they are called by then."""
    case = Cases(wide.desk("qinyu")).report("secured", words, "leak")
    with writing():
        Entry.update(position="信息安全专家").where(Entry.id == wide.entry("xinan", "secured")).execute()
        Unit.update(name="数字化部", name_en="Digital").where(Unit.name == "信息管理部").execute()
        Person.update(name="甄安").where(Person.id == wide.people["xinan"]).execute()
    row = CaseFile.get_by_id(case)
    assert CaseRoles().is_concerned(row, wide.accounts["xinan"])
    assert CaseRoles().waiting_approvers(row)
    assert Cases(wide.desk("xinan")).queue() == ()
    assert refused(partial(Cases(wide.desk("xinan")).one, case)).clause == "default"


@pytest.mark.threat(92)
@pytest.mark.clause("A.18")
def test_what_is_renamed_later_takes_nobody_s_case_away_either(wide: World) -> None:
    """The usual handler is given the position that a report of before names."""
    case = Cases(wide.desk("qinyu")).report("secured", "仓库管理长把名单卖了", "leak")
    assert [one.account for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(case))] == [
        wide.accounts["xinan"]
    ]
    with writing():
        Entry.update(position="仓库管理长").where(Entry.id == wide.entry("xinan", "secured")).execute()
    assert [row.id for row in Cases(wide.desk("xinan")).queue()] == [case]


@pytest.mark.threat(92)
@pytest.mark.clause("A.18", "D.11.2")
def test_who_comes_to_their_first_office_after_the_report_is_asked_by_name_then(
    wide: World, clock: Clock
) -> None:
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ())
    case = Cases(wide.desk("shilaoshi")).report("class", "江老师把名单卖了", "leak")
    clock.forward(days=1)
    with writing():
        employ(wide, "jiangtao", "江涛", "class", ("teacher", "school"))
    row = CaseFile.get_by_id(case)
    assert CaseRoles().is_concerned(row, wide.accounts["jiangtao"])
    assert wide.accounts["jiangtao"] not in [one.account for one in CaseRoles().waiting_approvers(row)]


@pytest.mark.threat(92)
@pytest.mark.clause("A.18")
def test_whom_a_case_of_an_older_program_names_is_asked_as_it_was(wide: World) -> None:
    case = Cases(wide.desk("qinyu")).report("secured", "信息主管把名单卖了", "leak")
    with writing():
        CaseNamed.delete().execute()
        CaseFile.update(named_at=None).execute()
    assert CaseRoles().is_concerned(CaseFile.get_by_id(case), wide.accounts["xinan"])
    assert Cases(wide.desk("xinan")).queue() == ()
