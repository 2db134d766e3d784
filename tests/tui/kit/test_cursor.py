"""The cursor of a list belongs to an item: what is done is done to that, or asked about once it is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from db.language import Label
from tests.tui.kit.stage import COLUMNS, Row, Stage, person
from tui.kit import DataList, FramedScreen, ScreenCommand
from tui.kit.choosing import Choose


class Work(FramedScreen):
    """A list in which each row can be ended, or looked at on a screen of its own."""

    NAME = Label("工作", "Work")
    KEYS = (
        ScreenCommand("open", "enter", Label("打开", "Open"), ""),
        ScreenCommand("end", "x", Label("结束", "End"), ""),
        ScreenCommand("ponder", "p", Label("考虑", "Ponder"), ""),
        ScreenCommand("sort", "s", Label("排序", "Sort"), ""),
    )

    def __init__(self, count: int) -> None:
        super().__init__()
        self.there = list(range(count))
        self.ended: list[int] = []

    def body(self) -> Iterator[DataList[Row]]:
        yield DataList[Row](COLUMNS, key=lambda row: row.id, multi=True)

    def on_mount(self) -> None:
        self.rows.show(self.fetch)

    @property
    def rows(self) -> DataList[Row]:
        return self.query_one(DataList)

    def fetch(self, offset: int, limit: int) -> Sequence[Row]:
        return [person(number) for number in self.there[offset : offset + limit]]

    def can(self, command_id: str) -> bool:
        return command_id not in ("open", "end", "ponder") or self.rows.current is not None

    def do_open(self) -> None:
        self.app.push_screen(Work(3))

    def come_back(self) -> None:
        self.rows.reload()

    def do_end(self) -> None:
        row = self.rows.current
        assert row is not None
        self.ended.append(row.id)
        self.there.remove(row.id)
        self.rows.reload()

    def do_ponder(self) -> None:
        """Something that takes nothing out of the list."""

    def do_sort(self) -> None:
        self.there.reverse()
        self.rows.reload()


@asynccontextmanager
async def at_work(count: int = 40) -> Any:
    app = Stage()
    async with app.run_test() as pilot:
        work = Work(count)
        await app.push_screen(work)
        await pilot.pause()
        yield pilot, work


def under(work: Work) -> int | None:
    return work.rows.current.id if work.rows.current is not None else None


async def test_it_stays_with_its_item_when_others_come_and_go_above() -> None:
    """Nobody moved it: the first row is an item too."""
    async with at_work() as (_pilot, work):
        work.there[:0] = [97, 98, 99]
        work.rows.reload()
        assert (under(work), work.rows.cursor) == (0, 3)
        work.there.remove(98)
        work.rows.reload()
        assert (under(work), work.rows.cursor) == (0, 2)


@pytest.mark.parametrize(("count", "downs"), [(40, 5), (900, 700)])
async def test_it_stays_with_its_item_however_the_list_is_sorted(count: int, downs: int) -> None:
    async with at_work(count) as (pilot, work):
        work.rows.go(downs)
        line = work.rows.cursor - work.rows.top
        await pilot.press("s")
        assert under(work) == downs
        assert work.rows.cursor == count - 1 - downs
        assert work.rows.cursor - work.rows.top == line or work.rows.top == 0
        await pilot.press("s", "x")
        assert work.ended == [downs]


async def test_the_item_that_a_person_chose_stays_under_it_in_another_query() -> None:
    async with at_work() as (pilot, work):
        await pilot.press("down", "down")
        work.rows.show(lambda offset, limit: [person(one) for one in (30, 2, 20)][offset : offset + limit])
        assert under(work) == 2
        work.rows.show(lambda offset, limit: [person(one) for one in (30, 20)][offset : offset + limit])
        assert under(work) == 30
        work.rows.show(work.fetch)
        assert under(work) == 2


async def test_where_the_list_knows_a_place_its_item_is_found_however_far_it_is() -> None:
    """And no row is looked through on the way. Where the item is gone, or the place is another's by now, the
    cursor goes astray."""
    async with at_work(9000) as (pilot, work):
        fetched: list[int] = []

        def fetch(offset: int, limit: int) -> Sequence[Row]:
            fetched.append(offset)
            return [person(number) for number in work.there[offset : offset + limit]]

        def place(row: Row) -> int | None:
            return work.there.index(row.id) if row.id in work.there else None

        work.rows.show(fetch, total=9000, find_place=place)
        work.rows.go(6000)
        await pilot.press("down")
        work.rows.show(lambda offset, limit: [person(one) for one in (30, 6001)][offset : offset + limit])
        assert under(work) == 6001
        fetched.clear()
        work.rows.show(fetch, total=9000, find_place=place)
        assert (under(work), work.rows.cursor) == (6001, 6001)
        work.there.reverse()
        work.rows.reload()
        assert (under(work), work.rows.cursor) == (6001, 2998)
        assert len(fetched) <= 6
        work.there.remove(6001)
        work.rows.reload()
        assert (under(work), work.rows.astray) == (None, True)
        work.rows.show(fetch, total=9000, keep=True, find_place=lambda _row: 17)
        assert under(work) is None


async def test_another_query_begins_at_its_first_row_where_nobody_chose_one() -> None:
    async with at_work() as (_pilot, work):
        work.rows.show(lambda offset, limit: [person(one) for one in (30, 0, 20)][offset : offset + limit])
        assert under(work) == 30


async def test_what_its_reader_ended_is_missed_by_nobody_when_the_list_is_read_again() -> None:
    async with at_work(1) as (pilot, work):
        await pilot.press("x")
        work.rows.reload()
        await pilot.pause()
        assert not work.rows.astray


async def gone(pilot: Pilot[Any], work: Work) -> None:
    """The third row is taken by somebody else while another screen is on top."""
    await pilot.press("down", "down", "enter")
    work.there.remove(2)
    await pilot.press("escape")
    await pilot.pause()
    assert pilot.app.screen is work


async def test_where_the_item_is_gone_the_next_act_asks() -> None:
    async with at_work() as (pilot, work):
        await gone(pilot, work)
        assert (under(work), work.rows.cursor) == (None, 2)
        await pilot.press("x")
        assert isinstance(pilot.app.screen, Choose)
        await pilot.press("n")
        assert work.ended == []
        await pilot.press("x", "y")
        assert work.ended == [3]
        await pilot.press("x")
        assert work.ended == [3, 4], "the next one came under the cursor by one's own act"


@pytest.mark.parametrize("key", ["enter", "space", "x"])
async def test_every_key_that_is_about_the_item_asks(key: str) -> None:
    async with at_work() as (pilot, work):
        await gone(pilot, work)
        await pilot.press(key)
        assert isinstance(pilot.app.screen, Choose)
        await pilot.press("escape")
        assert (work.ended, work.rows.marked, pilot.app.screen) == ([], {}, work)


async def test_a_key_that_is_not_about_the_item_does_not_ask() -> None:
    async with at_work() as (pilot, work):
        await gone(pilot, work)
        await pilot.press("s")
        assert pilot.app.screen is work


async def test_who_moves_the_cursor_then_is_not_asked() -> None:
    async with at_work() as (pilot, work):
        await gone(pilot, work)
        await pilot.press("down", "x")
        assert work.ended == [4]


async def test_the_item_that_comes_again_is_under_it_again() -> None:
    async with at_work() as (pilot, work):
        await gone(pilot, work)
        work.there.insert(0, 2)
        work.rows.reload()
        assert under(work) == 2


async def test_keys_typed_ahead_go_on_to_the_items_that_were_seen() -> None:
    """Not to whoever stands in the row by then."""
    async with at_work() as (pilot, work):
        await pilot.press("x")
        assert (work.ended, under(work)) == ([0], 1)
        work.there.remove(1)
        await pilot.press("s", "s")
        assert under(work) is None


async def test_what_an_act_left_in_the_list_is_asked_about_when_others_take_it() -> None:
    async with at_work() as (pilot, work):
        await pilot.press("down", "p")
        work.there.remove(1)
        work.rows.reload()
        assert under(work) is None
