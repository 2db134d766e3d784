"""The undertaking comes before any use, in exactly the version that is in force (A.17)."""

from __future__ import annotations

import pytest

from db.desk import Refused
from db.language import say
from db.store.engine import Store
from db.store.tables import UndertakingAccepted
from tests.tui.screens.at_the_door import PASSWORD, app_of, enrol, present_code, text_of
from tests.world import World
from tui.screens.cases.report import ReportBreach
from tui.screens.door.undertaking import CollectionNoticeScreen, UndertakingScreen


@pytest.mark.clause("A.17")
async def test_nothing_is_open_before_it_is_accepted(installation: Store, world: World) -> None:
    account = world.accounts["zengqing"]
    enrol(account)
    app = app_of("zengqing", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, UndertakingScreen)
        assert "A.17" in text_of(app)
        with pytest.raises(Refused) as refused:
            app.desk.accounts.page("staff", 0, 1)
        assert refused.value.clause == "A.17"
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, UndertakingScreen)
        await pilot.press("a")
        await pilot.pause()
        assert not isinstance(app.screen, UndertakingScreen)
        app.desk.accounts.page("staff", 0, 1)
        assert isinstance(app.screen, CollectionNoticeScreen), "what is collected of one comes next (PIPL 17)"
        assert say(app.screen.version_words(), "en").startswith("Version of Mon 23 Nov"), "and no digest"
        await pilot.press("escape", "escape")
        assert isinstance(app.screen, CollectionNoticeScreen)
        await pilot.press("f12")
        await pilot.pause()
        assert isinstance(app.screen, ReportBreach), "a breach is reported from here, too"
        await pilot.press("escape", "a")
        await pilot.pause()
        assert not isinstance(app.screen, CollectionNoticeScreen)
    (row,) = UndertakingAccepted.select().where(UndertakingAccepted.policy == "enterprise")
    assert (row.account_id, row.policy, row.version) == (account, "enterprise", "1.4")


@pytest.mark.clause("A.17")
async def test_it_is_asked_again_when_the_regulation_has_changed(installation: Store, world: World) -> None:
    account = world.accounts["zengqing"]
    enrol(account)
    UndertakingAccepted.create(account=account, policy="enterprise", version="0", at="2020")
    app = app_of("zengqing", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert isinstance(app.screen, UndertakingScreen)


@pytest.mark.clause("A.17")
async def test_leaving_accepts_nothing(installation: Store, world: World) -> None:
    enrol(world.accounts["zengqing"])
    app = app_of("zengqing", PASSWORD, present_code())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("f10")
    assert UndertakingAccepted.select().count() == 0
