"""What the kernel holds the reading child to, so that a fault in a library reaches nothing.

Limits come first (`setrlimit(2)`), before a library is loaded. Once everything is, no file can be opened any
more (Landlock), and of all system calls those alone are let through that reckoning and answering take
(seccomp). None of it can be undone from inside. The standard library has no wrapper for either.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import platform
import resource
import select
import signal
import struct

SECONDS = 5
"""Of processor time in all."""
CLOCK = 4 * SECONDS
"""Seconds by the clock, from when the libraries are loaded: a host has other things to do too."""
MEMORY = 256 << 20
"""Bytes of address space."""

ANSWER = 1
"""Descriptor of the pipe that the answer goes to. That it has a reader is what keeps the child alive."""

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
_F_SETSIG = 10
_SECCOMP_MODE_FILTER = 2
_libc = ctypes.CDLL(None, use_errno=True)

standing: dict[str, int] = {}
"""The version of ``landlock`` and whether ``seccomp`` holds, once they were asked for; 0 for none."""


def set_limits() -> None:
    """Limit this process for good: memory, processor time, no written file, no child process, no core dump,
    no tracing. The kernel kills it when its parent ends."""
    for kind, amount in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(kind, (amount, amount))
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def tie_to_reader() -> None:
    """Have the kernel kill this process when the reader of the answer closes it, and after `CLOCK` seconds at
    the latest. Exit at once if it is closed already."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, CLOCK)
    fcntl.fcntl(ANSWER, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(ANSWER, _F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(ANSWER, fcntl.F_SETFL, os.O_ASYNC)
    gone = select.poll()
    gone.register(ANSWER, 0)
    if gone.poll(0):
        os._exit(1)


def untie_from_reader() -> None:
    """Undo `tie_to_reader` before the answer is written: changes of the pipe no longer kill the process.
    Writing to a pipe that nobody reads still does (SIGPIPE), and so does the clock."""
    fcntl.fcntl(ANSWER, fcntl.F_SETFL, 0)


def enter_sandbox() -> None:
    """Forbid this process, for good, files (Landlock), descriptors, and all system calls but those for
    reckoning and answering (seccomp). Where this kernel lacks one it goes on without: `standing` then holds
    what was achieved, for the caller to judge."""
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    landlock = _no_files()
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    standing.update(landlock=landlock, seccomp=int(_few_calls()))


_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_RIGHTS = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
"""Version of Landlock -> every right to files that it knows."""


def _no_files() -> int:
    """Take away every right to files, TCP ports and other processes that this kernel's Landlock knows. Return
    its version; 0 where it does not hold."""
    version: int = _libc.syscall(_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return 0
    rights = _RIGHTS[max(known for known in _RIGHTS if known <= version)]
    # Nor binding and connecting by TCP (version 4), nor abstract sockets and signals to others (6).
    taken = struct.pack("=QQQ", rights, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules: int = _libc.syscall(_CREATE_RULESET, taken, len(taken), 0)
    if rules < 0:
        return 0
    held: int = _libc.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)
    return version if held == 0 else 0


_X86_64, _AARCH64 = 0xC000003E, 0xC00000B7
"""What machines are called in `audit.h`."""
_MACHINES = {"x86_64": _X86_64, "aarch64": _AARCH64}
_FREE = {
    _X86_64: (
        0, 1, 3, 5, 8, 11, 12, 15, 24, 25, 28, 39, 60, 96, 98, 202, 219, 228, 229, 231, 318,
    ),
    _AARCH64: (
        63, 64, 57, 80, 62, 215, 214, 139, 124, 216, 233, 172, 93, 169, 165, 98, 128, 113, 114, 94, 278,
    ),
}  # fmt: skip
"""The calls that are let through: read, write, close, fstat, lseek, munmap, brk, rt_sigreturn, sched_yield,
mremap, madvise, getpid, exit, gettimeofday, getrusage, futex, restart_syscall, clock_gettime, clock_getres,
exit_group, getrandom."""
_IN_PART = {_X86_64: (9, 10, 72), _AARCH64: (222, 226, 25)}
"""mmap and mprotect, for what is not to be run; fcntl, for the leash."""
_PROT_EXEC = 4
_LOAD, _IF_EQUAL, _IF_ANY_BIT, _RETURN = 0x20, 0x15, 0x45, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENT_AT = 0, 4, 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def _few_calls() -> bool:
    """Have the kernel refuse every system call but those in `_FREE` and `_IN_PART` (`seccomp(2)`). Return
    whether that holds."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return False
    mmap, mprotect, fcntl_ = _IN_PART[machine]
    steps = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_IF_EQUAL, 1, 0, machine),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    for number in _FREE[machine]:
        steps += [(_IF_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    for number in (mmap, mprotect):
        steps += [
            (_IF_EQUAL, 0, 4, number),
            (_LOAD, 0, 0, _ARGUMENT_AT + 8 * 2),
            (_IF_ANY_BIT, 0, 1, _PROT_EXEC),
            (_RETURN, 0, 0, _REFUSE),
            (_RETURN, 0, 0, _ALLOW),
        ]
    steps += [
        (_IF_EQUAL, 0, 3, fcntl_),
        (_LOAD, 0, 0, _ARGUMENT_AT + 8),
        (_IF_EQUAL, 0, 1, fcntl.F_SETFL),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    program = _Program(len(steps), b"".join(struct.pack("=HBBI", *step) for step in steps))
    held: int = _libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0)
    return held == 0
