"""What the operating system is told to hold a session to, once, before it runs.

Limits are the kernel's (`setrlimit(2)`); `prctl(2)` has no wrapper in the standard library.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
from collections.abc import Mapping

MEMORY = 1 << 30
"""Bytes of address space; a session needs some 300 MB of it, most of it shared code."""
PROCESSOR = 3600
"""Seconds of processor time over the whole session."""
FILES = 256
FILE_SIZE = 64 << 30
"""Bytes; no file a session writes may grow past it. The database is one of them, hence so many."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_libc = ctypes.CDLL(None, use_errno=True)


def no_core_files() -> None:
    """Neither core files nor a look into this process's memory for others of the same user (threat 26)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def die_with_parent(parent: int) -> None:
    """Be killed when ``parent`` dies; exit now if it has died already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def set_limits() -> None:
    """Hold this process to the limits above; none can be raised again."""
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
    ):
        _soft, hard = resource.getrlimit(kind)
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (amount, amount))


def set_environment(client: Mapping[str, str]) -> None:
    """Leave only what the client may say (already checked), and neutral values beside it."""
    kept = {name: os.environ[name] for name in ("CREDENTIALS_DIRECTORY",) if name in os.environ}
    os.environ.clear()
    os.environ.update(
        {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "SHELL": "/bin/false", "TERM": "dumb"}
    )
    os.environ.update(kept)
    os.environ.update(client)


def default_signals() -> None:
    """Every signal as a new process has it, and none blocked."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
