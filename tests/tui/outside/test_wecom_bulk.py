"""Many told to WeCom at once, in one file whose job is awaited."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from db.desk.entry.noting import queue_change
from db.desk.outside.outside import Outside
from db.store.engine import Store
from db.store.tables import (
    AuditRecord,
    Entry,
    OutsideChange,
)
from db.store.transactions import writing
from tests.conftest import Clock
from tests.tui.outside.wecom_server import WeCom
from tests.tui.outside.wecom_world import BOOK, compared, connected, told
from tests.world import World

BOOKS_OF = {"office": (BOOK,)}


@pytest.fixture
def office(begun: World) -> World:
    """The book, as it was before there was a WeCom."""
    return begun


@pytest.fixture
def bulk(office: World, store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[WeCom]:
    """A WeCom that is told of three and more in a file."""
    with connected(store, monkeypatch, bulk_from=3) as server:
        yield server


@pytest.mark.clause("G.4.1")
def test_many_are_told_in_one_file_whose_job_is_awaited(office: World, bulk: WeCom) -> None:
    bulk.looks = 2
    bulk.refuse("/media/upload", 45009)
    bulk.refuse("/batch/getresult", "drop")
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    assert told().told == 6
    assert (bulk.count("/batch/syncuser"), bulk.count("/user/create"), len(bulk.members)) == (1, 0, 6)
    assert {one["name"] for one in bulk.members.values()} == {
        entry.name for entry in Entry.select().where(Entry.book == BOOK)
    }
    assert all(bulk.departments[one["department"][0]]["name"] != "" for one in bulk.members.values())
    compared()
    assert Outside(office.desk("huanghr")).drift(BOOK).rows == ()
    assert (
        AuditRecord.select()
        .where((AuditRecord.act == "outside.tell") & (AuditRecord.outcome == "done"))
        .count()
        == 6
    )


@pytest.mark.clause("G.4.1")
def test_whom_the_file_could_not_enter_is_told_alone_with_the_reason(office: World, bulk: WeCom) -> None:
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    bulk.refuse("row", 60104)
    bulk.refuse("/user/create", 60129)
    found = told()
    assert (found.told, found.dead, bulk.count("/user/create")) == (5, 1, 1)
    (given_up,) = OutsideChange.select().where(OutsideChange.state == "dead")
    assert "60129" in given_up.problem


@pytest.mark.threat(18)
@pytest.mark.clause("G.4.1")
def test_nobody_elses_account_is_overwritten_by_a_file(office: World, bulk: WeCom) -> None:
    """Somebody there has the account that a person of the book would get."""
    account = next(one.account for one in Outside(office.desk("huanghr")).members(BOOK))
    bulk.members[account] = {"userid": account, "name": "另有其人", "department": [1]}
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    with writing():
        for entry in Entry.select().where(Entry.book == BOOK):
            queue_change(entry, "change")
    told()
    assert account not in bulk.files[0]
    assert bulk.members[account]["name"] == "另有其人"


@pytest.mark.clause("G.4.1")
@pytest.mark.parametrize("path", ["/media/upload", "/batch/syncuser"])
def test_where_no_files_are_taken_everybody_is_told_alone(office: World, bulk: WeCom, path: str) -> None:
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    bulk.refuse(path, 48002)
    assert (told().told, bulk.count("/user/create"), len(bulk.members)) == (6, 6, 6)


@pytest.mark.clause("G.4.1")
def test_a_job_that_is_not_through_in_time_is_left_for_later(
    office: World, bulk: WeCom, clock: Clock
) -> None:
    compared()
    Outside(office.desk("huanghr")).push(BOOK)
    bulk.looks = 1000
    assert (told().failed, OutsideChange.select().where(OutsideChange.state == "waiting").count()) == (6, 6)
    bulk.looks = 0
    clock.forward(minutes=2)
    assert (told().told, len(bulk.members)) == (6, 6)
