"""Opening the store of a state folder: its keys, its settings, and whether this program may work in it."""

from __future__ import annotations

from typing import Any

from db.language import _
from db.store.engine import (
    Store,
    close_store,
    database,
    database_at,
    last_held,
    same_version,
    set_store,
    version_of,
)
from db.store.keys import KeyRing, read_keys
from db.store.migrations import BASIS, STEPS
from db.store.proof.head import is_kept
from db.store.settings import Home, Settings, SettingsError
from db.store.unavailable import NEWER, Unavailable, said_in_words


def open_store(
    home: Home, settings: Settings | None = None, keys: KeyRing | None = None, *, unfinished: bool = False
) -> Store:
    """Open the store of ``home`` for this process, connect, and bind the tables to it; migrates nothing. With
    ``unfinished``, also one that a restore has not completed.

    Raises SettingsError, KeyRingError (also if the proving key was lost), Unavailable (a later version), or
    peewee.DatabaseError (wrong key).
    """
    if not unfinished and home.unfinished.exists():
        raise SettingsError(
            _("A restore was interrupted before its end. Run `mingce restore` again: it goes on from there.")
        )
    settings = settings or home.settings()
    keys = keys or read_keys(home.keys)
    opened = database_at(home.database_url(settings), keys)
    database.initialize(opened)
    with said_in_words():
        opened.connect()
        version = version_of(opened) if opened.table_exists("schema_version") else 0
        must_be_there = keys.proof is None and is_kept(opened)
    if version > len(STEPS):
        opened.close()
        raise Unavailable(NEWER)
    if must_be_there:  # it was lost: whoever wrote without it would have the present not be proved any more
        opened.close()
        next(iter(keys.proving()))
    return set_store(Store(_counting(settings, opened, version), keys, opened, home, version))


def _counting(settings: Settings, opened: Any, version: int) -> Settings:
    """Return ``settings`` with country and time zone as last recorded, whatever the file says: a change
    counts once recorded (`db.desk.calendars.basis`)."""
    if version < BASIS:
        return settings
    newest = "SELECT country, time_zone FROM day_basis ORDER BY id DESC LIMIT 1"
    for country, time_zone in opened.execute_sql(newest).fetchall():
        return settings.model_copy(update={"country": country, "time_zone": time_zone})
    return settings


def reopen_store(home: Home) -> Store:
    """Connect again to the store that this process, or the one it was forked from, closed last, with the
    settings and keys read then; else open that of ``home``. Raises as `open_store`, and Unavailable if the
    schema was migrated since."""
    last = last_held()
    if last is None or last.home.folder != home.folder:
        return open_store(home)
    with said_in_words():
        last.database.connect()
    try:
        same_version(set_store(last))
    except Unavailable:
        close_store()
        raise
    return last
