"""Stores to begin a test with, made once a run and copied: making one takes longer than most tests."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from db.store import clock
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home, Settings
from tests.wider_world import build_wider_world
from tests.world import World, build_world

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""When tests begin: Monday 09:00 in Shanghai."""


@dataclass(frozen=True, slots=True)
class Seed:
    """What a store begins with: the organisation of `tests.world`, and ``books`` of `tests.wider_world`."""

    world: bool = False
    books: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return "-".join(["world" if self.world else "empty", *self.books])


class Seeds:
    """``keys`` are those of every test's store."""

    def __init__(self, folder: Path) -> None:
        self._home = Home(folder)
        self._home.policies.mkdir()
        self.keys = self._home.keys
        make_keys(self.keys)
        self._worlds: dict[Seed, World] = {}
        self._made: set[str] = set()

    def world(self, seed: Seed) -> World:
        """Who is in the copies of ``seed``."""
        return deepcopy(self._worlds[seed])

    @contextmanager
    def copy(self, seed: Seed, folder: Path, server: str | None) -> Iterator[str]:
        """A copy of ``seed``, in the state folder ``folder`` or as a database of the PostgreSQL ``server``:
        its URL in the settings of that folder. A database is gone afterwards; folders go by themselves."""
        if server is None:
            yield self._sqlite(folder, seed)
            return
        name = f"t{secrets.token_hex(8)}"
        self._postgresql(server, seed, name)
        yield _url_of(server, name)
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _sqlite(self, folder: Path, seed: Seed) -> str:
        name = f"{seed.name}.db"
        self._make(f"sqlite:{name}", seed)
        shutil.copyfile(self._home.folder / name, folder / "mingce.db")
        return "sqlite:mingce.db"

    def _postgresql(self, server: str, seed: Seed, name: str) -> None:
        template = _url_of(server, seed.name)
        with psycopg.connect(server, autocommit=True) as admin:
            if template not in self._made:
                admin.execute(f'CREATE DATABASE "{seed.name}" TEMPLATE template0')
            self._make(template, seed)
            # Copying its files takes a third of what writing them to the log takes.
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{seed.name}" STRATEGY FILE_COPY')

    def _make(self, database: str, seed: Seed) -> None:
        if database in self._made:
            return
        before = clock.use_source(lambda: START)
        try:
            open_store(self._home, Settings(organisation="华星集团", database=database))
            migrate()
            world = build_world() if seed.world else World()
            self._worlds[seed] = build_wider_world(*seed.books, beside=world) if seed.books else world
        finally:
            close_store()
            clock.use_source(before)
            # the next seed is another database, and none of these changes are lost in it
            shutil.rmtree(self._home.folder / "journal", ignore_errors=True)
        self._made.add(database)


def _url_of(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")
