"""Matters about tagged people come first among those of the same day, marked with the tag (F.3.2)."""

from __future__ import annotations

import pytest

from db.desk.today.waiting import OtherMatter
from db.language import say
from db.store.tables import Entry, EntryTag, Request, Task
from db.store.transactions import writing
from tests.db.desk.asking import change
from tests.wider_world import build_wider_world
from tests.world import World
from tui.sheets.request_facts import marked_who

pytestmark = pytest.mark.clause("F.3.2")
BOOK = "general"


@pytest.fixture
def wide(world: World) -> World:
    return build_wider_world(BOOK, beside=world)


def tagged(world: World, login: str, tag: str) -> None:
    with writing():
        EntryTag.create(entry=world.entry(login, BOOK), tag=tag)


def test_a_request_about_a_tagged_person_is_decided_first_of_its_day(wide: World) -> None:
    first, second = (change(wide, login, BOOK) for login in ("dubei", "lunan"))
    tagged(wide, "lunan", "vip")
    assert Request.get_by_id(first).due == Request.get_by_id(second).due
    decider = next(
        login
        for login in ("jinhr", "jinrui", *wide.accounts)
        if login in wide.accounts and len(wide.desk(login).queue.window().rows) >= 2
    )
    rows = wide.desk(decider).queue.window().rows
    assert [row.id for row in rows] == [second, first]
    assert [say(row.tag, "zh_CN") for row in rows] == ["VIP", ""]
    assert say(marked_who(rows[0]), "zh_CN") == "鲁南 ★VIP"
    waiting = [row.id for row in wide.desk(decider).waiting.mine().rows if not isinstance(row, OtherMatter)]
    assert waiting == [second, first]
    Request.update(due="2026-11-24").where(Request.id == first).execute()
    rows = wide.desk(decider).queue.window().rows
    assert [row.id for row in rows] == [first, second], "an earlier day goes first"


def test_the_tag_with_the_smaller_rank_goes_first(wide: World) -> None:
    requests = {login: change(wide, login, BOOK) for login in ("dubei", "lunan")}
    tagged(wide, "dubei", "key-customer")
    tagged(wide, "lunan", "key-customer")
    tagged(wide, "lunan", "vip")
    decider = next(login for login in wide.accounts if len(wide.desk(login).queue.window().rows) >= 2)
    rows = wide.desk(decider).queue.window().rows
    assert [row.id for row in rows] == [requests["lunan"], requests["dubei"]]
    assert [say(row.tag, "en") for row in rows] == ["VIP", "Key customer"]


def test_a_task_about_a_tagged_person_stands_first_of_its_day(wide: World) -> None:
    keeper = "jinhr"
    for login in ("dubei", "lunan"):
        entry = Entry.get_by_id(wide.entry(login, BOOK))
        with writing():
            Task.create(
                duty=f"test:{login}", kind="mover", book=BOOK, entry=entry, unit=entry.unit_id, role="hr",
                clause="F.2.2", opened_at="2026-11-23T01:00:00.000000Z", started_on="2026-11-23",
                due="2026-11-26",
            )  # fmt: skip
    tagged(wide, "lunan", "vip")
    rows = [row for row in wide.desk(keeper).tasks.mine().rows if row.kind == "mover"]
    assert [(row.name, say(row.tag, "zh_CN")) for row in rows] == [("鲁南", "VIP"), ("杜北", "")]
    assert say(marked_who(rows[0]), "en") == "鲁南 ★VIP"
