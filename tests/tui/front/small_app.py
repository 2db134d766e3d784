"""A small application that stands in for the real one: its keys do what the tests need done."""

from __future__ import annotations

import asyncio
import os
import signal
import time

from textual.app import App, ComposeResult
from textual.events import Key, Resize
from textual.widgets import Static

from tui.front.ticket import Ticket


class SmallApp(App[int]):
    """One line with what it was told; `q` leaves, `x` raises, `k` dies, `t` dies of a signal without a name,
    `s` spins for ever, `m` takes 500 MB, `n` counts."""

    CSS = "Static { height: auto; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, ticket: Ticket | None = None) -> None:
        super().__init__()
        self.ticket = ticket
        self.crash: Exception | None = None
        self.pressed = 0

    def compose(self) -> ComposeResult:
        ticket = self.ticket
        yield Static(f"session {ticket.session} {ticket.language}" if ticket else "rehearsal", markup=False)
        yield Static("", id="size", markup=False)
        yield Static("", id="count", markup=False)

    def on_resize(self, event: Resize) -> None:
        self.query_one("#size", Static).update(f"size {event.size.width}x{event.size.height}")

    def on_key(self, event: Key) -> None:
        if event.key == "q":
            self.exit(0)
        elif event.key == "x":
            secret_local = "13800002121"
            raise ValueError(f"no such number: {secret_local}")
        elif event.key == "k":
            os.kill(os.getpid(), signal.SIGKILL)
        elif event.key == "t":
            os.kill(os.getpid(), signal.SIGRTMIN + 5)
        elif event.key == "m":
            self.hoard = [bytearray(b"x" * 1_000_000) for _count in range(500)]
        elif event.key == "n":
            self.pressed += 1
            self.query_one("#count", Static).update(f"pressed {self.pressed} times")
        elif event.key == "s":
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            while True:
                time.sleep(0.001)

    def _handle_exception(self, error: Exception) -> None:
        self.crash = error
        self.exit(1)


def rehearse(home: str) -> None:
    """Draw it once, headless."""

    async def draw() -> None:
        async with SmallApp().run_test():
            pass

    asyncio.run(draw())


def run_session(ticket: Ticket) -> int:
    """Run it on the terminal."""
    app = SmallApp(ticket)
    status = app.run()
    if app.crash is not None:
        raise app.crash
    return status or 0
