"""Waiting for a file to be read, with a way out of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from db.confined.why import Unreadable
from db.desk import Invalid
from db.language import Text, _
from tui.kit import Dialog, ScreenCommand
from tui.kit.keyed import Keyed

READING = "reading"
"""Name of a worker that waits for a file to be read."""
WAIT = _("Reading the file … Esc stops it.")

Read = TypeVar("Read")


class ReadingDialog(Dialog["Read | Unreadable | Invalid"], Generic[Read]):
    """Says that a file is being read, until it is or the person stops it."""

    NAME = _("Reading a file")
    ABOUT = _(
        "A file that somebody sent is read by a process of its own, which may take 5 s and 256 MB. Esc "
        "stops it."
    )
    KEYS = (ScreenCommand("back", "escape", _("Stop"), _("Stop reading the file."), second="x"),)

    def __init__(self, name: Text, read: Callable[[], Awaitable[Read]]) -> None:
        super().__init__(name, WAIT)
        self._read = read

    def on_mount(self) -> None:
        self.run_worker(self._reading(), name=READING)

    async def _reading(self) -> None:
        try:
            self.dismiss(await self._read())
        except (Unreadable, Invalid) as refused:
            self.dismiss(refused)


async def read_of(screen: Keyed, name: Text, read: Callable[[], Awaitable[Read]]) -> Read | None:
    """Show a dialog with the file's ``name`` while ``read`` runs, and return its result; None if the reader
    stopped it. Raises Unreadable and Invalid from ``read``."""
    answer: Read | Unreadable | Invalid | None = await screen.app.push_screen_wait(ReadingDialog(name, read))
    if isinstance(answer, Unreadable | Invalid):
        raise answer
    return answer
