"""Whoever is concerned does it themselves, by the keys that they press, and reads what the screen says."""

from __future__ import annotations

from typing import ClassVar

import pytest

from db.desk.cases.cases import Cases
from db.store.tables import Account, CaseParty, HandBack, RequestStep
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import change as asked
from tests.db.desk.casework import decided
from tests.db.desk.lives import take_out
from tests.db.desk.test_heads_awaited import account, headed_by_somebody_new
from tests.tui.conftest import all_has_its_effect
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.stage import Stage, press, settled
from tests.variants.registry import row, walks
from tests.variants.setting import act_for, deputise, leaves, succeed
from tests.wider_world import PLANS
from tests.world import World
from tui.kit import KitApp
from tui.screens.cases.own_case import OwnCaseCard
from tui.screens.requests.card import RequestCard
from tui.screens.tasks.card import TaskCard

__all__ = ["all_has_its_effect"]
BOOKS_OF = {"house": tuple(PLANS)}
SIZE = (80, 24)
UNIT = "财务中心"


class Person(Stage):
    """What somebody has open: what waits for their decision before the rest."""

    SHOWN: ClassVar[tuple[str, ...]] = ("queue", "today", "requests")


@pytest.mark.parametrize(
    ("made", "decider"),
    [
        row("deputy", "huangbo", of="E.13.2 E.7", person="deputy"),
        row("acting", "huangbo", of="E.13.2 E.7", person="acting", day="office-changed"),
        row("successor", "huangbo", of="E.13.2 E.7", person="successor", day="office-changed"),
    ],
)
async def test_whoever_has_the_office_now_approves_on_the_screen(
    house: World, made: str, decider: str
) -> None:
    """By one key on the row that is drawn; who held the office before has nothing in their queue."""
    if made == "deputy":
        deputise(house, "songjia", decider, "head", "group")
    elif made == "acting":
        act_for(house, decider, "head", "group", UNIT)
    else:
        succeed(house, decider, "head", "group", UNIT)
    request = asked(house, "majun", book="group")
    if made != "deputy":
        before = Person(house, "songjia")
        async with before.run_test(size=SIZE) as pilot:
            await pilot.pause()
            assert "马军" not in text_of(before)
    app = Person(house, decider)
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        assert "马军" in text_of(app)
        await press(pilot, "a")
        assert "已同意" in text_of(app)
    decided_by = Account.select(Account.login).join(RequestStep, on=RequestStep.decided_by)
    assert [one.login for one in decided_by.where(RequestStep.request == request)] == [decider]


@walks("E.13.2 E.7 C.5", person="no-account")
async def test_the_asker_reads_on_the_screen_that_the_head_has_no_account_yet(house: World) -> None:
    headed_by_somebody_new(house)
    request = asked(house, "majun", book="group")
    app = Person(house, "majun", over=lambda app: RequestCard(app.desk.requests.one(request)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "邹静（尚无账号）" in text_of(app)
    with writing():
        account(house)
    app = Person(house, "zoujing")
    async with app.run_test(size=SIZE) as pilot:
        await settled(pilot)
        await press(pilot, "a")
        assert "已同意" in text_of(app)


@walks("C.12", person="oneself", day="after-deadline")
async def test_who_was_found_in_breach_is_offered_the_appeal_until_its_last_day(
    house: World, clock: Clock
) -> None:
    case = Cases(house.desk("xuning")).report("subsidiary", "看到有人把通讯录发到群里", "leak")
    decided(house, case, "leak", "唐雨", "warning")
    until = Cases(house.desk("tangyu")).own(case).appeal_until
    assert until is not None

    def over(app: KitApp) -> OwnCaseCard:
        return OwnCaseCard(Cases(app.desk).own(case))

    app = Person(house, "tangyu", over=over)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert until.day[5:] in text_of(app)
        assert "n 申诉" in text_of(app)
        clock.forward(days=30)
        await press(pilot, "n", *"no", "enter")
        assert until.day in text_of(app), "who typed it on the last evening reads when it ended"
    assert CaseParty.get(CaseParty.case == case).sanctions == "warning"
    late = Person(house, "tangyu", over=over)
    async with late.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "n 申诉" not in text_of(late)


@walks("A.10", person="leaver", day="last-day")
async def test_a_leavers_open_screen_ends_with_the_last_day(house: World, clock: Clock) -> None:
    leaves(house, "liuyang", "wangfang", "2026-11-27")
    clock.set("2026-11-27T23:59+08:00")
    app = Person(house, "wangfang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        clock.set("2026-11-28T00:00:01+08:00")
        await press(pilot, "1")
        assert not app.is_running or "A.10" in text_of(app)
    assert Account.get_by_id(house.accounts["wangfang"]).state == "disabled"


@walks("H.5.4", person="leaver")
async def test_a_leaver_says_on_the_screen_what_became_of_a_copy_before_the_last_day(house: World) -> None:
    take_out(house, "xinan", "JKLM-NPQR")
    leaves(house, "fuhr", "xinan", "2026-12-07", "secured")
    (task,) = [one for one in house.desk("xinan").tasks.mine().rows if one.kind == "hand-back"]
    app = Person(house, "xinan", over=lambda app: TaskCard(app.desk.tasks.one(task.id)))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "c", "c", "1", "enter", "escape")
        assert "已交还" in text_of(app)
    row_ = HandBack.get(HandBack.copy == "JKLM-NPQR")
    assert (row_.outcome, row_.signed_at) == ("returned", None)
