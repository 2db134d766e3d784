"""s sorts every list whose rows are all here, by what its reader sees, in the order of their language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from textual.pilot import Pilot

from db.desk.reviews.review_views import ItemRow, UnitPart
from db.language import Language, say
from tests.tui.menus import press_for
from tests.tui.screens.at_the_door import text_of
from tests.tui.screens.directory_stage import Hall, hall
from tests.tui.screens.oversight_stage import Oversight
from tests.tui.screens.requests_stage import Office, office
from tests.tui.screens.reviews_stage import Room, enter, reviews
from tests.tui.screens.stage import Stage, press
from tests.world import World
from tui.kit import DataList, datalist
from tui.kit.choosing import Choose, Options
from tui.screens.directory.columns import heading
from tui.sheets.reading import pinyin_sort_key

__all__ = ["hall", "office", "reviews"]
SIZE = (80, 24)
LANGUAGES = pytest.mark.parametrize("language", ["zh_CN", "en"])


async def sort(pilot: Pilot[int], language: Language, title: str) -> None:
    """Choose the column of ``title`` from the question that s asks."""
    await press(pilot, "s")
    asked = pilot.app.screen
    assert isinstance(asked, Choose)
    picks = asked.query_one(Options).options
    await press(pilot, next(digit for digit, pick in picks if say(pick.label, language) == title))


def rows(app: Stage) -> DataList[Any]:
    return app.screen.query_one(DataList)


def first(app: Stage, count: int = 100) -> Sequence[Any]:
    """The rows of the list on the screen in their order."""
    return rows(app)._fetch(0, count)


async def both_ways(
    pilot: Pilot[int], app: Stage, title: str, order: Callable[[Any], Any], alike: Callable[[Any], Any]
) -> None:
    """Sorted, turned round, and as it was: the cursor stays with its item."""
    language, before = app.language, [alike(row) for row in first(app)]
    await press(pilot, "down")
    held = rows(app).current
    await sort(pilot, language, title)
    assert [order(row) for row in first(app)] == sorted(map(order, first(app)))
    assert f"{title} ↑" in text_of(app)
    assert alike(rows(app).current) == alike(held)
    await sort(pilot, language, title)
    assert [order(row) for row in first(app)] == sorted(map(order, first(app)), reverse=True)
    assert f"{title} ↓" in text_of(app)
    await press(pilot, "s", "0")
    assert [alike(row) for row in first(app)] == before


@LANGUAGES
async def test_files_are_sorted_by_size(office: World, language: Language) -> None:
    """By bytes: 12 bytes are fewer than 3 KB."""
    for name, size in (("a.txt", 3_000), ("b.txt", 12), ("c.txt", 200_000)):
        office.desk("zhangwei").evidence.add(name, b"x" * size)
    app = Office(office, "zhangwei", first="evidence")
    app.language = language
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        title = {"zh_CN": "大小", "en": "Size"}[language]
        await both_ways(pilot, app, title, lambda row: row.size, lambda row: row.id)


@LANGUAGES
async def test_people_are_sorted_by_name_as_it_is_spoken(hall: World, language: Language) -> None:
    app = Hall(hall, "liuyang")
    app.language = language
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        title = {"zh_CN": "姓名", "en": "Name"}[language]
        await both_ways(pilot, app, title, lambda row: pinyin_sort_key(row.name), lambda row: row.entry)


async def test_what_a_search_finds_elsewhere_stays_below_its_heading(hall: World) -> None:
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        listing, found, head = rows(app), list(first(app, 6)), heading(3)
        listing.ordered_by = listing.columns[0]
        order = partial(sorted, key=lambda row: pinyin_sort_key(row.name))
        assert listing.in_order([*found[:3], head, *found[3:]]) == [
            *order(found[:3]),
            head,
            *order(found[3:]),
        ]


@LANGUAGES
async def test_records_are_sorted_once_they_are_few(office: World, language: Language) -> None:
    app = Oversight(office, "helei")
    app.language = language
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        if rows(app).is_long:
            await press(pilot, "s")
            assert "100" in text_of(app)
        await press_for(pilot, "f", "act")
        assert not rows(app).is_long
        title = {"zh_CN": "时间", "en": "When"}[language]
        await both_ways(pilot, app, title, lambda row: row.seq, lambda row: row.seq)


async def test_a_list_that_is_too_long_says_so_and_stays(
    hall: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(datalist, "HELD", 3)
    app = Hall(hall, "liuyang")
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = first(app)
        await press(pilot, "s")
        assert "排序：" in text_of(app)
        assert not isinstance(app.screen, Choose)
        assert first(app) == before


@LANGUAGES
async def test_entries_under_review_are_sorted_within_their_departments(
    reviews: World, language: Language
) -> None:
    """And the next open one is the next on the screen."""
    app = Room(reviews, "luoyan")
    app.language = language
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "check")
        heads = [row.unit for row in first(app) if isinstance(row, UnitPart)]
        await sort(pilot, language, {"zh_CN": "姓名", "en": "Name"}[language])
        units, parts = [], list[list[str]]()
        for row in first(app):
            if isinstance(row, UnitPart):
                units.append(row.unit)
                parts.append([])
            else:
                parts[-1].append(row.name)
        assert units == heads
        assert all(part == sorted(part, key=pinyin_sort_key) for part in parts)
        assert any(len(part) > 1 for part in parts)
        await press(pilot, "right_square_bracket")
        row = rows(app).current
        assert isinstance(row, ItemRow)
        assert row.status == "open"


async def test_the_next_open_right_is_the_next_of_a_sorted_list(reviews: World) -> None:
    app = Room(reviews, "yuhr")
    async with app.run_test(size=SIZE) as pilot:
        await enter(app, pilot, "recertification")
        listing = rows(app)
        await sort(pilot, "zh_CN", say(listing.columns[0].title, "zh_CN"))
        assert listing.is_sorted
        listing.go(0)
        await press(pilot, "right_square_bracket")
        after = [n for n, row in enumerate(listing.ordered) if row.status == "open" and n > 0]
        assert listing.cursor == (after[0] if after else 0)
