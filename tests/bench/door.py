"""A real sign-in, with its bcrypt and its code, while 600 sockets are held at the door (threat 1).

Run alone with ``python -m tests.bench.door``.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pyotp

from auth import sessions
from auth.provision import enrol_from_host
from auth.signin import SignIn
from db.store.engine import close_store
from db.store.keys import make_keys
from db.store.migrations import migrate
from db.store.opening import open_store
from db.store.settings import Home
from tests.bench.rows import Outcome, Row, table
from tests.tui.front.running import connect, hold_socket, running

HELD = 600
SIGN_INS = 40
PASSWORD = "长安一片月，万户捣衣声"


async def sign_ins(port: int, secrets: dict[str, str]) -> list[float]:
    """Seconds of one sign-in after another, from the first byte to being in."""
    taken = []
    for login, secret in secrets.items():
        began = time.perf_counter()
        async with connect(port, [PASSWORD, pyotp.TOTP(secret).now()], username=login):
            taken.append(time.perf_counter() - began)
    return sorted(taken)


def measure(held: int = HELD, count: int = SIGN_INS) -> list[Outcome]:
    """The benchmark's line."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        home = Home(Path(name))
        make_keys(home.keys)
        home.settings_file.write_text('organisation = "华星集团"\n', "utf-8")
        open_store(home)
        migrate()
        secrets = {f"u{number}": enrol_from_host(f"u{number}", None, PASSWORD)[1] for number in range(count)}
        front = stack.enter_context(running(home.folder, per_source=10, in_all=100))
        front.front.sign_in, front.front._end_session = SignIn, sessions.end_session
        for number in range(held):
            stack.enter_context(hold_socket(front.port, f"127.0.{number % 60 + 1}.1"))
        taken = asyncio.run(sign_ins(front.port, secrets))
        close_store()
    p95 = taken[int(len(taken) * 0.95)]
    return [Row(f"sign-in, p95, with {held} sockets held", p95 * 1000, "ms", 3000)]


if __name__ == "__main__":
    print(table(measure()))
