"""`mingce report`: the plain command `report`, on the host.

Nobody reports in another's name. Without ``--login`` the reader is the host's operator, who sees what
the regulations let a system administrator see: numbers and refusals, no contacts (A.6).
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from db.store.settings import Home
from tui.host.operator import desk_for
from tui.host.shell import state_folder


def report(folder: Path | None, words: Sequence[str], login: str) -> int:
    """Make the report that ``words`` ask for on standard output; the exit status."""
    from tui.plain import work

    streams = (sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
    with desk_for(Home(state_folder(folder)), login, looking=True) as desk:
        return work(["report", *words], desk, *streams, shutil.get_terminal_size().columns)
