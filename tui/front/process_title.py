"""What a session's process is called in the system's list of processes: by whose it is.

The kernel reads a command line from the process's own memory, so other words are written over it there. Where
it lies is looked up when this is loaded, before a session is kept from reading files; whoever is forked has
it in the same place.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from pathlib import Path

ARG_START, ARG_END = 48, 49
"""Fields of proc_pid_stat(5), counted from 1; the third is the first behind the name in brackets."""


def _command_line() -> tuple[int, int]:
    """Return address and length of this process's command line in memory; zeros if unknown."""
    with suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        start, end = int(fields[ARG_START - 3]), int(fields[ARG_END - 3])
        return start, max(end - start, 0)
    return 0, 0


_START, _ROOM = _command_line()


def name_session(login: str, session: int) -> None:
    """Overwrite this process's command line with ``login`` and ``session``, as far as there is room."""
    words = f"mingce: {login} ({session})".encode("ascii", "replace")
    if _START and _ROOM:
        ctypes.memmove(_START, words[: _ROOM - 1].ljust(_ROOM, b"\0"), _ROOM)
