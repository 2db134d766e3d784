"""The audit on the screen: narrowed by one key, the chain in the corner, each look recorded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.desk import Refused
from db.desk.audit.record_views import AuditRow
from db.language import say
from db.store import audit
from db.store.engine import database
from db.store.tables import AuditRecord
from db.store.transactions import writing
from tests.tui.menus import press_for
from tests.tui.screens.oversight_stage import Oversight
from tests.tui.screens.requests_stage import office
from tests.tui.screens.stage import press
from tests.world import World
from tui.kit import DataList
from tui.screens.audit.audit import PAGE, AuditScreen
from tui.screens.audit.one import AuditOne, outcome
from tui.sheets.cell import cell_words
from tui.sheets.record_facts import particulars

__all__ = ["office"]
SIZE = (80, 24)


def shown(app: Oversight) -> list[AuditRow]:
    """Every row that the list has at hand."""
    screen = app.screen
    assert isinstance(screen, AuditScreen)
    return [row for page in sorted(screen._pages) for row in screen._pages[page]]


NARROWS = {"person": "account", "act": "act", "object": "entry", "outcome": "outcome", "source": "source"}


def screen_text(app: Oversight) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


@pytest.mark.clause("C.6")
async def test_f_narrows_by_what_is_under_the_cursor_and_widens_again(
    office: World,
) -> None:
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = len(shown(app))
        for command, name in NARROWS.items():
            row = app.screen.query_one(DataList).current
            assert isinstance(row, AuditRow)
            wanted = getattr(row, name)
            if wanted is None:
                continue
            await press_for(pilot, "f", command)
            assert {getattr(other, name) for other in shown(app)} == {wanted}
            await press(pilot, "escape")
            assert len(shown(app)) > before - 1
        for _ in range(2):
            await press_for(pilot, "f", "person")
        assert len({row.account for row in shown(app)}) > 1


async def test_the_act_is_read_whole_beside_whoever_has_a_long_name(office: World) -> None:
    app = Oversight(office, "helei")
    app.language = "en"
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.1)
        act = "confirm a handover early"
        long = replace(shown(app)[0], who="host", label=act, whom="华星集团安全员", outcome="done")
        rows = app.screen.query_one(DataList)
        rows.show_all([long])
        assert act in rows.draw(0, SIZE[0], cursor=False).text


async def test_a_day_a_facet_and_a_name_narrow_too(office: World) -> None:
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "end", "p")
        assert len({row.at[:10] for row in shown(app)}) == 1
        await press(pilot, "f", "1", "f", "5", "1", "1")
        assert len({row.account for row in shown(app)}) == 1
        await press(pilot, "f", "1", "slash", *"王芳", "enter")
        assert {row.who for row in shown(app)} == {"王芳"}


async def test_the_filters_say_what_they_would_leave(office: World) -> None:
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert "/ 找人" in screen_text(app).splitlines()[-1]
        await press(pilot, "slash", *"王芳", "enter", "f")
        text = screen_text(app)
        assert "人员：恢复全部" in text
        assert "行为：" in text
        assert "其他条件，从列表选择" in text


async def test_the_safe_default_is_called_so_and_not_by_its_id(office: World) -> None:
    with pytest.raises(Refused):
        office.desk("zhangwei").overview.coverage("staff")
    AuditRecord.update(clause="default, A.12").where(AuditRecord.act == "overview.coverage").execute()
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "f", "6", "5")
        assert "default" not in screen_text(app)
        await press(pilot, "escape")
        row = next(row for row in shown(app) if row.act == "overview.coverage")
        assert say(outcome(row).text, "en") == "✗ A.12, safe default"


@pytest.mark.clause("C.6")
async def test_every_page_that_is_looked_at_is_one_record(office: World) -> None:
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert len(shown(app)) < PAGE
        looks = AuditRecord.select().where(AuditRecord.act == "audit.window").count()
        await press(pilot, "down", "down", "end", "home")
        assert AuditRecord.select().where(AuditRecord.act == "audit.window").count() == looks
        await press(pilot, "f", "1")
        assert AuditRecord.select().where(AuditRecord.act == "audit.window").count() == looks + 1


@pytest.mark.threat(24)
async def test_the_corner_says_whether_the_chain_holds(office: World) -> None:
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.2)
        assert "✓ 审计链完整" in screen_text(app)
    database.execute_sql("UPDATE audit_record SET outcome = 'done', act = 'me.who' WHERE seq = 5")
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(0.2)
        assert "✗ 审计链在第 5 条断裂" in screen_text(app)


async def test_enter_opens_a_record_in_full(office: World) -> None:
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await press(pilot, "down", "enter")
        assert isinstance(app.screen, AuditOne)
        assert AuditRecord.get_by_id(app.screen._detail.row.seq).hash in screen_text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, AuditScreen)


async def test_each_line_of_a_record_begins_with_a_capital(office: World) -> None:
    """The particulars stood in small letters below When, Who and Act."""
    with writing():
        number = audit.append(
            act="auth.sign_in", outcome="done", account=office.accounts["helei"],
            detail={"factor": "code", "agreed_by": "刘洋"},
        )  # fmt: skip
    desk = office.desk("helei")
    facts = particulars(desk.audit.one(number))
    assert [(cell_words(label, "en"), cell_words(value, "en")) for label, value in facts] == [
        ("Agreed by", "刘洋"),
        ("Second factor", "code"),
    ]
    app = Oversight(office, "helei")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("f9")
        app.push_screen(AuditOne(desk.audit.one(number)))
        await pilot.pause(0.1)
        assert "Second factor" in screen_text(app)


@pytest.mark.clause("C.6")
@pytest.mark.threat(18)
async def test_nobody_else_has_the_audit_on_the_screen(office: World) -> None:
    for login in ("zhangwei", "wangfang", "liuyang"):
        app = Oversight(office, login)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            assert "audit" not in {mode.id for mode in app.modes}
