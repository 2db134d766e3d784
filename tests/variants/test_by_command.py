"""Whoever is concerned does it themselves, by the command that they type, and reads what it says."""

from __future__ import annotations

import pytest

from db.desk.cases.cases import Cases
from db.store.tables import CaseParty
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import change as asked
from tests.db.desk.casework import decided
from tests.db.desk.test_heads_awaited import account, headed_by_somebody_new
from tests.tui.plain.running import Answer, answered
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, deputise, succeed
from tests.wider_world import PLANS
from tests.world import World

BOOKS_OF = {"house": tuple(PLANS)}
UNIT = "财务中心"


def approving(house: World, login: str, request: int) -> Answer:
    """Look at what waits, and approve it by the code that stands there."""
    shown = answered(house, login, f"queue {request} --json")
    return answered(house, login, f"approve {request} {shown.data['code']}") if shown.status == 0 else shown


@pytest.mark.parametrize(
    ("made", "decider"),
    [
        row("deputy", "huangbo", of="E.13.2 E.7", person="deputy"),
        row("acting", "huangbo", of="E.13.2 E.7", person="acting", day="office-changed"),
        row("successor", "huangbo", of="E.13.2 E.7", person="successor", day="office-changed"),
    ],
)
def test_whoever_has_the_office_now_approves_by_command(house: World, made: str, decider: str) -> None:
    """It waits in their queue, with whom it is about; who held the office before has it no more."""
    if made == "deputy":
        deputise(house, "songjia", decider, "head", "group")
    elif made == "acting":
        act_for(house, decider, "head", "group", UNIT)
    else:
        succeed(house, decider, "head", "group", UNIT)
    request = asked(house, "majun", book="group")
    assert "马军" in answered(house, decider, "queue").text
    if made != "deputy":
        assert approving(house, "songjia", request).status != 0
    assert approving(house, decider, request).status == 0
    assert "黄博" in answered(house, "majun", f"requests {request}").text


@walks("E.13.2 E.7 C.5", person="no-account")
def test_what_waits_for_a_head_without_an_account_says_so_and_is_theirs_once_they_have_one(
    house: World,
) -> None:
    headed_by_somebody_new(house)
    request = asked(house, "majun", book="group")
    assert "邹静（尚无账号）" in answered(house, "majun", f"requests {request}").text
    for above in ("songjia", "luoyan"):
        assert approving(house, above, request).status != 0, above
    with writing():
        account(house)
    assert approving(house, "zoujing", request).status == 0


@walks("C.12", person="oneself", day="after-deadline")
def test_whoever_was_found_in_breach_is_told_the_day_and_late_the_reason(house: World, clock: Clock) -> None:
    case = Cases(house.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(house, case, "leak", "唐雨", "warning")
    until = answered(house, "tangyu", f"case {case} --json").data["appeal_until"]
    assert "制度未作规定" in answered(house, "tangyu", f"case {case}").text, "whose the ten days are"
    clock.forward(days=30)
    late = answered(house, "tangyu", f"case appeal {case} --words 不服")
    assert (late.status == 0, until[5:] in late.err) == (False, True)
    assert CaseParty.get(CaseParty.case == case).sanctions == "warning"


@walks("B.6.2", person="two-books")
def test_who_is_in_two_books_answers_a_question_for_consent_by_command(house: World) -> None:
    """With the day, which is the organisation's own, and what was given is closed when it is taken back."""
    to = str(house.unit("safety", "一车间"))
    given = {"people": "任和", "what": "all", "to": to, "days": "7"}
    house.desk("dingyi").asking.ask("disclosure", "safety", given, "联合演练")
    (consent,) = answered(house, "renhe", "consents --json").data
    shown = answered(house, "renhe", f"consents {consent['consent']}").text
    assert "依 B.6.2、本单位设定" in shown
    assert answered(house, "renhe", f"consents answer {consent['consent']} --answer no").status == 0
