"""Training that was wrongly put on record: who takes it back, and by when it is due again (F.6.2)."""

from __future__ import annotations

import pytest

from db.desk import Desk, Invalid, Pending, Refused
from db.desk.due_dates import Due
from db.desk.requests.putting_off import do_deferred
from db.desk.training.trainings import Trainings
from db.store.clock import now
from db.store.tables import Grant, Notice, NoticeRecipient, Request, Trained
from db.store.transactions import writing
from tests.conftest import Clock
from tests.db.desk.reviewing import last_record, refused
from tests.db.desk.test_training import SOURCE, TOPIC, people, wide
from tests.rules import put_under
from tests.world import World

__all__ = ["wide"]


def object_to(world: World, login: str, operation: str) -> str:
    """Object to the oldest act of that name that ``login`` was told of."""
    return world.desk(login).objections.object(min(told_of(world.desk(login), operation)))


def told_of(desk: Desk, operation: str) -> list[int]:
    return [
        row.id
        for row in desk.notices.unread()
        if row.kind == "power-done" and row.detail.get("operation") == operation
    ]


def load(world: World, *rows: tuple[str, str]) -> int:
    listed = [["登录名", "日期"], *map(list, rows)]
    return Trainings(world.desk("yuhr")).load("general", TOPIC, listed, SOURCE)


@pytest.mark.threat(103)
@pytest.mark.clause("F.6.2")
def test_whoever_did_not_attend_takes_their_own_back_and_stays_on_record(wide: World, clock: Clock) -> None:
    """Theirs alone, once; it is owed again a month later, whatever was owed before."""
    load(wide, ("lunan", "2026-11-20"), ("dubei", "2026-11-20"))
    clock.set("2026-12-01T10:00+08:00")
    assert object_to(wide, "lunan", "training.load") == "stopped"
    found = {name: one.training for name, one in people(wide.desk("jinhr")).items()}
    assert (found["鲁南"].state, found["鲁南"].due, found["鲁南"].struck) == (
        "soon",
        "2026-12-31",
        "2026-12-01",
    )
    assert (found["杜北"].state, found["杜北"].due) == ("trained", "2027-11-20")
    (row,) = Trained.select().where(Trained.struck_at.is_null(False))
    assert (row.person_id, row.struck_by_id) == (wide.people["lunan"], wide.accounts["lunan"])
    assert row.struck_why == "因有人提出异议而撤回"
    assert last_record("training.strike").account == wide.accounts["lunan"]
    assert Trainings(wide.desk("lunan")).mine()[0].due == Due("2026-12-31", 22, "F.6.2, own")
    assert "power-objected" in {one.kind for one in wide.desk("yuhr").notices.unread()}
    own = [line[2:] for table in wide.desk("lunan").privacy.mine() for line in table.rows]
    assert ("2026-11-20", "2026-12-01") in own, "they read it of themselves"
    assert object_to(wide, "dubei", "training.load") == "stopped", "the other's objection bars none"
    assert Trained.select().where(Trained.struck_at.is_null()).count() == 0
    clock.set("2026-12-31T09:00+08:00")
    assert people(wide.desk("jinhr"))["鲁南"].training.overdue


@pytest.mark.threat(103)
@pytest.mark.clause("F.6.2")
def test_nobody_is_shut_out_by_the_end_of_what_they_relied_on(wide: World, clock: Clock) -> None:
    put_under("general", "general", "strict")
    assert Trainings(wide.desk("lunan")).shut_out()
    load(wide, ("lunan", "2026-11-20"))
    object_to(wide, "lunan", "training.load")
    assert not Trainings(wide.desk("lunan")).shut_out()
    clock.forward(days=30)
    assert Trainings(wide.desk("lunan")).shut_out()


@pytest.mark.threat(103)
def test_who_watches_takes_back_a_whole_list_and_no_later_list_shields_it(wide: World) -> None:
    load(wide, ("lunan", "2026-11-20"), ("dubei", "2026-11-20"))
    load(wide, ("lunan", "2026-11-21"), ("dubei", "2026-11-21"))
    watcher = next(
        login
        for login in wide.accounts
        if login not in ("lunan", "dubei") and len(told_of(wide.desk(login), "training.load")) == 2
    )
    object_to(wide, watcher, "training.load")
    standing = Trained.select().where(Trained.struck_at.is_null())
    assert [row.on_day for row in standing] == ["2026-11-21"] * 2


@pytest.mark.threat(103)
def test_what_was_taken_back_is_put_on_record_again_for_the_same_day_and_told_again(wide: World) -> None:
    entry = [wide.entry("lunan", "general")]
    desk = Trainings(wide.desk("yuhr"))
    desk.record("general", TOPIC, entry, "2026-11-20")
    object_to(wide, "lunan", "training.record")
    desk.record("general", TOPIC, entry, "2026-11-20")
    assert people(wide.desk("jinhr"))["鲁南"].training.state == "trained"
    assert [row.struck_at is None for row in Trained.select().order_by(Trained.id)] == [False, True]
    object_to(wide, "lunan", "training.record")
    assert not Trained.select().where(Trained.struck_at.is_null()).exists()


@pytest.mark.threat(103)
@pytest.mark.clause("F.6.2")
def test_who_keeps_the_directory_takes_back_what_was_recorded_wrongly_with_a_reason(wide: World) -> None:
    """Told to whom it concerns; no course that somebody passed, and nothing of another directory."""
    load(wide, ("lunan", "2026-11-20"), ("dubei", "2026-11-20"))
    first, second = (row.id for row in Trained.select().order_by(Trained.id))
    desk = Trainings(wide.desk("jinhr"))
    with pytest.raises(Invalid):
        desk.strike("general", TOPIC, [first], " ")
    with writing():
        Trained.update(source="course").where(Trained.id == second).execute()
    for wrong in ([second], [9999], []):
        with pytest.raises(Invalid):
            desk.strike("general", TOPIC, wrong, "记错了人")
    assert (
        refused(lambda: Trainings(wide.desk("dubei")).strike("general", TOPIC, [first], "…")).clause
        == "F.6.2"
    )
    assert people(wide.desk("jinhr"))["鲁南"].training.number == first
    assert desk.strike("general", TOPIC, [first], "记错了人") == 1
    row = Trained.get_by_id(first)
    assert (row.struck_by_id, row.struck_why) == (wide.accounts["jinhr"], "记错了人")
    assert told_of(wide.desk("lunan"), "training.strike")
    with pytest.raises(Invalid):
        desk.strike("general", TOPIC, [first], "再来一次")


@pytest.mark.threat(103)
def test_nobody_who_is_late_is_given_time_by_taking_an_old_training_back(wide: World) -> None:
    """Neither to themselves nor to another: what was missed stays missed."""
    load(wide, ("lunan", "2025-01-10"), ("jinhr", "2026-11-20"))
    overdue = people(wide.desk("yuhr"))["鲁南"].training
    assert overdue.overdue
    jin, lu = wide.people["jinhr"], wide.people["lunan"]
    numbers = {row.person_id: row.id for row in Trained.select()}
    with pytest.raises(Refused):
        Trainings(wide.desk("jinhr")).strike("general", TOPIC, [numbers[jin]], "给自己缓一缓")
    Trainings(wide.desk("jinhr")).strike("general", TOPIC, [numbers[lu]], "给他缓一缓")
    assert people(wide.desk("yuhr"))["鲁南"].training.overdue


def test_a_list_that_had_to_wait_is_taken_back_like_any_other(wide: World, clock: Clock) -> None:
    """Nobody was left who could be told of it but those on it; its author has lost the office since."""
    with pytest.raises(Pending):
        load(wide, *((login, "2026-11-20") for login in ("tanlan", "jinhr", "dubei", "lunan")))
    clock.forward(days=2)
    request = Request.get()
    with writing():
        do_deferred(request)
    clock.forward(hours=1)
    with writing():
        Grant.update(revoked_at=now()).where(Grant.account == wide.accounts["yuhr"]).execute()
    object_to(wide, "lunan", "training.load")
    assert [row.person_id for row in Trained.select().where(Trained.struck_at.is_null(False))] == [
        wide.people["lunan"]
    ]


@pytest.mark.threat(103)
def test_what_one_keeper_takes_back_wrongly_stands_again_by_whom_it_concerns(wide: World) -> None:
    """Theirs alone by each, the rest by who watches; all that was on record stays there."""
    load(wide, ("lunan", "2026-11-20"), ("dubei", "2026-11-20"), ("tanlan", "2026-11-20"))
    numbers = [row.id for row in Trained.select()]
    desk = Trainings(wide.desk("jinhr"))
    with pytest.raises(Invalid):
        desk.strike("general", TOPIC, numbers, "直接恢复", stands=True)
    desk.strike("general", TOPIC, numbers, "都不算")
    object_to(wide, "lunan", "training.strike")
    standing = [row.person_id for row in Trained.select().where(Trained.struck_at.is_null())]
    assert standing == [wide.people["lunan"]]
    with pytest.raises(Refused, match="since"):
        wide.desk("lunan").objections.object(min(notices_of(wide, "lunan", "training.strike")))
    watcher = next(
        login
        for login in wide.accounts
        if login not in ("lunan", "dubei", "tanlan") and notices_of(wide, login, "training.strike")
    )
    object_to(wide, watcher, "training.strike")
    assert people(wide.desk("yuhr"))["杜北"].training.state == "trained"
    assert Trained.select().where(Trained.struck_at.is_null()).count() == 3
    assert {row.struck_by_id for row in Trained.select().where(Trained.struck_at.is_null())} == {None}
    assert Trained.select().count() == 6


def notices_of(world: World, login: str, operation: str) -> list[int]:
    mine = NoticeRecipient.select(NoticeRecipient.notice)
    mine = mine.where(NoticeRecipient.account == world.accounts[login])
    rows = Notice.select().where(Notice.id.in_(mine) & (Notice.kind == "power-done"))
    return [row.id for row in rows if f'"{operation}"' in row.detail]
