"""Changing a password: at its owner's wish, or because it is past its age (A.19)."""

from __future__ import annotations

from auth import delays, sessions
from auth.history import keep, was_used
from auth.names import name_digest
from auth.passwords import hash_of, matches, problems_of
from db.desk import Actor, Invalid, Problem
from db.desk.accounts.telling import tell_owner
from db.desk.refusal import SILENT
from db.language import _
from db.store import audit, clock
from db.store.engine import writing
from db.store.tables import Account


def change_password(actor: Actor, current: str, password: str, repeated: str) -> None:
    """Replace the owner's password and end the owner's other sessions. Takes up to a second or two.

    ``current`` proves that the owner sits there; a wrong one counts as a failed sign-in. Raises
    Invalid, and SessionOver where the session has ended.
    """
    sessions.resume(actor.session)
    account = Account.get_by_id(actor.account)
    if not matches(current, account.password):
        with writing():
            _record(actor, "failed")
            delays.failed(name_digest(account.login), actor.source)
        raise Invalid(Problem("current", _("This is not your present password.")))
    name = account.person.name if account.person is not None else ""
    problems = problems_of(password, repeated, login=account.login, name=name)
    if not problems and was_used(account, password):
        problems = [Problem("password", _("You have used this password before. Choose another one."))]
    if problems:
        raise Invalid(*problems)
    hashed = hash_of(password)
    with writing():
        keep(account)
        Account.update(password=hashed, password_set_at=clock.now()).where(Account.id == account.id).execute()
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
