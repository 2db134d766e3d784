"""What widgets and screens know of the application that they run in, which knows all of them (`KitApp`)."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeVar

from textual.app import App
from textual.driver import Driver
from textual.screen import Screen

from db.desk import Desk
from db.language import Language, Text
from tui.jobs import Job
from tui.kit.commands import ScreenCommand
from tui.kit.go_target import Finder, GoTarget, NothingFound
from tui.kit.looks import Look
from tui.kit.mode import Mode
from tui.safe import draws_plain
from tui.sheets.cell import Tone

Result = TypeVar("Result")
NoticeTone = Literal["", "good", "warn", "bad"]
SIGNED_OUT: Final = 0
SESSION_OVER: Final = 3
READ_AFTER: Final = 10.0
"""Seconds after which a key hides what may be hidden: whoever is typing has had time to read it."""


@dataclass(frozen=True, slots=True)
class HouseNotice:
    """One thing that everybody inside is told. ``stays``: no key hides it."""

    text: Text
    tone: Tone = "warn"
    stays: bool = False
    at: float = field(default_factory=time.monotonic)

    def is_read(self) -> bool:
        return not self.stays and time.monotonic() - self.at >= READ_AFTER


@dataclass(frozen=True, slots=True)
class Reader:
    """Who sits at the screen, as the top line shows it. ``classified`` are the titles of their books, each
    with how it is classified; the strictest first."""

    name: str = ""
    unit: str = ""
    classified: tuple[tuple[Text, Text], ...] = ()


NOBODY: Final = Reader()


def _forget(_value: str) -> None:
    """Remember nothing: before anyone has signed in."""


@dataclass(frozen=True, slots=True)
class Memory:
    """Where choices made inside are kept for the next session; ``remember_*`` take the value chosen.
    ``drawing`` was chosen before."""

    remember_language: Callable[[str], None] = field(default=_forget)
    remember_look: Callable[[str], None] = field(default=_forget)
    remember_drawing: Callable[[str], None] = field(default=_forget)
    drawing: str | None = None


NO_MEMORY: Final = Memory()


class Application(App[int], inherit_bindings=False):
    """Its result is the exit status of the session."""

    look: Look
    drawing: str
    """How lines and marks are drawn: ``plain``, ``drawn``, or by the terminal's answers (``probe``)."""

    def __init__(
        self, language: Language, desk: Desk | None, reader: Reader, memory: Memory, driver: type[Driver]
    ) -> None:
        super().__init__(driver_class=driver)
        self.language: Language = language
        self.reader = reader
        self.memory = memory
        self.waiting = 0
        self.fresh: frozenset[tuple[bool, int]] = frozenset()
        """What came to wait for the reader while they were here, and they have not seen yet: whether it is a
        task, and its number."""
        self.modes: tuple[Mode, ...] = ()
        self.anywhere: Mapping[str, Callable[[], Screen[Any]]] = {}
        self.jobs: Callable[[], Sequence[Job]] = tuple
        self.finder: Callable[[], Finder] = NothingFound
        """Makes what finds people and things on record for the box of g."""
        self.held_words: Text | None = None
        """What is told of what the reader can take back."""
        self.work_words: Text | None = None
        """What is told of long work that is under way."""
        self.told: HouseNotice | None = None
        self.typed_at = math.inf
        """When the key or click came in that is having its effect."""
        self._desk = desk

    @property
    def desk(self) -> Desk:
        """The reader's desk. Raises RuntimeError before anyone has signed in."""
        if self._desk is None:
            raise RuntimeError("nobody has signed in")
        return self._desk

    @property
    def wording(self) -> tuple[Language, bool]:
        """What the widths of all texts rest on: the language, and whether the plain set is drawn."""
        return self.language, draws_plain()

    def choose_drawing(self, drawing: str) -> None:
        """Draw lines and marks ``plain``, ``drawn``, or as the terminal answers (``probe``), from now on."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Send the whole screen again."""
        raise NotImplementedError

    def next_look(self) -> None:
        """Dark, light, mono in turn, in the colours that the terminal has."""
        raise NotImplementedError

    def set_language(self, language: Language) -> None:
        """Say everything in another language from now on."""
        raise NotImplementedError

    def toggle_mouse(self) -> None:
        """Hand the mouse to the terminal, so that it can select text; or take it back."""
        raise NotImplementedError

    def step_aside(self, *lines: str) -> None:
        """Leave the terminal its own screen with ``lines`` on it; draw nothing until `come_back`."""
        raise NotImplementedError

    def come_back(self) -> None:
        """Take the terminal's other screen again."""
        raise NotImplementedError

    def tell(self, text: Text, tone: NoticeTone = "good") -> None:
        """Say something in the line above the footer until the next key. ``tone`` gives its sign."""
        raise NotImplementedError

    def take_back(self) -> None:
        """Take back what the reader decided last and is not in force."""
        raise NotImplementedError

    def hear_of_held(self) -> None:
        """Take in what another session of the reader's holds, or took back."""
        raise NotImplementedError

    async def work(
        self, screen: Screen[Any], what: Text, do: Callable[[], Result], *, gives_way: bool = False
    ) -> Result:
        """Return what ``do`` makes in a process beside this one, once ``screen`` is on top; the reader sees
        how far it is, may stop it, and works elsewhere meanwhile. Raises as ``do``; Invalid where something
        else is under way that does not give way."""
        raise NotImplementedError

    def is_working_for(self, screen: Screen[Any]) -> bool:
        """Whether long work of ``screen`` is under way."""
        raise NotImplementedError

    def stop_work(self) -> None:
        """Stop what is under way."""
        raise NotImplementedError

    def ready_work(self) -> Iterator[GoTarget]:
        """What was worked beside the session and waits for the screen that began it."""
        raise NotImplementedError

    def renew_notices(self) -> None:
        """Tell anew, above the keys of each screen, what goes on and what can be taken back."""
        raise NotImplementedError

    def tell_everywhere(self, told: HouseNotice | None) -> None:
        """Say something under the top line of every screen, or no more."""
        raise NotImplementedError

    def set_waiting(self, count: int) -> None:
        """Show at the top line's right end how much waits for the reader, and how much of it is new."""
        raise NotImplementedError

    def note_seen(self, matters: Set[tuple[bool, int]]) -> None:
        """Note that the reader has seen what had come to wait for them."""
        raise NotImplementedError

    def recount(self) -> None:
        """Count anew what waits for the reader."""
        raise NotImplementedError

    def refusals_shown(self) -> AbstractContextManager[None]:
        """Show what the desk refuses, can't use or can't do now, instead of ending the session for it."""
        raise NotImplementedError

    def explain(
        self, name: Text, about: Text, commands: Sequence[ScreenCommand], modes: Sequence[Mode]
    ) -> None:
        raise NotImplementedError

    async def find(
        self, commands: Sequence[ScreenCommand], modes: Sequence[Mode], others: Sequence[GoTarget] = ()
    ) -> tuple[ScreenCommand | Mode | GoTarget | Job, Text] | None:
        """Return what the reader chooses of all that can be done and reached, and what to say then."""
        raise NotImplementedError

    async def choose_command(self, title: Text, commands: Sequence[ScreenCommand]) -> ScreenCommand | None:
        """Return which of ``commands`` the reader chooses, or None."""
        raise NotImplementedError

    async def choose_mode(self, modes: Sequence[Mode]) -> str | None:
        """Return the id of the one that the reader chooses, or None."""
        raise NotImplementedError

    def send_to_clipboard(self, text: str) -> None:
        """Send what the desk put on record to the terminal's clipboard."""
        raise NotImplementedError

    async def is_meant(self, title: Text, text: Text) -> bool:
        """Ask, and return whether the reader says yes."""
        raise NotImplementedError
