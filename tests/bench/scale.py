"""What each screen and each plain command that shows something reads, among 10,000 people and 100,000, with
requests, reviews and an audit to match.

Processor time of this process and of the server's that works for it, the least of some rounds, each by
somebody who has just come in; and how many statements. What grows more than 1.5 × without its result growing
is NOT MET, and so is a screen beyond its own limit. Commands that grow so are counted, and listed apart.

    python -m tests.bench.scale --people 10000 100000 --engine SQLCipher
    python -m tests.bench.scale --people 10000 1000000 --keep

A million people take long to fill in: ``--keep`` leaves each store in ``.bench/``, to be opened again.
"""

from __future__ import annotations

import argparse
import gc
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import psycopg
from tabulate import tabulate

from db.desk import Desk, open_desk
from db.store.engine import close_store, database, store
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from tests.bench.demonstration import FOLDER
from tests.bench.lookup_people import Organisation
from tests.bench.rows import Outcome, Row, table
from tests.bench.scale_commands import COMMANDS
from tests.bench.scale_screens import SCREENS, Screen
from tests.bench.scale_world import AtWork, desk_of, settle
from tests.postgresql import begin_server

SIZES = (10_000, 100_000)
ENGINES = ("SQLCipher", "PostgreSQL")
GROWTH = 1.5
ROUNDS = 5
ENOUGH_MS = 10_000
"""After which no further round is begun."""
ALL = (*SCREENS, *COMMANDS)


@dataclass(frozen=True, slots=True)
class Taken:
    """``size`` is the length of what came of it, written out."""

    ms: float
    statements: int
    size: int


def measure_screens() -> list[Taken]:
    """All of `ALL` in the open store."""
    desks = {screen.reader: desk_of(screen.reader) for screen in ALL}
    return [_measured(screen, desks[screen.reader]) for screen in ALL]


def _measured(screen: Screen, desk: Desk) -> Taken:
    began = _spent()
    with counting() as statements:
        size = len(repr(screen.read(open_desk(desk.actor))))
    count = len(statements)
    times = [(_spent() - began) * 1000]
    while len(times) < ROUNDS and sum(times) < ENOUGH_MS:
        anew = open_desk(desk.actor)
        began = _spent()
        screen.read(anew)
        times.append((_spent() - began) * 1000)
    return Taken(min(times), count, size)


def _spent() -> float:
    """Seconds of processor time, of this process and of the server's."""
    own = time.process_time()
    if not store().is_postgresql:
        return own
    pid = database.connection().info.backend_pid
    return own + int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


@contextmanager
def counting() -> Iterator[list[str]]:
    """What is executed meanwhile, statement by statement."""
    found: list[str] = []
    if store().is_postgresql:
        execute: Any = psycopg.Cursor.execute

        def noted(cursor: Any, query: str, *args: object, **more: object) -> Any:
            found.append(query)
            return execute(cursor, query, *args, **more)

        with mock.patch.object(psycopg.Cursor, "execute", noted):
            yield found
        return
    connection = database.connection()
    connection.set_trace_callback(found.append)
    try:
        yield found
    finally:
        connection.set_trace_callback(None)


def measure(
    sizes: Sequence[int] = SIZES, engines: Sequence[str] = ENGINES, *, keep: bool = False
) -> list[Outcome]:
    """The benchmark's lines."""
    outcomes: list[Outcome] = []
    for engine in engines:
        taken = {people: _in_world(people, engine, keep) for people in sizes}
        print(detail(engine, taken), flush=True)
        few, many = sizes[0], sizes[-1]
        commands: list[Row] = []
        for screen, small, large in zip(ALL, taken[few], taken[many], strict=True):
            what = f"{screen.name}, {screen.reader}, {engine}"
            if screen.limit is not None:
                limit = screen.limit * max(1, many / SIZES[-1])
                outcomes.append(Row(f"{what}, {many:,} people", large.ms, "ms", limit))
            if len(sizes) > 1:
                bar = GROWTH * max(1.0, large.size / small.size)
                growth = Row(f"{what}, growth", large.ms, "ms", bar, small.ms, f"with {few:,}")
                (outcomes if screen in SCREENS else commands).append(growth)
        if len(sizes) > 1:
            grown = [row for row in commands if not row.met]
            print(table(grown), flush=True)
            what = f"commands that grow by more, of {len(commands)}, {engine}, {many:,} people"
            outcomes.append(Row(what, len(grown), "", 0))
    return outcomes


def detail(engine: str, taken: dict[int, list[Taken]]) -> str:
    """Each screen at each size."""
    heads = [f"{engine}", *(f"{people:,}: ms, statements, size" for people in taken)]
    lines = [
        [f"{screen.name}, {screen.reader}", *(f"{one.ms:.1f}  {one.statements}  {one.size}" for one in row)]
        for screen, row in zip(ALL, zip(*taken.values(), strict=True), strict=True)
    ]
    return tabulate(lines, headers=heads)


@contextmanager
def in_world(people: int, engine: str, *, keep: bool) -> Iterator[Home]:
    """The folder of a store with ``people``, open; one that is kept is filled only the first time."""
    folder = FOLDER / f"scale-{engine}-{people}" if keep else Path(tempfile.mkdtemp(prefix="scale-"))
    filled, home = folder / "filled.json", folder / "state"
    if not filled.exists():
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    server = begin_server(folder / "postgresql", cleanup_mode="stop") if engine == "PostgreSQL" else None
    try:
        if filled.exists():
            open_store(Home(home), Settings.model_validate_json(filled.read_text("utf-8")))
            migrate()
            settle()
            gc.freeze()
        else:
            made = AtWork(home, Organisation(people), server.get_uri() if server else None)
            filled.write_text(made.settings.model_dump_json(), "utf-8")
        yield Home(home)
    finally:
        close_store()
        if server is not None:
            server.cleanup()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _in_world(people: int, engine: str, keep: bool) -> list[Taken]:
    with in_world(people, engine, keep=keep):
        return measure_screens()


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--engine", choices=ENGINES, nargs="+", default=list(ENGINES))
    parser.add_argument(
        "--keep", action="store_true", help="keep the filled stores in .bench/ for the next time"
    )
    asked = parser.parse_args()
    print(table(measure(asked.people, asked.engine, keep=asked.keep)))


if __name__ == "__main__":
    main()
