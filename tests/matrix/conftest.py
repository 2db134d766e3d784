"""One organisation for the whole access matrix, and trials that leave nothing behind.

It is put together once a worker and engine; a module works on a copy of it.
"""

from __future__ import annotations

import gc
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import psycopg
import pytest

from db.store import clock as store_clock
from db.store import engine
from db.store.engine import close_store, database
from db.store.journal.capture import watch_table
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.record_words import TOLD, WHY, month_key
from db.store.settings import Home, Settings
from db.store.subjects import key_for
from db.store.transactions import writing
from tests.conftest import Clock
from tests.matrix.cast import MORE, ORDER, Cast, assemble
from tests.tui.conftest import all_has_its_effect
from tests.wider_world import build_wider_world
from tests.world import BOOKS, build_world

__all__ = ["all_has_its_effect"]

ON_BOTH = "subsidiary"
"""The book that is tried on either engine: its regulation states every scope and it has outside contacts.
What differs between books is in the rules, not in the engine, so the other two are tried on one."""
ON_ONE = ("test_an_incomplete_sign_in_does_nothing", "test_after_its_end_a_session_does_nothing")
"""Refused before anything of the book is read, so by no other query on another engine."""
BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what is no different there."""
    spared = {item for item in items if _is_spared(item)}
    if spared:
        config.hook.pytest_deselected(items=list(spared))
        items[:] = [item for item in items if item not in spared]


def _is_spared(item: pytest.Item) -> bool:
    given: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    if given.get("casts") != "postgresql":
        return False
    return given.get("book", ON_BOTH) != ON_BOTH or getattr(item, "originalname", "") in ON_ONE


class Stages:
    """The organisation as it begins, on each engine: a state folder, and for PostgreSQL a database beside."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.made = cache(self._make)

    def _make(self, server: str) -> tuple[Path, dict[str, Cast], datetime]:
        """Folder and casts on the engine of ``server`` (empty: the embedded one), and how late it is."""
        home = Home(self._folder / ("postgresql" if server else "sqlite"))
        home.folder.mkdir(mode=0o700)
        home.policies.mkdir()
        make_keys(home.keys)
        clock = Clock(BEGIN)
        store_clock.use_source(lambda: clock.now)
        if server:
            _create(server, "matrix", "template0")
        _open(home, server, "matrix")
        try:
            migrate()
            with writing():
                world = build_world()
                if not server:
                    build_wider_world(*MORE, beside=world)
                casts = {book: assemble(world, book, clock) for book in (BOOKS if server else ORDER)}
                _make_keys(*casts, None)
        finally:
            close_store()
            store_clock.use_source(None)
        return home.folder, casts, clock.now


@pytest.fixture(scope="session")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Stages:
    """What modules start from a copy of."""
    return Stages(tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def casts(
    request: pytest.FixtureRequest, stages: Stages, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Cast]]:
    """The cast of each book, on each engine in turn. Tests leave it as it is (see `trial`)."""
    server: str = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    template, made, late = stages.made(server)
    folder, name = tmp_path_factory.mktemp("matrix") / "state", f"t{secrets.token_hex(8)}"
    shutil.copytree(template, folder)
    if server:
        _create(server, name, "matrix")
    _open(Home(folder), server, name)
    store_clock.use_source(lambda: late)
    gc.freeze()
    if not server:
        watch_everything()
    yield deepcopy(made)
    store_clock.use_source(None)
    close_store()


def _open(home: Home, server: str, name: str) -> None:
    """The store of ``home``, which SQLCipher does not encrypt here: that takes a third of a trial's time, and
    who may do what is the same with and without it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "raw_key", lambda _key: "")
        open_store(home, settings_of(server, name))


def settings_of(server: str, name: str) -> Settings:
    """Those of the database ``name`` on ``server``, or of the embedded one."""
    settings = Settings(organisation="华星集团")
    if not server:
        return settings
    return settings.model_copy(update={"database": server.replace("/postgres?", f"/{name}?")})


def _make_keys(*books: str | None) -> None:
    """Those that seal this month's words of the audit, so that no trial makes its own and writes them out."""
    for book in books:
        for what in (WHY, TOLD):
            key_for(month_key(what, book, store_clock.now()))


def _create(server: str, name: str, template: str) -> None:
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')


def watch_everything() -> None:
    """Have the journal set up what it needs on this connection, so that no trial undoes it. On SQLite."""
    for name in database.get_tables():
        watch_table(database, name)


@contextmanager
def trial() -> Iterator[None]:
    """Whatever happens inside is undone. Inside another it costs more, the more that one has changed."""
    with database.atomic() as transaction:
        try:
            yield
        finally:
            transaction.rollback()
