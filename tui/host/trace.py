"""`mingce trace FILE|NUMBER`: the plain command `trace`, on the host.

Nobody traces in another's name: the host's operator has technical rights only, so whoever has the right
signs in with ``--login``.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from db.desk.editions.marks import read_number
from db.desk.editions.taken import read_mark
from db.language import _
from db.store.settings import Home
from reports.editions.reading import LARGEST
from tui.host.operator import desk_for
from tui.host.owner import read_given
from tui.host.shell import Failure, state_folder


def trace(folder: Path | None, what: str, login: str, as_json: bool) -> int:
    """Say whose copy ``what`` is, a file or a number; the exit status (1: no copy fits)."""
    from tui.plain import work

    words = ["trace", *(["--json"] if as_json else [])]
    found = io.BytesIO()
    if Path(what).is_file():
        found = io.BytesIO(read_given(Path(what), LARGEST))
    elif read_number(what) is not None or read_mark(what) is not None:
        words.append(what)
    else:
        raise Failure(_("{what} is neither a file nor the number of a copy.", what=what))
    with desk_for(Home(state_folder(folder)), login, looking=True) as desk:
        width = shutil.get_terminal_size().columns
        return work(words, desk, found, sys.stdout.buffer, sys.stderr.buffer, width)
