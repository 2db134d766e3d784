"""An installation behind the screens: a store on SQLCipher, and cheap passwords."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auth import passwords
from db.store.engine import Store, close_store, open_store
from db.store.migrations import migrate
from db.store.settings import Home
from tests.conftest import Clock
from tests.tui.screens.stage import Templates


@pytest.fixture
def installation(home: Home, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """An empty, migrated store, with the clock standing still and the least work bcrypt knows."""
    monkeypatch.setattr(passwords, "COST", 4)
    opened = open_store(home)
    migrate()
    yield opened
    close_store()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The stores that stages begin from a copy of."""
    return Templates(tmp_path_factory.mktemp("templates"))
