"""Sign-in sessions: who is inside, since when, and how it ended."""

from __future__ import annotations

import socket
from collections.abc import Collection, Sequence
from datetime import timedelta

from db.desk import Actor, SessionOver
from db.desk.accounts.pickups import reopen_pickup
from db.desk.authority.actor import NOT_SAID, Front, Strength
from db.desk.lifecycle.last_day import end_due
from db.language import Language, as_language
from db.store import audit, clock
from db.store.binding import binding_digest, is_bound
from db.store.engine import store
from db.store.journal.place import host_called
from db.store.journal.writing import hosts
from db.store.tables import Account, SignInSession
from db.store.transactions import reading, writing

FRONTS: dict[str, Front] = {"ssh": "ssh", "console": "console", "host": "host"}
SILENT = timedelta(days=2)
"""After so long without a change a host is gone."""
JUST_BEGUN = timedelta(minutes=2)
STRENGTHS: dict[str, Strength] = {
    "full": "full",
    "enrolling": "enrolling",
    "expired": "expired",
    "leaving": "leaving",
    "pickup": "pickup",
    "token": "token",
}


def start(account: int, source: str, front: str, strength: Strength, token: str | None = None) -> int:
    """Create a session bound to what it says, in the running transaction, unrecorded; return its number."""
    session = SignInSession.create(
        account=account,
        source=source,
        front=FRONTS[front],
        server=_here(),
        strength=strength,
        token=token,
        started_at=clock.now(),
    )
    _bind(session)
    return int(session.id)


def start_recorded(
    account: int,
    source: str,
    front: str,
    strength: Strength,
    detail: dict[str, object],
    token: str | None = None,
) -> int:
    """Start a session as `start` does, and record it as a sign-in with ``detail``; return its number."""
    session = start(account, source, front, strength, token)
    audit.append(
        act="auth.sign_in",
        outcome="done",
        account=account,
        session=session,
        source=source,
        front=front,
        detail=detail,
    )
    return session


def resume(session: int, spoken: Language | None = None, ssh: str = "") -> Actor:
    """Return the actor of a session that runs, after ending what last days end by now. Its language is the
    one chosen inside, or ``spoken`` by the client, or the installation's; ``ssh`` is as in `Actor`. Raises
    SessionOver where it ended, the account was disabled, or the row is not as the sign-in wrote it (threat
    34)."""
    end_due()
    with reading():
        row = SignInSession.get_or_none(SignInSession.id == session)
        account = Account.get_or_none(Account.id == row.account_id) if row is not None else None
    if row is None or row.ended_at is not None or account is None or _is_shut(account, row):
        raise SessionOver(row.ended_how or "" if row is not None else "")
    if not is_bound(store().keys, *row.binds(), row.bound):
        raise SessionOver
    chosen = as_language(account.language) if account.language else None
    return Actor(
        account=account.id,
        login=account.login,
        session=row.id,
        source=row.source,
        front=FRONTS[row.front],
        strength=STRENGTHS[row.strength],
        language=chosen or spoken or store().settings.language,
        ssh=ssh or NOT_SAID,
    )


def strengthen(session: int) -> None:
    """Make a session full in the transaction. Raises SessionOver unless its row is as written."""
    row = SignInSession.get_by_id(session)
    if not is_bound(store().keys, *row.binds(), row.bound):
        raise SessionOver
    row.strength = "full"
    _bind(row)


def end_session(session: int, how: str) -> None:
    """End a session and record how, in its own transaction; nothing where it has ended before."""
    with writing():
        _end_sessions(SignInSession.id == session, how)


def end_expired(running: Collection[int]) -> dict[int, str]:
    """End what last days end by now; return which of ``running`` ended, and how."""
    end_due()
    shut_off = (Account.state == "disabled") & (SignInSession.strength != "leaving")
    shut = SignInSession.ended_at.is_null(False) | shut_off
    with reading():
        rows = (
            SignInSession.select(SignInSession.id, SignInSession.ended_how)
            .join(Account)
            .where(SignInSession.id.in_(list(running)), shut)
        )
        return {row.id: row.ended_how or "disabled" for row in rows}


def left_here(at_start: bool = False) -> set[int]:
    """Return sessions of this host and state folder that are open on record, whether anybody runs them or
    not.

    Without those that have only just begun: their process can't answer for them yet. ``at_start`` of a
    server, before its door is open, that is so of consoles alone.
    """
    here = SignInSession.ended_at.is_null() & (SignInSession.server == _here())
    settled = SignInSession.started_at < clock.stamp(clock.utcnow() - JUST_BEGUN)
    if at_start:
        settled |= SignInSession.front == "ssh"
    with reading():
        rows = SignInSession.select(SignInSession.id).where(here, settled, SignInSession.front != "host")
        return {row.id for row in rows}


def left_elsewhere() -> set[int]:
    """Return sessions older than `SILENT`, open on record, of other hosts that journaled nothing for
    `SILENT`: whoever is inside leaves a trace there, and the end of every session is one."""
    since = clock.utcnow() - SILENT
    with reading():
        alive = {
            host for host, last in hosts(store().database).items() if last.day >= since.date().isoformat()
        }
        rows = SignInSession.select(SignInSession.id, SignInSession.server).where(
            SignInSession.ended_at.is_null(),
            SignInSession.server != _here(),
            SignInSession.started_at < clock.stamp(since),
        )
        return {row.id for row in rows if host_called(row.server.partition(":")[0]) not in alive}


def end_left(sessions: Collection[int]) -> None:
    """End and record as crashed the sessions of a killed process or a host that is no more."""
    if sessions:
        with writing():
            _end_sessions(SignInSession.id.in_(list(sessions)), "crashed")


def count_here(front: str) -> int:
    """Count the sessions that run through ``front`` on this host and state folder."""
    running = SignInSession.ended_at.is_null() & (SignInSession.server == _here())
    with reading():
        return int(SignInSession.select().where(running, SignInSession.front == front).count())


def end_others(account: int, kept: int, how: str) -> None:
    """End all sessions of ``account`` but ``kept`` and record them with the reason ``how``, in the running
    transaction."""
    _end_sessions((SignInSession.account == account) & (SignInSession.id != kept), how)


def _is_shut(account: Account, session: SignInSession) -> bool:
    """Return whether the account is shut off; a session that hands copies back begins after that."""
    return account.state == "disabled" and session.strength != "leaving"


def _bind(session: SignInSession) -> None:
    session.bound = binding_digest(store().keys, *session.binds())
    SignInSession.update(strength=session.strength, bound=session.bound).where(
        SignInSession.id == session.id
    ).execute()


def _here() -> str:
    return f"{socket.gethostname()}:{store().home.folder.absolute()}"[:255]


def _end_sessions(which: object, how: str) -> None:
    rows: Sequence[SignInSession] = list(
        SignInSession.select().where(which, SignInSession.ended_at.is_null()).order_by(SignInSession.id)
    )
    for row in rows:
        if row.strength == "pickup" and how in ("closed", "cut"):
            reopen_pickup(row.id)
        SignInSession.update(ended_at=clock.now(), ended_how=how).where(SignInSession.id == row.id).execute()
        audit.append(
            act="auth.session_end",
            outcome="done",
            account=row.account_id,
            session=row.id,
            source=row.source,
            front=row.front,
            detail={"how": how},
        )
