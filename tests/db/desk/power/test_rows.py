"""An act that moves what it does not declare is undone, whatever moved it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from db.desk import Desk
from db.desk.act import Act
from db.desk.frame import METHODS, OPERATIONS, OperationGroup, operation
from db.desk.power.declaration import LOOKS, Power, power_over
from db.desk.power.rows import UndeclaredPower
from db.desk.requests.request_kinds import KINDS
from db.language import _
from db.store import clock
from db.store.moves import Moves
from db.store.tables import Account, AuditRecord, Entry, Grant, Request, Unit
from db.store.transactions import reading, writing
from tests.db.desk.asking import approve, change
from tests.world import World

pytestmark = pytest.mark.threat(51)


def run(desk: Desk, power: Power, do: Callable[[Act], object], *, lengthy: bool = False) -> None:
    """Let ``do`` be what an operation of ``power`` does, and ask for it."""

    class MadeUp(OperationGroup):
        @operation("tests.made_up", label=_("open a card"), recorded=True, power=power, lengthy=lengthy)
        def run(self) -> None:
            do(self.act)

    try:
        MadeUp(desk).run()
    finally:
        del OPERATIONS["tests.made_up"], METHODS["tests.made_up"]


def give(world: World) -> None:
    Grant.create(
        account=world.accounts["zhangwei"], role="hr", book="staff", unit=world.units["staff", ""],
        granted_at=clock.now(),
    )  # fmt: skip


def held(world: World) -> int:
    return Grant.select().where(Grant.account == world.accounts["zhangwei"]).count()


def records() -> int:
    return AuditRecord.select().where(AuditRecord.act == "tests.made_up").count()


def test_what_moves_more_than_it_says_is_undone(world: World) -> None:
    desk = world.desk("zhangwei")
    with pytest.raises(UndeclaredPower, match=r"^tests\.made_up .*: role \(grant\)$"):
        run(desk, power_over(Moves.ENTRY), lambda _act: give(world))
    assert (held(world), records()) == (0, 0)
    run(desk, LOOKS, lambda _act: None)
    assert records() == 1


def test_what_moves_as_it_says_is_done(world: World) -> None:
    run(world.desk("zhangwei"), power_over(Moves.ROLE), lambda _act: give(world))
    assert (held(world), records()) == (1, 1)


def test_a_column_that_moves_nothing_may_change(world: World) -> None:
    own = Account.id == world.accounts["zhangwei"]
    desk = world.desk("zhangwei")
    run(desk, LOOKS, lambda _act: Account.update(language="en").where(own).execute())
    assert Account.get(own).language == "en"
    with pytest.raises(UndeclaredPower, match=r"account \(account\.state\)$"):
        run(desk, LOOKS, lambda _act: Account.update(language=None, state="disabled").where(own).execute())
    assert (Account.get(own).language, Account.get(own).state) == ("en", "active")


def test_an_update_that_leaves_a_column_as_it_was_moves_nothing(world: World) -> None:
    own = Account.id == world.accounts["zhangwei"]
    run(world.desk("zhangwei"), LOOKS, lambda _act: Account.update(state="active").where(own).execute())
    assert records() == 1


@pytest.mark.parametrize(("kind", "power"), [("", "reach"), ("school", "given")])
def test_a_row_that_comes_moves_what_it_fills(world: World, kind: str, power: str) -> None:
    declared = power_over(*{Moves.REACH, Moves.GIVEN} - {Moves(power)})
    with pytest.raises(UndeclaredPower, match=power):
        run(world.desk("zhangwei"), declared, lambda _act: Unit.create(book="staff", name="新", kind=kind))


def test_a_row_that_goes_moves_what_it_filled(world: World) -> None:
    with writing():
        made = Unit.create(book="staff", name="新", region="华东")
    with pytest.raises(UndeclaredPower, match=r"given \(unit\.region\)$"):
        run(world.desk("zhangwei"), power_over(Moves.REACH), lambda _act: made.delete_instance())


def test_what_was_changed_before_the_act_is_not_the_acts(world: World) -> None:
    desk = world.desk("zhangwei")
    with writing():
        give(world)
        run(desk, LOOKS, lambda _act: None)
        with pytest.raises(UndeclaredPower):
            run(desk, LOOKS, lambda _act: give(world))
    assert (held(world), records()) == (1, 1)


def test_what_was_undone_within_the_act_is_not_held_against_it(world: World) -> None:
    def tries(_act: Act) -> None:
        with suppress(ZeroDivisionError), writing():
            give(world)
            raise ZeroDivisionError

    run(world.desk("zhangwei"), LOOKS, tries)
    assert (held(world), records()) == (0, 1)


def test_what_is_written_beside_the_record_of_a_lengthy_one_is_held_too(world: World) -> None:
    desk = world.desk("zhangwei")
    with pytest.raises(UndeclaredPower, match="role"):
        run(desk, LOOKS, lambda act: act.with_record.append(lambda: give(world)), lengthy=True)
    assert (held(world), records()) == (0, 0)
    run(desk, power_over(Moves.ROLE), lambda act: act.with_record.append(lambda: give(world)), lengthy=True)
    assert (held(world), records()) == (1, 1)


def test_a_kind_of_request_moves_what_it_declares_once_it_is_in_force(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = change(world, "majun", "group")
    for decider in ("huangbo",):
        approve(world, decider, request)
    monkeypatch.setitem(KINDS, "change", replace(KINDS["change"], power=power_over(Moves.DUTY)))
    with pytest.raises(UndeclaredPower, match=r"^queue\.approve .*entry"):
        approve(world, "luoyan", request)
    assert Request.get_by_id(request).state == "open"
    monkeypatch.undo()
    approve(world, "luoyan", request)
    assert Request.get_by_id(request).state == "applied"


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
def test_what_only_reads_writes_nothing(world: World) -> None:
    own = Entry.id == world.entries["staff", "zhangwei"]
    with pytest.raises(RuntimeError, match="only reads"), reading():
        Entry.update(name="谁").where(own).execute()
    assert Entry.get(own).name == "张伟"
