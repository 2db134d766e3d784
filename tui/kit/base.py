"""The application every screen runs in: its reader, what they are told and asked, and where they can go."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from rich.console import RenderableType
from textual import events, message_pump
from textual.driver import Driver
from textual.message import Message as TextualMessage
from textual.screen import Screen

from db.desk import Desk, Invalid, Pending, Refused, SessionOver, Unavailable
from db.language import Language, Message, Text, _
from tui.front.beside import WorkFailed, WorkStopped
from tui.jobs import Job
from tui.kit.ambiguous import use_plain_set
from tui.kit.application import (
    NO_MEMORY,
    NOBODY,
    SESSION_OVER,
    HouseNotice,
    Memory,
    NoticeTone,
    Reader,
)
from tui.kit.bulletin import Bulletin
from tui.kit.choosing import Choose, Pick, yes_or_no
from tui.kit.commands import ScreenCommand
from tui.kit.common_keys import MORE
from tui.kit.drawn_app import DrawnApp
from tui.kit.driver import LineDriver
from tui.kit.framed_screen import FramedScreen
from tui.kit.go_target import Finder, GoTarget, NothingFound
from tui.kit.going import go_by_box
from tui.kit.help import Help
from tui.kit.keyed import Keyed
from tui.kit.letters import fold
from tui.kit.live import Live
from tui.kit.looks import Look
from tui.kit.mode import Mode
from tui.kit.notice import NoticeArea
from tui.kit.painted import TextLine
from tui.kit.refusal import show_failure, show_refusal
from tui.kit.terminal import KNOWN, TerminalAnswers
from tui.kit.topline import TopLine
from tui.kit.typeahead import TypeAhead
from tui.kit.undoing import Undoing
from tui.kit.unheard import Unheard
from tui.kit.working import Working
from tui.safe import draws_plain

Result = TypeVar("Result")
FAILED: Final = _(
    "An error of the program ended it. Look whether it was done before you try again, and tell your "
    "administrator: the log has the error once you sign out."
)

message_pump.log = Unheard(None)  # type: ignore[attr-defined]  # Textual imports it there


def _make_place(mode: Mode) -> Screen[Any]:
    screen = mode.screen()
    if isinstance(screen, FramedScreen):
        screen.is_place = True
    return screen


class KitApp(DrawnApp, inherit_bindings=False):
    """Base of the application. Its result is the exit status of the session."""

    NOTIFICATION_TIMEOUT = 0
    ESCAPE_TO_MINIMIZE = False
    CSS_PATH = Path(__file__).with_name("kit.tcss")

    def __init__(
        self,
        *,
        language: Language,
        look: Look,
        desk: Desk | None = None,
        reader: Reader = NOBODY,
        memory: Memory = NO_MEMORY,
        driver: type[Driver] | None = None,
        terminal: TerminalAnswers = KNOWN,
    ) -> None:
        super().__init__(driver or LineDriver, look)
        self.language: Language = language
        self.reader = reader
        self.memory = memory
        self.waiting = 0
        self.fresh: frozenset[tuple[bool, int]] = frozenset()
        """What came to wait for the reader while they were here, and they have not seen yet: whether it is a
        task, and its number."""
        self.modes: tuple[Mode, ...] = ()
        self.anywhere: Mapping[str, Callable[[], Screen[Any]]] = {}
        self.before_modes: frozenset[str] = frozenset()
        """Commands of ``anywhere`` that work before a required screen is passed: reporting a breach."""
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
        self.change_desk(desk)
        self.type_ahead = TypeAhead(self, self._take_key, self._is_busy)
        self.undoing = Undoing(self)
        self.working = Working(self)
        self.live = Live(self)
        self._topped: tuple[int, frozenset[tuple[bool, int]]] | None = None
        """What the top line says of what waits."""
        self._depth = look.depth
        self.terminal = terminal
        self.typed_first = terminal.typed
        self.drawing = memory.drawing or "probe"
        """How lines and marks are drawn: ``plain``, ``drawn``, or by the terminal's answers (``probe``)."""
        use_plain_set(self._is_plain())

    @property
    def desk(self) -> Desk:
        """Return the reader's desk. Raises RuntimeError before anyone has signed in."""
        if self._desk is None:
            raise RuntimeError("nobody has signed in")
        return self._desk

    @property
    def wording(self) -> tuple[Language, bool]:
        """The language, and whether the plain set is drawn: what the widths of all texts depend on."""
        return self.language, draws_plain()

    def change_desk(self, desk: Desk | None) -> None:
        """Replace the desk by another one of the same reader, as after a gate the sign-in may be stronger."""
        self._desk = desk
        self._speak()

    def offer_modes(self, modes: Sequence[Mode]) -> None:
        """Add those of ``modes`` that the reader may see, and switch to the first."""
        self.modes = tuple(mode for mode in modes if mode.visible_to(self.desk))
        for mode in self.modes:
            self.add_mode(mode.id, partial(_make_place, mode))
        if self.modes:
            self.switch_mode(self.modes[0].id)

    # Look and language

    def next_look(self) -> None:
        """Change to the next of dark, light, high contrast and mono, in the terminal's colours, and store it
        with the account."""
        if self._depth is None:
            return
        following = {
            "dark": Look(True, self._depth),
            "light": Look(False, self._depth, strong=True),
            "contrast": Look(depth=None),
            "mono": Look(False, self._depth),
        }
        self.set_look(following[self.look.choice])
        self.memory.remember_look(self.look.choice)

    def set_language(self, language: Language) -> None:
        """Change the language, store it with the account, and redraw the screen; covered screens are redrawn
        when shown."""
        self.language = language
        self._speak()
        self.memory.remember_language(language)
        self._reword()

    def _speak(self) -> None:
        if isinstance(self._desk, Desk):
            self._desk.speak(self.language)

    def _is_plain(self) -> bool:
        return self.drawing == "plain" or (self.drawing == "probe" and self.terminal.is_wide)

    def choose_drawing(self, drawing: str) -> None:
        """Draw lines and marks ``plain``, ``drawn``, or as the terminal answers (``probe``); store the choice
        with the account and redraw."""
        self.drawing = drawing
        self.memory.remember_drawing(drawing)
        use_plain_set(self._is_plain())
        self._reword()
        self.redraw()

    def _reword(self) -> None:
        for screen in reversed(self.screen_stack):
            if isinstance(screen, Keyed):
                screen.respeak()
            if isinstance(screen, FramedScreen):
                break

    def toggle_mouse(self) -> None:
        """Leave the mouse to the terminal, so that it can select text, or take it again; show which."""
        self.set_mouse(not self.mouse_on)
        if self.mouse_on:
            self.tell(_("The mouse works here again."), "")
        else:
            self.tell(_("The mouse is your terminal's now: select and copy with it. F7 takes it back."), "")

    # Telling

    def tell(self, text: Text, tone: NoticeTone = "good") -> None:
        """Show ``text`` in the notice line until the next key; in a dialog, what is wrong goes under its
        field. A decision that was just taken and can be undone is shown with its seconds instead. ``tone``
        gives the sign."""
        if tone == "good" and isinstance(self._desk, Desk) and self._desk.holding.is_new:
            self.undoing.begin(text)
            return
        wrong = list(self.screen.query("Dialog #wrong").results(TextLine))
        for line in wrong:
            line.show(Message("✗ {text}", {"text": text}), "bad")
        for notice in () if wrong else self.screen.query(NoticeArea):
            notice.tell(text, tone)

    def take_back(self) -> None:
        """Undo the reader's last decision that is not in force yet."""
        self.undoing.take_back()

    def hear_of_held(self) -> None:
        """Show decisions that another session of the reader's holds, and drop those it took back."""
        self.undoing.catch_up()

    async def work(
        self, screen: Screen[Any], what: Text, do: Callable[[], Result], *, gives_way: bool = False
    ) -> Result:
        """Run ``do`` in a forked process, with a bar that the reader can stop, and return its result once
        ``screen`` is on top; the reader works elsewhere meanwhile. Raises what ``do`` raises, WorkStopped,
        WorkFailed; Invalid if other work runs that does not give way."""
        return await self.working.do(screen, what, do, gives_way=gives_way)

    def is_screen_installed(self, screen: Screen[Any] | str) -> bool:
        """Return whether Textual must keep ``screen`` when it is closed: also if its work goes on, whose
        result it will show."""
        return super().is_screen_installed(screen) or self.working.must_keep(screen)

    async def lead_to_work(self, is_it: Callable[[Screen[Any]], bool]) -> bool:
        return await self.working.lead_to(is_it)

    def is_working_for(self, screen: Screen[Any]) -> bool:
        return self.working.is_for(screen)

    def stop_work(self) -> None:
        self.working.stop()

    def ready_work(self) -> Iterator[GoTarget]:
        return self.working.targets()

    def renew_notices(self) -> None:
        for screen in self.screen_stack if self._running else ():
            if isinstance(screen, FramedScreen):
                for notice in screen.query_children(NoticeArea):
                    notice.renew()
                screen.refresh_keys()

    def tell_everywhere(self, told: HouseNotice | None) -> None:
        """Show ``told`` under the top line of every screen; None hides what stands there."""
        self.told = told
        for screen in self.screen_stack:
            for line in screen.query(Bulletin):
                line.renew()

    def notify(self, message: str, **_options: Any) -> None:
        """Show Textual's own notifications as notices."""
        self.tell(message, "")

    def set_waiting(self, count: int) -> None:
        """Show in the top line how many items wait for the reader, and how many of them are new."""
        if (count, self.fresh) != self._topped:
            self.waiting, self._topped = count, (count, self.fresh)
            for line in self.screen.query(TopLine):
                line.refresh()

    def note_seen(self, matters: Set[tuple[bool, int]]) -> None:
        """Take ``matters`` off the new items, and update the top line."""
        if self.fresh & matters:
            self.fresh -= matters
            self.set_waiting(self.waiting)

    @property
    def is_counted(self) -> bool:
        """Whether the waiting items were counted since the reader signed in."""
        return self._topped is not None

    def recount(self) -> None:
        self.set_waiting(self.desk.waiting.count().all)

    # What a screen asks for

    def explain(
        self, name: Text, about: Text, commands: Sequence[ScreenCommand], modes: Sequence[Mode]
    ) -> None:
        """Open the help: what a screen is for, and its keys."""
        self.push_screen(Help(name, about, commands, modes, self.jobs))

    async def find(self, screen: Keyed) -> None:
        """Open the box of g over ``screen``, and go to or do what the reader chooses."""
        await go_by_box(screen)

    async def choose_command(self, title: Text, commands: Sequence[ScreenCommand]) -> ScreenCommand | None:
        """Ask in a box which of ``commands`` is meant; return it, or None. Does not do it."""
        options = [Pick(command.id, command.label) for command in commands]
        chosen: str | None = await self.push_screen_wait(Choose(title, options))
        return next((command for command in commands if command.id == chosen), None)

    async def choose_mode(self, modes: Sequence[Mode]) -> str | None:
        """Ask in a box for one of ``modes``, each with its count; return its id, or None. Does not switch."""
        options = [
            Pick(mode.id, mode.label, mode.digit[-1], str(mode.count(self.desk) or "") if mode.count else "")
            for mode in modes
        ]
        chosen: str | None = await self.push_screen_wait(Choose(MORE.label, options))
        return chosen

    async def is_meant(self, title: Text, text: Text) -> bool:
        """Ask yes or no in a box over the screen; return whether the answer was yes."""
        answer: str | None = await self.push_screen_wait(yes_or_no(title, text))
        return answer == "yes"

    # Refusals and crashes

    @contextmanager
    def refusals_shown(self) -> Iterator[None]:
        """Show errors of the desk and of long work from the body as notices or boxes, instead of raising
        them; SessionOver ends the application."""
        try:
            yield
        except Pending as pending:
            self.tell(pending.message, "good")
        except (Refused, Invalid) as refusal:
            show_refusal(self, refusal)
        except Unavailable as failure:
            show_failure(self, failure)
        except WorkStopped:
            self.call_later(self.tell, _("Stopped; nothing of it was done."), "warn")
        except WorkFailed:
            self.call_later(self.tell, FAILED, "bad")
        except SessionOver:
            self.exit(SESSION_OVER)

    def exit(self, result: Any = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Have every screen keep its unsubmitted text, ignoring failures, then end the session with
        ``result``."""
        for screen in self.screen_stack if self._running else ():
            if isinstance(screen, FramedScreen):
                with suppress(Exception):  # the session ends, whatever can't be kept
                    screen.keep_typed()
        super().exit(result, return_code, message)

    async def _dispatch_message(self, message: TextualMessage) -> None:
        with self.refusals_shown():
            await super()._dispatch_message(message)

    # Keys that come all at once

    async def on_event(self, event: events.Event) -> None:
        """Queue a key until earlier ones have had their effect, a moment at most; pass other events on at
        once. Notes when it was typed."""
        if isinstance(event, events.InputEvent) and not isinstance(event, events.Key):
            self.typed_at = event.time
        elif isinstance(event, events.Key) and event.is_forwarded:
            self.typed_at = event.time  # on its way back, to what its binding does
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self.type_ahead.key(event)
        else:
            await super().on_event(event)

    async def _take_key(self, event: events.Key) -> None:
        self.typed_at = event.time
        if isinstance(self.screen, Keyed) and not self.screen.is_typing():
            fold(event)
        await super().on_event(event)

    async def on_key(self, event: events.Key) -> None:
        """Run the binding of a key that no widget took; where there is none, let the screen answer it."""
        event.prevent_default()
        if not await self._check_bindings(event.key) and isinstance(self.screen, Keyed):
            self.screen.answer_key(event.key, event.character)

    def _is_busy(self) -> bool:
        return isinstance(self.screen, Keyed) and self.screen.is_busy
