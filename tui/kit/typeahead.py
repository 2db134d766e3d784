"""Keys that come all at once, as a slow line brings them: each is taken once the one before had its effect.

A key goes to what has the focus and from there up through the screen to the application, where its command is
done; that may move the focus, or put another screen on top. What the next key means hangs on it: of `/zw` the
letters belong into the field that `/` leads to. A command that goes on after it asked something is waited for
too.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

from textual import events
from textual.app import App
from textual.message_pump import MessagePump
from textual.screen import Screen

PATIENCE = 1.0
"""Seconds after which a key had its effect, whatever it is at."""
LOOK_EVERY = 0.005


class TypeAhead:
    """Waiting keys of ``app``; ``take`` takes one, ``is_busy``: the screen on top is at a command."""

    def __init__(
        self, app: App[Any], take: Callable[[events.Key], Awaitable[None]], is_busy: Callable[[], bool]
    ) -> None:
        self._app, self._take, self._is_busy = app, take, is_busy
        self._waiting: deque[events.Key] = deque()
        self._work: asyncio.Task[None] | None = None
        self._way: Sequence[MessagePump] = ()
        self._screen: Screen[Any] | None = None
        self._taken_at = -PATIENCE

    @property
    def keys_waiting(self) -> int:
        """The number of keys that have had no effect yet."""
        return len(self._waiting)

    async def key(self, event: events.Key) -> None:
        """Pass ``event`` on now, or queue it until those before it have had their effect."""
        if self._work is None and time.monotonic() - self._taken_at > PATIENCE:
            await self._hand_on(event)
            return
        self._waiting.append(event)
        if self._work is None:
            self._work = asyncio.create_task(self._hand_on_all())

    async def wait_until_settled(self) -> None:
        """Wait until every key has had its effect, for the last one `PATIENCE` seconds at most."""
        while self._work is not None:
            await asyncio.sleep(LOOK_EVERY)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._effect(), PATIENCE)

    async def _hand_on(self, event: events.Key, taken: asyncio.Event | None = None) -> None:
        self._screen = self._app.screen
        self._way = (self._app.focused or self._screen).ancestors_with_self
        try:
            await self._take(event)
        finally:
            self._taken_at = time.monotonic()
            if taken is not None:
                taken.set()

    async def _hand_on_all(self) -> None:
        """Pass the queued keys on one by one, through the application, which shows what a command refuses."""
        while self._waiting and self._app.is_running:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._effect(), PATIENCE)
            taken = asyncio.Event()
            if not self._app.call_later(self._hand_on, self._waiting.popleft(), taken):
                break
            await taken.wait()
        self._work = None

    async def _effect(self) -> None:
        """Wait until the last key passed on has had its effect: its messages handled, its screen mounted, its
        command done."""
        await _wait_passed(self._way)
        await asyncio.sleep(0)  # a command that asks something is a task that begins now
        while self._app.screen is not self._screen or self._is_busy():
            if self._app.screen is self._screen:
                await asyncio.sleep(LOOK_EVERY)
                continue
            self._screen = self._app.screen
            while not self._screen.is_mounted:
                await asyncio.sleep(LOOK_EVERY)
            await _wait_passed(self._screen.ancestors_with_self)


async def _wait_passed(way: Sequence[MessagePump]) -> None:
    """Wait until the messages sent along ``way`` are handled, and those that they sent to its end."""
    for pump in (*way, *way[-1:]):
        there = asyncio.Event()
        if pump.call_later(there.set):
            await there.wait()
