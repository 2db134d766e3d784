"""What disks do, and who has them in hand: each damage is found or harmless, and undone by a restore."""

from __future__ import annotations

import contextlib
import io
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from peewee import PeeweeException

from db.desk.backups.damage import lost_of_journal
from db.store import audit
from db.store.engine import close_store
from db.store.opening import open_store
from db.store.settings import Home, SettingsError
from db.store.transactions import writing
from db.store.unavailable import Unavailable
from db.store.verifying import lost_of
from tests.torture.acts import people_work
from tests.torture.killing import restored
from tests.torture.oracle import judge
from tests.torture.report import Tally
from tests.torture.rig import HERE, Rig, Workshop
from tui.host.main import main

ACTS = 40
SECTOR = 512
PAGE = 4096
OF_ONE = 2
"""What the loss of one transaction shows in, at the most: how often an act is on record, and one request,
file or import, which each later act on it misses too."""
RESTORE_EVERY = 12
"""One damage in so many is undone by a restore too."""

Damage = Callable[[Path, Path, random.Random], None]
"""Does it to the file of now, given the file as it was before."""


def disks(workshop: Workshop, times: int, chance: random.Random, tally: Tally) -> None:
    """Each damage ``times`` times, on a copy of an installation in which people have worked."""
    with _worked_in(workshop, chance) as (rig, old):
        for number in range(times):
            for name, damage in DAMAGES.items():
                with _copy(workshop, rig) as damaged:
                    damage(damaged.home.folder / "mingce.db", old, chance)
                    faults = found_or_whole(damaged)
                    elsewhere = bool(faults) and not any(fault.startswith("lost") for fault in faults)
                    if elsewhere or (not faults and number % RESTORE_EVERY == 0):
                        _count, faults = restored(damaged)
                    kind = f"{name}, not of the audit" if elsewhere else name
                    tally.add(f"SQLCipher: {kind}", 1, faults)


def old_copies(workshop: Workshop, times: int, chance: random.Random, tally: Tally) -> None:
    """On PostgreSQL: the database of yesterday in the place of today's."""
    for _time in range(times):
        with workshop.rig() as rig:
            people_work(rig, chance, ACTS // 2)
            name = workshop.name_of(rig)
            workshop.admin(f'CREATE DATABASE "{name}-old" TEMPLATE "{name}"')
            people_work(rig, chance, ACTS // 4, signed=True)
            workshop.admin(f'DROP DATABASE "{name}" WITH (FORCE)')
            workshop.admin(f'ALTER DATABASE "{name}-old" RENAME TO "{name}"')
            try:
                faults = judge(rig, sign=False)
                found = any("(older)" in fault for fault in faults)
            except Unavailable:  # the judge tries writes: nobody writes into what lags
                found = True
            tally.add("PostgreSQL: whole old copy", 1, [] if found else ["not found"])


def flipped_bytes(workshop: Workshop, times: int, chance: random.Random, tally: Tally) -> None:
    """A byte of the journal flips while the database is whole, and then that goes too: the damage is named,
    and a restore that is told to skip it loses what was in one transaction, and nothing behind it."""
    kind = "PostgreSQL" if workshop.server else "SQLCipher"
    for _time in range(times):
        with workshop.rig() as rig:
            people_work(rig, chance, ACTS)
            file = max((rig.home.folder / "journal").glob("*.journal"))
            data = bytearray(file.read_bytes())
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
            file.write_bytes(data)
            open_store(rig.home)
            found = lost_of_journal(rig.home)[1]
            close_store()
            _begin_empty(workshop, rig)
            told = _command(rig, "restore", "--yes", "--skip-damaged")
            rig.versions.clear()
            faults = judge(rig, every=True, alone=True) if told == 0 else ["the restore failed"]
            lost = [fault for fault in faults if fault.startswith(("lost", "undone", "half"))]
            if found and lost == faults and len(set(map(_about, faults))) <= OF_ONE:
                faults = []
            tally.add(f"{kind}: byte of the journal flipped, restored", 1, faults)


def _about(fault: str) -> str:
    """What a fault is about: a request, or all that it says."""
    named = re.search(r"request \d+", fault)
    return named[0] if named else fault


def replicas(workshop: Workshop, times: int, chance: random.Random, tally: Tally) -> None:
    """A replica that lagged in the place of the database: nobody writes into it, and it catches up with all
    that was acknowledged."""
    kind = "PostgreSQL" if workshop.server else "SQLCipher"
    for _time in range(times):
        with workshop.rig() as rig:
            people_work(rig, chance, ACTS // 4)
            replica = _replica(workshop, rig)
            people_work(rig, chance, ACTS // 4, signed=True)
            _take_over(workshop, rig, replica)
            open_store(rig.home)
            try:
                with writing():
                    audit.append(act="test", outcome="done")
                faults = ["somebody wrote into a replica that lagged"]
            except Unavailable:
                faults = []
            finally:
                close_store()
            if _command(rig, "catch-up", "--yes"):
                faults.append("it did not catch up")
            rig.versions.clear()
            faults += judge(rig, every=True, alone=True)
            tally.add(f"{kind}: replica that lagged", 1, faults)


def _command(rig: Rig, *words: str) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main([*words, "--dir", str(rig.home.folder)])


def _begin_empty(workshop: Workshop, rig: Rig) -> None:
    """The database is gone."""
    if workshop.server:
        name = workshop.name_of(rig)
        workshop.admin(f'DROP DATABASE "{name}" WITH (FORCE)')
        workshop.admin(f'CREATE DATABASE "{name}"')
    for file in rig.home.folder.glob("mingce.db*"):
        file.unlink()


def _replica(workshop: Workshop, rig: Rig) -> Path:
    folder = rig.home.folder / HERE / "replica"
    folder.mkdir()
    if workshop.server:
        name = workshop.name_of(rig)
        workshop.admin(f'CREATE DATABASE "{name}-old" TEMPLATE "{name}"')
    for file in rig.home.folder.glob("mingce.db*"):
        shutil.copyfile(file, folder / file.name)
    return folder


def _take_over(workshop: Workshop, rig: Rig, replica: Path) -> None:
    if workshop.server:
        name = workshop.name_of(rig)
        workshop.admin(f'DROP DATABASE "{name}" WITH (FORCE)')
        workshop.admin(f'ALTER DATABASE "{name}-old" RENAME TO "{name}"')
    for file in rig.home.folder.glob("mingce.db*"):
        file.unlink()
    for file in replica.iterdir():
        shutil.copyfile(file, rig.home.folder / file.name)


def found_or_whole(rig: Rig) -> list[str]:
    """What is wrong with how damage shows: it must be told by the database, the chain, what was signed or the
    journal, or else nothing of what was acknowledged may be missing. An old page of another table than the
    audit's is told by none of them, and undone by a restore."""
    try:
        faults = judge(rig, sign=False, alone=True)
    except (PeeweeException, SettingsError):
        return []
    told = [fault for fault in faults if not fault.startswith(("lost", "undone", "half", "the search keys"))]
    if told or not faults:
        return []
    open_store(rig.home)
    try:
        behind = lost_of()
    finally:
        close_store()
    return [] if behind else faults


def _cut_log(file: Path, _old: Path, chance: random.Random) -> None:
    log = file.with_name(f"{file.name}-wal")
    with log.open("r+b") as stream:
        stream.truncate(chance.randrange(log.stat().st_size))


def _zero(start: Callable[[Path, random.Random], int], length: int, ending: str = "") -> Damage:
    def damage(file: Path, _old: Path, chance: random.Random) -> None:
        target = file.with_name(file.name + ending)
        with target.open("r+b") as stream:
            stream.seek(start(target, chance))
            stream.write(bytes(length))

    return damage


def _anywhere(step: int) -> Callable[[Path, random.Random], int]:
    return lambda file, chance: chance.randrange(file.stat().st_size // step) * step


def _old_page(file: Path, old: Path, chance: random.Random) -> None:
    before, now = old.read_bytes(), file.read_bytes()
    pages = [
        start
        for start in range(0, min(len(before), len(now)), PAGE)
        if before[start : start + PAGE] != now[start : start + PAGE]
    ]
    start = chance.choice(pages)
    file.write_bytes(now[:start] + before[start : start + PAGE] + now[start + PAGE :])


def _old_file(file: Path, old: Path, _chance: random.Random) -> None:
    file.with_name(f"{file.name}-wal").unlink()
    shutil.copyfile(old, file)


DAMAGES: dict[str, Damage] = {
    "log cut": _cut_log,
    "sector of the log zeroed": _zero(_anywhere(SECTOR), SECTOR, "-wal"),
    "sector zeroed": _zero(_anywhere(SECTOR), SECTOR),
    "page zeroed": _zero(_anywhere(PAGE), PAGE),
    "old page put back": _old_page,
    "whole old copy": _old_file,
}


@contextmanager
def _worked_in(workshop: Workshop, chance: random.Random) -> Iterator[tuple[Rig, Path]]:
    """An installation as a power cut leaves it, its log not yet in the file; and the file as it was."""
    with workshop.rig() as rig:
        people_work(rig, chance, ACTS)
        file = rig.home.folder / "mingce.db"
        old = rig.home.folder / HERE / "old"
        shutil.copyfile(file, old)
        people_work(rig, chance, ACTS // 2, signed=True)
        whole = workshop.folder / "power-cut"
        people_work(rig, chance, ACTS // 2, then=lambda: shutil.copytree(rig.home.folder, whole))
        judge(rig, every=True)
        try:
            yield replace(rig, home=Home(whole), acks=[], read=0), whole / HERE / "old"
        finally:
            shutil.rmtree(whole)


@contextmanager
def _copy(workshop: Workshop, rig: Rig) -> Iterator[Rig]:
    folder = workshop.folder / "damaged"
    shutil.copytree(rig.home.folder, folder, ignore=shutil.ignore_patterns("*-shm"))
    try:
        yield replace(rig, home=Home(folder), acks=[], read=0, versions=dict(rig.versions))
    finally:
        shutil.rmtree(folder)
