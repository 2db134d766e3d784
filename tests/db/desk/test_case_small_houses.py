"""Where few hold an office, the reporter of a breach has a hand in it again, rather than nobody going on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from db.desk import Desk
from db.desk.cases.case_roles import CaseRoles, investigating_roles, roles_of
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.refusal import Refused
from db.desk.requests.approvers import NamedApprover
from db.store.engine import Store
from db.store.tables import Account, CaseFile
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.casework import found, party
from tests.db.desk.own_rules import BOOK, own_book
from tests.wider_world import employ
from tests.world import World

RULES = """
[[roles]]
id = "director"
clause = "X.7"
[[roles]]
id = "chief-executive"
clause = "X.7"
[[roles]]
id = "security"
clause = "X.7"
[supervisor]
role = "security"
clause = "X.7"
[[cases]]
id = "leak"
clause = "X.7"
[discipline]
clause = "X.8"
[[sanctions]]
id = "warning"
severity = 60
clause = "X.9"
[[reporting]]
kind = "incident"
to = "TO"
clause = "X.10"
"""
SUN, WANG, CHEN, DONG, ZONG = "sunli", "wangfang", "chenjing", "cendong", "cenzong"
"""陈静 keeps the book, in every house; the last two are of the management alone."""
HOUSES: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    ((SUN, "security"),),
    ((SUN, "director"),),
    ((SUN, "security"), (WANG, "director")),
    ((SUN, "director"), (WANG, "chief-executive")),
    ((CHEN, "security"), (SUN, "director"), (WANG, "chief-executive")),
    ((SUN, "security"), (WANG, "security"), (SUN, "director"), (WANG, "chief-executive")),
    ((SUN, "security"), (SUN, "director"), (WANG, "director"), (CHEN, "chief-executive")),
    ((SUN, "hr"), (WANG, "security")),
    ((SUN, "hr"), (WANG, "security"), (WANG, "director"), (CHEN, "director")),
    ((SUN, "hr"), (SUN, "security"), (WANG, "director"), (WANG, "chief-executive")),
    ((SUN, "security"), (DONG, "director"), (ZONG, "chief-executive")),
    ((WANG, "director"), (DONG, "director"), (ZONG, "chief-executive")),
    ((SUN, "hr"), (WANG, "security"), (DONG, "director"), (ZONG, "chief-executive")),
    ((SUN, "hr"), (SUN, "director"), (WANG, "director"), (DONG, "director"), (ZONG, "director")),
)
REPORTERS = (CHEN, SUN, WANG)


def any_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the reporter's hand in it as anybody else's."""

    def of(self: CaseRoles, row: CaseFile, roles: tuple[str, ...]) -> tuple[NamedApprover, ...]:
        return self._of(row, roles, self._case(row))

    monkeypatch.setattr(CaseRoles, "handlers", lambda self, row: of(self, row, roles_of(row)))
    monkeypatch.setattr(
        CaseRoles,
        "investigators",
        lambda self, row: of(self, row, investigating_roles(row)[row.concluded :][:1]),
    )


def took(world: World, case: int, step: Callable[[Desk], object]) -> bool:
    """Whether one of those for whom the case waits takes the step."""
    for one in CaseRoles().waiting_approvers(CaseFile.get_by_id(case)):
        try:
            step(world.desk(Account.get_by_id(one.account).login))
        except Refused:
            continue
        return True
    return False


def steps_gone(world: World, reporter: str) -> int:
    """How many steps a case that ``reporter`` reports is taken, each by the first who can."""
    case = Cases(world.desk(reporter)).report(BOOK, "有人把通讯录发到群里", "leak")
    gone = 0
    for step in (
        lambda desk: CaseWork(desk).triage(case, "leak", "立案"),
        lambda desk: CaseWork(desk).investigate(case, "开始"),
        lambda desk: CaseWork(desk).involve(case, found(desk, case, "张伟")),
        lambda desk: CaseWork(desk).conclude(case, "属实"),
        lambda desk: CaseWork(desk).judge(case, "breach", "属实"),
        lambda desk: Cases(world.desk("zhangwei")).state(case, "是误发"),
        lambda desk: CaseWork(desk).decide(case, "属实", [Sentence(party(case, "张伟"), ("warning",))]),
        lambda desk: CaseWork(desk).confirm(case, True, "同意"),
        lambda desk: Cases(world.desk("zhangwei")).appeal(case, "情有可原"),
    ):
        if not took(world, case, step):
            return gone
        gone += 1
    return gone + bool(CaseRoles().waiting_approvers(CaseFile.get_by_id(case)))


@pytest.mark.threat(115)
@pytest.mark.clause("A.18", "C.12")
@pytest.mark.parametrize("handled_by", ["hr", "security"])
@pytest.mark.parametrize("house", HOUSES, ids=lambda house: " ".join("-".join(one) for one in house) or "hr")
def test_no_case_is_stuck_because_its_reporter_is_left_out(
    store: Store, clock: Clock, house: tuple[tuple[str, str], ...], handled_by: str
) -> None:
    """Whoever reports: it gets as far as if their hand were like any other."""
    world = own_book(RULES.replace("TO", handled_by))
    with writing():
        for login, role in house:
            employ(world, login, login, BOOK, (role,))
    gone = [steps_gone(world, reporter) for reporter in REPORTERS]
    with pytest.MonkeyPatch.context() as patched:
        any_hand(patched)
        before = [steps_gone(world, reporter) for reporter in REPORTERS]
    assert all(now >= then for now, then in zip(gone, before, strict=True)), (gone, before)
