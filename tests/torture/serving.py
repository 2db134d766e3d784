"""The real ``mingce serve`` is killed while people come in over SSH: the server itself, the parent of its
sessions, sessions, the signer, the duty runner, one to all of them at a time.

After each volley: where the server or its parent was killed, every process of it is gone; the same oracle
judges, held to what the server's own signer signed outside; the server, begun anew on the same folder where
that is needed, serves again, which is to say that somebody got something done. At the end of a round it is
stopped by an operator's Ctrl+C; then nobody is inside on record, and the end of the chain is signed.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from db.store import audit
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.tables import SignInSession
from tests.ports import held_port
from tests.torture.crowd import LOGINS, Crowd
from tests.torture.door import enrol
from tests.torture.killing import warm
from tests.torture.oracle import judge
from tests.torture.report import Tally
from tests.torture.rig import Rig, Workshop
from tui.front.hostkey import host_key_path, write_host_key

ROOT = Path(__file__).parents[2]
A_ROUND = 60
MOST_ACTS = 6
LONGEST_WAIT = 3.0
TRIES = 3
WITHIN = 120.0
"""Seconds in which a server serves, or all of it is gone; they are not waited for where it is sooner."""
LIKELY = {"server": 0.35, "parent": 0.15, "session": 0.5, "signer": 0.35, "duty runner": 0.6}
"""How likely a process of each kind is among the killed of a volley."""


def serving(workshop: Workshop, kills: int, chance: random.Random, tally: Tally) -> None:
    """``kills`` kills of the processes of a server."""
    engine = "PostgreSQL" if workshop.server else "SQLCipher"
    warm(workshop, chance)
    left = kills
    while left > 0:
        with workshop.rig() as rig:
            in_round = min(left, A_ROUND)
            left -= in_round
            _one_round(rig, engine, in_round, chance, tally)
            tally.acknowledged += len(rig.acknowledged())
            tally.progress()


def _one_round(rig: Rig, engine: str, kills: int, chance: random.Random, tally: Tally) -> None:
    write_host_key(host_key_path(rig.home))
    with held_port() as port:
        house = House(rig, port)
        crowd = Crowd(rig, port, enrol(rig, LOGINS, datetime.now(UTC)), chance)
        try:
            house.begin()
            with _at_work(rig, crowd):
                _killed(rig, house, engine, kills, chance, tally)
            faults = house.stop() + judge(rig, sign=False, every=True, alone=True) + _closed(rig)
            tally.add(f"{engine}: mingce serve stopped after them", 1, faults)
        finally:
            house.clear_away()


@contextmanager
def _at_work(rig: Rig, crowd: Crowd) -> Iterator[None]:
    people = rig.fork(crowd.work)
    try:
        yield
    finally:
        os.kill(people, signal.SIGKILL)
        os.waitpid(people, 0)


def _killed(rig: Rig, house: House, engine: str, kills: int, chance: random.Random, tally: Tally) -> None:
    faults = _serves(rig)
    tally.add(f"{engine}: mingce serve begun", 1, faults)
    while kills > 0 and not faults:
        _wait_for_acts(rig, chance.randint(0, MOST_ACTS))
        doomed = _choose(house, chance, kills)
        if not doomed:
            continue
        faults = house.kill(doomed) + judge(rig, sign=False)
        if not house.runs():
            house.begin()
        faults += _serves(rig)
        kills -= len(doomed)
        for number, (_process, kind) in enumerate(doomed):
            tally.add(f"{engine}: mingce serve, {kind} killed", 1, faults if number == 0 else [])


@dataclass(slots=True)
class House:
    """``mingce serve`` on ``rig``, with all its processes."""

    rig: Rig
    port: int
    process: subprocess.Popen[str] | None = None
    seen: set[psutil.Process] = field(default_factory=set)

    def begin(self) -> None:
        """Start it; returns when the door is open. A busy machine may need more than one try, as the parent
        of the sessions has a minute. Raises RuntimeError where it does not come up."""
        said = ""
        for _time in range(TRIES):
            said = self._begin()
            if "port" in said:
                return
        raise RuntimeError(f"the server did not come up: {said}")

    def _begin(self) -> str:
        """Start it; the first thing that it says."""
        folder = str(self.rig.home.folder)
        log = str(self.rig.home.folder / "server.log")
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "tui.host.main", "serve",
                "--dir", folder, "--port", str(self.port), "--log", log,
            ],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        return self.process.stdout.readline()

    def runs(self) -> bool:
        """Whether it still does."""
        return self.process is not None and self.process.poll() is None

    def parts(self) -> Iterator[tuple[psutil.Process, str]]:
        """Its processes that run now, each with what it is."""
        assert self.process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            server = psutil.Process(self.process.pid)
            yield server, "server"
            for child in server.children():
                with contextlib.suppress(psutil.NoSuchProcess):  # it ended in the same moment
                    kind = _kind(child)
                    if kind:
                        yield child, kind
                    if kind == "parent":
                        yield from ((session, "session") for session in child.children())

    def kill(self, doomed: list[tuple[psutil.Process, str]]) -> list[str]:
        """Kill them. Where the server can't live on, what is wrong with how the rest of it ends."""
        kinds = {kind for _process, kind in doomed}
        fatal = kinds & {"server", "parent"}
        if fatal:  # held still, so that nothing is born unseen
            os.kill(self._pid, signal.SIGSTOP)
            self.seen = {process for process, _kind in self.parts()}
        for process, _what in doomed:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        if not fatal:
            return []
        os.kill(self._pid, signal.SIGCONT)
        return self._gone(None if "server" in kinds else 1)

    def stop(self) -> list[str]:
        """Stop it at once, as Ctrl+C does."""
        self.seen = {process for process, _kind in self.parts()}
        os.kill(self._pid, signal.SIGINT)
        return self._gone(0)

    def clear_away(self) -> None:
        """End what is left of it."""
        if self.process is None:
            return
        left = [process for process, _kind in self.parts()] if self.runs() else []
        for process in {*left, *self.seen}:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()

    @property
    def _pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def _gone(self, status: int | None) -> list[str]:
        """Wait until all that were seen have ended; with ``status``, if it is not by a kill."""
        assert self.process is not None
        try:
            ended = self.process.wait(WITHIN)
        except subprocess.TimeoutExpired:
            return ["the server has not ended"]
        assert self.process.stdout is not None
        self.process.stdout.close()
        _gone, left = psutil.wait_procs(self.seen, timeout=WITHIN)
        faults = [f"left behind: {' '.join(process.cmdline())}" for process in left if process.is_running()]
        if status is not None and ended != status:
            faults.append(f"the server ended with {ended}")
        return faults


def _kind(process: psutil.Process) -> str:
    """Which part of a server it is; empty for none, such as one that only begins to be one."""
    words = " ".join(process.cmdline())
    modules = {"tui.front.warm": "parent", "tui.front.signer": "signer", "tui.front.duties": "duty runner"}
    return next((kind for module, kind in modules.items() if module in words), "")


def _choose(house: House, chance: random.Random, most: int) -> list[tuple[psutil.Process, str]]:
    parts = list(house.parts())
    chance.shuffle(parts)
    return [part for part in parts if chance.random() < LIKELY[part[1]]][:most]


def _wait_for_acts(rig: Rig, count: int) -> None:
    until, wanted = time.monotonic() + LONGEST_WAIT, len(rig.acknowledged()) + count
    while len(rig.acknowledged()) < wanted and time.monotonic() < until:
        time.sleep(0.005)


def _serves(rig: Rig) -> list[str]:
    """Wait until one more act is acknowledged."""
    until, before = time.monotonic() + WITHIN, len(rig.acknowledged())
    while len(rig.acknowledged()) == before:
        if time.monotonic() > until:
            return ["it does not serve again"]
        time.sleep(0.01)
    return []


def _closed(rig: Rig) -> list[str]:
    """After a stop: nobody is inside on record, and all that was recorded is signed outside."""
    open_store(rig.home)
    try:
        inside = (
            SignInSession.select()
            .where(SignInSession.ended_at.is_null() & (SignInSession.server != ""))
            .count()
        )
        seq, _hash = audit.head()
        faults = [f"{inside} sessions are open on record"] if inside else []
        if max(rig.outside(), default=0) < seq:
            faults.append("the end of the chain is not signed")
        return faults
    finally:
        close_store()
