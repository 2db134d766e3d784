"""What owners see of their own sign-in, and what they can do about it."""

from __future__ import annotations

from dataclasses import dataclass

from auth import sessions
from auth.password_age import PasswordAge, age_of
from auth.recovery import codes_left
from db.desk import Actor
from db.desk.accounts.account_views import OpenSession, sessions_of
from db.desk.lifecycle.last_day import end_due
from db.store.tables import Account
from db.store.transactions import reading, writing


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """``sessions`` are those that run now, the asker's own among them."""

    password: PasswordAge
    recovery_codes: int
    sessions: tuple[OpenSession, ...]


def overview_of(actor: Actor) -> OwnSignIn:
    """Return password age, number of recovery codes, and running sessions of the actor. First ends sessions
    whose account's last day is over. Raises SessionOver."""
    end_due()
    with reading():
        sessions.resume(actor.session)
        account = Account.get_by_id(actor.account)
        return OwnSignIn(age_of(account), codes_left(account.id), sessions_of(account.id))


def end_other_sessions(actor: Actor) -> None:
    """End all other sessions of the owner and record each end. First ends sessions whose account's last day
    is over. Raises SessionOver."""
    end_due()
    with writing():
        sessions.resume(actor.session)
        sessions.end_others(actor.account, actor.session, "owner")
