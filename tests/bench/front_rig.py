"""A front on a small store, with a sign-in that asks nothing, for measuring what comes after it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

from auth import sessions
from db.store.engine import close_store, open_store, writing
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.settings import Home
from tests.tui.front.running import ROOT, Granted, Running, running
from tests.world import World, build_world
from tui.front.spawner import Spawner

LOGIN = "zhangwei"
NAME = "张伟"


class AtOnce:
    """Lets an account in whatever is answered, on a session of its own in the store."""

    def __init__(self, account: int, login: str) -> None:
        self._account, self._login = account, login

    def delay(self) -> float:
        """None."""
        return 0.0

    def answer(self, password: str, code: str) -> Granted:
        """Anybody may come in."""
        with writing():
            session = sessions.start(self._account, "127.0.0.1", "ssh", "full")
        return Granted(session, self._account, self._login)


@contextmanager
def store_of_the_world() -> Iterator[tuple[Home, World]]:
    """A new store with the small organisation of the tests, open."""
    with tempfile.TemporaryDirectory() as name:
        home = Home(Path(name))
        home.policies.mkdir()
        make_keys(home.keys)
        home.settings_file.write_text('organisation = "华星集团"\n', "utf-8")
        open_store(home)
        migrate()
        world = build_world()
        for login in world.accounts:
            world.actor(login)
        yield home, world
        close_store()


@contextmanager
def front_on(home: Home, world: World, fresh: bool = False) -> Iterator[Running]:
    """The front with the real application; ``fresh`` starts a new interpreter for each session."""
    with ExitStack() as stack:
        if fresh:
            parent = partial(Spawner, parent="tests.bench.fresh_parent")
            stack.enter_context(patch("tui.front.server.Spawner", parent))
        stack.enter_context(patch.object(sys, "path", [str(ROOT), *sys.path]))
        made = stack.enter_context(running(home.folder, entry="tui.app", home=home.folder))
        made.front.sign_in = lambda login, _source, _front: AtOnce(world.accounts[login], login)
        made.front._end_session = sessions.end
        yield made
