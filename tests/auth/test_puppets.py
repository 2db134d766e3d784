"""One person with two accounts and patience is one person (threat 51)."""

from __future__ import annotations

import pytest

from auth import enrolment, sessions
from auth.enrolment import Enrolment
from db.desk import Refused
from db.desk.requests.independence import same_person
from db.store.clock import now
from db.store.tables import Account, Activation, Confirmation, Grant, Notice, NoticeRecipient, Request
from db.store.transactions import writing
from tests.agreed import agreed, asked
from tests.auth.conftest import HOME, answered, enrolled
from tests.auth.test_enrolment import complete
from tests.conftest import Clock
from tests.world import World

pytestmark = [pytest.mark.usefixtures("clock"), pytest.mark.threat(51)]
LONG = 400


def made_by(world: World, login: str, puppet: str) -> int:
    """An account that ``login`` makes for ``puppet`` and enrols as."""
    Account.delete().where(Account.id == world.accounts[puppet]).execute()
    code = enrolment.invite(world.desk(login), world.entry(puppet), puppet)
    signed = answered(puppet, HOME, code, "")
    assert signed is not None
    complete(Enrolment(sessions.resume(signed.session)))
    world.accounts[puppet] = Account.get(Account.login == puppet).id
    return world.accounts[puppet]


def told(world: World, login: str) -> list[str]:
    """The kinds of notices to ``login``."""
    rows = Notice.select().join(NoticeRecipient).where(NoticeRecipient.account == world.accounts[login])
    return [row.kind for row in rows.order_by(Notice.id)]


def test_the_next_head_and_the_supervisor_hear_of_a_new_account(world: World) -> None:
    made_by(world, "zengqing", "shanhong")
    for login in ("zhouwei", "helei"):
        assert told(world, login) == ["power-done", "account-confirm"], login


def test_an_account_that_one_made_never_becomes_a_second_person_by_waiting(
    world: World, clock: Clock
) -> None:
    """HR makes an account, enrols as it, waits more than a year and may give it nothing. Once others have
    made it a supervisor it still agrees to nothing that HR asks for, no reset and no role.
    """
    puppet = made_by(world, "zengqing", "shanhong")
    clock.forward(days=LONG)
    with pytest.raises(Refused):
        world.desk("zengqing").accounts.grant(puppet, "staff", "security", None, None)
    agreed(
        lambda: world.desk("liuyang").accounts.grant(puppet, "staff", "security", None, None),
        world.desk("guotao"),
    )
    assert same_person(puppet, world.accounts["zengqing"])
    enrolled(world, "zhangwen")
    reset = world.desk("zengqing").asking.ask("reset", "staff", {"whom": "zhangwen"}, "手机丢失")
    role = asked(
        lambda: world.desk("zengqing").accounts.grant(world.accounts["zhangwen"], "staff", "it", None, None)
    )
    for request in (reset, role):
        with pytest.raises(Refused):
            world.desk("shanhong").queue.approve(request, Request.get_by_id(request).digest)


def test_a_second_office_confirms_that_it_knows_the_person(world: World, clock: Clock) -> None:
    puppet = made_by(world, "zengqing", "shanhong")
    (notice,) = (one for one in world.desk("zhouwei").notices.unread() if one.kind == "account-confirm")
    world.desk("zhouwei").notices.acknowledge(notice.id)
    assert Confirmation.select().count() == 1
    assert not same_person(puppet, world.accounts["zengqing"])
    for login in ("shanhong", "helei"):
        assert "account-confirmed" in told(world, login), "nobody is confirmed in silence"
    assert "account-confirmed" not in told(world, "zhouwei")


def test_whoever_made_it_is_not_asked_to_confirm(world: World) -> None:
    made_by(world, "zengqing", "shanhong")
    assert "account-confirm" not in told(world, "zengqing")
    assert "account-confirm" not in told(world, "liuyang"), "nor their own office"


@pytest.mark.threat(105)
@pytest.mark.parametrize("whose", ["shanhong", "zhouwei"])
def test_who_stands_for_whoever_had_a_hand_in_it_since_confirms_nobody(world: World, whose: str) -> None:
    """The head has not said yet that they know somebody, and vouches for a reset of theirs; or comes in
    themselves by a code of whoever made that account."""
    puppet = made_by(world, "zengqing", "shanhong")
    hands = {"by": world.accounts["zengqing"], "voucher": world.accounts["zhouwei"]}
    if whose == "zhouwei":
        hands["voucher"] = world.accounts["guotao"]
    with writing():
        Activation.create(
            account=world.accounts[whose],
            how="reset",
            made_at=now(),
            opens_at=now(),
            until=now(),
            used_at=now(),
            **hands,
        )
    desk = world.desk("zhouwei")
    (notice,) = (one for one in desk.notices.unread() if one.kind == "account-confirm")
    with pytest.raises(Refused):
        desk.notices.acknowledge(notice.id)
    assert same_person(puppet, world.accounts["zengqing"])
    world.desk("helei").notices.acknowledge(notice.id)
    assert not same_person(puppet, world.accounts["zengqing"]), "another who was asked does"


@pytest.mark.threat(105)
def test_who_lost_the_office_for_which_they_were_asked_confirms_nobody(world: World) -> None:
    puppet = made_by(world, "zengqing", "shanhong")
    with writing():
        head = (Grant.role == "head") & (Grant.person == world.people["zhouwei"])
        Grant.update(revoked_at=now()).where(head).execute()
    desk = world.desk("zhouwei")
    (notice,) = (one for one in desk.notices.unread() if one.kind == "account-confirm")
    with pytest.raises(Refused):
        desk.notices.acknowledge(notice.id)
    assert same_person(puppet, world.accounts["zengqing"])
