"""Textual on a pseudo-terminal at the end of a remote line.

It asks the terminal for what the application needs and nothing else: the alternate screen, clicks
and the wheel, bracketed paste. No Kitty keyboard protocol (it loses Chinese input, Textual PR 6592),
no reports of every mouse movement, of focus, or of the size in band. The line is read by the event
loop, so an idle session neither sends nor wakes up; a line that ends, ends the process (threat 16).
"""

from __future__ import annotations

import asyncio
import os
import signal
import termios
import tty
from collections.abc import Sequence
from contextlib import suppress
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

from textual import events
from textual.driver import Driver
from textual.geometry import Size

from tui.kit.terminal_input import TypedBytes
from tui.kit.terminal_output import LineWriter

if TYPE_CHECKING:
    from textual.app import App
    from textual.message import Message

LINE_LOST: Final = 4
"""Exit status of a session whose line was cut."""
PATIENCE: Final = 3.0
"""Seconds a session has to end by itself after its line was cut."""
ESCAPE_WAIT: Final = 0.12
AHEAD: Final = 512
"""Keys that may wait before no more are read; a read brings 4,096 at the most, and the line holds 64 kB."""
CATCH_UP: Final = 0.02
"""Seconds until it is looked whether these had their effect."""
"""Seconds after which a lone Escape is a key and not the start of a sequence."""
LARGEST: Final = (300, 100)
MOUSE_ON: Final = "\x1b[?1000h\x1b[?1006h"
MOUSE_OFF: Final = "\x1b[?1000l\x1b[?1006l"
ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[?2004h"
CURSOR_ON, CURSOR_OFF = "\x1b[?25h", "\x1b[?25l"
SYNC_QUERY: Final = "\x1b[?2026$p"
LEAVE: Final = "\x1b[?2004l\x1b[?7h\x1b[0m\x1b[?1049l\x1b[?25h"


class LineDriver(Driver):
    """Reads descriptor 0 and writes descriptor 1, which are the pseudo-terminal."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=False, mouse=mouse, size=size)
        self._in, self._out = 0, 1
        self._writer: LineWriter | None = None
        self._reading = False
        self._before: list[Any] | None = None
        self._typed = TypedBytes()
        self._waiting: asyncio.TimerHandle | None = None
        self._cut = False

    def write(self, data: str) -> None:
        """Queue ``data`` for the terminal; a thread writes it."""
        if self._writer is not None:
            self._writer.write(data)

    def send_message(self, message: Message) -> None:
        """Post ``message`` to the application directly: the loop reads the line itself and needs no
        waking."""
        self._app.post_message(message)

    def use_mouse(self, on: bool) -> None:
        """Turn the terminal's reports of clicks and wheel on or off."""
        self.write(MOUSE_ON if on else MOUSE_OFF)

    def step_aside(self, lines: Sequence[str]) -> None:
        """Switch to the terminal's own screen and write ``lines`` there; its mouse selects."""
        self.write(MOUSE_OFF + LEAVE + "".join(f"\r\n{line}\r\n" for line in lines))

    def come_back(self, mouse: bool) -> None:
        self.write(ENTER + (MOUSE_ON if mouse else ""))

    # Beginning and end

    def start_application_mode(self) -> None:
        """Set raw mode and the alternate screen, handle signals, send the first size, then read keys; those
        typed before come first."""
        self._writer = LineWriter(self._out, self._written_to_nobody)
        self._make_raw()
        self._loop.add_signal_handler(signal.SIGWINCH, self._send_size)
        for number in (signal.SIGHUP, signal.SIGTERM):
            self._loop.add_signal_handler(number, self.line_lost)
        for number in (signal.SIGTSTP, signal.SIGTTOU, signal.SIGTTIN):
            signal.signal(number, signal.SIG_IGN)
        self._send_size()
        self.write(ENTER + (MOUSE_ON if self._mouse else "") + SYNC_QUERY)
        self._loop.add_reader(self._in, self._read)
        self._reading = True
        typed = getattr(self._app, "typed_first", b"")
        if typed:
            self._loop.call_soon(self._take_input, typed)

    def disable_input(self) -> None:
        if self._reading:
            self._reading = False
            self._loop.remove_reader(self._in)
            self._loop.remove_signal_handler(signal.SIGWINCH)
            if self._waiting is not None:
                self._waiting.cancel()

    def stop_application_mode(self) -> None:
        """Stop reading, reset every mode of the terminal, and show its cursor."""
        self.disable_input()
        self.write(MOUSE_OFF + LEAVE)
        if self._before is not None:
            with suppress(termios.error):  # where the line is gone, its modes are gone with it
                termios.tcsetattr(self._in, termios.TCSANOW, self._before)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.stop()

    def _written_to_nobody(self) -> None:
        self._loop.call_soon_threadsafe(self.line_lost)

    def line_lost(self) -> None:
        """End the application because the line was cut; a timer kills the process if that takes too long."""
        if self._cut:
            return
        self._cut = True
        deadline = Timer(PATIENCE, os._exit, [LINE_LOST])
        deadline.daemon = True
        deadline.start()
        self.disable_input()
        self._app.exit(LINE_LOST, return_code=LINE_LOST)

    # Size and input

    def _make_raw(self) -> None:
        try:
            self._before = termios.tcgetattr(self._in)
            tty.setraw(self._in, termios.TCSANOW)
        except termios.error:
            self._before = None  # not a terminal, or one that is gone: reading will say so

    def _send_size(self) -> None:
        try:
            width, height = os.get_terminal_size(self._out)
        except OSError:
            width, height = 0, 0
        if not width or not height:
            width, height = self._size or (80, 24)
        size = Size(min(width, LARGEST[0]), min(height, LARGEST[1]))
        self.send_message(events.Resize(size, size))

    def _read(self) -> None:
        try:
            data = os.read(self._in, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.line_lost()
            return
        self._take_input(data)

    def _take_input(self, data: bytes) -> None:
        for event in self._typed.take_bytes(data):
            self.process_message(event)
        self._wait_for_escape()
        if self._behind() > AHEAD:
            self._loop.remove_reader(self._in)
            self._loop.call_later(CATCH_UP, self._go_on)

    def _go_on(self) -> None:
        """Read the line again once most typed-ahead keys have had their effect; check again later until then
        (threat 61)."""
        if not self._reading:
            return
        if self._behind() > AHEAD // 4:
            self._loop.call_later(CATCH_UP, self._go_on)
        else:
            self._loop.add_reader(self._in, self._read)

    def _behind(self) -> int:
        """Return how many typed keys have had no effect yet."""
        ahead = getattr(self._app, "type_ahead", None)
        return self._app.message_queue_size + (ahead.keys_waiting if ahead is not None else 0)

    def _wait_for_escape(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self._loop.call_later(ESCAPE_WAIT, self._end_wait)

    def _end_wait(self) -> None:
        self._waiting = None
        for event in self._typed.wait_no_more():
            self.process_message(event)
