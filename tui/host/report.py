"""`mingce report`: the command `report` over SSH, on the host.

Nobody reports in another's name. Without ``--login`` the reader is the host's operator, who sees what
the regulations let a system administrator see: numbers and refusals, no contacts (A.6).
"""

from __future__ import annotations

from tui.host.operator import work_here
from tui.plain.words import CommandWords


def report(words: CommandWords) -> int:
    return work_here(words, ["report", *words.operands])
