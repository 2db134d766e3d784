"""Short ways through a case, for tests."""

from __future__ import annotations

from db.desk import Desk
from db.desk.cases.sentencing import Sentence
from tests.world import World

WORD = "已核实"


def found(desk: Desk, case: int, name: str) -> int:
    """The entry of the only person of that name in the case's book."""
    (person,) = desk.casework.people(case, name)
    return person.entry


def under_investigation(desk: Desk, case: int, kind: str, *concerned: str) -> None:
    """Sort a case out, name who is concerned, and begin."""
    desk.casework.triage(case, kind, "可以立案")
    for name in concerned:
        desk.casework.involve(case, found(desk, case, name))
    desk.casework.investigate(case, "开始调查")


def decided(
    world: World, login: str, case: int, kind: str, name: str, *sanctions: str, amount: int = 0
) -> Desk:
    """Take a reported case to a decision about one person."""
    desk = world.desk(login)
    under_investigation(desk, case, kind, name)
    entry = found(desk, case, name)
    desk.casework.decide(case, "breach", WORD, [Sentence(entry, sanctions, 1, amount)])
    return desk


def heard(desk: Desk, kind: str) -> list[dict[str, object]]:
    """What the reader was told, newest first."""
    return [{**one.detail, "clause": one.clause} for one in desk.notices.unread() if one.kind == kind]
