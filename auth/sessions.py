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
from db.store.journal.writing import journal_hosts
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
    """Create a session, its row bound under a key, in the running transaction; record nothing. Return its
    number."""
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
    """Return the actor of a running session. First ends sessions whose account's last day is over.

    - Language: the one chosen inside, else ``spoken`` by the client, else the installation's. ``ssh`` is as
      in `Actor`.
    - Raises SessionOver where it ended, the account was disabled, or the row is not as the sign-in wrote it
      (threat 34).
    """
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
    """Give the session full strength and bind its row anew, in the running transaction. Raises SessionOver if
    the row is not as the program wrote it."""
    row = SignInSession.get_by_id(session)
    if not is_bound(store().keys, *row.binds(), row.bound):
        raise SessionOver
    row.strength = "full"
    _bind(row)


def end_session(session: int, how: str) -> None:
    """End a session and record ``how``, in a transaction of its own; do nothing if it has ended. Closed or
    cut before its command was taken, a pick-up code's session makes the code good again."""
    with writing():
        _end_sessions(SignInSession.id == session, how)


def end_expired(running: Collection[int]) -> dict[int, str]:
    """End and record the sessions of accounts whose last day is over. Return those of ``running`` that have
    ended or whose account is disabled, with how."""
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
    """Return this host's and state folder's sessions that are open on record, whether a process runs them or
    not; end nothing.

    Without those begun within `JUST_BEGUN`, as their process can't answer for them yet; ``at_start`` of a
    server, before its door is open, that exempts consoles alone.
    """
    here = SignInSession.ended_at.is_null() & (SignInSession.server == _here())
    settled = SignInSession.started_at < clock.stamp(clock.utcnow() - JUST_BEGUN)
    if at_start:
        settled |= SignInSession.front == "ssh"
    with reading():
        rows = SignInSession.select(SignInSession.id).where(here, settled, SignInSession.front != "host")
        return {row.id for row in rows}


def left_elsewhere() -> set[int]:
    """Return other hosts' open sessions older than `SILENT` where the host journaled nothing for `SILENT`;
    end nothing. A live host would have left a trace."""
    since = clock.utcnow() - SILENT
    with reading():
        alive = {
            host
            for host, last in journal_hosts(store().database).items()
            if last.day >= since.date().isoformat()
        }
        rows = SignInSession.select(SignInSession.id, SignInSession.server).where(
            SignInSession.ended_at.is_null(),
            SignInSession.server != _here(),
            SignInSession.started_at < clock.stamp(since),
        )
        return {row.id for row in rows if host_called(row.server.partition(":")[0]) not in alive}


def end_left(sessions: Collection[int]) -> None:
    """End ``sessions`` and record them as crashed, in a transaction of its own."""
    if sessions:
        with writing():
            _end_sessions(SignInSession.id.in_(list(sessions)), "crashed")


def count_here(front: str) -> int:
    """Count the sessions that run through ``front`` on this host and state folder."""
    running = SignInSession.ended_at.is_null() & (SignInSession.server == _here())
    with reading():
        return int(SignInSession.select().where(running, SignInSession.front == front).count())


def end_others(account: int, kept: int, how: str) -> None:
    """End all running sessions of ``account`` but ``kept``, and record each with the reason ``how``; in the
    running transaction."""
    _end_sessions((SignInSession.account == account) & (SignInSession.id != kept), how)


def _is_shut(account: Account, session: SignInSession) -> bool:
    """Return whether the account is disabled for this session; sessions for handing copies back begin after
    that and go on."""
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
