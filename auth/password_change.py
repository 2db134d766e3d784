"""Changing a password: at its owner's wish, or because it is past its age (A.19)."""

from __future__ import annotations

from auth import sessions
from auth.password_history import remember_password, require_unused
from auth.passwords import hash_of, matches, require_good
from auth.reauthentication import one_try
from db.desk import Actor, Invalid, Problem
from db.desk.accounts.account_notices import tell_owner
from db.desk.refusal import SILENT
from db.language import _
from db.store import audit, clock
from db.store.tables import Account
from db.store.transactions import writing


def change_password(actor: Actor, current: str, password: str, repeated: str) -> None:
    """Replace the owner's password, keep the old hash in the history, tell the owner and end the owner's
    other sessions; recorded. A session that lacked only this becomes full. Takes up to two seconds. A wrong
    ``current``, and a new ``password`` that was used before, count as failed sign-ins and delay the next try;
    the former is recorded. Raises Invalid, also for a try that is too early; SessionOver."""
    sessions.resume(actor.session)
    account = Account.get_by_id(actor.account)
    with one_try(actor, "current"):
        if not matches(current, Account.hash_in(account.id, account.password)):
            with writing():
                _record(actor, "failed")
            raise Invalid(Problem("current", _("This is not your present password.")))
    require_good(account, password, repeated)
    with one_try(actor, "password"):
        require_unused(account, password)
    hashed = hash_of(password)
    with writing():
        remember_password(account)
        Account.update(password=Account.password_of(account.id, hashed), password_set_at=clock.now()).where(
            Account.id == account.id
        ).execute()
        if actor.strength == "expired":
            sessions.strengthen(actor.session)
        _record(actor, "done")
        tell_owner(account, "password-changed", SILENT, detail={"source": actor.source})
        sessions.end_others(account.id, actor.session, "replaced")


def _record(actor: Actor, outcome: str) -> None:
    audit.append(
        act="auth.password",
        outcome=outcome,
        account=actor.account,
        session=actor.session,
        source=actor.source,
        front=actor.front,
    )
