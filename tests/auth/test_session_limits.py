"""At most so many sessions a person; plain commands have places of their own (threat 47)."""

from __future__ import annotations

import pytest

from auth import sessions
from auth.session_limits import begin_errand, crowding_sessions, end_oldest, may_ask, places_allowed
from db.desk import Actor
from db.store.engine import Store
from db.store.tables import Account, AuditRecord, SignInSession
from db.store.transactions import writing
from tests.at_once import second_of_two
from tests.audited import detail_of
from tests.auth.conftest import HOME, Owner, make_owner
from tests.conftest import Clock


def come_in(account: int, times: int = 1, strength: str = "full") -> list[Actor]:
    with writing():
        made = [sessions.start(account, HOME, "ssh", sessions.STRENGTHS[strength]) for _time in range(times)]
    return [sessions.resume(session) for session in made]


@pytest.mark.threat(47)
def test_the_sixth_is_asked_about_the_oldest(owner: Owner, clock: Clock) -> None:
    assert places_allowed() == 5
    inside = come_in(owner.account, 5)
    assert [crowding_sessions(actor) for actor in inside] == [()] * 5
    (sixth,) = come_in(owner.account)
    assert [one.id for one in crowding_sessions(sixth)] == [actor.session for actor in inside]
    end_oldest(sixth)
    assert crowding_sessions(sixth) == ()
    assert SignInSession.get_by_id(inside[0].session).ended_how == "owner"
    record = AuditRecord.select().order_by(AuditRecord.seq.desc()).get()
    assert (record.act, record.session, detail_of(record)) == (
        "auth.session_end", inside[0].session, '{"how":"owner"}',
    )  # fmt: skip
    end_oldest(sixth)
    assert SignInSession.get_by_id(inside[1].session).ended_at is None, "nobody else has to go"


@pytest.mark.threat(47)
def test_a_second_account_of_the_person_has_no_more_places(owner: Owner, clock: Clock) -> None:
    second = make_owner("liwei2")
    Account.update(person=Account.get_by_id(owner.account).person_id).where(
        Account.id == second.account
    ).execute()
    come_in(owner.account, 5)
    (actor,) = come_in(second.account)
    assert len(crowding_sessions(actor)) == 5
    (stranger,) = come_in(make_owner("somebody").account)
    assert crowding_sessions(stranger) == ()


@pytest.mark.threat(47)
def test_plain_commands_end_no_screen_and_have_an_end_themselves(owner: Owner, clock: Clock) -> None:
    screens, commands = come_in(owner.account, 5), come_in(owner.account, 5)
    assert all(begin_errand(actor.session) for actor in commands)
    assert [crowding_sessions(actor) for actor in screens] == [()] * 5
    (another,) = come_in(owner.account)
    assert not begin_errand(another.session)
    sessions.end_session(another.session, "closed")
    sessions.end_session(commands[0].session, "closed")
    (another,) = come_in(owner.account)
    assert begin_errand(another.session)


@pytest.mark.threat(47)
def test_of_two_at_once_one_has_the_last_place(owner: Owner, clock: Clock) -> None:
    *commands, one, other = come_in(owner.account, 6)
    assert all(begin_errand(actor.session) for actor in commands)
    assert not second_of_two(lambda: begin_errand(one.session), lambda: begin_errand(other.session))


@pytest.mark.threat(47)
def test_those_who_wait_to_be_asked_have_an_end_too(owner: Owner, clock: Clock) -> None:
    """One person's newcomers, each a process, could fill the server."""
    newcomers = come_in(owner.account, 10)
    assert may_ask(newcomers[-1].session)
    (one,) = come_in(owner.account)
    assert not may_ask(one.session)


def test_a_first_sign_in_is_not_asked(owner: Owner, store: Store) -> None:
    """It ends all others when it is complete, and before that nothing of the owner's."""
    come_in(owner.account, 5)
    (enrolling,) = come_in(owner.account, strength="enrolling")
    assert crowding_sessions(enrolling) == ()
