"""Commands are killed half-way: each is either before or after, and the next start says which."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from unittest import mock

from db.desk import open_desk
from db.desk.backups.running import run_backup
from db.desk.editions.editions import Editions
from db.desk.entry.indexing import index_all
from db.store import clock
from db.store.backups.backup_store import is_whole, manifests
from db.store.engine import close_store, database, store
from db.store.first_steps import OUTSIDE
from db.store.journal import frames
from db.store.journal.capture import UNWATCHED
from db.store.keys import PROOF
from db.store.migrations import STEPS, migrate, missing_schema, stored_schema_version
from db.store.opening import open_store
from db.store.searchindex import is_missing
from db.store.tables import CallAttempt, EditionCopy, EditionIssue, Entry, ProofHead
from db.store.tables.base import SchemaVersion
from db.store.transactions import writing
from tests.editions_world import BOOK, build_editions_world
from tests.torture.acts import BOOK as STAFF
from tests.torture.acts import HEADINGS, IMPORTER, people_work
from tests.torture.door import PASSWORD, code_of, enrol
from tests.torture.oracle import judge
from tests.torture.report import Tally
from tests.torture.rig import PLACE, Rig, Workshop
from tui.host.main import main
from tui.host.operator import opened_store
from tui.host.shell import CommandFailure

ROWS = 40
"""People in a file that is imported."""


def commands(workshop: Workshop, times: int, chance: random.Random, tally: Tally) -> None:
    """Each command ``times`` times."""
    engine = "PostgreSQL" if workshop.server else "SQLCipher"
    kinds = [backup, rekeying, migration, importing, edition, *([] if workshop.server else [restore])]
    for kind in kinds:
        with workshop.rig() as rig:
            kind(rig, times, chance, partial(tally.add, f"{engine}: {kind.__name__} killed", 1))


def backup(rig: Rig, times: int, chance: random.Random, told: Callable[[list[str]], None]) -> None:
    """What has a manifest is whole; the next one succeeds."""
    people_work(rig, chance, 10)
    longest = _seconds(lambda: run_backup(rig.home, PLACE, lambda: None))
    for _time in range(times):
        _kill(rig, lambda: run_backup(rig.home, PLACE, lambda: None), chance.uniform(0, longest))
        place = rig.home.folder / "backups"
        faults = [f"{one.name} is not whole" for one in manifests(place) if not is_whole(place, one)]
        told(faults + judge(rig, alone=True))
    (problem,) = (one.problem for one in run_backup(rig.home, PLACE, lambda: None))
    told([f"the next backup: {problem}"] if problem else [])


def restore(rig: Rig, times: int, chance: random.Random, told: Callable[[list[str]], None]) -> None:
    """Killed before the new database is complete, the old one stands; then, nobody works before the restore
    was run again. Run again, nothing is missing."""
    people_work(rig, chance, 10)
    longest = _seconds(lambda: _restore(rig))
    for _time in range(times):
        people_work(rig, chance, 2)
        _kill(rig, lambda: _restore(rig), chance.uniform(0, longest))
        said = io.StringIO()
        faults: list[str] = []
        try:
            with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said), opened_store(rig.home):
                pass
        except CommandFailure:
            if not rig.home.unfinished.exists():
                faults.append("it does not open, and no restore is unfinished")
            if _restore(rig) != 0:
                faults.append("the restore can't be ended")
        rig.versions.clear()
        told(faults + judge(rig, alone=True))


def rekeying(rig: Rig, times: int, chance: random.Random, told: Callable[[list[str]], None]) -> None:
    """The database's key and the fields' are rotated; whichever side it is on, the next start knows it."""
    people_work(rig, chance, 10)
    for name in (
        ("field",) if not rig.home.settings().database.startswith("sqlite:") else ("database", "field")
    ):
        longest = _seconds(partial(_rotate, rig, name))
        for _time in range(times):
            _kill(rig, partial(_rotate, rig, name), chance.uniform(0, longest))
            with contextlib.redirect_stdout(io.StringIO()), opened_store(rig.home):
                pass
            told(judge(rig, alone=True))
            people_work(rig, chance, 2)


def migration(rig: Rig, times: int, chance: random.Random, told: Callable[[list[str]], None]) -> None:
    """An older store is at the end of some step, all of it under the journal; the next start goes on."""
    longest = 0.0
    for number in range(times + 1):
        open_store(rig.home)
        with writing():
            database.drop_tables([*OUTSIDE, CallAttempt, ProofHead])
            SchemaVersion.delete().where(SchemaVersion.version > 1).execute()
            database.execute_sql("DELETE FROM journal_head")
        close_store()
        journal = (rig.home.folder / "journal").glob(f"*{frames.SUFFIX}")
        for file in (*rig.home.keys.glob(f"{PROOF}*"), *journal):
            file.unlink()
        if number == 0:
            longest = _seconds(lambda: _migrate(rig))
            continue
        _kill(rig, lambda: _migrate(rig), chance.uniform(0, longest))
        open_store(rig.home)
        faults = [] if 1 <= stored_schema_version() <= len(STEPS) else [f"version {stored_schema_version()}"]
        close_store()
        _migrate(rig)
        open_store(rig.home)
        faults += [f"{name} is lacking" for name in missing_schema()] + _unwatched()
        close_store()
        told(faults + judge(rig, sign=False, alone=True))


def importing(rig: Rig, times: int, chance: random.Random, told: Callable[[list[str]], None]) -> None:
    """`mingce import`, from the sign-in to its last word: all rows of the file or none."""
    secret = enrol(rig, [IMPORTER], clock.utcnow())[IMPORTER]
    file = rig.home.folder / "people.csv"
    longest = 0.0
    for number in range(-2, times):  # two whole ones before: the first loads, the second is timed
        names = [f"王{chr(0x4E10 + number)}{chr(0x4E00 + row)}" for row in range(ROWS)]
        cells = [
            [
                name,
                "销售中心",
                "客户经理",
                "010-88886666",
                f"137{number + 2:05d}{row:03d}",
                "t@example.com",
                "",
            ]
            for row, name in enumerate(names)
        ]
        file.write_text("\n".join(map(",".join, [HEADINGS, *cells])), "utf-8")
        open_store(rig.home)
        code = code_of(rig, IMPORTER, secret, clock.utcnow())
        close_store()
        if number < 0:
            longest = _seconds(partial(_import, rig, file, code))
            continue
        _kill(rig, partial(_import, rig, file, code), chance.uniform(0, longest))
        open_store(rig.home)
        found = Entry.select().where(Entry.name.in_(names)).count()
        close_store()
        half = [f"half: {found} of {ROWS} rows are there"] if found not in (0, ROWS) else []
        told(half + judge(rig, alone=True))


def edition(rig: Rig, times: int, chance: random.Random, told: Callable[[list[str]], None]) -> None:
    """An issue has its file and all of its copies, or there is none."""
    open_store(rig.home)
    with writing():
        world = build_editions_world(rig.world)
        actor = world.actor("zhuli")
    close_store()

    def issue() -> None:
        open_store(rig.home)
        Editions(open_desk(actor)).issue(BOOK, "internal")
        close_store()

    longest = _seconds(issue)
    for _time in range(times):
        _kill(rig, issue, chance.uniform(0, longest))
        open_store(rig.home)
        copies = [
            EditionCopy.select().where(EditionCopy.issue == one).count() for one in EditionIssue.select()
        ]
        close_store()
        faults = [f"half: issues have {copies} copies"] if len(set(copies)) > 1 else []
        told(faults + judge(rig, alone=True))


def _restore(rig: Rig) -> int:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return main(["restore", "--dir", str(rig.home.folder), "--yes", "--json"])


def _rotate(rig: Rig, name: str) -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        main(["keys", "rotate", name, "--dir", str(rig.home.folder), "--json"])


def _import(rig: Rig, file: Path, code: str) -> None:
    said = io.StringIO()
    typed = mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO(f"{PASSWORD}\n{code}\n".encode())))
    with typed, contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        words = ["import", str(file), "--book", STAFF, "--login", IMPORTER, "--json"]
        main([*words, "--dir", str(rig.home.folder)])


def _migrate(rig: Rig) -> None:
    """What a command on the host does with an older database, but for the backup before."""
    open_store(rig.home)
    migrate()
    if is_missing():
        with writing():
            index_all()
    close_store()


def _unwatched() -> list[str]:
    """On PostgreSQL: tables of which no change comes into the journal."""
    if not store().is_postgresql:
        return []
    watched = {
        row[0]
        for row in database.execute_sql(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE tgname = 'journal_change'"
        ).fetchall()
    }
    return [f"{name} is not journaled" for name in {*database.get_tables()} - watched - UNWATCHED]


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _kill(rig: Rig, work: Callable[[], object], after: float) -> None:
    child = rig.fork(lambda: (work(), None)[1])
    time.sleep(after)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
