"""Keys pressed in sessions over the real ``ssh``, among many people: each place, its ends, its verbs on one
row, its pickers and forms; and a session's private memory after 1, 20, 100 and 300 acts.

    python -m tests.bench.keys --people 100000 --engine SQLCipher --keep

A key costs the processor time of the session, and of the server's process for it, until neither works any
more and nothing comes: all that is drawn after it included. Dialogs are left by Esc, so nothing is changed
but what ``a`` decides. The memory of sessions needs root.
"""

from __future__ import annotations

import argparse
import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from typing import Any

import pexpect

from db.store.engine import database, store
from db.store.settings import Home
from db.store.tables import Account
from tests.bench.front_rig import front_on
from tests.bench.rows import Outcome, Row, Unmeasured, table
from tests.bench.scale import ENGINES, in_world
from tests.bench.scale_world import READERS, desk_of, pass_gates
from tests.bench.session import kilobytes, processor
from tests.tui.front.running import Client, Running
from tui.kit.commands import ScreenCommand
from tui.screens.modes import MODES

PEOPLE = 100_000
QUIET = 0.1
"""Seconds without a byte and without work after which a key has had its effect."""
NAMED = {
    "escape": "\x1b", "enter": "\r", "space": " ", "slash": "/", "plus": "+", "minus": "-", "down": "\x1b[B",
    "end": "\x1b[F", "home": "\x1b[H", "tab": "\t", "delete": "\x1b[3~", "question_mark": "?",
    "left_square_bracket": "[", "right_square_bracket": "]", "equals_sign": "=", "asterisk": "*",
    "comma": ",", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "exclamation_mark": "!", "less_than_sign": "<", "greater_than_sign": ">", "full_stop": ".", "colon": ":",
}  # fmt: skip
"""What the keys that Textual names send."""
BAR, DECIDING = 100.0, 60.0
"""Milliseconds that a key may take; and the one that decides on a request."""
ACTS = (1, 20, 100, 300)
CAP = 20.0
"""MB that a session may have of its own after the last of `ACTS`."""
ROUND = (
    ("2", "down", "enter", "escape"), ("2", "slash", "l", "i", "enter", "escape", "escape"), ("1", "down"),
    ("4", "end", "home"), ("2", "end", "enter", "escape", "home"), ("8",), ("1", "question_mark", "escape"),
    ("5",), ("0", "down"), ("2", "slash", "w", "escape", "escape"),
)  # fmt: skip
"""What people do, an act each, over and over."""


class Typist:
    """Somebody at a terminal, whose session's work is measured."""

    def __init__(self, front: Running, login: str) -> None:
        before = set(front.sessions())
        self.client: Client = front.ssh(login=login).sign_in()
        self.client.wait_until(lambda: bool(set(front.sessions()) - before), "a session")
        (self.pid,) = set(front.sessions()) - before
        self._spent = 0.0
        self.settle()

    def press(self, *keys: str) -> float:
        """Type ``keys``, each when the one before has had its effect; the milliseconds of the last."""
        taken = 0.0
        for key in keys:
            self.client.process.send(NAMED.get(key, key))
            taken = self.settle()
        return taken

    def settle(self) -> float:
        """Wait until nothing works and nothing comes; the milliseconds of processor time since the last."""
        backends = _backends()

        def spent() -> float:
            return sum(map(processor, (self.pid, *backends)))

        before, self._spent, still = self._spent, spent(), time.monotonic()
        while time.monotonic() - still < QUIET:
            came, now = self._drained(), spent()
            if came or now != self._spent:
                still, self._spent = time.monotonic(), now
        return (self._spent - before) * 1000

    def _drained(self) -> bool:
        with contextlib.suppress(pexpect.TIMEOUT):
            self.client.raw = self.client.process.read_nonblocking(65536, timeout=0.02)
            return True
        return False

    def leave(self) -> None:
        """Cut the line."""
        self.client.process.close(force=True)


def _backends() -> list[int]:
    """The server's processes that work for others than this process."""
    if not store().is_postgresql:
        return []
    asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    return [row[0] for row in database.execute_sql(asked).fetchall()]


def in_places(front: Running, engine: str, readers: Sequence[str] = READERS) -> Iterator[Outcome]:
    """Each place as each of ``readers`` who has it: opened, its end, its beginning, each of its keys."""
    for reader in readers:
        typist = Typist(front, reader)
        try:
            for name, way, commands in places(reader):
                yield from _at(typist, f"{name}, {reader}, {engine}", way, commands)
        finally:
            typist.leave()


def places(reader: str) -> Iterator[tuple[str, tuple[str, ...], Sequence[ScreenCommand]]]:
    """Each place that ``reader`` sees: its name, the keys that lead there, and what its keys do."""
    account = Account.get(Account.login == reader)
    desk = desk_of(account.login)
    for mode in MODES:
        if mode.visible_to(desk):
            screen: Any = mode.screen
            yield mode.id, tuple(mode.digit.split()), screen.KEYS


def _at(
    typist: Typist, where: str, way: tuple[str, ...], commands: Sequence[ScreenCommand]
) -> Iterator[Outcome]:
    typist.press("1")
    yield Row(f"{where}: opened", typist.press(*way), "ms", BAR)
    for key in ("end", "home"):
        yield Row(f"{where}: {key}", typist.press(key), "ms", BAR)
    for command in commands:
        if command.key not in ("escape", "ctrl+c", "ctrl+q"):
            typist.press("home")
            taken = typist.press(command.key)
            bar = DECIDING if command.id == "approve" else BAR
            yield Row(f"{where}: {command.key} ({command.id})", taken, "ms", bar)
            typist.press("escape", "escape", "1", *way)


def memory(front: Running, engine: str, readers: Sequence[str] = ("employee", "hr")) -> Iterator[Outcome]:
    """What a session has of its own after each of `ACTS`."""
    for reader in readers:
        typist, done = Typist(front, reader), 0
        acts = cycle(ROUND)
        for count in ACTS:
            for act in islice(acts, count - done):
                typist.press(*act)
            done, what = count, f"private memory after {count} acts, {reader}, {engine}"
            try:
                yield Row(what, kilobytes(typist.pid, "Private_Dirty") / 1000, "MB", CAP)
            except PermissionError:
                yield Unmeasured(what, "only root may read the memory of a process that can't be dumped")
        typist.leave()


def measure(
    people: int = PEOPLE, engines: Sequence[str] = ENGINES, *, keep: bool = False,
    parts: Sequence[Callable[[Running, str], Iterator[Outcome]]] = (in_places, memory),
) -> list[Outcome]:  # fmt: skip
    """The benchmark's lines."""
    outcomes: list[Outcome] = []
    for engine in engines:
        with in_world(people, engine, keep=keep) as home, _front(home) as front:
            for part in parts:
                for outcome in part(front, engine):
                    outcomes.append(outcome)
                    print(table([outcome]).splitlines()[-1], flush=True)
    return outcomes


@contextlib.contextmanager
def _front(home: Home) -> Iterator[Running]:
    pass_gates()
    accounts = {login: Account.get(Account.login == login).id for login in READERS}
    with front_on(home, accounts) as front:
        yield front


def main() -> None:
    """Measure what the arguments ask for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--engine", choices=ENGINES, nargs="+", default=list(ENGINES))
    parser.add_argument("--keep", action="store_true", help="keep the filled stores in .bench/")
    parser.add_argument("--memory", action="store_true", help="the memory alone")
    parser.add_argument("--readers", nargs="+", choices=READERS, default=list(READERS), help="as whom alone")
    asked = parser.parse_args()
    some = partial(in_places, readers=asked.readers)
    parts = (memory,) if asked.memory else (some, memory)
    print(table(measure(asked.people, asked.engine, keep=asked.keep, parts=parts)))


if __name__ == "__main__":
    main()
