"""Page after page lists are a copy of the directory too (threat 64): whoever goes through them is on record,
and those who watch hear of it."""

from __future__ import annotations

import pytest

from db.desk.listed import LISTED
from db.desk.tasks import duties, usage_watch
from db.store.record_words import words_of
from db.store.tables import AuditRecord, Notice, NoticeRecipient
from tests.conftest import Clock
from tests.tui.plain.running import answered
from tests.world import World

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.threat(64)]


def on_record(world: World, login: str) -> list[int]:
    """How many entries each record says that ``login`` was listed."""
    rows = AuditRecord.select().where(
        (AuditRecord.act == LISTED) & (AuditRecord.account == world.accounts[login])
    )
    return [words_of(row).detail["entries"] for row in rows.order_by(AuditRecord.seq)]


def test_what_a_session_is_listed_for_the_first_time_is_on_record_in_steps(world: World) -> None:
    desk = world.desk("liwei")
    desk.listed.step = 5
    assert len(desk.directory.list("staff", limit=4)) == 4
    assert on_record(world, "liwei") == []
    assert len(desk.directory.list("staff", offset=2, limit=4)) == 4
    assert on_record(world, "liwei") == [6]
    desk.directory.list("staff", limit=6)
    assert on_record(world, "liwei") == [6], "nobody counts twice"
    desk.listed.step = 1
    everybody = desk.directory.list("staff")
    desk.directory.search("staff", "张")
    assert on_record(world, "liwei") == [6, len(everybody) - 6]


def test_a_plain_command_is_on_record_before_it_says_anything(world: World) -> None:
    assert answered(world, "liwei", "find 张").status == 0
    assert on_record(world, "liwei") != []


def test_whoever_keeps_the_directory_goes_through_it_all_day(world: World) -> None:
    desk = world.desk("liuyang")
    desk.listed.step = 1
    assert desk.directory.list("staff")
    assert on_record(world, "liuyang") == []


def test_who_watches_hears_once_a_day_of_whoever_was_listed_many(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usage_watch, "MOST", 4)
    desk = world.desk("liwei")
    desk.listed.step = 1
    desk.directory.list("staff", limit=4)
    for expected in (0, 1, 1):
        duties.run(duties.RunnerPlace("host", "host:test"))
        told = Notice.select().join(NoticeRecipient).where(Notice.kind == "usage")
        assert told.where(NoticeRecipient.account == world.accounts["helei"]).count() == expected
        desk.directory.list("staff", limit=6)
    clock.forward(days=2)
    duties.run(duties.RunnerPlace("host", "host:test"))
    assert told.where(NoticeRecipient.account == world.accounts["helei"]).count() == 1
