"""Known and unknown names at the door, side by side: an answer must not tell which one it was (threat 3)."""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

from auth.delays import FORGOTTEN_AFTER
from auth.provision import enrol_from_host
from auth.signin import SignIn
from db.store import clock
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from tests.bench.rows import Outcome, Row

TRIES = 200


def measure(tries: int = TRIES) -> list[Outcome]:
    """Seconds that a refusal takes, for a name that exists beside one that doesn't, taken in turn; and
    the other way round, as either one could be the slower. Each is the first, whose answer is not held."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "state")
        home.folder.mkdir()
        home.policies.mkdir()
        home.settings_file.write_text("", "utf-8")
        make_keys(home.keys)
        open_store(home)
        try:
            migrate()
            enrol_from_host("known", None, "a password nobody types")
            taken: dict[str, list[float]] = {"known": [], "unknown": []}
            began = datetime.now(UTC)
            for number in range(tries):
                clock.use_source(partial(_later, began, number))
                for login, times in taken.items():
                    times.append(_refusal(login))
        finally:
            clock.use_source(None)
            close_store()
    known, unknown = median(taken["known"]) * 1000, median(taken["unknown"]) * 1000
    return [
        Row("refusing a known name", known, "ms", 1.1, unknown, "an unknown one"),
        Row("refusing an unknown name", unknown, "ms", 1.1, known, "a known one"),
    ]


def _later(began: datetime, number: int) -> datetime:
    return began + 2 * number * FORGOTTEN_AFTER


def _refusal(login: str) -> float:
    attempt = SignIn(login, "192.0.2.7", "ssh")
    begun = time.perf_counter()
    answer = attempt.answer("wrong password", "000000")
    taken = time.perf_counter() - begun
    if answer is not None:
        raise RuntimeError("a wrong password let in")
    return taken
