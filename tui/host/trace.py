"""`mingce trace FILE|NUMBER`: the command `trace` over SSH, on the host.

Nobody traces in another's name: the host's operator has technical rights only, so whoever has the right
signs in with ``--login``.
"""

from __future__ import annotations

import io
from pathlib import Path

from db.desk.editions.marks import read_number
from db.desk.editions.taken import read_mark
from db.language import _
from reports.editions.found_copy import LARGEST
from tui.host.operator import work_here
from tui.host.owner import read_given
from tui.host.shell import CommandFailure
from tui.plain.words import CommandWords


def trace(words: CommandWords) -> int:
    what = words.operand(0)
    argv = ["trace", *(["--json"] if words.has("json") else [])]
    found = io.BytesIO()
    if Path(what).is_file():
        found = io.BytesIO(read_given(Path(what), LARGEST))
    elif read_number(what) is not None or read_mark(what) is not None:
        argv.append(what)
    else:
        raise CommandFailure(_("{what} is neither a file nor the number of a copy.", what=what))
    return work_here(words, argv, found)
