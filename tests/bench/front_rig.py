"""A front on a small store, with a sign-in that asks nothing, for measuring what comes after it."""

from __future__ import annotations

import compileall
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

from auth import sessions
from db.desk.entry.record import create_entry
from db.store.engine import close_store, open_store, writing
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.settings import Home
from tests.bench.importing import GIVEN, SURNAMES
from tests.tui.front.running import ROOT, Granted, Running, running
from tests.world import World, build_world
from tui.front.spawner import Spawner

LOGIN = "zhangwei"
NAME = "张伟"
DEPARTMENT = "研发中心/研发一部"
COLLEAGUES = 60
"""People beside the reader, so that a list is longer than the screen."""
ROOMS = ("db", "auth", "reports", "tui", "tests")


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

    def call_for_help(self) -> None:
        """Nobody is locked out here."""


@contextmanager
def store_of_the_world() -> Iterator[tuple[Home, World]]:
    """A new store with the small organisation of the tests and a department of `COLLEAGUES`, open."""
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
        _hire_colleagues(world)
        yield home, world
        close_store()


@contextmanager
def front_on(home: Home, world: World, fresh: bool = False) -> Iterator[Running]:
    """The front with the real application; ``fresh`` starts a new interpreter for each session, which
    finds everything compiled, as an installation has it."""
    with ExitStack() as stack:
        if fresh:
            for room in ROOMS:
                compileall.compile_dir(ROOT / room, quiet=1)
            parent = partial(Spawner, parent="tests.bench.fresh_parent")
            stack.enter_context(patch("tui.front.server.Spawner", parent))
        stack.enter_context(patch.object(sys, "path", [str(ROOT), *sys.path]))
        made = stack.enter_context(running(home.folder, entry="tui.app", home=home.folder))
        made.front.sign_in = lambda login, _source, _front: AtOnce(world.accounts[login], login)
        made.front._end_session = sessions.end
        yield made


def _hire_colleagues(world: World) -> None:
    with writing():
        for number in range(COLLEAGUES):
            name = SURNAMES[number % len(SURNAMES)] + GIVEN[number % len(GIVEN)] + GIVEN[number // 20]
            values = {
                "name": (name,),
                "position": ("工程师",),
                "office_phone": (f"+86105550{number:04d}",),
                "mobile": (f"+861380000{number:04d}",),
            }
            create_entry("staff", world.unit("staff", DEPARTMENT), "full-time", values)
