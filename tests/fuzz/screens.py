"""What is typed at the screens: keys, pastes, escape sequences, and the size of the window.

An input is ``LOGIN`` on its first line, then what the terminal sends. A NUL and two bytes after it are a
new size of the window: columns and rows.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from typing import Any

from textual import events
from textual.geometry import Size
from textual.pilot import Pilot

from db.desk import Desk
from tests.fuzz.record import Desks, organisation
from tests.fuzz.target import Read, Target
from tests.matrix.conftest import trial
from tui.app import MingceApp
from tui.kit import Look, Memory, Reader
from tui.kit.driver import LARGEST, LineDriver

LONGEST = 2000
"""Bytes that are typed; what is more is left out."""
PIECE = 40
"""Bytes that come at once."""
OURS = re.compile(
    r"\x1b\[[0-9;]*[mH]|\x1b\[\?(?:1049|25|7|2004|1000|1006|2026)[hl]|\x1b\[\?2026\$p|\x1b\]52;c;[\w+/=]*\x07",
    re.ASCII,
)
"""What we send a terminal on purpose: colours, places, modes that are given back, and what is copied."""
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Typed(LineDriver):
    """The driver of a session with a pipe for a terminal."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._in, self._keys = os.pipe()
        self.sent: list[str] = []

    def write(self, data: str) -> None:
        self.sent.append(data)

    def start_application_mode(self) -> None:
        self._send_size()
        self._loop.add_reader(self._in, self._read)
        self._reading = True

    def close(self) -> None:
        os.close(self._in)
        os.close(self._keys)

    def line_lost(self) -> None:
        raise AssertionError("the line was not cut")

    def type(self, data: bytes) -> None:
        """As if it came over the line; and then nothing for a while."""
        os.write(self._keys, data)
        self._read()
        self._end_wait()

    def resize(self, columns: int, rows: int) -> None:
        """Another size, clamped as the front clamps it."""
        size = Size(max(1, min(columns, LARGEST[0])), max(1, min(rows, LARGEST[1])))
        self.send_message(events.Resize(size, size))


@contextmanager
def keys() -> Iterator[Read]:
    """A session for each input."""
    with organisation() as world:
        desks = Desks(world)

        def read(content: bytes) -> str:
            login, _newline, typed = content[:LONGEST].partition(b"\n")
            desk = desks.of(login.decode("utf-8", "replace"))
            with trial(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
                return asyncio.run(_session(desk, typed))

        yield read


class InOneProcess(MingceApp):
    """Does long work itself: what an input leaves is undone by one transaction, which no other sees."""

    async def work(self, screen: Any, what: Any, do: Callable[[], Any], *, gives_way: bool = False) -> Any:
        return do()


async def _session(desk: Desk, typed: bytes) -> str:
    app = InOneProcess(
        language="zh_CN", look=Look(), renew=lambda: desk, reader=Reader(desk.me.who().name), memory=Memory()
    )
    app.driver_class = Typed
    sent: list[str] = []

    async def drive(pilot: Pilot[object]) -> None:
        driver = app._driver
        assert isinstance(driver, Typed)
        await pilot.pause()
        for number, part in enumerate(typed.split(b"\0")):
            if number:
                columns, rows, part = (*part[:2], 0, 0)[0], (*part[1:2], 0)[0], part[2:]
                driver.resize(columns * 2, rows)
                await pilot.pause()
            for start in range(0, len(part), PIECE):
                if app._exit:
                    return
                driver.type(part[start : start + PIECE])
                await pilot.pause()
        sent.extend(driver.sent)
        app.exit(0)

    status = await app.run_async(auto_pilot=drive, size=(80, 24))
    if app.crash is not None:
        raise app.crash
    drawn = OURS.sub("", "".join(sent))
    found = UNSAFE.search(drawn)
    assert not found, repr(drawn[max(found.start() - 60, 0) : found.end() + 60])
    return {0: "stayed", None: "left"}.get(status, f"left {status}")


TARGETS = (Target("keys", "what is typed at the screens", keys, examples=25, seconds=30.0),)
