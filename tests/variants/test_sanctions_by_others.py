"""What follows a breach, when the management acts, is new, leaves, or is whom it is about."""

from __future__ import annotations

from datetime import date

import pytest

from db.desk.cases.cases import Cases
from db.desk.cases.praise import Praise
from db.desk.cases.work import CaseWork
from db.desk.tasks.duties import RunnerPlace, run
from db.store import clock as store_clock
from db.store.tables import CaseFile, CaseParty, Commendation, Grant
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import found, judged, manage, turn, under_investigation
from tests.db.desk.reviewing import all_right, open_all
from tests.variants.acting import leave, sentenced
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, cites, refusal, succeed
from tests.variants.test_reports_of_breaches import waiting
from tests.wider_world import PLANS, employ
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
LEAK = "看到有人把通讯录发到群里"
LADDERS = [
    ("C.12", "subsidiary", "xuning", "leak", "唐雨", "tangyu", "downgrade", "fangmin"),
    ("E.17", "group", "majun", "leak", "黄博", "huangbo", "termination", "luoyan"),
    ("G.8", "wecom", "shuqi", "leak", "毛晓", "maoxiao", "dismissal", "huanghr"),
    ("H.7", "secured", "shibu", "leak", "秦玉", "qinyu", "demotion", "ganhr"),
]


def proposed(house: World, book: str, reporter: str, kind: str, whom: str, sanction: str) -> tuple[int, str]:
    """Take a case to a grave sanction that one of the management proposes: the case, and who did."""
    case = Cases(house.desk(reporter)).report(book, LEAK, kind)
    under_investigation(house, case, kind, whom)
    first = judged(house, case)
    CaseWork(first).decide(case, "情节严重", sentenced(case, sanction))
    assert CaseFile.get_by_id(case).state == "proposed"
    return case, str(first.actor.login)


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "whom", "sanction"),
    [
        row(*values[:5], values[6], of=values[0], person="successor", day="office-changed")
        for values in LADDERS
    ],
)
def test_a_second_person_confirms_though_the_first_left_the_office(
    house: World, clock: Clock, clause: str, book: str, reporter: str, kind: str, whom: str, sanction: str
) -> None:
    """The first, who directs no longer, confirms nothing; another person of the management does."""
    case, first = proposed(house, book, reporter, kind, whom, sanction)
    role = Grant.get((Grant.account == house.accounts[first]) & (Grant.book == book)).role
    with writing():
        employ(house, "xinren", "辛任", book, ())
    succeed(house, "xinren", str(role), book)
    clock.forward(days=1)
    late = refusal(lambda: CaseWork(house.desk(first)).confirm(case, True, "同意"))
    assert clause in late.clause or late.clause == "default"
    second = turn(house, case)
    assert second.actor.login != first
    CaseWork(second).confirm(case, True, "同意")
    assert CaseFile.get_by_id(case).state == "decided"


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "whom"),
    [row(*values[:5], of=values[0], person="acting", day="make-up") for values in LADDERS],
)
def test_who_acts_as_the_director_decides_on_a_saturday_that_is_worked(
    house: World, clock: Clock, clause: str, book: str, reporter: str, kind: str, whom: str
) -> None:
    manage(house, book)
    with writing():
        employ(house, "daili", "戴理", book, ())
        managing = (Grant.book == book) & (Grant.role == "general-manager")
        Grant.update(revoked_at=store_clock.now()).where(managing).execute()
    act_for(house, "daili", "director", book)
    case = Cases(house.desk(reporter)).report(book, LEAK, kind)
    clock.set("2026-11-28T10:00+08:00")
    under_investigation(house, case, kind, whom)
    judged(house, case)
    assert "daili" in waiting(case)
    assert "cendong" not in waiting(case), "who directed until then"
    CaseWork(house.desk("daili")).decide(case, "首次", sentenced(case, "warning"))
    party = CaseParty.get(CaseParty.case == case)
    assert (CaseFile.get_by_id(case).state, party.clause) == ("decided", clause)


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "whom", "login"),
    [row(*values[:6], of=values[0], person="oneself") for values in LADDERS],
)
def test_nobody_of_the_management_decides_about_themselves(
    house: World, clause: str, book: str, reporter: str, kind: str, whom: str, login: str
) -> None:
    """They were named director meanwhile: the case goes to another, and they read nothing of it."""
    case = Cases(house.desk(reporter)).report(book, LEAK, kind)
    under_investigation(house, case, kind, whom)
    house.grant(login, "director", book)
    judged(house, case)
    assert login not in waiting(case)
    assert waiting(case)
    refusal(lambda: CaseWork(house.desk(login)).decide(case, "不处罚", sentenced(case, "warning")))
    assert CaseFile.get_by_id(case).state == "judged"


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "whom", "login", "keeper"),
    [
        row(*values[:6], values[7], of=values[0], person="leaver", day="last-day")
        for values in LADDERS
        if values[5] != "huangbo"
    ],
)
def test_leaving_ends_no_case(
    house: World, clock: Clock, clause: str, book: str, reporter: str, kind: str, whom: str, login: str,
    keeper: str,
) -> None:  # fmt: skip
    """Whom it is about leaves before it is decided; it is decided all the same, and on record."""
    case = Cases(house.desk(reporter)).report(book, LEAK, kind)
    under_investigation(house, case, kind, whom)
    leave(house, keeper, book, login, "2026-11-27")
    clock.set("2026-11-30T09:00+08:00")
    first = judged(house, case)
    CaseWork(first).decide(case, "已离职，仍予认定", sentenced(case, "warning"))
    party = CaseParty.get(CaseParty.case == case)
    assert (CaseFile.get_by_id(case).state, party.sanctions, party.clause) == ("decided", "warning", clause)


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "whom", "role", "new", "acts"),
    [
        row("C.13", "subsidiary", "xuning", "唐雨", "it", "dengchao", False, of="C.13", person="successor",
            day="office-changed"),
        row("C.13", "subsidiary", "xuning", "唐雨", "it", "dengchao", True, of="C.13", person="acting",
            day="spring-festival"),
        row("E.18", "group", "majun", "黄博", "hr", "songjia", False, of="E.18", person="successor",
            day="office-changed"),
        row("E.18", "group", "majun", "黄博", "hr", "songjia", True, of="E.18", person="acting",
            day="spring-festival"),
        row("H.7", "secured", "shibu", "秦玉", "hr", "qinyu", True, of="H.7", person="acting",
            day="spring-festival"),
    ],
)  # fmt: skip
def test_the_evidence_is_drawn_by_who_handles_the_case_now(
    house: World, clock: Clock, clause: str, book: str, reporter: str, whom: str, role: str, new: str,
    acts: bool,
) -> None:  # fmt: skip
    case = Cases(house.desk(reporter)).report(book, LEAK, "leak")
    CaseWork(turn(house, case)).triage(case, "leak", "立案")
    before = str(turn(house, case).actor.login)
    held = [
        str(one.role)
        for one in Grant.select().where(
            (Grant.account == house.accounts[before]) & (Grant.book == book) & Grant.in_force()
        )
    ]
    for office in held:
        (act_for if acts else succeed)(house, "wangfang" if new == "qinyu" else new, office, book)
    clock.set("2027-02-08T10:00+08:00" if acts else "2026-11-24T10:00+08:00")
    desk = turn(house, case)
    assert desk.actor.login != before
    CaseWork(desk).investigate(case, "接手")
    CaseWork(desk).involve(case, found(desk, case, whom))
    assert CaseWork(desk).evidence(case)
    assert clause in Cases(desk).one(case).pack_clause
    refusal(lambda: CaseWork(house.desk(before)).evidence(case))


QUARTER = (date(2026, 10, 1), date(2026, 12, 31))


@pytest.fixture
def ranked(house: World, clock: Clock) -> World:
    """The first workshop's officer was in time and right; the second's did nothing."""
    campaigns = open_all("safety")
    for kind in ("collection", "self-check"):
        all_right(house.desk("dingyi"), campaigns[kind])
    clock.set("2027-01-04T09:00+08:00")
    run(RunnerPlace("host", "test"))
    return house


@walks("B.7.1", person="acting", day="after-deadline")
def test_who_acts_for_the_safety_department_praises(ranked: World) -> None:
    act_for(ranked, "niuer", "safety", "safety", instead_of="panan")
    rows = Praise(ranked.desk("niuer")).ranking("safety", *QUARTER)
    first = next(one for one in rows if one.name == "一车间" and one.entry is None)
    second = next(one for one in rows if one.name == "二车间" and one.entry is None)
    assert first.place < second.place
    Praise(ranked.desk("niuer")).commend("safety", *QUARTER, first.unit)
    assert Commendation.select().count() == 1
    refusal(lambda: Praise(ranked.desk("panan")).ranking("safety", *QUARTER))


@walks("B.7.1", person="head-and-keeper")
def test_the_head_of_the_safety_department_praises_everybody_but_themselves(ranked: World) -> None:
    rows = Praise(ranked.desk("panan")).ranking("safety", *QUARTER)
    own = next((one for one in rows if one.name == "潘安" and one.entry is not None), None)
    assert own is not None
    cites("B.7.1", lambda: Praise(ranked.desk("panan")).commend("safety", *QUARTER, own.unit, own.entry))
