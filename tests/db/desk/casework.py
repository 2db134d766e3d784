"""Short ways through a case, for tests: each step by whom the case waits for then."""

from __future__ import annotations

from db.desk import Desk
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.parties import accounts_of_persons, parties_of, party_name, speakers
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.language import say
from db.store.tables import Account, CaseFile, CaseParty, Grant
from db.store.transactions import writing
from tests.wider_world import employ
from tests.world import World

WORD = "已核实"
MANAGEMENT = (("cendong", "岑董", "director"), ("cenzong", "岑总", "chief-executive"))
"""Who decides about sanctions in a book of tests, beside whoever of its people does: login, name, role."""


def manage(world: World, book: str) -> None:
    """Give ``book`` two people of the management, neither of them among its entries."""
    with writing():
        for login, name, role in MANAGEMENT:
            if not Grant.select().where((Grant.book == book) & (Grant.role == role)).exists():
                employ(world, login, name, book, (role,))


def found(desk: Desk, case: int, name: str) -> str:
    """The only one of that name whom the case may be about, as `involve` takes them."""
    (one,) = CaseWork(desk).people(case, name)
    return one.whom


def party(case: int, name: str) -> int:
    """The number of the party of that name."""
    (one,) = [one for one in parties_of(CaseFile.get_by_id(case)) if say(party_name(one), "zh_CN") == name]
    return int(one.id)


def turn(world: World, case: int) -> Desk:
    """The desk of the first of those for whom the case waits."""
    account = CaseRoles().waiting_approvers(CaseFile.get_by_id(case))[0].account
    return world.desk(Account.get_by_id(account).login)


def under_investigation(world: World, case: int, kind: str, *concerned: str) -> Desk:
    """Sort a case out, begin, and name who is concerned; the desk of who investigates."""
    CaseWork(turn(world, case)).triage(case, kind, "可以立案")
    desk = turn(world, case)
    CaseWork(desk).investigate(case, "开始调查")
    for name in concerned:
        CaseWork(desk).involve(case, found(desk, case, name))
    return desk


def judged(world: World, case: int, outcome: str = "breach") -> Desk:
    """End the investigation and judge; the desk of who goes on with it."""
    while CaseFile.get_by_id(case).state != "investigated":
        CaseWork(turn(world, case)).conclude(case, "调查结束")
    manage(world, CaseFile.get_by_id(case).book_id)
    CaseWork(turn(world, case)).judge(case, outcome, WORD)
    return spoken(world, case)


def spoken(world: World, case: int) -> Desk:
    """Have everybody whom a judged case is about speak, by another where they have no account; the desk of
    who goes on with it."""
    if CaseFile.get_by_id(case).state == "judged":
        for one in parties_of(case):
            accounts = accounts_of_persons(speakers(one))
            if accounts:
                Cases(world.desk(Account.get_by_id(accounts[0]).login)).state(case, "请从轻处理")
            else:
                CaseWork(turn(world, case)).statement(case, one.id, "当面听取了陈述")
    return turn(world, case)


def sentenced(world: World, case: int, *sentences: Sentence, word: str = WORD) -> Desk:
    """Sanction what was found, by a second person too where one is asked for; the desk of who closes it."""
    CaseWork(turn(world, case)).decide(case, word, sentences)
    if CaseFile.get_by_id(case).state == "proposed":
        CaseWork(turn(world, case)).confirm(case, True, "同意")
    return turn(world, case)


def decided(
    world: World, case: int, kind: str, name: str, *sanctions: str, amount: int | None = None
) -> Desk:
    """Take a reported case to a decision about one person; the desk of who closes it."""
    under_investigation(world, case, kind, name)
    judged(world, case)
    if CaseFile.get_by_id(case).state != "judged":
        return turn(world, case)
    entry = CaseParty.get(CaseParty.case == case).id
    return sentenced(world, case, Sentence(entry, sanctions, 1, amount))


def heard(desk: Desk, kind: str) -> list[dict[str, object]]:
    """What the reader was told, newest first."""
    return [{**one.detail, "clause": one.clause} for one in desk.notices.unread() if one.kind == kind]


def name_of(wide: World, login: str) -> str:
    """The name of who signs in as ``login``, if somebody does."""
    return str(wide.desk(login).me.who().name) if login in wide.accounts else ""


def keeps_out(world: World, login: str, case: int) -> None:
    """Nothing of ``case`` is there for whoever signs in as ``login``."""
    desk = world.desk(login)
    assert case not in [row.id for row in (*Cases(desk).queue(), *Cases(desk).mine())]
    assert case not in [told["case"] for told in heard(desk, "case-reported")]
    assert not [one for one in desk.tasks.mine().rows if one.thing == case]
    waiting = CaseRoles().waiting_approvers(CaseFile.get_by_id(case))
    assert world.accounts[login] not in [one.account for one in waiting]
