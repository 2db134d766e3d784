"""How long a card takes to open while somebody else writes much, among 20,000 people and on SQLCipher, whose
writers come one after the other. A card is shown once its record is committed.

Run alone with ``python -m tests.bench.meanwhile [PEOPLE]``.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Event
from typing import Any

from db.desk import Actor, Desk, open_desk
from db.desk.importing.importing import Source
from db.desk.refusal import Pending
from db.desk.reviews.reviews import Reviews
from db.desk.tasks.duties import run
from db.store import clock
from db.store.engine import close_store, store
from db.store.opening import open_store
from db.store.settings import Home, Settings
from db.store.tables import Account, Entry, Grant, Request
from db.store.transactions import writing
from db.store.unavailable import Unavailable
from tests.bench.importing import people as sheet
from tests.bench.lookup_desk import BOOK
from tests.bench.rows import Outcome, Row, table
from tests.bench.scale import in_world
from tests.bench.scale_screens import HERE, declare
from tests.bench.scale_world import desk_of, pass_gates

PEOPLE = 20_000
BAR = 0.3
PAUSE = 0.02
ROWS = 1_000
"""Rows of a file that a second keeper agrees to."""
READY = 60.0
SECOND = "second"
"""The login of a second keeper of the book, who agrees to an import."""


def look(home: Home, settings: Settings, actor: Actor, ready: Event, ended: Event, longest: Any) -> None:
    """Open one card after the other; ``longest`` is the most seconds that one took since it was set to 0."""
    open_store(home, settings)
    desk = open_desk(actor)
    entries = [row.id for row in Entry.select(Entry.id).limit(100)]
    for entry in entries:
        desk.directory.card(entry)
    ready.set()
    while not ended.is_set():
        for entry in entries:
            began = time.perf_counter()
            with contextlib.suppress(Unavailable):
                desk.directory.card(entry)
            longest.value = max(longest.value, time.perf_counter() - began)
            time.sleep(PAUSE)
    close_store()


def acts(hr: Desk) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is written meanwhile, by its name."""
    yield "nothing is written", lambda: time.sleep(2)
    yield "duties run first", lambda: run(HERE)
    yield (
        "a review of everybody is asked for",
        lambda: Reviews(hr).open(BOOK, "confirmation", "bench", "person"),
    )
    yield "a day is asked for that moves all deadlines", lambda: declare(hr)
    coming = sheet(ROWS), Source("b.csv", secrets.token_hex(32))
    yield f"an import of {ROWS:,} is submitted", lambda: hr.importing.submit_file(BOOK, *coming)
    yield "that import is agreed to", _agree
    it = desk_of("it")
    account = Account.get(Account.login == "p777").id
    yield "an account is ended", lambda: it.accounts.disable(account)


def _agree() -> None:
    desk = desk_of(SECOND)
    submitted = Request.select().where(Request.kind == "power").order_by(Request.id.desc()).get().id
    desk.queue.approve(submitted, desk.queue.one(submitted).digest)


def _make_second() -> None:
    with writing():
        account = Account.create(login=SECOND, state="active", created_at=clock.now())
        Grant.create(account=account.id, role="hr", book=BOOK, granted_at=clock.now())


def measure(people: int = PEOPLE) -> list[Outcome]:
    """The part of ``make bench``."""
    context: Any = multiprocessing.get_context("spawn")
    found: list[Outcome] = []
    with in_world(people, "SQLCipher", keep=False) as home:
        _make_second()
        pass_gates(SECOND)
        ready, ended, longest = context.Event(), context.Event(), context.Value("d", 0.0)
        given = (home, store().settings, desk_of("hr").actor, ready, ended, longest)
        looking = context.Process(target=look, args=given, daemon=True)
        looking.start()
        try:
            if not ready.wait(READY):
                raise RuntimeError("whoever looks did not begin")
            for what, act in acts(desk_of("hr")):
                longest.value = 0.0
                with contextlib.suppress(Pending):
                    act()
                time.sleep(4 * PAUSE)  # for a card that waited to the end
                found.append(Row(f"a card while {what}, {people:,} people", longest.value, "s", BAR))
        finally:
            ended.set()
            looking.join()
    return found


if __name__ == "__main__":
    print(table(measure(*map(int, sys.argv[1:]))))
