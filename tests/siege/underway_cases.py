"""Cases under way in every book, each taken to another phase, and findings of inspections."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from db.desk import Desk
from db.desk.authority.permissions import policy_of
from db.desk.cases.case_roles import CaseRoles
from db.desk.cases.cases import Cases
from db.desk.cases.sentencing import Sentence
from db.desk.cases.work import CaseWork
from db.desk.reviews.inspecting import Inspections
from db.store.engine import database
from db.store.tables import (
    Account,
    Campaign,
    CaseFile,
    CaseParty,
)
from tests.siege.willing import DENIED, books_of, by_anybody, staff_of
from tests.world import World

PHASES = (
    "triaged", "investigating", "investigated", "judged", "heard", "proposed", "decided", "appealed",
)  # fmt: skip
"""How far cases of each book are taken, one case each, as far as there is somebody for the next step."""


def bring_cases(world: World) -> None:
    for book in books_of(world):
        kinds = [rule.id for rule in policy_of(book).cases]
        plain = [login for login in staff_of(world, book) if (book, login) in world.entries]
        for phase in PHASES if len(plain) > 1 else ():
            reporter, concerned = plain[-1], plain[-2]
            desk = world.desk(reporter)
            with suppress(*DENIED):
                case = Cases(desk).report(book, f"有人外传通讯录（{phase}）", kinds[0])
                _taken_to(world, int(case), phase, kinds[0], world.entries[book, concerned])


def bring_unreached_cases(world: World, newcomers: dict[str, list[int]]) -> None:
    """Of every book a decided case about somebody without an account."""
    for book, entries in newcomers.items():
        kinds = [rule.id for rule in policy_of(book).cases]
        reporter = [login for login in staff_of(world, book) if (book, login) in world.entries][-1]
        with suppress(*DENIED):
            case = Cases(world.desk(reporter)).report(book, "有人外传通讯录（纸质）", kinds[0])
            _taken_to(world, int(case), "decided", kinds[0], entries[3])


def _taken_to(world: World, case: int, phase: str, kind: str, concerned: int) -> None:
    """Take a case step by step to ``phase``; no further than there is somebody to do the step."""
    steps: dict[str, Callable[[Desk], object]] = {
        "reported": lambda desk: CaseWork(desk).triage(case, kind, "可以立案"),
        "triaged": lambda desk: CaseWork(desk).investigate(case, "开始调查"),
        "investigating": lambda desk: CaseWork(desk).conclude(case, "调查结束"),
        "investigated": lambda desk: CaseWork(desk).judge(case, "breach", "属实"),
        "judged": lambda desk: _sentenced(desk, case, gravest=phase == "proposed"),
        "proposed": lambda desk: CaseWork(desk).confirm(case, True, "同意"),
    }
    logins = database.execute_sql(
        "SELECT a.login FROM account a JOIN entry e ON e.person_id = a.person_id "
        f"WHERE e.id = {database.param}",
        (concerned,),
    ).fetchall()
    for _step in range(12):
        row = CaseFile.get_by_id(case)
        waiting = CaseRoles().waiting_approvers(row)
        if waiting and row.state == "investigating":
            _involved(world.desk(Account.get_by_id(waiting[0].account).login), case, concerned)
        if row.state == "judged" != phase:
            with suppress(*DENIED):
                _heard(world, case, waiting[0].account if waiting else 0, [login for (login,) in logins])
        if row.state in (phase, "decided") or (row.state, phase) == ("judged", "heard") or not waiting:
            break
        steps[row.state](world.desk(Account.get_by_id(waiting[0].account).login))
    if phase == "appealed" and CaseFile.get_by_id(case).state == "decided":
        with suppress(*DENIED):
            Cases(world.desk(logins[0][0])).appeal(case, "名单是按要求发送的")


def _heard(world: World, case: int, handler: int, logins: list[str]) -> None:
    """Say as the person concerned what is to be said, or write it down for who has no account."""
    if logins:
        Cases(world.desk(logins[0])).state(case, "名单是按要求发送的")
    elif handler:
        party = CaseParty.get(CaseParty.case == case).id
        CaseWork(world.desk(Account.get_by_id(handler).login)).statement(case, party, "名单是按要求发送的")


def _involved(desk: Desk, case: int, concerned: int) -> None:
    if not CaseParty.select().where(CaseParty.case == case).exists():
        CaseWork(desk).involve(case, f"entry:{concerned}")


def _sentenced(desk: Desk, case: int, *, gravest: bool) -> None:
    ladder = [rule.id for rule in policy_of(CaseFile.get_by_id(case).book_id).ladder]
    chosen = ladder[-1:] if gravest else ladder[:1]
    parties = [row.id for row in CaseParty.select().where(CaseParty.case == case)]
    CaseWork(desk).decide(case, "属实", [Sentence(one, tuple(chosen), 1) for one in parties])


def make_findings(world: World) -> None:
    """Two findings in every inspection, one of them answered."""
    rows = Campaign.select().where((Campaign.kind == "inspection") & Campaign.closed_at.is_null())
    for campaign in list(rows.order_by(Campaign.id)):
        book = str(campaign.book_id)

        def find(desk: Desk, number: int = campaign.id) -> object:
            owners = Inspections(desk).owners(number)
            return [
                Inspections(desk).find(number, "未收回", one.account, "2026-12-11")
                for one in (owners[0], owners[-1])
            ]

        found = by_anybody(world, book, find)
        if isinstance(found, list):
            by_anybody(world, book, lambda desk, number=found[0]: Inspections(desk).answer(number, "已收回"))  # type: ignore[misc]
