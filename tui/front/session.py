"""A session's process, from the fork to its exit.

It imports nothing of the server and nothing anew: the warm parent has loaded all of it.
"""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import json
import os
import sys
import termios
from collections.abc import Sequence
from typing import NoReturn

from tui.front import confine
from tui.front.incident import LONGEST, describe
from tui.front.news import NEWS
from tui.front.ticket import Ticket

REPORT = 3
"""The descriptor on which a session tells the server what crashed it."""
CRASHED = 70
"""Exit status of a session that crashed (EX_SOFTWARE of sysexits.h)."""
_parent = 0
"""The process that this one was forked from as a session; 0 in any other."""


def run(ticket_sent: bytes, descriptors: Sequence[int], parent: int, entry: str, plain: str) -> NoReturn:
    """Become the session that ``ticket_sent`` describes and never return.

    ``descriptors`` are standard input, output and error, the report and the news, in that order; ``entry``
    and ``plain`` name the modules of the application and of the plain commands.
    """
    status = CRASHED
    try:
        _settle_process(descriptors, parent)
        ticket = Ticket.decode(ticket_sent)
        if ticket.terminal:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        confine.set_environment(ticket.environment)
        status = _work(ticket, entry, plain)
    except SystemExit as exit_:
        status = exit_.code if isinstance(exit_.code, int) else 1
    except BaseException as error:  # the process ends here: the report is all that is left of it
        report_failure(describe(error))
    finally:
        _flush()
        os._exit(status)


def _settle_process(descriptors: Sequence[int], parent: int) -> None:
    """Make this process its own session with descriptors 0 to 4, nothing else open, limits and confinement:
    before anything that the person sent is read."""
    global _parent
    confine.die_with_parent(parent)
    confine.default_signals()
    os.setsid()
    high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100) for descriptor in descriptors]
    for target, descriptor in enumerate(high):
        os.dup2(descriptor, target, inheritable=target < REPORT)
    _parent = parent
    os.closerange(NEWS + 1, max(os.sysconf("SC_OPEN_MAX"), confine.FILES))
    confine.set_limits()
    confine.keep_to_itself()
    os.umask(0o077)
    os.chdir("/")


def _work(ticket: Ticket, entry: str, plain: str) -> int:
    if ticket.is_on_screen:
        return int(importlib.import_module(entry).run_session(ticket))
    confine.allow_a_file()
    module = importlib.import_module(plain)
    streams = (sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
    more = (ticket.language, ticket.size[0], ticket.home, ticket.ssh)
    if ticket.command is None:
        return int(module.run_shell(ticket.session, *streams, *more, ticket.charset))
    return int(module.run(list(ticket.command), ticket.session, *streams, *more))


def report_failure(described: object) -> None:
    """Write a described error to the server, which logs it when the session has ended; do nothing outside a
    session."""
    if _parent:
        with contextlib.suppress(OSError):  # the server is gone, and with it whoever would read this
            os.write(REPORT, json.dumps(described).encode()[: LONGEST - 1] + b"\n")


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):  # the line was cut: nobody reads what is left
            stream.flush()
