"""A front with a sign-in that asks nothing, for measuring what comes after it."""

from __future__ import annotations

import compileall
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from unittest.mock import patch

from auth import sessions
from db.language import Message
from db.store.settings import Home
from db.store.transactions import writing
from tests.bench.demonstration import CROWD
from tests.tui.front.running import ROOT, Granted, Running, running
from tui.front.spawner import Spawner

ROOMS = ("db", "auth", "reports", "tui", "tests")


class AtOnce:
    """Lets an account in whatever is answered, on a session of its own in the store."""

    ended: Message | None = None

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
def front_on(home: Home, accounts: Mapping[str, int], fresh: bool = False) -> Iterator[Running]:
    """The front with the real application; ``fresh`` starts a new interpreter for each session, which
    finds everything compiled, as an installation has it."""
    with ExitStack() as stack:
        if fresh:
            for room in ROOMS:
                compileall.compile_dir(ROOT / room, quiet=1)
            parent = partial(Spawner, parent="tests.bench.fresh_parent")
            stack.enter_context(patch("tui.front.server.Spawner", parent))
        stack.enter_context(patch.object(sys, "path", [str(ROOT), *sys.path]))
        plan = {"entry": "tui.app", "home": home.folder, "sessions": CROWD}
        made = stack.enter_context(running(home.folder, **plan))
        made.front.sign_in = lambda login, _source, _front: AtOnce(accounts[login], login)
        made.front._end_session = sessions.end_session
        yield made
