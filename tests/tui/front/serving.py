"""``python -m tests.tui.front.serving HOME LOG``: serve the stand-in screen with the real sign-in.

Prints the port. What ``mingce serve`` does, but for the application, the plain commands and the duties.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from auth import sessions
from auth.signin import SignIn
from db.store.opening import open_store
from db.store.settings import Home
from tests.tui.front import small_plain
from tui.front import log
from tui.front.checkpoints import keep_checkpoints
from tui.front.serve import ending_left_first, plan_of, serve


def main() -> int:
    """Serve the state folder of the first argument; log into the file of the second."""
    home = Home(Path(sys.argv[1]))
    entry = sys.argv[3] if len(sys.argv) > 3 else "tests.tui.front.small_app"
    plan = replace(
        plan_of(home, home.settings(), small_plain.NAMES),
        port=0,
        entry=entry,
        plain="tests.tui.front.small_plain",
    )
    log.configure(Path(sys.argv[2]))
    open_store(home)
    return serve(
        plan,
        SignIn,
        sessions.end_session,
        ending_left_first(home, lambda port: print(port, flush=True)),
        lambda: keep_checkpoints(home, home.settings()),
    )


if __name__ == "__main__":
    sys.exit(main())
