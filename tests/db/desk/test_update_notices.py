"""Update notices: each department hears once a week what changed in it, and nothing of the others."""

from __future__ import annotations

import json

import pytest

from db.desk.editions.updates import KIND
from db.desk.entry.record import remove_entry
from db.desk.tasks.duties import RunnerPlace, run
from db.desk.today.notice_views import NoticeToMe
from db.language import Label
from db.store.tables import AuditRecord, Notice
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.asking import approve, change
from tests.world import World

HERE = RunnerPlace("host", "test")
BOOK = "group"


def updates(world: World, login: str) -> list[NoticeToMe]:
    """Update notices that ``login`` has not seen."""
    return [notice for notice in world.desk(login).notices.unread() if notice.kind == KIND]


def changes(notice: NoticeToMe) -> object:
    return notice.detail["changes"]


@pytest.fixture
def settled(world: World, clock: Clock) -> World:
    """The first round is over; it is the Tuesday after, and then something changes in accounting."""
    run(HERE)
    for login in ("majun", "huangbo", "songjia", "liuyang", "zhangwei", "luoyan"):
        desk = world.desk(login)
        desk.notices.mark_seen(*(notice.id for notice in desk.notices.unread()))
    clock.set("2026-11-24T10:00+08:00")
    request = change(world, "majun", BOOK, asked={"mobile": "139 0000 6004"})
    approve(world, "huangbo", request)
    approve(world, "liuyang", request)
    return world


@pytest.mark.clause("E.6.5")
def test_a_department_hears_once_a_week_what_changed_in_it(settled: World, clock: Clock) -> None:
    clock.set("2026-11-27T10:00+08:00")
    run(HERE)
    assert updates(settled, "majun") == []
    clock.set("2026-11-30T08:00+08:00")
    run(HERE)
    run(HERE)
    for login in ("majun", "huangbo"):
        (notice,) = updates(settled, login)
        assert (notice.clause, notice.unit) == ("E.6.5", "会计部")
        assert changes(notice) == [["changed", "马军", ["mobile"]]]
        assert notice.fields == (Label("手机", "Mobile"),)
        assert "139" not in json.dumps(notice.detail, ensure_ascii=False)
        assert "马军" not in Notice.get_by_id(notice.id).detail, "on record they are numbers"
    assert [notice.unit for notice in updates(settled, "songjia")] == ["会计部"]
    for login in ("liuyang", "zhangwei", "chenjing"):
        assert [n.unit for n in updates(settled, login) if n.unit == "会计部"] == []
    record = AuditRecord.select().where(AuditRecord.act == "editions.update_notice")
    assert record.order_by(AuditRecord.seq.desc()).get().clause == "E.6.5"


@pytest.mark.clause("E.6.5")
def test_a_quiet_week_sends_nothing_and_nothing_is_forgotten(settled: World, clock: Clock) -> None:
    clock.set("2026-11-30T08:00+08:00")
    run(HERE)
    before = Notice.select().where(Notice.kind == KIND).count()
    clock.set("2026-12-07T08:00+08:00")
    run(HERE)
    assert Notice.select().where(Notice.kind == KIND).count() == before
    clock.set("2026-12-09T08:00+08:00")
    with writing():
        remove_entry(settled.entry("majun", BOOK), "2026-12-09")
    clock.set("2026-12-14T08:00+08:00")
    run(HERE)
    newest = updates(settled, "huangbo")[0]
    assert changes(newest) == [["left", "马军", []]]
    assert newest.detail["since"] == "2026-11-30"


@pytest.mark.clause("E.6.5")
def test_on_a_holiday_it_waits_for_the_next_working_day(settled: World, clock: Clock) -> None:
    clock.set("2027-01-01T08:00+08:00")
    run(HERE)
    assert updates(settled, "majun") == []
    clock.set("2027-01-04T08:00+08:00")
    run(HERE)
    assert len(updates(settled, "majun")) == 1


@pytest.mark.clause("E.6.5")
def test_a_book_whose_regulations_ask_for_none_sends_none(world: World, clock: Clock) -> None:
    run(HERE)
    assert {row.book_id for row in Notice.select().where(Notice.kind == KIND)} == {BOOK}
