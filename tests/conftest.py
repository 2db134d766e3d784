"""Fixtures for every room: a new store on each engine, and a clock that tests set."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from db.store import clock as store_clock
from db.store.engine import Store, close_store
from db.store.opening import open_store
from db.store.settings import Home, Settings
from tests import passed_on
from tests.in_ci import IN_CI
from tests.postgresql import begin_server
from tests.seeds import START, Seed, Seeds
from tests.world import World
from tui.kit import environment

MEMORY, ROOM = Path("/dev/shm"), 4 << 30
"""Where tests work if there are so many bytes of room: nothing waits for a disk there."""


def _work_in_memory() -> None:
    if "TMPDIR" in os.environ or not os.access(MEMORY, os.W_OK):
        return
    if os.statvfs(MEMORY).f_flag & os.ST_NOEXEC or shutil.disk_usage(MEMORY).free < ROOM:
        return
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None


_work_in_memory()

assert environment
"""It takes TEXTUAL_* out of the environment, so it comes before the plugin that puts its own there."""

passed_on.restore()

OBJECTS = 100_000
"""So many are made before garbage is looked for: a test leaves little behind."""

ON_BOTH = (
    "db/test_*.py", "auth/test_delays.py", "db/desk/test_book_backups.py", "db/desk/test_directory*.py",
    "db/desk/test_importing*.py", "db/desk/test_indexing.py",
)  # fmt: skip
"""Tests of what is written once for each engine. All others hold on both too, which CI shows: on PostgreSQL
they take three times as long."""
TORTURE = ("torture/test_*.py",)
"""Tests that take long on either engine, though nothing they try is written for one of them."""
PAGES = ("supply/test_installing.py",)
"""The pages' commands by which the program is installed, which take a fortieth of the time of all tests."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What ``make show`` asks for."""
    parser.addoption("--show", action="store_true", help="Show a screen instead of comparing its picture.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what says the same on PostgreSQL, and the installation by the pages, but in CI and where
    somebody names tests."""
    if IN_CI or any("::" in argument or argument.endswith(PAGES) for argument in config.args):
        return
    spared = {item for item in items if _is_spared(item)}
    config.hook.pytest_deselected(items=list(spared))
    items[:] = [item for item in items if item not in spared]


def _is_spared(item: pytest.Item) -> bool:
    given: dict[str, object] = getattr(getattr(item, "callspec", None), "params", {})
    if "postgresql" in (given.get("store"), given.get("casts")):
        return not _is_of(item, ON_BOTH)
    if "postgresql" in getattr(item, "fixturenames", ()) and _is_of(item, TORTURE):
        return True
    return _is_of(item, PAGES)


def _is_of(item: pytest.Item, patterns: Iterable[str]) -> bool:
    return any(map(item.path.relative_to(Path(__file__).parent).match, patterns))


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: garbage is not looked for in it over and over again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the test run.

    It lies outside pytest's own folder: the server runs as another user where the tests run as root,
    and pytest shuts everybody else out of its folder whenever a run starts.
    """
    folder = Path(tempfile.mkdtemp(prefix="mingce-postgresql-"))
    server = begin_server(folder, cleanup_mode=None)
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            admin.execute(f"ALTER SYSTEM SET {setting} = off")
        admin.execute("SELECT pg_reload_conf()")
    yield server.get_uri()
    # Nothing in it is kept, so it is stopped at once instead of being written to disk first.
    os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Seeds:
    """Stores that tests start from a copy of."""
    return Seeds(tmp_path_factory.mktemp("seeds"))


@pytest.fixture
def home(tmp_path: Path, seeds: Seeds) -> Home:
    """A state folder with keys and SQLCipher settings, not opened yet."""
    made = Home(tmp_path / "state")
    made.folder.mkdir(mode=0o700)
    made.policies.mkdir()
    shutil.copytree(seeds.keys, made.keys)
    made.settings_file.write_text('organisation = "华星集团"\nundo_seconds = 0\n', "utf-8")
    return made


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> Seed:
    """What the store begins with: an organisation where `filled` is asked for too, and the books of
    `tests.wider_world` that the module's ``BOOKS_OF`` has for one of the fixtures asked for."""
    of: Mapping[str, tuple[str, ...]] = getattr(request.module, "BOOKS_OF", {})
    books = next((of[name] for name in request.fixturenames if name in of), ())
    return Seed("filled" in request.fixturenames, books)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, home: Home, seeds: Seeds, seed: Seed) -> Iterator[Store]:
    """A migrated store on each engine in turn, begun with ``seed``."""
    server = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    with seeds.copy(seed, home.folder, server) as database:
        yield open_store(home, Settings(organisation="华星集团", database=database))
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
    made = Clock(START)
    store_clock.use_source(lambda: made.now)
    yield made
    store_clock.use_source(None)


@pytest.fixture
def filled() -> None:
    """Asked for by a fixture whose store is to begin with the organisation of `tests.world` in it."""


@pytest.fixture
def begun(store: Store, clock: Clock, seeds: Seeds, seed: Seed) -> World:
    """Who is in the store from the beginning."""
    return seeds.world(seed)


@pytest.fixture
def world(filled: None, begun: World) -> World:
    """The small organisation of `tests.world` in a new store on each engine."""
    return begun
