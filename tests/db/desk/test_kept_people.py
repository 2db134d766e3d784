"""Favourites and recents: one's own alone, sealed, for 30 days, and of nobody out of reach."""

from __future__ import annotations

import pytest

from db.desk import Desk, Refused
from db.desk.directory.kept_people import LASTS, forget_old
from db.store.tables import AuditRecord, Entry, KeptPeople
from db.store.transactions import writing
from tests.conftest import Clock
from tests.world import World


def names(desk: Desk) -> tuple[list[str], list[str]]:
    kept = desk.directory.kept()
    return [line.name for _book, line in kept.favourites], [line.name for _book, line in kept.recent]


def test_favourites_and_recents_are_kept_the_newest_first(world: World) -> None:
    desk = world.desk("zhangwei")
    for login in ("zhangwen", "wangfang", "zhangwen"):
        desk.directory.card(world.entry(login))
    desk.directory.card(world.entry("zhangwei"))
    assert desk.directory.toggle_favourite(world.entry("wangfang"))
    assert names(world.desk("zhangwei")) == (["王芳"], ["张文", "王芳"])
    assert not desk.directory.toggle_favourite(world.entry("wangfang"))
    desk.directory.forget()
    assert names(desk) == ([], [])


@pytest.mark.threat(23)
def test_they_are_their_owner_s_alone_and_sealed(world: World) -> None:
    desk = world.desk("zhangwei")
    desk.directory.toggle_favourite(world.entry("zhangwen"))
    assert names(world.desk("zhengwei")) == ([], [])
    assert names(world.desk("helei")) == ([], [])
    row = KeptPeople.get()
    assert str(world.entry("zhangwen")).encode() not in bytes(row.content).split(b",")
    (record,) = AuditRecord.select().where(AuditRecord.act == "directory.keep")
    assert record.entry is None, "the audit does not tell whom one likes to call"


@pytest.mark.threat(23)
def test_whoever_went_out_of_reach_is_not_shown_any_more(world: World) -> None:
    desk = world.desk("zhangwei")
    desk.directory.toggle_favourite(world.entry("zhangwen"))
    with writing():
        Entry.update(unit=world.unit("staff", "销售中心")).where(
            Entry.id == world.entry("zhangwen")
        ).execute()
    assert names(world.desk("zhangwei")) == ([], [])
    with pytest.raises(Refused):
        desk.directory.toggle_favourite(world.entry("zhaomin"))


def test_protected_numbers_of_a_favourite_are_masked(world: World) -> None:
    desk = world.desk("liuyang")
    desk.directory.toggle_favourite(world.entry("zhangwen"))
    ((_book, line),) = desk.directory.kept().favourites
    assert line.text("mobile") == "139••••07"


def test_recents_are_forgotten_after_thirty_days(world: World, clock: Clock) -> None:
    desk = world.desk("zhangwei")
    desk.directory.card(world.entry("zhangwen"))
    desk.directory.toggle_favourite(world.entry("wangfang"))
    clock.forward(days=LASTS.days, seconds=1)
    assert names(world.desk("zhangwei")) == (["王芳"], [])
    with writing():
        assert forget_old() == 1
    assert [row.kind for row in KeptPeople.select()] == ["favourite"]
