"""The long work of one session: done beside it, told above the keys of every screen with a bar until it ends.

What came of it waits until the screen that began it is on top again, so that no box comes up over another.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from textual.screen import Screen
from textual.timer import Timer

from db.desk import Invalid, Problem, SessionOver
from db.language import Message, Text, _
from tui.front.beside import Beside, WorkStopped
from tui.kit.framed_screen import FramedScreen
from tui.kit.go_target import GoTarget
from tui.sheets.cell import UNFILLED, Styled

if TYPE_CHECKING:
    from tui.kit.base import KitApp

Result = TypeVar("Result")
SHOWN_AFTER = 0.4
"""Seconds until the bar is shown, and keys are no longer kept waiting for what comes of it."""
EVERY = 0.5
LOOK_EVERY = 0.5
BAR: Final = 20
"""Cells of the bar."""
PIECE: Final = 4
"""Cells of what goes along it where nobody knows how much there is to do."""


@dataclass(slots=True, eq=False)
class _Work:
    """What ``beside`` does for ``screen``, or for the session itself. ``gives_way``: it ends where something
    else is begun."""

    beside: Beside[Any]
    what: Text
    screen: Screen[Any] | None
    gives_way: bool
    begun: float = field(default_factory=time.monotonic)
    is_shown: bool = False
    timer: Timer | None = None

    @property
    def words(self) -> Message:
        seconds = int(time.monotonic() - self.begun)
        return bar_words(self.what, self.beside.done, self.beside.of, seconds)


def bar_words(what: Text, done: int, of: int, seconds: int) -> Message:
    """Return the words of running work: a bar of how much is done, or one that moves with the ``seconds``."""
    is_counted = bool(done and of)
    full = BAR * done // of if is_counted else PIECE
    start = 0 if is_counted else seconds % (BAR - PIECE + 1)
    bar = UNFILLED * start + "█" * full + UNFILLED * (BAR - start - full)
    said = {"what": what, "bar": bar, "seconds": seconds}
    if is_counted:
        return _("{what}  {bar} {percent}%, {seconds} s  Ctrl+G stops it", percent=100 * done // of, **said)
    return _("{what}  {bar} {seconds} s  Ctrl+G stops it", **said)


class Working:
    """What ``app`` has under way, one thing at a time, and what waits for its screen."""

    def __init__(self, app: KitApp) -> None:
        self._app = app
        self._now: _Work | None = None
        self._ready: list[tuple[Text, Screen[Any]]] = []

    def is_for(self, screen: Screen[Any]) -> bool:
        """Return whether work of ``screen`` is shown and something waits for it."""
        work = self._now
        return work is not None and work.is_shown and work.screen is screen and not work.gives_way

    async def do(
        self, screen: Screen[Any] | None, what: Text, do: Callable[[], Result], *, gives_way: bool = False
    ) -> Result:
        """Run ``do`` in a process forked from the session, so that nothing it changes in memory is kept, and
        show a bar. Return its pickled result once ``screen``, if given, is on top; a screen closed meanwhile
        is kept.

        - Raises what ``do`` raises, WorkStopped, WorkFailed; Invalid if other work is under way.
        - With ``gives_way``, it ends with its screen or when other work begins, and does not begin beside
          other work.
        """
        if self._now is not None and not self.is_free:
            if gives_way:
                raise WorkStopped
            words = _("Wait until this is done, or stop it with Ctrl+G: {what}", what=self._now.what)
            raise Invalid(Problem("", words))
        self.stop()
        work = self._now = _Work(Beside(do), what, screen, gives_way)
        work.timer = self._app.set_timer(SHOWN_AFTER, partial(self._begin_showing, work))
        failure: Exception | None = None
        try:
            made: Result = await work.beside.result()
        except SessionOver:
            raise
        except Exception as error:  # it is told where it was begun
            failure = error
        finally:
            work.timer.stop()
            if self._now is work:
                self._now = None
                self._show_work()
        if isinstance(failure, WorkStopped):
            self._drop(screen)
        elif screen is not None and self._app.screen is not screen and not gives_way:
            await self._wait_for(screen, what)
        if failure is not None:
            raise failure
        return made

    @property
    def is_free(self) -> bool:
        """Whether no work runs for which new work would have to wait."""
        return self._now is None or self._now.gives_way

    async def until_free(self) -> None:
        while not self.is_free:
            await asyncio.sleep(LOOK_EVERY)

    def must_keep(self, screen: Screen[Any] | str) -> bool:
        """Return whether ``screen`` must be kept when closed, as its work runs or waits for it."""
        return any(one is screen for one in self._kept_screens())

    def _drop(self, screen: Screen[Any] | None) -> None:
        """Remove a screen that was closed and kept for its work."""
        if screen is not None and self._mode_of(screen) is None:
            self._app.call_later(screen.remove)

    def _kept_screens(self) -> Iterator[Screen[Any]]:
        work = self._now
        if work is not None and work.screen is not None and not work.gives_way:
            yield work.screen
        yield from (screen for _what, screen in self._ready)

    async def lead_to(self, is_it: Callable[[Screen[Any]], bool]) -> bool:
        """Show the kept screen that ``is_it`` finds; return whether there is one."""
        for screen in filter(is_it, self._kept_screens()):
            await self._lead(screen)
            return True
        return False

    def stop(self) -> None:
        """Stop the running work, if any."""
        if self._now is not None:
            self._now.beside.stop()

    def targets(self) -> Iterator[GoTarget]:
        """Yield finished work that was not seen yet, as targets for the box of g."""
        for what, screen in self._ready:
            said = [Styled(what, "strong")]
            yield GoTarget(f"ready {id(screen)}", _("Done"), said, "", "Enter", partial(self._lead, screen))

    async def _lead(self, screen: Screen[Any]) -> None:
        """Show ``screen``: switch to its mode and close what lies over it, up to a form; push it again if it
        was closed."""
        app = self._app
        mode = self._mode_of(screen)
        if mode is None:
            await app.push_screen(screen)
            return
        if mode != app.current_mode:
            await app.switch_mode(mode)
        while app.screen is not screen and isinstance(app.screen, FramedScreen) and not app.screen.HOLDS_ON:
            await app.pop_screen()

    def _mode_of(self, screen: Screen[Any]) -> str | None:
        stacks = self._app._screen_stacks
        return next((name for name, stack in stacks.items() if screen in stack), None)

    async def _wait_for(self, screen: Screen[Any], what: Text) -> None:
        ready = (what, screen)
        self._ready.append(ready)
        self._app.tell(_("Done: {what}  g leads to it", what=what))
        try:
            while self._app.screen is not screen:
                await asyncio.sleep(LOOK_EVERY)
        finally:
            self._ready.remove(ready)

    def _begin_showing(self, work: _Work) -> None:
        work.is_shown = True
        work.timer = self._app.set_interval(EVERY, self._show_work)
        self._show_work()

    def _show_work(self) -> None:
        work = self._now
        self._app.work_words = work.words if work is not None and work.is_shown else None
        self._app.renew_notices()
