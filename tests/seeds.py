"""Stores to begin a test with, made once a run and copied: making one takes longer than most tests."""

from __future__ import annotations

import secrets
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import psycopg

from db.store import clock
from db.store.engine import close_store, open_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.settings import Home, Settings
from tests.world import World, build_world

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
"""When tests begin: Monday 09:00 in Shanghai."""

Seed = Literal["empty", "world"]


class Seeds:
    """``keys`` are those of every test's store. ``world`` tells who is in the seed of that name."""

    def __init__(self, folder: Path) -> None:
        self._home = Home(folder)
        self._home.policies.mkdir()
        self.keys = self._home.keys
        make_keys(self.keys)
        self.world = World()
        self._made: set[str] = set()

    def sqlite(self, folder: Path, seed: Seed) -> str:
        """Put a copy of ``seed`` into ``folder``; its URL in the settings of that folder."""
        name = f"{seed}.db"
        self._make(f"sqlite:{name}", seed)
        shutil.copyfile(self._home.folder / name, folder / "mingce.db")
        return "sqlite:mingce.db"

    def postgresql(self, server: str, seed: Seed) -> str:
        """The URL of a new database of ``server``, a copy of ``seed``."""
        template = _url_of(server, seed)
        copy = f"t{secrets.token_hex(8)}"
        with psycopg.connect(server, autocommit=True) as admin:
            if template not in self._made:
                admin.execute(f'CREATE DATABASE "{seed}" TEMPLATE template0')
            self._make(template, seed)
            admin.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{seed}"')
        return _url_of(server, copy)

    def _make(self, database: str, seed: Seed) -> None:
        if database in self._made:
            return
        clock.use_source(lambda: START)
        try:
            open_store(self._home, Settings(organisation="华星集团", database=database))
            migrate()
            if seed == "world":
                self.world = build_world()
        finally:
            close_store()
            clock.use_source(None)
        self._made.add(database)


def _url_of(server: str, name: str) -> str:
    return server.replace("/postgres?", f"/{name}?")
