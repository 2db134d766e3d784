"""Sessions that a host left open which is no more."""

from __future__ import annotations

import json

from auth import sessions
from db.store import clock
from db.store.engine import Store, database
from db.store.tables import Account, SignInSession
from db.store.transactions import writing
from tests.conftest import Clock
from tui.front.leftovers import end_left


def left_on(server: str) -> int:
    """A session that is open on record on a server."""
    with writing():
        account = Account.create(login=f"a{SignInSession.select().count()}", state="active", created_at="")
        return int(
            SignInSession.create(
                account=account, source="192.0.2.1", front="ssh", server=server, strength="full",
                started_at=clock.now(),
            ).id
        )  # fmt: skip


def journaled(**days: str) -> None:
    """Hosts that journaled last on these days."""
    with writing():
        told = json.dumps({name: [1, day] for name, day in days.items()})
        database.execute_sql(f"UPDATE journal_head SET hosts = {database.param}", (told,))


def how(session: int) -> str | None:
    found: str | None = SignInSession.get_by_id(session).ended_how
    return found


def test_sessions_of_a_host_that_is_silent_for_days_end(store: Store, clock: Clock) -> None:
    """Of one that goes on journaling, and of this one, nothing ends by that."""
    dead, gone, alive = left_on("db-2:/srv"), left_on("db-3:/srv"), left_on("db-4:/srv")
    own = left_on(sessions._here())
    clock.forward(days=4)
    day = clock_day()
    journaled(**{"db-2": "2026-01-01", "db-4": day})
    end_left(store.home)
    assert how(alive) is None
    assert (how(dead), how(gone)) == ("crashed", "crashed")
    assert how(own) == "crashed"  # nothing runs it here


def clock_day() -> str:
    return clock.now()[:10]


def test_one_that_began_lately_is_left_alone(store: Store, clock: Clock) -> None:
    begun = left_on("db-2:/srv")
    clock.forward(hours=1)
    end_left(store.home)
    assert how(begun) is None
