"""How many sessions one person holds at one time (threat 47): a person, whatever accounts they have.

Who comes to a screen when all places are taken is asked whether the oldest is to end. Plain commands have as
many places of their own, so that a script never ends a screen.
"""

from __future__ import annotations

from peewee import ModelSelect

from auth import sessions
from db.desk import Actor
from db.desk.accounts.account_views import OpenSession, session_view
from db.store.engine import store
from db.store.sql import for_update
from db.store.tables import Account, SignInSession
from db.store.transactions import reading, writing


def places_allowed() -> int:
    """Return how many screens a person may have at one time, and as many plain commands besides."""
    return store().settings.sessions_per_person


def crowding_sessions(actor: Actor) -> tuple[OpenSession, ...]:
    """Return the person's other screens, oldest first, if with the actor's they are more than allowed; else
    (). A first sign-in is not counted: it ends all others itself."""
    if actor.strength == "enrolling":
        return ()
    with reading():
        others = [row for row in _running(actor.session) if row.id != actor.session]
        return tuple(map(session_view, others)) if len(others) >= places_allowed() else ()


def end_oldest(actor: Actor) -> None:
    """End and record the person's oldest other screen if there are too many, in a transaction of its own.
    Raises SessionOver."""
    with writing():
        sessions.resume(actor.session)
        for oldest in crowding_sessions(actor)[:1]:
            sessions.end_session(oldest.id, "owner")


def may_ask(session: int) -> bool:
    """Return whether the newcomer's session may stay while its owner is asked: at most twice the allowed
    screens run."""
    with reading():
        return len(_running(session)) <= 2 * places_allowed()


def begin_errand(session: int) -> bool:
    """Lock the person's accounts and mark the session as running a plain command, in a transaction of its
    own. Return False if the person runs too many; the mark stays."""
    with writing():
        theirs = Account.select(Account.id).where(Account.id.in_(_accounts(session))).order_by(Account.id)
        list(for_update(theirs, no_key=True))  # so that those who come at once see each other
        SignInSession.update(errand=True).where(SignInSession.id == session).execute()
        return len(_running(session, errand=True)) <= places_allowed()


def _running(session: int, *, errand: bool = False) -> ModelSelect[SignInSession]:
    """Query the running screens, or plain commands, of the person behind ``session``, oldest first; none of
    the host's own."""
    return (
        SignInSession.select()
        .where(SignInSession.account.in_(_accounts(session)) & SignInSession.ended_at.is_null())
        .where((SignInSession.front != "host") & (SignInSession.errand == errand))
        .order_by(SignInSession.id)
    )


def _accounts(session: int) -> list[int]:
    row = SignInSession.get_by_id(session)
    if row.account.person_id is None:
        return [row.account_id]
    return [one.id for one in Account.select(Account.id).where(Account.person == row.account.person_id)]
