"""Every clock of the regulations on other days: due days counted by hand on a calendar with make-up days."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk import Pending
from db.desk.cases.praise import Praise
from db.desk.entry.units import create_unit
from db.desk.importing.importing import Source
from db.store.tables import Account, Entry, Notice, NoticeRecipient, Task, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.lives import duties
from tests.variants.acting import approve, change, expect, join, leave, move, stored, task_of
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, also_in, state
from tests.variants.test_changes_by_others import approvers
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
MORNING = "T09:00+08:00"
STARTS = {"make-up": "2026-11-26", "spring-festival": "2027-02-03"}
"""A Thursday before a Saturday that is worked, and a Wednesday two days before New Year's Eve."""
DUE = {
    ("make-up", 3): "2026-11-30", ("make-up", 5): "2026-12-02",
    ("spring-festival", 3): "2027-02-13", ("spring-festival", 5): "2027-02-16",
}  # fmt: skip
"""By hand. 11-27, 28 (Saturday, worked), 30, 12-01, 02; and 02-04, 12, 13 (Saturday, worked), 15, 16."""
LATE = {
    ("make-up", 3): "2026-12-01", ("make-up", 5): "2026-12-03",
    ("spring-festival", 3): "2027-02-15", ("spring-festival", 5): "2027-02-17",
}  # fmt: skip
"""The working day after each."""

TASKS: list[tuple[str, str, str, str, tuple[str, ...], str, int]] = [
    ("A.8", "staff", "zengqing", "expect", ("研发中心/研发一部",), "joiner", 3),
    ("A.9", "staff", "liuyang", "move", ("zhangwen", "研发中心/研发二部"), "mover", 3),
    ("A.10", "staff", "liuyang", "leave", ("zhangwen",), "leaver", 5),
    ("B.3.1", "safety", "panan", "expect", ("一车间",), "joiner", 3),
    ("B.5.5", "safety", "panan", "move", ("renhe", "二车间"), "mover", 3),
    ("B.5.5", "safety", "panan", "leave", ("renhe",), "leaver", 5),
    ("C.8", "subsidiary", "fangmin", "expect", ("交付部",), "joiner", 3),
    ("C.8", "subsidiary", "fangmin", "move", ("tangyu", "交付部"), "mover", 3),
    ("C.8", "subsidiary", "fangmin", "leave", ("tangyu",), "leaver", 5),
    ("D.5.1", "class", "yanlaoshi", "expect", ("高一（3）班",), "enrolment", 3),
    ("D.5.1", "class", "yanlaoshi", "move", ("jiangtao", "高一（4）班"), "transfer", 3),
    ("D.5.1", "class", "yanlaoshi", "leave", ("jiangtao",), "withdrawal", 3),
    ("E.6.2", "group", "liuyang", "expect", ("法务部",), "joiner", 3),
    ("E.6.2", "group", "liuyang", "move", ("majun", "法务部"), "mover", 3),
    ("E.6.2 E.14", "group", "liuyang", "leave", ("majun",), "leaver", 5),
    ("F.2.2", "general", "jinhr", "expect", ("华北区",), "joiner", 3),
    ("F.2.2", "general", "jinhr", "move", ("lunan", "华北区"), "mover", 3),
    ("F.2.2", "general", "jinhr", "leave", ("lunan", "杜北"), "leaver", 3),
    ("G.4.1", "wecom", "huanghr", "expect", ("产品部/运营组",), "joiner", 3),
    ("G.4.2", "wecom", "huanghr", "move", ("shuqi", "人事行政部"), "mover", 3),
    ("G.4.3", "wecom", "huanghr", "leave", ("shuqi",), "leaver", 3),
    ("H.4.2", "secured", "fuhr", "expect", ("市场部",), "joiner", 3),
    ("H.5.4", "secured", "fuhr", "leave", ("qinyu",), "leaver", 5),
    ("H.5.4", "secured", "fuhr", "move", ("qinyu", "市场部"), "mover", 5),
]
OTHERS = {
    "staff": ("zhengwei", "acting"), "class": ("shilaoshi", "deputy"), "general": ("dubei", "acting"),
    "wecom": ("caiming", "acting"), "secured": ("shibu", "acting"), "safety": ("niuer", "acting"),
    "subsidiary": ("dengchao", "acting"), "group": ("songjia", "acting"),
}  # fmt: skip
KEEPERS = {
    "staff": "liuyang", "general": "jinhr", "wecom": "huanghr", "secured": "fuhr", "safety": "panan",
    "subsidiary": "fangmin", "group": "liuyang",
}  # fmt: skip
"""Who leaves one of the two offices of those who keep a book. A class has a deputy."""


def begun(world: World, act: str, login: str, book: str, given: tuple[str, ...], day: str) -> None:
    """Do ``act``, which opens a task."""
    if act == "expect":
        expect(world, login, book, given[0], day)
    elif act == "move":
        move(world, login, book, given[0], given[1], day)
    else:
        leave(world, login, book, given[0], day, *given[1:])


PROMPTLY = {
    "B.3.1", "B.5.5", "C.8", "D.5.1", "D.10", "E.6.2", "E.6.2, E.14", "E.7", "E.10", "F.2.2",
    "G.4.1", "G.4.2", "G.4.3", "H.4.2", "H.5.4", "I.4.2.1",
}  # fmt: skip
"""Clauses that give no number of days: those are the organisation's own."""


def cited(clause: str) -> str:
    """How a deadline of ``clause`` cites it."""
    return f"{clause}, own" if clause in PROMPTLY else clause


def told(kind: str, clause: str) -> set[str]:
    """The logins that were told of something of ``kind`` by ``clause``."""
    rows = NoticeRecipient.select().join(Notice).where((Notice.kind == kind) & Notice.clause.contains(clause))
    return {Account.get_by_id(one.account_id).login for one in rows}


@pytest.mark.parametrize(
    ("clause", "book", "login", "act", "given", "kind", "days", "start"),
    [
        row(clause, book, login, act, given, kind, days, start, of=clause, person=person, day=start)
        for clause, book, keeper, act, given, kind, days in TASKS
        for login, person, start in (
            (keeper, "usual", "make-up"),
            (*OTHERS[book], "spring-festival"),
        )
    ],
)
def test_a_task_is_due_on_the_working_day_and_late_on_the_next(
    house: World, clock: Clock, clause: str, book: str, login: str, act: str, given: tuple[str, ...],
    kind: str, days: int, start: str,
) -> None:  # fmt: skip
    """Opened by who keeps the book, or acts for them; whoever is above hears of it once it is late."""
    clause = clause.replace(" ", ", ")
    if (login, "acting") == OTHERS[book]:
        act_for(house, login, "safety" if book == "safety" else "hr", book, instead_of=KEEPERS[book])
    clock.set(STARTS[start] + MORNING)
    begun(house, act, login, book, given, STARTS[start])
    task = task_of(kind, book)
    assert (task.due, task.clause, task.state) == (DUE[start, days], cited(clause), "open")
    clock.set(DUE[start, days] + "T23:59:59+08:00")
    duties()
    assert not told("duty-overdue", clause), "the last day is in time to its end"
    clock.set(LATE[start, days] + MORNING)
    duties()
    assert told("duty-overdue", clause), "whoever does it"
    assert told("duty-escalated", clause), "and somebody above"


@pytest.mark.parametrize(
    ("act", "start"),
    [
        row(act, start, of="I.4.2.1", person="usual", day=start)
        for act in ("join", "move", "leave")
        for start in ("make-up", "spring-festival")
    ],
)
def test_who_comes_moves_or_goes_is_decided_by_the_issue_that_brings_it(
    house: World, clock: Clock, act: str, start: str
) -> None:
    """Last week's are in what goes out on Monday, or on the first working day after; who decides what the
    assistant hands in hears of it once it is late."""
    clock.set(STARTS[start] + MORNING)
    request = {
        "join": lambda: join(house, "zhuli", "controlled", "技术部", STARTS[start]),
        "move": lambda: move(house, "zhuli", "controlled", "xiepi", "总裁办", STARTS[start]),
        "leave": lambda: leave(house, "zhuli", "controlled", "xiepi", STARTS[start]),
    }[act]()
    due, late = {
        "make-up": ("2026-11-30", "2026-12-01"),
        "spring-festival": ("2027-02-12", "2027-02-13"),
    }[start]
    assert (stored(request).due, stored(request).due_clause) == (due, "I.4.2.1")
    clock.set(due + "T23:59:59+08:00")
    duties()
    assert not told("decision-overdue", "I.4.2.1")
    clock.set(late + MORNING)
    duties()
    assert told("decision-overdue", "I.4.2.1") | told("decision-escalated", "I.4.2.1")


REPORTS = [
    ("E.10", "group", "majun", "majun", "oneself"),
    ("E.7", "group", "huangbo", "majun", "usual"),
    ("G.4.2", "wecom", "shuqi", "shuqi", "oneself"),
    ("I.4.2.2", "controlled", "xiepi", "xiepi", "oneself"),
    ("I.4.2.2", "combined", "geyuan", "geyuan", "composed"),
    ("D.10", "class", "jiangtao", "jiangtao", "oneself"),
]


@pytest.mark.parametrize(
    ("clause", "book", "login", "of", "start", "reported", "late"),
    [
        row(clause, book, login, of, STARTS[start], day, late, of=clause, person=person, day=name)
        for clause, book, login, of, person in REPORTS
        for start, day, late, name in (
            ("make-up", "2026-11-30", 0, "make-up"),
            ("make-up", "2026-12-01", 1, "after-deadline"),
            ("spring-festival", "2027-02-13", 0, "spring-festival"),
        )
    ],
)
def test_a_report_is_in_time_up_to_the_third_working_day(
    house: World, clock: Clock, clause: str, book: str, login: str, of: str, start: str, reported: str,
    late: int,
) -> None:  # fmt: skip
    """Counted from the day since which it is so, whenever it is handed in."""
    clock.set(f"{reported}T18:00+08:00")
    view = house.desk(login).requests.one(change(house, login, book, of, start)).reported
    assert view is not None
    assert (view.changed_on, view.clause, view.late) == (start, cited(clause), late)
    assert view.due == DUE["make-up" if start == STARTS["make-up"] else "spring-festival", 3]


@pytest.mark.parametrize(
    ("person", "start", "reported", "late"),
    [
        row("assistant", "2026-11-26", "2026-12-01", 1, of="I.4.2.3", person="usual", day="after-deadline"),
        row("acting", "2027-02-03", "2027-02-13", 0, of="I.4.2.3", person="acting", day="spring-festival"),
        row("acting", "2026-11-26", "2026-11-30", 0, of="I.4.2.3 I.3.3", person="acting", day="make-up"),
        row("assistant", "2027-02-03", "2027-02-15", 1, of="I.4.2.3", day="spring-festival"),
    ],
)
def test_a_departments_contact_is_in_time_up_to_the_third_working_day(
    house: World, clock: Clock, person: str, start: str, reported: str, late: int
) -> None:
    """By the department's assistant, or by the acting head while the office is vacant."""
    if person == "acting":
        act_for(house, "baizl", "head", "controlled", "技术部")
    clock.set(f"{reported}T10:00+08:00")
    desk = house.desk("baizl")
    request = desk.asking.ask(
        "unit-contact", "controlled", {"unit": "技术部", "office_phone": "010 6234 9000"}, "换号",
        changed_on=start,
    )  # fmt: skip
    view = house.desk("baizl").requests.one(request).reported
    assert view is not None
    assert (view.clause, view.late, view.changed_on) == ("I.4.2.3", late, start)


@walks("I.4.2.1", person="leaver", day="after-deadline")
def test_what_was_returned_and_lies_there_past_its_day_is_late_in_the_next_month_too(
    house: World, clock: Clock
) -> None:
    """In November's list, in December's numbers and on the first screen, where it waits for its author."""
    request = leave(house, "zhuli", "controlled", "xiepi", "2026-11-23")
    desk = house.desk(min(approvers(request)))
    desk.queue.return_(request, desk.queue.one(request).digest, "请补正")
    clock.set("2026-12-03" + MORNING)
    overview = house.desk("zhuli").overview
    rows = overview.compliance("controlled", None, date(2026, 11, 1), date(2026, 11, 30)).rows
    assert [(one.name, one.overdue) for one in rows if one.overdue] == [("平台组", 1)]
    numbers = overview.answer("compliance", "controlled", None, date(2026, 12, 1), date(2026, 12, 31))
    assert numbers[-1] == 1
    late = [one for one in overview.outlook().units if one.overdue and one.book == "controlled"]
    assert [(one.name, one.overdue, one.waits_for) for one in late] == [("平台组", 1, (("朱丽", 1),))]


CLOCKS = [
    ("A.9", "staff", "zhangwei", "A.9"),
    ("C.8", "subsidiary", "tangyu", "C.8"),
    ("D.5.2", "class", "jiangtao", "D.5.2"),
    ("E.6.2", "group", "majun", "E.6.2"),
    ("F.2.2", "general", "lunan", "F.2.2"),
    ("G.4.2", "wecom", "shuqi", "G.4.2"),
    ("H.4.2", "secured", "qinyu", "H.4.2"),
    ("A.9 C.8", "combined", "geyuan", "A.9"),
]


@pytest.mark.parametrize(
    ("book", "login", "clause", "start"),
    [
        row(
            book,
            login,
            cited,
            start,
            of=of,
            person="composed" if book == "combined" else "oneself",
            day=start,
        )
        for of, book, login, cited in CLOCKS
        for start in ("make-up", "spring-festival")
    ],
)
def test_a_change_is_to_be_entered_by_the_third_working_day(
    house: World, clock: Clock, book: str, login: str, clause: str, start: str
) -> None:
    """From the day on which the person reports it, and their form says so beforehand."""
    clock.set(STARTS[start] + "T17:00+08:00")
    form = house.desk(login).changes.form(house.entry(login, book))
    assert form.route.due is not None
    assert clause in form.route.due.clause
    request = change(house, login, book)
    assert (stored(request).due, form.route.due.day) == (DUE[start, 3],) * 2
    assert clause in str(stored(request).due_clause)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        row("2026-11-26", "2026-11-30", of="B.5.4", person="two-books", day="make-up"),
        row("2027-02-03", "2027-02-13", of="B.5.4", person="two-books", day="spring-festival"),
    ],
)
def test_a_joiner_is_filed_by_the_third_working_day(house: World, clock: Clock, start: str, due: str) -> None:
    """Entered by human resources in one book, filed by the officer in the other."""
    with writing():
        house.units["safety", "研发一部"] = create_unit("safety", "研发一部", house.unit("safety"))
    house.grant("dingyi", "officer", "safety", "研发一部")
    clock.set(start + MORNING)
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", start))
    duties()
    task = task_of("filing", "safety")
    assert (task.due, task.clause) == (due, "B.5.4")
    assert [(row.id, row.due.day) for row in house.desk("dingyi").tasks.mine().rows] == [(task.id, due)]


@pytest.mark.parametrize(
    ("handed", "on_time", "late"),
    [
        row("2026-11-26", 1, 0, of="B.5.4 B.7.1", person="two-books"),
        row("2026-11-27", 0, 1, of="B.5.4 B.7.1", person="two-books", day="after-deadline"),
    ],
)
def test_what_was_filed_counts_by_its_day_whenever_it_is_received(
    house: World, clock: Clock, handed: str, on_time: int, late: int
) -> None:
    """In the report, in its numbers and for the officer alike, before the receipt and after it."""
    with writing():
        house.units["safety", "研发一部"] = create_unit("safety", "研发一部", house.unit("safety"))
    house.grant("dingyi", "officer", "safety", "研发一部")
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-23"))
    duties()
    task = task_of("filing", "safety")
    clock.set(handed + MORNING)
    house.desk("dingyi").tasks.done(task.id)
    clock.set("2026-12-02" + MORNING)
    duties()
    period, desk = (date(2026, 11, 1), date(2026, 12, 31)), house.desk("panan")

    def counted() -> list[tuple[int, ...]]:
        report = desk.overview.compliance("safety", None, *period).rows
        (unit,) = [(one.on_time, one.late, one.overdue) for one in report if one.due]
        (person,) = [
            (one.on_time, one.due - one.on_time - one.overdue, one.overdue)
            for one in Praise(desk).ranking("safety", *period)
            if one.entry == house.entry("dingyi", "safety")
        ]
        overdue, kept, ended, before = desk.overview.answer("compliance", "safety", None, *period)
        assert (ended, before) == (1, 0)
        return [unit, person, (kept, ended - kept - overdue, overdue)]

    assert counted() == [(on_time, late, 0)] * 3
    desk.tasks.done(task.id)
    assert Task.get_by_id(task.id).state == "done"
    assert counted() == [(on_time, late, 0)] * 3


@walks("B.5.4", person="two-books", day="make-up")
def test_who_joined_in_a_file_is_filed_as_whoever_joined_by_a_form(house: World, clock: Clock) -> None:
    """Those of a file who have been there for long are not."""
    with writing():
        house.units["safety", "研发一部"] = create_unit("safety", "研发一部", house.unit("safety"))
    house.grant("dingyi", "officer", "safety", "研发一部")
    clock.set("2026-11-27" + MORNING)
    headings = ["部门", "姓名", "职务", "办公电话", "移动电话", "邮箱", "入职日期"]
    rows = [
        [
            "研发中心/研发一部",
            name,
            "工程师",
            "010 62345678",
            f"138 1234 570{number}",
            f"x{number}@hx.cn",
            day,
        ]
        for number, (name, day) in enumerate((("陶新", "2026-11-26"), ("陶旧", "2025-03-01")))
    ]
    with pytest.raises(Pending) as put_off:
        house.desk("liuyang").importing.submit_file("staff", [headings, *rows], Source("新.csv", "1" * 64))
    approve(house, "zengqing", put_off.value.request)
    duties()
    duties()
    task = task_of("filing", "safety")
    assert (task.due, Entry.get_by_id(task.entry_id).name) == ("2026-11-30", "陶新")
    assert task.id in [one.id for one in house.desk("dingyi").tasks.mine().rows]


def filing_of_a_joiner(house: World, *paths: str) -> tuple[str, set[str]]:
    """File who joins 二车间/装配班 of the staff book while the safety book has 一车间/装配班 and units at
    ``paths``; return the unit of the task, and whose it is."""
    for book, path in (("staff", "二车间"), ("staff", "二车间/装配班"), *(("safety", one) for one in paths)):
        above, _slash, name = path.rpartition("/")
        with writing():
            house.units[book, path] = create_unit(book, name, house.unit(book, above))
    approve(house, "zengqing", join(house, "liuyang", "staff", "二车间/装配班", "2026-11-23"))
    duties()
    task, people = task_of("filing", "safety"), ("dingyi", "niuer", "kangle", "panan")
    mine = {one for one in people if task.id in [row.id for row in house.desk(one).tasks.mine().rows]}
    return str(Unit.get_by_id(task.unit_id).name), mine


@pytest.mark.parametrize(
    ("paths", "unit", "whose"),
    [
        row(("二车间/装配班",), "装配班", {"niuer"}, of="B.5.4", person="two-books"),
        row((), "二车间", {"niuer"}, of="B.5.4", person="two-books"),
        row(("仓储部/装配班",), "二车间", {"niuer"}, of="B.5.4", person="two-books"),
    ],
)
def test_a_joiner_is_filed_by_the_officer_of_their_department_and_not_of_another_by_its_name(
    house: World, paths: tuple[str, ...], unit: str, whose: set[str]
) -> None:
    assert filing_of_a_joiner(house, *paths) == (unit, whose)


@walks("B.5.4 B.5.5", person="two-books", day="office-changed")
def test_a_joiner_of_a_department_that_the_book_does_not_have_is_filed_by_the_safety_department(
    house: World, clock: Clock
) -> None:
    """Once, in however many books they join. A pupil is not filed, nor is who joins another company."""
    also_in(house, "zhangwen", "renhe", "safety")
    approve(house, "zengqing", join(house, "liuyang", "staff", "研发中心/研发一部", "2026-11-23"))
    approve(house, "shilaoshi", join(house, "yanlaoshi", "class", "高一（3）班", "2026-11-23"))
    duties()
    task = task_of("filing", "safety")
    assert task.role == "safety"
    for who, mine in (("panan", True), ("kangle", True), ("dingyi", False), ("niuer", False)):
        assert (task.id in [one.id for one in house.desk(who).tasks.mine().rows]) is mine, who
    house.desk("panan").tasks.done(task.id)
    request = join(house, "huanghr", "wecom", "产品部/运营组", "2026-11-23")
    approve(house, min(approvers(request)), request)
    duties()
    assert task_of("filing", "safety").id == task.id
    also_in(house, "zhangwei", "shuqi", "wecom")
    person = Entry.get_by_id(task.entry_id).person_id
    Entry.update(person=person).where(Entry.id == stored(request).entry_id).execute()
    duties()
    assert task_of("filing", "safety").id == task.id
    clock.forward(days=1)
    house.desk("kangle").tasks.done(task.id, "已备案")
    assert task_of("filing", "safety").state == "done"


@pytest.mark.parametrize(
    ("start", "due"),
    [
        row("2026-11-26", "2026-11-30", of="B.5.5", person="two-books", day="make-up"),
        row("2027-02-03", "2027-02-13", of="B.5.5", person="two-books", day="spring-festival"),
    ],
)
def test_an_officers_leaving_elsewhere_is_reported_by_the_third_working_day(
    house: World, clock: Clock, start: str, due: str
) -> None:
    """An officer is taken out of the staff book; the safety book hears of it by itself."""

    also_in(house, "zhangwen", "niuer", "safety")
    clock.set(start + MORNING)
    approve(house, "zengqing", leave(house, "liuyang", "staff", "zhangwen", start))
    clock.forward(days=1)
    house.desk("liuyang").me.who()
    duties()
    task = task_of("officer-change", "safety")
    assert (task.due, task.clause) == (due, cited("B.5.5"))


@pytest.mark.parametrize(
    ("start", "asked", "due"),
    [
        row("2026-11-26", {"position": "安全总监"}, "2026-11-30",
            of="B.5.5", person="two-books", day="make-up"),
        row("2027-02-03", {"position": "安全总监"}, "2027-02-13",
            of="B.5.5", person="two-books", day="spring-festival"),
        row("2026-11-26", {"email": "zw2@huaxing.example"}, "",
            of="B.5.5", person="two-books", day="make-up"),
    ],
)  # fmt: skip
def test_an_officers_other_post_elsewhere_is_reported_by_the_third_working_day(
    house: World, clock: Clock, start: str, asked: dict[str, str], due: str
) -> None:
    """Given by a change and not by a move, it is a change of duties all the same."""
    also_in(house, "zhangwen", "niuer", "safety")
    clock.set(start + MORNING)
    request = change(house, "liuyang", "staff", "zhangwen", **asked)
    while state(request) == "open":
        approve(house, min(approvers(request)), request)
    duties()
    duties()
    found = list(Task.select().where(Task.kind == "officer-change"))
    assert [(task.due, task.clause) for task in found] == [(due, cited("B.5.5"))] * bool(due)
