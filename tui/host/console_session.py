"""The process behind a console session: it watches the session and its line, and records how it ended."""

from __future__ import annotations

import os
import secrets
import select
import signal
import socket
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import NoReturn

from auth import sessions
from db.desk import Unavailable
from db.store import clock
from db.store.engine import close_store
from db.store.opening import reopen_store
from db.store.settings import Home
from tui.front import confine, control
from tui.front.incident import RESTORE, apology, describe, farewell, is_told, recorded_end
from tui.front.log import configure, log_event
from tui.front.news import NEWS, announcement_news
from tui.front.session import CRASHED
from tui.front.ticket import Ticket
from tui.host.operator import opened_store
from tui.host.shell import FAILED

LINE_SIGNALS = (signal.SIGHUP, signal.SIGTERM)
PATIENCE = 5.0
"""Seconds between telling a session that its line is gone and killing it."""
LOOK_EVERY = 5.0
"""Seconds between two looks at when the terminal was last read from, and at the record."""


def stand_behind(home: Home, ticket: Ticket, idle_seconds: float) -> int:
    """Fork a child for the session and wait for it; answer questions about it at a socket; show a farewell;
    end and record the session in any case. Return its exit status."""
    sys.stdout.flush()
    parent = os.getpid()
    news, tell = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.pthread_sigmask(signal.SIG_BLOCK, LINE_SIGNALS)  # a line cut now is heard of by `Watch`
    child = os.fork()
    if child == 0:
        _be_the_session(home, ticket, parent, news)
    os.close(news)
    watch = Watch(child, idle_seconds if ticket.terminal else None, ticket, tell, home)
    file = control.socket_of(home, "console")
    with control.listen(file) as asked:
        code = watch.until_the_end(asked)
    file.unlink(missing_ok=True)
    how = watch.how or ("killed" if code < 0 else "crashed" if code == CRASHED else "closed")
    if is_told(how) and ticket.terminal:
        os.write(1, (RESTORE if ticket.is_on_screen else b"") + farewell(how, ticket.language))
    with opened_store(home, looking=True):
        sessions.end_session(ticket.session, how)
    return code if code >= 0 else FAILED


class Watch:
    """Waits for ``child`` to end, and ends it where its line is gone or nothing was typed for long.

    ``how`` says which of these it was; it is empty where the session ended by itself.
    """

    def __init__(
        self,
        child: int,
        idle_seconds: float | None,
        ticket: Ticket | None = None,
        news: int = -1,
        home: Home | None = None,
    ) -> None:
        self.how = ""
        self._ticket = ticket
        self._news = news
        self._began = clock.now()
        self._touched = time.monotonic()
        self._child = child
        self._idle_seconds = idle_seconds
        self._kill_at: float | None = None
        self._home = home
        self._looked = time.monotonic()

    def until_the_end(self, asked: socket.socket | None = None) -> int:
        """Wait for the session to end and return its exit status, negative for a signal. Meanwhile answer
        questions at ``asked``, and end a session that is idle, whose line is cut, or that is over on
        record."""
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        for number in LINE_SIGNALS:
            signal.signal(number, self._line_gone)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, LINE_SIGNALS)
        ended = os.pidfd_open(self._child)
        poll = select.poll()
        for descriptor in (ended, woken, *([asked.fileno()] if asked is not None else [])):
            poll.register(descriptor, select.POLLIN)
        read_at = _last_read()
        while ended not in (ready := {descriptor for descriptor, _event in poll.poll(self._milliseconds())}):
            _drain_pipe(woken)
            if _last_read() != read_at:
                self._touched, read_at = time.monotonic(), _last_read()
            if asked is not None and asked.fileno() in ready:
                control.answer_one(asked, self.respond)
            if self._idle_seconds is not None and time.monotonic() - self._touched >= self._idle_seconds:
                self.end_session("idle")
            if self._looked + LOOK_EVERY <= time.monotonic():
                self._look_at_record()
            if self._kill_at is not None and time.monotonic() >= self._kill_at:
                os.kill(self._child, signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        return os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])

    def respond(self, question: control.Question) -> dict[str, object]:
        ticket = self._ticket
        if ticket is None:
            return {"refused": "nobody is inside"}
        match question:
            case {"ask": "who"}:
                inside = {
                    "session": ticket.session, "source": ticket.source, "front": "console",
                    "began": self._began, "idle": round(time.monotonic() - self._touched),
                }  # fmt: skip
                return {"kind": "console", "pid": os.getpid(), "state": "serving", "sessions": [inside]}
            case {"ask": "tell", "text": str(text)} if ticket.command is None:
                with suppress(OSError):
                    os.write(self._news, announcement_news(text))
                return {"told": 1}
            case {"ask": "end", "session": int(session), "how": str(how)} if session == ticket.session:
                self.end_session(recorded_end(how))
                return {"ended": True}
            case _:
                return {"told": 0, "ended": False}

    def end_session(self, how: str) -> None:
        """Ask the child to end (SIGHUP) for the reason ``how``; it is killed after `PATIENCE`. Records
        nothing."""
        if not self.how:
            self.how = how
            self._kill_at = time.monotonic() + PATIENCE
            os.kill(self._child, signal.SIGHUP)

    def _look_at_record(self) -> None:
        """End the session if others have ended it on record."""
        if self._home is not None and self._ticket is not None:
            with suppress(Unavailable):  # there is another look soon
                try:
                    reopen_store(self._home)
                    over = sessions.end_expired([self._ticket.session])
                finally:
                    close_store()
                if over:
                    self.end_session(recorded_end(over[self._ticket.session]))
        self._looked = time.monotonic()

    def _line_gone(self, _number: int, _frame: FrameType | None) -> None:
        self.end_session("cut")

    def _milliseconds(self) -> float:
        """Return the time until something must be checked again."""
        if self._kill_at is not None:
            return max(self._kill_at - time.monotonic(), 0.05) * 1000
        return min(LOOK_EVERY, (self._idle_seconds or LOOK_EVERY) / 4) * 1000


def _last_read() -> float:
    """Return when the terminal was last read from; the kernel keeps it to some seconds."""
    return os.fstat(0).st_atime


def _drain_pipe(descriptor: int) -> None:
    with suppress(BlockingIOError):
        os.read(descriptor, 4096)


def _be_the_session(home: Home, ticket: Ticket, parent: int, news: int) -> NoReturn:
    """Confine the child process, run the session and exit with its status; log a crash and show an apology.
    Never returns."""
    status = CRASHED
    try:
        confine.die_with_parent(parent)
        os.dup2(news, NEWS, inheritable=False)
        os.closerange(NEWS + 1, max(os.sysconf("SC_OPEN_MAX"), confine.FILES))
        confine.no_core_files()
        confine.default_signals()
        confine.set_environment(ticket.environment)
        confine.set_limits()
        confine.keep_to_itself()
        os.umask(0o077)
        os.chdir("/")
        status = _work(ticket)
    except BaseException as error:  # the process ends here; the log and the apology are all that is left
        number = secrets.token_hex(4)
        configure(home.log / "console.log")
        log_event("crashed", session=ticket.session, incident=number, **describe(error))
        os.write(
            1,
            (RESTORE if ticket.terminal and ticket.is_on_screen else b"") + apology(number, ticket.language),
        )
    finally:
        os._exit(status)


def _work(ticket: Ticket) -> int:
    if ticket.is_on_screen:
        from tui.app import run_session

        return run_session(ticket)
    from tui.plain_session import run, run_shell

    streams = (sys.stdin.buffer, sys.stdout.buffer, sys.stderr.buffer)
    language, width, home, ssh = ticket.language, ticket.size[0], ticket.home, ticket.ssh
    if ticket.command is None:
        return run_shell(ticket.session, *streams, language, width, home, ssh, ticket.charset)
    return run(list(ticket.command), ticket.session, *streams, language, width, home, ssh)
