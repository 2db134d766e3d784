"""Durable acts a second, by one writer and by 32 at once, and how long one of them waits for its turn.

An act changes a row and is recorded, journaled and committed.
Run alone with ``python -m tests.bench.writing``.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.store import audit, clock
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from db.store.tables import Account
from db.store.transactions import writing
from tests.bench.rows import Outcome, Row, table
from tests.forked import forget_connections
from tests.postgresql import begin_server

SECONDS = 5.0
MANY = 32
LONGEST = 5.0
"""Seconds that a writer among many may wait for one act, at the most."""
FACTOR = 8.0
"""A single writer's acts a second, at the most as many times those of all of many writers together."""


@dataclass(frozen=True, slots=True)
class Done:
    """What one writer got done: acts, and the seconds that the slowest of them took."""

    acts: int
    longest: float
    failed: str = ""


def write(home: Home, settings: Settings, number: int, until: float) -> Done:
    """Writer ``number``, at a row of its own, without a pause between its acts."""
    forget_connections()
    open_store(home, settings)
    acts, longest = 0, 0.0
    try:
        while (began := time.monotonic()) < until:
            with writing():
                Account.update(language=f"{acts % 10}").where(Account.id == number).execute()
                audit.append(act="bench", outcome="done", journal={"after": {"n": acts}})
            longest = max(longest, time.monotonic() - began)
            acts += 1
    except Exception as error:  # it is the other writers that are measured then
        return Done(acts, time.monotonic() - began, f"{type(error).__name__}: {error}")
    finally:
        close_store()
    return Done(acts, longest)


def together(home: Home, settings: Settings, writers: int, seconds: float) -> list[Done]:
    """What ``writers`` processes that write at once get done in ``seconds``."""
    context: Any = multiprocessing.get_context("fork")
    until = time.monotonic() + seconds
    lines, children = [], []
    for number in range(1, writers + 1):
        receive, send = context.Pipe(False)
        child = context.Process(
            target=lambda line, number: line.send(write(home, settings, number, until)),
            args=(send, number),
            daemon=True,
        )
        child.start()
        lines.append(receive)
        children.append(child)
    done = [line.recv() for line in lines]
    for child in children:
        child.join()
    return done


def of(name: str, home: Home, settings: Settings, seconds: float) -> list[Outcome]:
    """The lines of one database."""
    open_store(home, settings)
    migrate()
    with writing():
        for number in range(MANY):
            Account.create(login=f"bench-{number}", state="active", created_at=clock.now())
    close_store()
    alone = together(home, settings, 1, seconds)
    many = together(home, settings, MANY, seconds)
    failed = [one.failed for one in (*alone, *many) if one.failed]
    if failed:
        raise RuntimeError(f"{len(failed)} writers failed: {failed[0]}")
    rate = sum(one.acts for one in alone) / seconds
    shared = sum(one.acts for one in many) / seconds
    fewest, most = min(one.acts for one in many), max(one.acts for one in many)
    return [
        Row(f"{name}: one act, one writer", 1000 / rate, "ms", 20.0),
        Row(f"{name}: acts a second, one writer", rate, "/s", FACTOR, shared, f"by {MANY} writers"),
        Row(f"{name}: the longest wait of {MANY} writers", max(one.longest for one in many), "s", LONGEST),
        Row(f"{name}: most acts of a writer", most, "", 10.0, fewest or 0.001, "the fewest"),
    ]


def measure(seconds: float = SECONDS) -> list[Outcome]:
    """The benchmark's lines."""
    found: list[Outcome] = []
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name) / "state")
        home.folder.mkdir()
        make_keys(home.keys)
        found += of("SQLCipher", home, Settings(), seconds)
        server = begin_server(Path(tempfile.mkdtemp(prefix="bench-writing-")))
        try:
            found += of("PostgreSQL", home, Settings(database=server.get_uri()), seconds)
        finally:
            server.cleanup()
    return found


if __name__ == "__main__":
    print(table(measure()))
