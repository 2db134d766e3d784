"""One organisation for a whole module of the access matrix, and trials that leave nothing behind."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import psycopg
import pytest

from db.store import clock as store_clock
from db.store.engine import close_store, database, open_store, writing
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.settings import Home, Settings
from tests.conftest import Clock
from tests.matrix.cast import Cast, assemble
from tests.world import BOOKS, build_world

ON_BOTH = "subsidiary"
"""The book that is tried on either engine: its regulation states every scope and it has outside contacts.
What differs between books is in the rules, not in the engine, so the other two are tried on one."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the other books out on PostgreSQL."""
    spared = [item for item in items if _is_spared(item)]
    if spared:
        config.hook.pytest_deselected(items=spared)
        items[:] = [item for item in items if item not in set(spared)]


def _is_spared(item: pytest.Item) -> bool:
    given: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    return given.get("casts") == "postgresql" and given.get("book", ON_BOTH) != ON_BOTH


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def casts(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Cast]]:
    """The cast of each book, on each engine in turn. Tests leave it as it is (see `trial`)."""
    home = Home(tmp_path_factory.mktemp("matrix") / "state")
    home.folder.mkdir(mode=0o700)
    home.policies.mkdir()
    make_keys(home.keys)
    settings = Settings(organisation="华星集团")
    if request.param == "postgresql":
        server: str = request.getfixturevalue("postgresql")
        name = f"t{secrets.token_hex(8)}"
        with psycopg.connect(server, autocommit=True) as admin:
            admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        settings = settings.model_copy(update={"database": server.replace("/postgres?", f"/{name}?")})
    open_store(home, settings)
    migrate()
    clock = Clock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
    store_clock.use_source(lambda: clock.now)
    with writing():
        world = build_world()
        assembled = {book: assemble(world, book, clock) for book in BOOKS}
    yield assembled
    store_clock.use_source(None)
    close_store()


@contextmanager
def trial() -> Iterator[None]:
    """Whatever happens inside is undone."""
    with database.atomic() as transaction:
        try:
            yield
        finally:
            transaction.rollback()
