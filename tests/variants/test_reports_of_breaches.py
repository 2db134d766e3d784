"""A breach of any kind, reported when its handler is new, acts, or is the one whom it is about."""

from __future__ import annotations

import pytest

from db.desk.cases.handling import Handling
from db.store.tables import Account, CaseFile
from tests.conftest import Clock
from tests.db.desk.casework import found, heard, turn
from tests.variants.registry import row
from tests.variants.setting import act_for, cites, succeed
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
LEAK = "看到有人把通讯录发到群里"
KINDS = [
    ("A.16", "staff", "zhangwei", "unlawful", "it"),
    ("A.12", "staff", "zhangwei", "leak", "it"),
    ("A.18", "staff", "zhangwei", "misuse", "it"),
    ("A.19", "staff", "zhangwei", "forwarding", "it"),
    ("B.6.1", "safety", "dingyi", "leak", "safety"),
    ("B.7.2", "safety", "dingyi", "late", "safety"),
    ("C.9.1", "subsidiary", "tangyu", "leak", "security"),
    ("C.11", "subsidiary", "tangyu", "misuse", "security"),
    ("E.8", "group", "majun", "leak", "hr"),
    ("E.9", "group", "majun", "harassment", "hr"),
    ("E.11", "group", "majun", "commercial-use", "hr"),
    ("F.6.1", "general", "lunan", "misuse", "hr"),
    ("G.6.1", "wecom", "shuqi", "leak", "hr"),
    ("G.6.2", "wecom", "shuqi", "marketing", "hr"),
    ("G.6.3", "wecom", "shuqi", "bad-content", "hr"),
    ("G.6.4", "wecom", "shuqi", "private-chat", "hr"),
    ("H.3.3", "secured", "qinyu", "tampering", "security"),
    ("H.5.2", "secured", "qinyu", "leak", "security"),
    ("I.4.4.1", "controlled", "xiepi", "forwarding", "director"),
]
PUPILS = [("D.6", "commercial-use"), ("D.7", "attack"), ("D.10", "privacy"), ("D.11.2", "leak")]
NEW = {"staff": "zhangwen", "safety": "niuer", "subsidiary": "xuning", "group": "songjia",
       "general": "tanlan", "wecom": "caiming", "secured": "shibu", "controlled": "taojs"}  # fmt: skip
"""Who comes to hold the office that handles a book's cases."""


def waiting(case: int) -> set[str]:
    """The logins for whom ``case`` waits."""
    handling = Handling().waiting(CaseFile.get_by_id(case))
    return {Account.get_by_id(one.account).login for one in handling}


def reported_to(house: World, reporter: str, book: str, kind: str, clause: str, whom: str) -> None:
    """Report a breach and see that it waits for ``whom`` alone, by its clause."""
    case = house.desk(reporter).cases.report(book, LEAK, kind)
    assert waiting(case) == {whom}
    (line,) = [one for one in house.desk(whom).cases.queue() if one.id == case]
    assert clause in line.clause
    assert [one["case"] for one in heard(house.desk(whom), "case-reported")] == [case]


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "role"),
    [row(*values, of=values[0], person="successor", day="office-changed") for values in KINDS]
    + [
        row(clause, "class", "jiangtao", kind, "teacher", of=clause, person="successor", day="office-changed")
        for clause, kind in PUPILS
    ],
)
def test_it_goes_to_who_holds_the_office_now(
    house: World, clock: Clock, clause: str, book: str, reporter: str, kind: str, role: str
) -> None:
    """Reported the day after the office changed: nothing of it goes to who held it until then."""
    whom = NEW.get(book, "panan")
    before = house.desk(turn(house, house.desk(reporter).cases.report(book, LEAK, kind)).actor.login)
    succeed(house, whom, role, book)
    clock.forward(days=1)
    reported_to_new = house.desk(reporter).cases.report(book, LEAK, kind)
    assert waiting(reported_to_new) == {whom}
    (line,) = [one for one in house.desk(whom).cases.queue() if one.id == reported_to_new]
    assert clause in line.clause
    former = house.desk(before.actor.login)
    assert reported_to_new not in [one.id for one in former.cases.queue()]
    assert reported_to_new not in [one["case"] for one in heard(former, "case-reported")]


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "role"),
    [row(*values, of=values[0], person="acting", day="spring-festival") for values in KINDS]
    + [
        row(clause, "class", "jiangtao", kind, "teacher", of=clause, person="acting", day="spring-festival")
        for clause, kind in PUPILS
    ],
)
def test_it_goes_to_who_acts_in_the_holidays(
    house: World, clock: Clock, clause: str, book: str, reporter: str, kind: str, role: str
) -> None:
    act_for(house, NEW.get(book, "panan"), role, book)
    clock.set("2027-02-08T10:00+08:00")
    reported_to(house, reporter, book, kind, clause, NEW.get(book, "panan"))


@pytest.mark.parametrize(
    ("clause", "book", "reporter", "kind", "role"),
    [row(*values, of=values[0], person="oneself") for values in KINDS],
)
def test_it_leaves_whoever_turns_out_to_be_the_one_whom_it_is_about(
    house: World, clause: str, book: str, reporter: str, kind: str, role: str
) -> None:
    """The handler's own name comes up in the investigation: from then on they read and decide nothing."""
    case = house.desk(reporter).cases.report(book, LEAK, kind)
    turn(house, case).casework.triage(case, kind, "立案")
    handler = turn(house, case)
    handler.casework.involve(case, found(handler, case, str(handler.me.who().name)))
    again = house.desk(handler.actor.login)
    assert case not in [one.id for one in (*again.cases.queue(), *again.cases.mine())]
    cites("default", lambda: again.cases.one(case))
    assert waiting(case), "somebody goes on with it"
    assert handler.actor.login not in waiting(case)
