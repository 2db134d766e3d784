"""Sessions and the duty runner are killed at random moments while they work."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import time
from collections.abc import Callable

from tests.torture import acts
from tests.torture.oracle import judge
from tests.torture.report import Tally
from tests.torture.rig import Rig, Workshop
from tui.host.restore import restore_home

SESSIONS = 4
A_ROUND = 120
"""Kills until a new copy of the installation is begun, so that judging stays quick."""
MOST_ACTS = 10
"""Acts that are let go by between two kills, at the most; the moment after them is at random too."""
LONGEST_WAIT = 4.0
LONGEST_MOMENT = 0.02
DAYS = 86_400.0


def sessions(workshop: Workshop, kills: int, chance: random.Random, tally: Tally) -> None:
    """``kills`` kills of sessions and the duty runner, one to all of them between two judgements, among jumps
    of the clock. At the end of each round the database is destroyed and restored."""
    kind = "PostgreSQL" if workshop.server else "SQLCipher"
    left = kills
    while left > 0:
        with workshop.rig() as rig:
            in_round = min(left, A_ROUND)
            left -= in_round
            _one_round(rig, workshop, kind, in_round, chance, tally)
            tally.acknowledged += len(rig.acknowledged())
            tally.progress()
            if not workshop.server:
                tally.add(f"{kind}: destroyed under load, restored", *restored(rig))


def _one_round(
    rig: Rig, workshop: Workshop, kind: str, kills: int, chance: random.Random, tally: Tally
) -> None:
    running = {_begin(rig, chance): name for name in ("session",) * SESSIONS}
    running[_begin(rig, chance, acts.duties)] = "duty runner"
    try:
        while kills > 0:
            jumps = chance.random() < 0.1
            if jumps:
                workshop.hands.set(chance.uniform(-3, 3) * DAYS)
            doomed = chance.sample(sorted(running), min(kills, chance.randint(1, len(running))))
            _let_work(rig, chance.randint(0, MOST_ACTS))
            for child in doomed:
                time.sleep(chance.uniform(0, LONGEST_MOMENT))
                if _end(child):
                    tally.add(f"{kind}: {running[child]} ended by itself", 1, [f"{running[child]} failed"])
            faults = judge(rig, every=chance.random() < 0.02)
            for number, child in enumerate(doomed):
                name = running.pop(child)
                tally.add(f"{kind}: {name} killed", 1, faults if number == 0 else [])
                running[_begin(rig, chance, acts.work if name == "session" else acts.duties)] = name
            if jumps:
                tally.add(f"{kind}: clock jumped", 1, faults)
            kills -= len(doomed)
    finally:
        for child in running:
            _end(child)
    tally.add(f"{kind}: all killed at once", 1, judge(rig, every=True, alone=True))


def _let_work(rig: Rig, count: int) -> None:
    """Wait until ``count`` more acts were acknowledged, or for a while."""
    until, wanted = time.monotonic() + LONGEST_WAIT, len(rig.acknowledged()) + count
    while len(rig.acknowledged()) < wanted and time.monotonic() < until:
        time.sleep(0.005)


def restored(rig: Rig) -> tuple[int, list[str]]:
    """Destroy the database, restore it from the backup and the journal, and judge what comes out."""
    for file in rig.home.folder.glob("mingce.db*"):
        file.unlink()
    with contextlib.redirect_stdout(io.StringIO()):
        status = restore_home(rig.home.folder, False, True, None, True)
    rig.versions.clear()
    return 1, judge(rig, every=True, alone=True) if status == 0 else ["the restore failed"]


def _begin(rig: Rig, chance: random.Random, what: Callable[[Rig, int], None] = acts.work) -> int:
    seed = chance.getrandbits(32)
    return rig.fork(lambda: what(rig, seed))


def _end(child: int) -> bool:
    """Kill ``child``; whether it had ended by itself already, which none may."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    _child, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)
