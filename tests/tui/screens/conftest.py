"""An installation behind the screens: a store on SQLCipher, and cheap passwords."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from auth import passwords
from db.store.engine import Store, close_store
from db.store.opening import open_store
from db.store.settings import Home
from tests.conftest import Clock
from tests.seeds import Seed, Seeds
from tests.tui.screens.stage import Templates
from tests.world import World


@pytest.fixture
def installation(
    home: Home, clock: Clock, seeds: Seeds, seed: Seed, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A migrated store, with the clock standing still and the least work bcrypt knows; empty, but where
    `world` is asked for too."""
    monkeypatch.setattr(passwords, "COST", 4)
    with seeds.copy(seed, home.folder, None):
        yield open_store(home)
        close_store()


@pytest.fixture
def world(filled: None, installation: Store, seeds: Seeds, seed: Seed) -> World:
    """The small organisation of `tests.world` in the installation."""
    return seeds.world(seed)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """The stores that stages begin from a copy of."""
    return Templates(tmp_path_factory.mktemp("templates"))
