"""Bringing a database that an earlier version left up to date: with nobody at work in it, after a backup.

A program of an earlier version does not know what this one asks for, so whoever has the database open is
looked for in what every version leaves (`db.store.connections`), and nothing is begun before they have gone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

from db.language import Text, _, listed, strung
from db.store import connections
from db.store.disk import open_own
from db.store.engine import close_store, store
from db.store.keys import PROOF, proof_file
from db.store.migrations import STEPS, migrate
from db.store.opening import open_store
from db.store.schema_version import stored_version
from db.store.settings import Home
from db.store.unavailable import NEWER
from tui.host.finish_rotation import database_file
from tui.host.shell import CommandFailure, tell

STOP_FIRST = _("Stop the server first; those inside are warned.")
ANSWERS = 2.0
"""Seconds in which a process says which version it is."""
SETTLES = 3.0
"""Seconds within which a command that only looks has ended."""
LOCK = "migration"


def must_be_current(home: Home) -> None:
    """Raise CommandFailure if the database is of another version than this program; change nothing."""
    version = refuse_newer(home)
    if version and version < len(STEPS):
        raise CommandFailure(
            _(
                "The database is of version {version}, this program's is {newest}; nothing was changed.",
                version=version,
                newest=len(STEPS),
            ),
            _("`mingce serve` brings it up to date after a backup, once nothing of another version runs."),
        )


def bring_up_to_date(home: Home) -> None:
    """Back up and migrate an older database, alone with it and under a lock, and print the steps. Raises
    CommandFailure for a later version, if others have it open, or if no place took the backup."""
    version = refuse_newer(home)
    if not version or version == len(STEPS):
        return
    with _lock_state(home):
        if stored_version(home, home.settings()) == len(STEPS):
            return  # somebody else has done it meanwhile
        had_key = proof_file(home.keys).exists()
        _refuse_others(home)
        _back_up(home)
        _refuse_others(home)
        open_store(home)
        try:
            connections.only_migrator()
            if store().is_postgresql:
                _refuse_named(connections.with_server())
            for reached in migrate():
                tell(_("The database was brought to version {version}.", version=reached))
            if not had_key and proof_file(home.keys).exists():
                tell(_("The key {name} was made; keep a copy of it with the others.", name=PROOF))
        finally:
            close_store()
        _refuse_others(home)


def at_work(home: Home) -> list[Text]:
    """Return words for this host's processes that work with the database. The store must be closed."""
    from tui.front import control

    found: list[Text] = []
    for file in control.sockets_of_others(home):
        if control.is_listening(file):
            heard = control.ask_process(file, {"ask": "who"}, ANSWERS)
            version = str(heard.said.get("version", "")) if heard is not None else ""
            found.append(_("process {pid}", pid=f"{control.pid_of(file)} {version}".strip()))
    database = database_file(home, home.settings())
    held = connections.with_file(database) if database is not None else ""
    return found or ([held] if held else [])


def _others(home: Home) -> list[Text]:
    """Return words for all that work with the database: processes here and, on PostgreSQL, connections from
    anywhere. Opens and closes the store for that."""
    found = at_work(home)
    if database_file(home, home.settings()) is not None:
        return found
    open_store(home)
    try:
        return [*found, *connections.with_server()]
    finally:
        close_store()


def _refuse_others(home: Home) -> None:
    """Wait a moment for others to leave the database; raise CommandFailure if they don't."""
    until = time.monotonic() + SETTLES
    while found := _others(home):
        if time.monotonic() > until:
            _refuse_named(found)
        time.sleep(0.1)


def _refuse_named(found: list[Text]) -> None:
    if found:
        raise CommandFailure(
            _(
                "This version changes the database, and others work with it: {who}.",
                who=listed(found),
            ),
            STOP_FIRST,
        )


def refuse_newer(home: Home) -> int:
    """Return the database's version. Raises CommandFailure if it is later than this program's."""
    version = stored_version(home, home.settings())
    if version > len(STEPS):
        raise CommandFailure(
            NEWER,
            _("Install that version, or a newer one."),
        )
    return version


@contextmanager
def _lock_state(home: Home) -> Iterator[None]:
    """Lock the state folder against other upgrades on this host during the body; waits."""
    home.run.mkdir(mode=0o700, exist_ok=True)
    handle = open_own(home.run / LOCK, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _back_up(home: Home) -> None:
    """Sign the chain's end, make a backup in every place, and print where. Raises CommandFailure if no place
    took it."""
    from db.desk.backups.running import make_backup
    from tui.front.checkpoints import sign_quietly

    tell(_("Before the database is brought up to date, a backup of it is made."))
    outcomes = make_backup(home, lambda: sign_quietly(home))
    for outcome in outcomes:
        if not outcome.problem:
            tell(outcome.sentence)
    if all(outcome.problem for outcome in outcomes):
        problems = strung(
            _("{place}: {problem}", place=str(outcome.place), problem=outcome.problem) for outcome in outcomes
        )
        raise CommandFailure(
            _("The database was left as it is, for it could not be backed up: {problems}", problems=problems),
            _("Mend that, or name another place in [backups] of settings.toml."),
        )
