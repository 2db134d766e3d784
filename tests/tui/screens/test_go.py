"""One box for people, units, requests, reports, places and commands."""

from __future__ import annotations

import pytest

from db.desk.requests.ask_fields import values_of
from db.store.tables import AuditRecord
from tests.db.desk.lives import evidence
from tests.tui.screens.directory_stage import SMALL, drawn, hall
from tests.tui.screens.stage import Stage, press
from tests.world import World
from tui.kit.command_palette import Palette
from tui.kit.go_target import GoTarget
from tui.kit.refusal import Refusal
from tui.screens.directory.browse import DirectoryScreen
from tui.screens.directory.card import CardScreen
from tui.screens.requests.card import CardOfMine, CardToDecide, RequestCard

__all__ = ["hall"]


class Everywhere(Stage):
    """All that most people have."""

    SHOWN = ("requests", "directory", "queue", "reports", "account")


def rows(app: Stage) -> list[str]:
    """The people, units and other things on record that the box shows."""
    box = app.screen
    assert isinstance(box, Palette)
    return [row.id for row in box._found if isinstance(row, GoTarget)]


async def test_anybody_is_found_from_any_place_and_opened_with_two_keys(hall: World) -> None:
    app = Everywhere(hall, "liuyang", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", *"zhangwei")
        assert "工程师" in drawn(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, CardScreen)
        assert "王芳 [头] 8011 < 李伟 [头] 8010" in drawn(app), "and so are the manager's manager"
        await press(pilot, "escape")
        assert app.current_mode == "requests"


@pytest.mark.clause("A.11")
async def test_a_number_is_shown_with_two_keys(hall: World) -> None:
    app = Everywhere(hall, "zhangwei", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", *"zhangwen")
        assert "F6 号码：工作" in drawn(app)
        await press(pilot, "f6")
        assert "139 0000 1507" in drawn(app)
    acts = [row.act for row in AuditRecord.select().order_by(AuditRecord.seq)]
    assert acts.count("directory.reveal") == 1


@pytest.mark.clause("A.12")
@pytest.mark.threat(23)
async def test_whoever_may_not_see_somebody_finds_nobody(hall: World) -> None:
    app = Everywhere(hall, "zhangwei", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        for typed in ("赵敏", "zhaomin", "8201", "@zhaomin"):
            await press(pilot, "g", *typed)
            assert [row for row in rows(app) if row.startswith("entry")] == []
            await press(pilot, "escape")


async def test_showing_people_is_put_on_record_like_any_look_up(hall: World) -> None:
    app = Everywhere(hall, "zhangwei", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", *"zhangwen", "enter")
    seen = [(row.act, row.book) for row in AuditRecord.select() if row.act.startswith("directory.")]
    assert seen == [("directory.settled", "staff"), ("directory.card", "staff")]


async def test_what_is_decided_offers_no_decision(hall: World) -> None:
    desk = hall.desk("zhangwei")
    form = desk.changes.form(hall.entry("zhangwei"))
    values = values_of(form.fields) | {"extension": "8918"}
    number = desk.changes.submit(form.entry, form.version, values, "座位调整", evidence(desk))
    head = hall.desk("wangfang")
    head.queue.reject(number, head.queue.one(number).digest, "先不改")
    app = Everywhere(hall, "wangfang", first="directory")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", "number_sign", *str(number), "enter")
        assert type(app.screen) is RequestCard


async def test_a_request_is_opened_by_its_number_by_whoever_may_see_it(hall: World) -> None:
    desk = hall.desk("zhangwei")
    form = desk.changes.form(hall.entry("zhangwei"))
    values = values_of(form.fields) | {"extension": "8918"}
    number = desk.changes.submit(form.entry, form.version, values, "座位调整", evidence(desk))
    app = Everywhere(hall, "zhangwei", first="directory")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", "number_sign", *str(number), "enter")
        assert isinstance(app.screen, CardOfMine)
    app = Everywhere(hall, "wangfang", first="directory")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", "number_sign", *str(number), "enter")
        assert isinstance(app.screen, CardToDecide)
    app, said = Everywhere(hall, "zhangwen", first="directory"), []
    async with app.run_test(size=SMALL) as pilot:
        for wanted in (number, 9999):
            await press(pilot, "g", "number_sign", *str(wanted), "enter")
            assert isinstance(app.screen, Refusal)
            said.append(drawn(app).split("╭")[1].split("╰")[0])
            await press(pilot, "enter")
    assert said[0] == said[1], "others' and none are refused alike"


@pytest.mark.parametrize("typed", ["离职 张文", "离职张文", "张文离职", "zhangwen lizhi", "Leaver zhangwen"])
async def test_whoever_enters_leavers_names_one_on_either_side_of_the_word(hall: World, typed: str) -> None:
    app = Everywhere(hall, "liuyang", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", *typed)
        assert rows(app) == [f"leave {hall.entry('zhangwen')}"]


@pytest.mark.parametrize("typed", ["有人离职", "我要离职", "离职的人要删信息", "有人调动", "leave", "move"])
async def test_a_job_is_nobodys_name(hall: World, typed: str) -> None:
    app = Everywhere(hall, "liuyang", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", *typed)
        assert not [row for row in rows(app) if row.startswith(("leave ", "move "))]


async def test_a_unit_is_shown_in_the_directory(hall: World) -> None:
    app = Everywhere(hall, "liuyang", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", *"华东")
        await press(pilot, *["down"] * next(at for at, row in enumerate(rows(app)) if row[:4] == "unit"))
        assert "华东销售部  销售中心 < 华星集团" in drawn(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, DirectoryScreen)
        assert "在华东销售部" in drawn(app)


async def test_over_a_form_nothing_leads_where_what_was_typed_would_be_lost(hall: World) -> None:
    app = Everywhere(hall, "zhangwei", first="directory")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "n", *"wanghai", "ctrl+p", *"研发")
        assert rows(app)
        assert not [row for row in rows(app) if row.startswith(("unit", "report"))]
        await press(pilot, "escape")
        assert "wanghai" in drawn(app)


async def test_signs_narrow_it_to_people_commands_and_jobs(hall: World) -> None:
    app = Everywhere(hall, "liuyang", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", "@", *"zhang")
        assert {row.split()[0] for row in rows(app)} == {"entry"}
        await press(pilot, "escape", "g", ">", *"更正")
        assert "directory change" in rows(app)
        assert not any(row.startswith("entry") for row in rows(app))
        await press(pilot, "escape", "g", "?", *"手机")
        assert rows(app) == []
        assert "手机" in drawn(app)


async def test_what_cannot_be_done_now_is_dim_and_says_so(hall: World) -> None:
    app = Everywhere(hall, "liuyang", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", *">", *"撤回")
        assert "现在不可用" in drawn(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, Palette)


async def test_a_command_of_another_place_goes_there_and_does_it(hall: World) -> None:
    app = Everywhere(hall, "zhangwei", first="requests")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "g", ">", *"日历")
        await press(pilot, "enter")
        await pilot.pause()
        assert app.current_mode == "directory"
        assert len(app.screen_stack) == 2


async def test_favourites_then_recents_stand_first_and_are_forgotten_by_a_key(hall: World) -> None:
    app = Everywhere(hall, "zhangwei", first="directory")
    async with app.run_test(size=SMALL) as pilot:
        await press(pilot, "enter", "escape", "down", "down", "plus")
        assert drawn(app).count("张文 +") == 2, "the list and the card under it mark a favourite"
        await press(pilot, "plus")
        assert "张文 +" not in drawn(app)
        await press(pilot, "plus", "g")
        assert len(rows(app)) == 2
        assert "+ 张文" in drawn(app)
        await press(pilot, "f4")
        assert len(rows(app)) == 1
