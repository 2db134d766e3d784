"""The descriptors between one session and its channel: a pseudo-terminal, or three pipes."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
from abc import ABC, abstractmethod

import asyncssh

from tui.front.channel import ChannelSession
from tui.front.incident import LONGEST
from tui.front.pump import Inflow, Outflow
from tui.front.ticket import clamp_size


class Wires(ABC):
    """Made before the fork; ``child_ends`` (input, output, error, report, news) go to the session. Making
    them raises OSError where the system has no descriptor left, and leaves none open then."""

    def __init__(self) -> None:
        self._out: list[Outflow] = []
        self._made: list[int] = []
        try:
            self._report, report = self._keep_pair(os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK))
            news, self._news = self._keep_pair(os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK))
            self.child_ends = [*self._make_descriptors(), report, news]
        except OSError:
            for descriptor in self._made:
                os.close(descriptor)
            raise

    def _keep_pair(self, pair: tuple[int, int]) -> tuple[int, int]:
        self._made += pair
        return pair

    @abstractmethod
    def _make_descriptors(self) -> list[int]:
        """Return the session's input, output and error."""

    @abstractmethod
    def connect(self, line: ChannelSession) -> None:
        """Start relaying bytes between the session and ``line``'s channel."""

    @abstractmethod
    def _close_descriptors(self) -> None: ...

    def close_child_ends(self) -> None:
        """Close the session's ends in this process, once the session has them."""
        for descriptor in set(self.child_ends):
            os.close(descriptor)
        self.child_ends.clear()

    async def wait_until_drained(self) -> None:
        """Wait until all that the session wrote has been relayed."""
        await asyncio.gather(*(out.done for out in self._out))

    def report(self) -> bytes:
        """Read what an ended session reported of its crash; b"" for nothing."""
        try:
            return os.read(self._report, LONGEST)
        except BlockingIOError:
            return b""

    def send_news(self, piece: bytes) -> None:
        """Write a news line (`tui.front.news`) to the session; ignore one that does not read."""
        with contextlib.suppress(OSError):
            os.write(self._news, piece)

    def close(self) -> None:
        """Stop relaying and close all descriptors, which hangs up a session on a pseudo-terminal."""
        self.close_child_ends()
        for out in self._out:
            out.stop()
        self._close_descriptors()
        os.close(self._report)
        os.close(self._news)

    def _pace(self, paused: bool) -> None:
        for out in self._out:
            if paused:
                out.pause()
            else:
                out.resume()


class PseudoTerminal(Wires):
    """A pseudo-terminal of ``size``; raw for the full screen, so that nothing typed early is echoed."""

    def __init__(self, size: tuple[int, int], raw: bool) -> None:
        self._size, self._raw = size, raw
        self._inflow: Inflow | None = None
        self._open = True
        super().__init__()

    def _make_descriptors(self) -> list[int]:
        self._master, slave = self._keep_pair(os.openpty())
        os.set_blocking(self._master, False)
        self.resize(*self._size)
        if self._raw:
            mode = termios.tcgetattr(slave)
            mode[0] &= ~(termios.ICRNL | termios.IXON)
            mode[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
            termios.tcsetattr(slave, termios.TCSANOW, mode)
        return [slave] * 3

    def resize(self, width: int, height: int) -> None:
        """Set the terminal's size, clamped; the kernel sends SIGWINCH. Does nothing once closed, as the
        descriptor's number may be another session's."""
        if not self._open:
            return
        columns, rows = clamp_size(width, height)
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def connect(self, line: ChannelSession) -> None:
        channel = line.opened
        self._inflow = Inflow(self._master, channel.pause_reading, channel.resume_reading)
        self._out = [Outflow(self._master, channel.write)]
        line.on_data = self._inflow.feed
        line.on_size = self.resize
        line.on_pause = self._pace

    def _close_descriptors(self) -> None:
        if self._inflow is not None:
            self._inflow.stop()
        self._open = False
        os.close(self._master)


class Pipes(Wires):
    """Standard input, output and error of a plain command, as bytes."""

    def __init__(self) -> None:
        self._inflow: Inflow | None = None
        self._open = True
        super().__init__()

    def _make_descriptors(self) -> list[int]:
        read_in, self._stdin = self._keep_pair(os.pipe2(os.O_CLOEXEC))
        self._stdout, write_out = self._keep_pair(os.pipe2(os.O_CLOEXEC))
        self._stderr, write_err = self._keep_pair(os.pipe2(os.O_CLOEXEC))
        for descriptor in (self._stdin, self._stdout, self._stderr):
            os.set_blocking(descriptor, False)
        return [read_in, write_out, write_err]

    def connect(self, line: ChannelSession) -> None:
        channel = line.opened
        self._inflow = inflow = Inflow(self._stdin, channel.pause_reading, channel.resume_reading)
        self._out = [
            Outflow(self._stdout, channel.write),
            Outflow(self._stderr, lambda data: channel.write(data, asyncssh.EXTENDED_DATA_STDERR)),
        ]
        line.on_data = inflow.feed
        line.on_end = lambda: inflow.finish(self._end_of_input)
        line.on_pause = self._pace

    def _end_of_input(self) -> None:
        if self._open:
            self._open = False
            os.close(self._stdin)

    def _close_descriptors(self) -> None:
        if self._inflow is not None:
            self._inflow.stop()
        self._end_of_input()
        os.close(self._stdout)
        os.close(self._stderr)
