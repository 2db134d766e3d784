"""Sessions and the duty runner are killed at random moments while they work.

After each volley all is judged that the oracle knows but for two things, which cost more than the rest
together: the search keys of those entries alone are made anew that changed since the last judgement, and
SQLCipher's check of every page's seal is left out, as it needs the file at rest. The keys of all entries
follow after one volley in `DEEP`, and both at the end of each round, when all are killed at once.

The torturer has done every act itself before the first fork (`warm`): a process that is begun goes to work at
once, instead of reading catalogues, regulations and calendars first and being killed over them.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import random
import signal
import time
from collections.abc import Callable

from db.desk import open_desk
from db.desk.tasks.duties import run
from db.language import LANGUAGES, catalogue
from db.store.engine import close_store
from db.store.opening import open_store
from tests.torture import acts
from tests.torture.oracle import judge
from tests.torture.report import Tally
from tests.torture.rig import PLACE, Rig, Workshop
from tui.host.main import main

SESSIONS = 8
A_ROUND = 200
"""Kills until a new copy of the installation is begun, so that judging stays quick."""
WARMING = 30
"""Acts in which every kind of them comes about."""
MOST_ACTS = 10
"""Acts that are let go by between two kills, at the most; the moment after them is at random too."""
DEEP = 50
LONGEST_WAIT = 4.0
LONGEST_MOMENT = 0.02
DAYS = 86_400.0


def sessions(workshop: Workshop, kills: int, chance: random.Random, tally: Tally) -> None:
    """``kills`` kills of sessions and the duty runner, one to all of them between two judgements, among jumps
    of the clock. At the end of each round the database is destroyed and restored."""
    kind = "PostgreSQL" if workshop.server else "SQLCipher"
    warm(workshop, chance)
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


def warm(workshop: Workshop, chance: random.Random) -> None:
    """Do here what the processes will do, so that those forked from now on have it all loaded."""
    if workshop.warm:
        return
    workshop.warm = True
    with workshop.rig() as rig:
        for language in LANGUAGES:
            catalogue(language)
        acts.people_work(rig, chance, WARMING)
        open_store(rig.home)
        for act in (acts.look, acts.bring_in):
            act(rig, open_desk(rig.actors[acts.IMPORTER]), chance)
        run(PLACE)
        close_store()
        judge(rig, every=True, alone=True)
    gc.collect()
    gc.freeze()


def _one_round(
    rig: Rig, workshop: Workshop, kind: str, kills: int, chance: random.Random, tally: Tally
) -> None:
    running = {_begin(rig, chance): name for name in ("session",) * SESSIONS}
    running[_begin(rig, chance, acts.duties)] = "duty runner"
    volley = 0
    try:
        while kills > 0:
            jumps = chance.random() < 0.1
            if jumps:
                workshop.hands.set(chance.uniform(-3, 3) * DAYS)
            doomed = chance.sample(sorted(running), min(kills, chance.randint(1, len(running))))
            _let_work(rig, chance.randint(0, MOST_ACTS))
            for child in doomed:
                time.sleep(chance.uniform(0, LONGEST_MOMENT))
                _kill(child)
            for child in doomed:
                if _end(child):
                    tally.add(f"{kind}: {running[child]} ended by itself", 1, [f"{running[child]} failed"])
            volley += 1
            faults = judge(rig, every=volley % DEEP == 0)
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
        status = main(["restore", "--dir", str(rig.home.folder), "--yes", "--json"])
    rig.versions.clear()
    return 1, judge(rig, every=True, alone=True) if status == 0 else ["the restore failed"]


def _begin(rig: Rig, chance: random.Random, what: Callable[[Rig, int], None] = acts.work) -> int:
    seed = chance.getrandbits(32)
    return rig.fork(lambda: what(rig, seed))


def _end(child: int) -> bool:
    """Kill ``child`` and see it gone; whether it had ended by itself already, which none may."""
    _kill(child)
    _child, status = os.waitpid(child, 0)
    return not os.WIFSIGNALED(status)


def _kill(child: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
