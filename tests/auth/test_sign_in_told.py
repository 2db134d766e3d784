"""What owners and supervisors hear of sign-ins, calls at the door and rights."""

from __future__ import annotations

import pytest

from db.desk.accounts.calls import call_for_help
from db.store import clock as store_clock
from db.store.tables import (
    Account,
    Grant,
    Person,
)
from db.store.transactions import writing
from tests.agreed import agreed
from tests.auth.conftest import HOME, enrolled
from tests.auth.test_resets import clock_in, told
from tests.conftest import Clock
from tests.world import World

pytestmark = pytest.mark.usefixtures("clock")


@pytest.mark.threat(32)
def test_a_right_given_or_taken_is_told_to_holder_and_supervisor(world: World) -> None:
    hr, holder = world.desk("zengqing"), world.accounts["zhangwen"]
    agreed(lambda: hr.accounts.grant(holder, "staff", "safety", None, None), world.desk("guotao"))
    grant = Grant.get((Grant.account == holder) & (Grant.role == "safety"))
    agreed(lambda: hr.accounts.revoke(grant.id), world.desk("guotao"))
    for login in ("zhangwen", "helei"):
        assert told(login, world) == ["power-asked", "right-given", "power-asked", "right-taken"]


@pytest.mark.threat(32)
def test_the_owner_hears_of_a_sign_in_from_a_new_source(world: World) -> None:
    zhangwen = enrolled(world, "zhangwen")
    assert zhangwen.sign_in() is not None
    assert told("zhangwen", world) == []
    assert zhangwen.sign_in("198.51.100.9", code=zhangwen.code(1)) is not None
    assert told("zhangwen", world) == ["new-source"]


@pytest.mark.threat(32)
def test_a_call_at_the_door_is_a_note_to_who_knows_the_person(world: World) -> None:
    """To the nearest head and to the owner; it opens no request, and nothing of the account changes."""
    enrolled(world, "zhangwen")
    with writing():
        assert call_for_help("zhangwen", HOME, "ssh")
    assert told("wangfang", world) == ["reset-called"]
    assert told("zhangwen", world) == ["reset-called"]
    assert told("zengqing", world) == []
    assert world.desk("wangfang").queue.counts().all == 0


@pytest.mark.threat(32)
def test_a_stranger_floods_nobody_with_calls(world: World, clock: Clock) -> None:
    """One a day for an account, three from a source, fifty in all."""

    def called(login: str, source: str) -> bool:
        with writing():
            return call_for_help(login, source, "ssh")

    assert called("zhangwen", HOME)
    assert not called("zhangwen", "198.51.100.1")
    assert not called("nobody", HOME)
    assert [called(login, HOME) for login in ("zhengwei", "shanhong", "zhouwei")] == [True, True, False]
    with writing():
        people = [Person.create(name=f"人{number}") for number in range(60)]
        accounts = [
            Account.create(login=f"p{number}", person=one, created_at=store_clock.now())
            for number, one in enumerate(people)
        ]
    outcomes = [called(one.login, f"198.51.100.{number}") for number, one in enumerate(accounts)]
    assert outcomes.count(True) == 50 - 3
    clock.set(clock_in(hours=25))
    assert called("zhangwen", HOME)
