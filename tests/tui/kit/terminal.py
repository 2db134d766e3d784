"""A terminal at the other end of a pseudo-terminal: starts the stage, types bytes, reads the screen."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pyte

from tests.tui.kit import line_stage

PROJECT = Path(__file__).parents[3]
WAIT = 60.0
JOINER = "\u200d".encode()
"""What a terminal joins emoji by. The emulator would drop the rest of what comes with it."""


class Terminal:
    """One session; ``raw`` is every byte that came, ``screen`` what it shows."""

    def __init__(self, columns: int, rows: int, environment: Mapping[str, str], controlling: bool) -> None:
        self.raw = b""
        self.screen = pyte.Screen(columns, rows)
        self.screen.reset_mode(7)
        self._stream = pyte.ByteStream(self.screen)
        given = {"PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "COLORTERM": "truecolor", **environment}
        if controlling:
            self.pid, self.line = pty.fork()
            if self.pid == 0:
                _be_the_stage(given)
        else:
            self.line, other = os.openpty()
            self.pid = subprocess.Popen(
                [sys.executable, "-m", "tests.tui.kit.line_stage"],
                stdin=other, stdout=other, cwd=PROJECT, env=given, start_new_session=True,
            ).pid  # fmt: skip
            os.close(other)
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        """Tell the session of another size (SIGWINCH)."""
        self.screen.resize(rows, columns)
        fcntl.ioctl(self.line, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def type(self, data: bytes | str) -> None:
        """Send what a person types."""
        os.write(self.line, data.encode() if isinstance(data, str) else data)

    def text(self) -> str:
        """What the screen shows."""
        return re.sub(r"(?<=[\u2e80-\uffef]) ", "", "\n".join(self._lines()))

    def _lines(self) -> Iterator[str]:
        """Yield what stands in each line; the half of a wide character that something lies over is none."""
        for line in range(self.screen.lines):
            cells = self.screen.buffer[line]
            yield "".join(cells[column].data for column in range(self.screen.columns))

    def read(self, seconds: float) -> bytes:
        """What comes within ``seconds``."""
        end = time.monotonic() + seconds
        got = b""
        while (left := end - time.monotonic()) > 0:
            ready, _w, _x = select.select([self.line], [], [], left)
            if ready:
                try:
                    data = os.read(self.line, 65536)
                except OSError:
                    break
                if not data:
                    break
                got += data
                self._stream.feed(data.replace(JOINER, b""))
        self.raw += got
        return got

    def until(self, seen: str | Callable[[str], bool]) -> str:
        """Read until the screen shows ``seen``; what it shows then."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            text = self.text()
            if seen(text) if callable(seen) else seen in text:
                return text
            self.read(0.05)
        raise AssertionError(f"{seen!r} never came:\n{self.text()}")

    def settle(self) -> bytes:
        """Read until nothing came for half a second from a session that waits for something to do."""
        end = time.monotonic() + WAIT
        got = b""
        while time.monotonic() < end:
            more = self.read(0.5)
            if not more and self._is_idle() and not (more := self.read(0.01)):
                return got
            got += more
        raise AssertionError("the line is never quiet")

    def _is_idle(self) -> bool:
        """Whether none of its threads works, or would if the machine let it."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/stat")
        return all(thread.read_text().rpartition(")")[2].split()[0] == "S" for thread in threads)

    def cut(self) -> None:
        """Hang up."""
        os.close(self.line)
        self.line = -1

    def ended(self) -> int:
        """Wait for the process and take the last that it wrote; its exit status, or minus the signal that
        killed it."""
        end = time.monotonic() + WAIT
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.pid = 0
                if self.line >= 0:
                    self.read(WAIT)  # to the end of the line, which its last writer closed
                return os.waitstatus_to_exitcode(status)
            if self.line >= 0:
                self.read(0.05)
            else:
                time.sleep(0.05)
        raise AssertionError("the process goes on")


def _be_the_stage(environment: Mapping[str, str]) -> NoReturn:
    """In a process forked from one that has loaded it all already, as every session of the front is."""
    status = 1
    try:
        os.chdir(PROJECT)
        os.environ.clear()
        os.environ.update(environment)
        for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
            stream = os.fdopen(number, mode, encoding="utf-8")
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        status = line_stage.main()
        sys.stdout.flush()
    finally:
        os._exit(status)


@contextmanager
def terminal(
    columns: int = 80,
    rows: int = 24,
    *,
    environment: Mapping[str, str] | None = None,
    controlling: bool = True,
) -> Iterator[Terminal]:
    """A terminal whose session is gone afterwards, whatever happened.

    Without a ``controlling`` terminal the kernel sends no SIGHUP when the line is cut.
    """
    made = Terminal(columns, rows, environment or {}, controlling)
    try:
        yield made
    finally:
        if made.pid:
            os.kill(made.pid, 9)
            os.waitpid(made.pid, 0)
        if made.line >= 0:
            os.close(made.line)
