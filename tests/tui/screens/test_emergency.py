"""A class in an emergency, at the keyboard: one key from the list to the first number."""

from __future__ import annotations

import pytest

from db.desk.emergency.emergencies import Emergencies
from db.store.tables import CallAttempt
from tests.tui.conftest import View
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.class_stage import BOOK, Classroom, school
from tests.tui.screens.directory_stage import SMALL
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList, Look, TextLine
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.emergency import EmergencyCall, EmergencyRoll

__all__ = ["school"]


def said(app: Classroom) -> tuple[str, str]:
    """What to do now, and the number that is shown for it."""
    now, number = app.screen.query_one("#now", TextLine), app.screen.query_one("#number", TextLine)
    return str(now.render_line(0).text).strip(), str(number.render_line(0).text).strip()


@pytest.mark.clause("D.9.3")
@pytest.mark.parametrize("login", ["yanlaoshi", "shilaoshi"])
async def test_the_first_number_is_two_keys_from_the_class(school: World, login: str) -> None:
    app = Classroom(school, login)
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "home", "exclamation_mark")
        assert isinstance(app.screen, EmergencyCall)
        assert said(app) == ("现在拨打：江大海", "136 0000 1111")


@pytest.mark.clause("D.9.3")
async def test_the_key_is_in_sight_at_eighty_columns_in_both_languages(school: World) -> None:
    """Nobody looks a key up in an emergency."""
    for language in ("zh_CN", "en"):
        app = Classroom(school, "yanlaoshi", View(language, Look()))
        async with app.run_test(size=SMALL) as pilot:
            await pilot.pause()
            assert ("! 应急联络" if language == "zh_CN" else "! Emergency") in text_of(app)


@pytest.mark.clause("D.9.3")
async def test_one_key_notes_the_call_and_offers_the_next_number(school: World) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "exclamation_mark", "d", "1")
        assert said(app) == ("现在拨打：林月", "136 0000 2222")
        await press(pilot, "d", "3")
        assert said(app)[1] == "136 0000 5678"
        await press(pilot, "a")
        assert said(app)[0].startswith("已联系上")
        await press(pilot, "escape")
        assert isinstance(app.screen, DirectoryScreen)
    made = [(row.outcome, row.account_id) for row in CallAttempt.select().order_by(CallAttempt.id)]
    teacher = school.accounts["yanlaoshi"]
    assert made == [("no-answer", teacher), ("wrong", teacher), ("reached", teacher)]


@pytest.mark.clause("D.9.3")
async def test_nobody_is_told_to_call_a_number_that_is_wrong(school: World) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "exclamation_mark", "d", "3", "d", "3", "d", "3")
        assert said(app)[0].startswith("已无可拨的号码")


@pytest.mark.clause("D.9.3")
async def test_the_list_of_the_class_shows_whose_family_was_reached(school: World) -> None:
    app = Classroom(school, "yanlaoshi")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "v", "1", "enter", "a", "right_square_bracket")
        assert isinstance(app.screen, EmergencyCall)
        await press(pilot, "d", "2", "escape")
        assert isinstance(app.screen, EmergencyRoll)
        lines = app.screen._all
        assert [(line.name, line.calls, line.reached) for line in lines] == [
            ("江涛", 1, True), ("罗茜", 1, False), ("孟飞", 0, False),
        ]  # fmt: skip


async def test_classmates_are_offered_no_emergency(school: World) -> None:
    app = Classroom(school, "luoxi")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "exclamation_mark", "exclamation_mark")
        assert isinstance(app.screen, DirectoryScreen)
        assert app.screen.query_one(DataList).current is not None
        assert BOOK not in Emergencies(app.desk).books()
