"""An organisation whose people, units, requests, files and cases are called by texts that attack: on no
screen does any of them act or break anything (threat 11)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from db.desk.cases.cases import Cases
from db.desk.entry.record import apply_values
from db.store.tables import Evidence, RequestEvent, RequestStep, Unit
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import change
from tests.tui.kit.hostile import HOSTILE
from tests.tui.kit.test_hostile import unlinked
from tests.tui.screens.directory_stage import drawn
from tests.tui.screens.requests_stage import OFFICE
from tests.tui.screens.stage import Stage, Templates
from tests.world import World
from tui.screens.modes import MODES

ACTS = "[@click=app.quit()]"
MARKUP = tuple(text for text in HOSTILE if "[" in text and text.isprintable())
PEOPLE = ("zhangwei", "zhangwen", "zhengwei", "wangfang", "liuyang", "helei")
WIDE = (120, 36)
DEEP = 4
"""So many screens may lie over a mode."""


class Everywhere(Stage):
    """All modes that there are for somebody."""

    SHOWN = tuple(mode.id for mode in MODES)


@pytest.fixture
def poisoned(templates: Templates, tmp_path: Path, clock: Clock) -> Iterator[World]:
    """The office of `requests_stage` with such texts wherever a person can write one."""
    with templates.copy(OFFICE, tmp_path / "state", clock) as world:
        change(world, "zhengwei", reason=MARKUP[0])
        Cases(world.desk("zhangwei")).report("staff", " ".join(MARKUP))
        with writing():
            for number, login in enumerate(PEOPLE):
                text = MARKUP[number % len(MARKUP)]
                values = {"name": f"{MARKUP[0]}{number}", "position": text, "other_contact": text}
                kept = {name: (value,) for name, value in values.items()}
                apply_values(world.entry(login), kept, source=text, verifier=world.accounts["liuyang"])
            Unit.update(name=Unit.name.concat(MARKUP[0])).where(Unit.book == "staff").execute()
            Evidence.update(name=f"{MARKUP[0]}.txt").execute()
            RequestEvent.update(comment=MARKUP[0]).execute()
            RequestStep.update(comment=MARKUP[0]).where(RequestStep.comment != "").execute()
        yield world


@pytest.mark.threat(11)
@pytest.mark.parametrize("login", ["wangfang", "liuyang", "helei"])
async def test_no_cell_of_any_screen_acts(poisoned: World, login: str) -> None:
    """Each mode, what opens from its list, and the explanation of both; then clicks here and there.
    A cell acts by a link or an action in its style, so looking at every cell is clicking on every cell."""
    app = Everywhere(poisoned, login)
    seen = 0
    async with app.run_test(size=WIDE) as pilot:
        for mode in app.modes:
            await pilot.press(*mode.digit.split())
            await pilot.pause()
            home = app.screen
            for keys in ((), ("down",), ("enter",), ("f1",)):
                await pilot.press(*keys)
                await pilot.pause()
                assert unlinked(app), f"{mode.id} after {keys}"
                seen += drawn(app).count(ACTS)
            await _back(pilot, app, home)
        await pilot.press("2")
        home = app.screen
        for y in range(2, WIDE[1] - 1, 4):
            for x in (6, 50):
                await pilot.click(offset=(x, y))
                if app.screen is not home:
                    await _back(pilot, app, home)
        assert app.is_running
        assert app.crash is None
    assert seen > len(app.modes), "such texts are on the screens"


async def _back(pilot: Pilot[Any], app: Stage, home: Screen[Any]) -> None:
    """Leave whatever lies over ``home``."""
    for _screen in range(DEEP):
        if app.screen is home:
            return
        await pilot.press("escape")
        await pilot.pause()
