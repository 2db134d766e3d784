"""What the operating system is told to hold a session to, once, before it runs.

Limits are the kernel's (`setrlimit(2)`, `landlock(7)`); `prctl(2)` and Landlock's system calls have no
wrapper in the standard library.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import threading
from collections.abc import Mapping
from pathlib import Path

MEMORY = 1 << 30
"""Bytes of address space; a session needs some 300 MB of it, most of it shared code."""
OWN_MEMORY, WITH_A_FILE = 400 << 20, 640 << 20
"""Bytes that a session may write for itself, beyond what its parent had written when it was forked: among
100,000 people a report takes 104 MB, and a day off that moves every deadline 340. And a command, which makes
a whole file: a workbook of as many people takes 400 MB."""
THREAD_STACK = 2 << 20
"""Bytes of stack that a thread gets; the system's usual 8 MB would count as a session's own."""
PROCESSOR = 3600
"""Seconds of processor time over the whole session."""
FILES = 256
FILE_SIZE = 64 << 30
"""Bytes; no file a session writes may grow past it. The database is one of them, hence so many."""

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_PR_SET_CHILD_SUBREAPER = 36
_PR_SET_NO_NEW_PRIVS = 38
_SYS_LANDLOCK_CREATE_RULESET, _SYS_LANDLOCK_RESTRICT_SELF = 444, 446
"""Numbers of system calls that are the same on every architecture."""
_LANDLOCK_VERSION = 1
_SCOPES = 1 << 0 | 1 << 1
"""LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, LANDLOCK_SCOPE_SIGNAL."""
_SCOPES_SINCE = 6
"""The version of Landlock's interface that has them: that of Linux 6.12."""
_libc = ctypes.CDLL(None, use_errno=True)


def no_core_files() -> None:
    """Forbid this process core files, and other processes of the user to read its memory (threat 26)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(_PR_SET_DUMPABLE, 0)


def adopt_orphans() -> None:
    """Make this process the parent of every descendant that loses its own."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when ``parent`` dies; exit now if it has died already."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def set_limits() -> None:
    """Limit this process for good: memory, processor time, files, data. Only data can be raised once, by
    `allow_a_file`."""
    threading.stack_size(THREAD_STACK)
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR),
        (resource.RLIMIT_NOFILE, FILES),
        (resource.RLIMIT_FSIZE, FILE_SIZE),
    ):
        _soft, hard = resource.getrlimit(kind)
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(kind, (amount, amount))
    written = _writable_bytes()
    resource.setrlimit(resource.RLIMIT_DATA, (written + OWN_MEMORY, written + WITH_A_FILE))


def allow_a_file() -> None:
    """Raise this process's limit of data to what building a whole file takes."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))


def _writable_bytes() -> int:
    """Return this process's writable memory in bytes (VmData of proc_pid_status(5))."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) << 10
    return 0


def is_confined(pid: int) -> bool:
    """Return whether another process of this user has a session's limits; True also for one that is gone, or
    out of sight (0).

    Hard limits pass to children and to programs that are executed, and none but root raises them: a session
    that was taken over sheds them by nothing that it starts.
    """
    if pid <= 0:  # to prlimit(2) that is this process itself
        return True
    try:
        _soft, hard = resource.prlimit(pid, resource.RLIMIT_CPU)
    except ProcessLookupError:
        return True
    except PermissionError:  # root of a container that may not ask sees another user's process
        return os.getuid() != 0
    return hard != resource.RLIM_INFINITY and hard <= PROCESSOR


def knows_scopes() -> bool:
    """Return whether the kernel supports what `keep_to_itself` needs."""
    version = _libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    return bool(version >= _SCOPES_SINCE)


def keep_to_itself() -> bool:
    """Forbid this process, for good, to signal or trace others, to reach others' abstract sockets, and to
    gain rights by executing programs. Return False on a kernel that can't. Raises OSError."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    if not knows_scopes():
        return False
    attributes = (ctypes.c_uint64 * 3)(0, 0, _SCOPES)  # nothing of files, nothing of the network
    ruleset = _libc.syscall(
        _SYS_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(ctypes.sizeof(attributes)), 0
    )
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "landlock_create_ruleset")
    try:
        if _libc.syscall(_SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0) != 0:
            raise OSError(ctypes.get_errno(), "landlock_restrict_self")
    finally:
        os.close(ruleset)
    return True


def of_the_operator() -> dict[str, str]:
    """Return this environment's variables for keys and PostgreSQL: the operator's, never a client's."""
    from db.store.libpq import VARIABLES

    return {
        name: value
        for name, value in os.environ.items()
        if name == "CREDENTIALS_DIRECTORY" or name.startswith(VARIABLES)
    }


def set_environment(client: Mapping[str, str]) -> None:
    """Replace this process's environment by neutral values, the operator's, and ``client``'s, which was
    checked."""
    kept = of_the_operator()
    os.environ.clear()
    os.environ.update(
        {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "SHELL": "/bin/false", "TERM": "dumb"}
    )
    os.environ.update(kept)
    os.environ.update(client)


def default_signals() -> None:
    """Reset the signals that a server handles to their defaults, and unblock all."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGTSTP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _prctl(option: int, value: int) -> None:
    if _libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
