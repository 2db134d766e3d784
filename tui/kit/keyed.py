"""What full screens and dialogs have in common: their commands, and what happens to a refusal."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, ClassVar

from textual import events, on
from textual.await_complete import AwaitComplete
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

from db.language import Text, _, say
from tui.kit.application import SIGNED_OUT
from tui.kit.commands import ScreenCommand, bindings_of, is_control, key_name
from tui.kit.common_keys import ANYWHERE, HELP, HOUSE, MORE, NOTHING_TO_UNDO, STOP_WORK, UNDO
from tui.kit.datalist import DataList
from tui.kit.drawn_screen import DrawnScreen
from tui.kit.letters import LETTERS, is_han
from tui.kit.mode import Mode
from tui.kit.moved_keys import MOVED
from tui.kit.scrolling import scroll_by
from tui.kit.window import Window

TO_OTHER_FIELDS = (
    Binding("tab", "to_other_field(1)", show=False, priority=True),
    Binding("shift+tab", "to_other_field(-1)", show=False, priority=True),
)
"""At once, so that what is typed ahead goes into the next field."""
MENU = "menu"
"""What is being done while a key asks which of its commands is meant."""


class Keyed(DrawnScreen):
    """Base of full screens and dialogs. ``NAME`` and ``ABOUT`` are what ? explains.

    ``KEYS`` lists what can be done here; each ``do_<id>`` does it.

    A ``do_`` method may be a coroutine: it then runs as a worker, so it may await dialogs.
    A ``Refused`` or ``Invalid`` that nobody caught, also of a timer, is shown to the person.
    """

    NAME: ClassVar[Text] = ""
    ABOUT: ClassVar[Text] = ""
    KEYS: ClassVar[tuple[ScreenCommand, ...]] = ()
    SHARED: ClassVar[tuple[ScreenCommand, ...]] = HOUSE

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._being_done: set[str] = set()

    def __init_subclass__(cls, **options: Any) -> None:
        own = list(bindings_of(cls.commands()))
        taken = {binding.key for binding in own}
        cls.BINDINGS = [*own, *(binding for binding in TO_OTHER_FIELDS if binding.key not in taken)]
        super().__init_subclass__(**options)

    async def _dispatch_message(self, message: Message) -> None:
        with self.app.refusals_shown():
            await super()._dispatch_message(message)

    def call_next(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        """Call ``callback`` after the running message, showing its refusals; timers come this way too."""
        super().call_next(self._call, callback, *args, **kwargs)

    async def _call(self, callback: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        with self.app.refusals_shown():
            result = callback(*args, **kwargs)
            if inspect.isawaitable(result):
                await result

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Close this screen with ``result``; do nothing if it is not on top, so that of several keys the
        first counts."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    @classmethod
    def commands(cls) -> tuple[ScreenCommand, ...]:
        """Return all commands of this screen, its own first."""
        own = {command.id for command in cls.KEYS}
        return (*cls.KEYS, *(command for command in cls.SHARED if command.id not in own))

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible now; else it is neither shown nor done. Subclasses override
        it."""
        return True

    def in_footer(self, command: ScreenCommand) -> bool:
        """Return whether the footer shows a command that is possible now. Subclasses override it."""
        return command.footer

    def offered_commands(self) -> tuple[ScreenCommand, ...]:
        return tuple(command for command in self.commands() if self._is_sensible(command))

    def _is_sensible(self, command: ScreenCommand) -> bool:
        """Return whether a command is possible now: by the application for common ones, else by `can`."""
        if command in ANYWHERE:
            opens = command.id in self.app.before_modes or bool(self.app.modes)
            return opens and command.id in self.app.anywhere
        if command is UNDO:
            return self.app.held_words is not None
        if command is STOP_WORK:
            return self.app.work_words is not None
        if command is MORE:
            return bool(self.further_modes())
        return self.can(command.id)

    def is_typing(self) -> bool:
        """Return whether the focus is in a field, so that letters are text."""
        return isinstance(self.focused, Input)

    def key_now(self, command: ScreenCommand) -> str:
        """Return the key that does ``command`` now; "" if none, as while typing."""
        for key in command.keys:
            if not self.is_typing() or is_control(key) or key in ("escape", "enter"):
                return key
        return ""

    def action_press(self, key: str) -> None:
        self.press_key(key)

    def press_key(self, key: str) -> None:
        """Do the command of ``key``; ask which if several are possible, show why if none is."""
        if not self.is_mounted:
            self.call_after_refresh(self.press_key, key)
            return
        found = [command for command in self.commands() if key in command.keys]
        shown = {command.id: command for command in self.offered_commands()}
        able = [shown.get(command.id, command) for command in found if self._may_come(command)]
        if len(able) > 1:
            self._ask_which(key, able)
        elif able:
            self.perform(able[0].id)
        elif found:
            self.clear_notice()
            self.app.tell(self.why_not(found[0]), "warn")

    def why_not(self, command: ScreenCommand) -> Text:
        """Return why a command makes no sense now, and what to do instead. Screens override it."""
        if command is UNDO:
            return NOTHING_TO_UNDO
        if command is STOP_WORK:
            return self._no_meaning(command.key)
        said = {"key": key_name(command.key), "label": command.label}
        return self._and_help(_("{key} ({label}) is not possible here now.", **said))

    def _ask_which(self, key: str, able: Sequence[ScreenCommand]) -> None:
        unseen = [one for one in able if not self.was_seen(one, self._rows_for(one))]
        if unseen:
            self._tell_dropped(unseen[0], self._rows_for(unseen[0]))
        elif MENU not in self._being_done:
            self.clear_notice()
            self.begin_steps(MENU, self._do_one_of(key, able))

    def ask_which_of(self, key: str) -> None:
        """Ask in a box which command of ``key`` is meant, and do it, if several are possible."""
        able = [one for one in self.offered_commands() if key in one.keys and self._may_come(one)]
        if len(able) > 1 and MENU not in self._being_done:
            self.begin_steps(MENU, self._do_one_of(key, able))

    async def _do_one_of(self, key: str, able: Sequence[ScreenCommand]) -> None:
        chosen = await self.app.choose_command(LETTERS[key].word, able)
        if chosen is not None:
            self._begin_command(chosen, self._rows_for(chosen))

    def answer_key(self, key: str, character: str | None) -> None:
        """Scroll by a key that nothing took; else show that it means nothing here, or which key has its
        command now."""
        if scroll_by(self, key):
            return
        if is_han(character):
            self.app.tell(_("Your input method is on: press Shift to switch."), "warn")
        elif (command := self._command_of_old(key)) is not None:
            said = {"old": key_name(key), "key": key_name(command.key), "label": command.label}
            self.app.tell(_("{old} is now {key}: {label}", **said), "warn")
        elif key == "q":
            self.app.tell(_("q is Esc now; F10 signs you out."), "warn")
        elif character is not None or is_control(key):
            self.app.tell(self._no_meaning(key), "warn")

    def action_to_other_field(self, step: int) -> None:
        before, go_on = self.focused, self.focus_next if step > 0 else self.focus_previous
        if go_on() is before:
            self.app.tell(self._no_meaning("tab"), "warn")

    def _no_meaning(self, key: str) -> Text:
        return self._and_help(_("{key} has no meaning here.", key=key_name(key)))

    def _and_help(self, said: Text) -> Text:
        """Return ``said`` with the hint that ? lists all keys, where it does."""
        return _("{said} ? lists all keys.", said=said) if HELP in self.SHARED else said

    def _command_of_old(self, key: str) -> ScreenCommand | None:
        """Return the command that ``key`` had in earlier versions; None for none."""
        moved = MOVED.get(type(self).__name__, {}).get(key)
        return next((command for command in self.offered_commands() if command.id == moved), None)

    def perform(self, command_id: str) -> None:
        """Do a command by its id, if it is possible and not under way; on a new screen, after it is drawn.
        Shows why not if its key was typed before the row was shown."""
        if not self.is_mounted:
            self.call_after_refresh(self.perform, command_id)
            return
        command = next((one for one in self.commands() if one.id == command_id), None)
        if command is None or command_id in self._being_done:
            if command is not None and self.app.is_working_for(self):
                self.app.tell(_("{label}: under way", label=command.label), "warn")
            return
        rows = self._rows_for(command)
        is_held = rows is None or not rows.astray
        if is_held and self._is_sensible(command) and not self.was_seen(command, rows):
            self._tell_dropped(command, rows)
        else:
            self._begin_command(command, rows)

    def perform_there(self, command_id: str) -> None:
        """Do a command chosen by name in the box of g; show that it is not possible if so."""
        command = next((one for one in self.commands() if one.id == command_id), None)
        if command is not None and self._is_sensible(command):
            self._begin_command(command, self._rows_for(command))
        elif command is not None:
            self.app.tell(_("{what}: not possible here now.", what=command.label), "warn")

    def _begin_command(self, command: ScreenCommand, rows: DataList[Any] | None) -> None:
        """Do ``command`` if it is possible: ask first if the cursor of ``rows`` went astray, or if leaving
        would stop work."""
        if rows is not None and rows.astray:
            self.ask_first(rows, command.label, partial(self._begin_command, command, rows))
            return
        if not self._is_sensible(command):
            return
        if command.id == "back" and self.app.is_working_for(self) and self is not self.app.screen_stack[0]:
            self.begin_steps(STOP_WORK.id, self._ask_to_stop())  # to leave the screen is to stop its work
            return
        self.clear_notice()
        if rows is not None:
            rows.begin_act(looks=command.looks)
        result = getattr(self, command.method)()
        if inspect.iscoroutine(result):
            self.begin_steps(command.id, result, rows)
        elif rows is not None:
            rows.end_act()

    def was_seen(self, command: ScreenCommand, rows: DataList[Any] | None) -> bool:
        """Return whether this screen, and the row of ``rows`` under the cursor, were drawn when the key was
        typed. Always True for commands that only look, and without ``rows`` on screens with lists."""
        if command.looks or any(command.id == one.id for one in self.SHARED):
            return True
        if rows is None and self.query(DataList):
            return True
        typed_at = self.app.typed_at
        return self.sight.may_mean(True, typed_at) and (rows is None or rows.was_seen(typed_at))

    def clear_notice(self) -> None:
        """Hide the last notice. Does nothing here."""

    def _tell_dropped(self, command: ScreenCommand, rows: DataList[Any] | None) -> None:
        """Show that a key was ignored because it was typed before its row was shown."""
        if rows is not None:
            rows.seen.put_off(self.app.typed_at)
            said = {"label": command.label, "name": rows.cursor_names()[1]}
            self.app.tell(_("{label}: not done, as you typed it before {name} was shown.", **said), "warn")
        else:
            self.tell_unseen(command.label)

    def tell_unseen(self, label: Text) -> None:
        """Show that a key was ignored because it was typed before the screen was shown."""
        self.app.tell(_("{label}: not done, as you typed it before this was shown.", label=label), "warn")

    def _rows_for(self, command: ScreenCommand) -> DataList[Any] | None:
        """Return the list whose row ``command`` needs under the cursor; None for none."""
        for rows in self.query(DataList):
            astray = rows.astray
            try:
                rows.astray = False
                with_it = self._is_sensible(command)
                rows.astray = True
                if with_it and not self._is_sensible(command):
                    return rows
            finally:
                rows.astray = astray
        return None

    def ask_first(self, rows: DataList[Any], what: Text, then: Callable[[], None]) -> None:
        """Ask whether the row now under the cursor is meant, as the former is gone; call ``then`` if so."""
        self.begin_steps("", self._ask_first(rows, what, then))

    async def _ask_first(self, rows: DataList[Any], what: Text, then: Callable[[], None]) -> None:
        gone, under = rows.cursor_names()
        title = _("{gone} is not in this list any more.", gone=gone)
        asked = _("{what}: do you mean {name} now?", what=what, name=under)
        if under and await self.app.is_meant(title, asked):
            rows.hold_cursor()
            then()

    def begin_steps(
        self,
        command_id: str,
        steps: Coroutine[object, object, None],
        rows: DataList[Any] | None = None,
    ) -> None:
        """Run ``steps`` in a worker as the command ``command_id``: keys wait for it, refusals are shown."""
        self._being_done.add(command_id)
        self.run_worker(self._do_command(command_id, steps, rows), name=command_id, exclusive=False)

    @on(Window.Opened)
    def _enter_opened(self, event: Window.Opened) -> None:
        """Do the command of Enter, for Enter in a list, or a click on the row under its cursor.

        A screen that handles ``Opened`` too does so beside it, unless it prevents the default.
        """
        event.stop()
        self._enter()

    @on(Window.OpenedEmpty)
    def _answer_empty(self, event: Window.OpenedEmpty) -> None:
        """Show that the list is empty, and that n adds something where it does."""
        event.stop()
        rows = event.window
        said = (rows.empty if isinstance(rows, DataList) else "") or _("There is nothing here to open.")
        begin = [one for one in self.offered_commands() if one.key == "n" and one.footer]
        if begin and " n " not in f" {say(said, self.app.language)} ":
            label = begin[0].label if len(begin) == 1 else LETTERS["n"].word
            said = _("{said} Press n: {label}.", said=said, label=label)
        self.clear_notice()
        self.app.tell(said, "warn")

    @on(Input.Submitted)
    def _submit(self, event: Input.Submitted) -> None:
        """Do the command of Enter from a field; without one, focus the next field."""
        event.stop()
        if not self._enter():
            self.focus_next()

    def _enter(self) -> bool:
        has_command = any("enter" in one.keys and self._may_come(one) for one in self.commands())
        if has_command:
            self.press_key("enter")
        return has_command

    def _may_come(self, command: ScreenCommand) -> bool:
        """Return whether a command is possible, or would be once the reader confirmed the row."""
        return self._is_sensible(command) or self._rows_for(command) is not None

    async def _do_command(
        self, command_id: str, steps: Coroutine[object, object, None], rows: DataList[Any] | None
    ) -> None:
        try:
            await self.flow(lambda: steps)
        finally:
            self._being_done.discard(command_id)
            if rows is not None:
                rows.end_act()

    def run_flow(self, begin: Callable[[], Coroutine[object, object, None]], **named: Any) -> None:
        """Run `flow` in a worker with the options ``named``."""
        work: Any = partial(self.flow, begin)
        self.run_worker(work, **named)

    async def flow(self, begin: Callable[[], Coroutine[object, object, None]]) -> None:
        """Await the coroutine that ``begin`` makes, showing its refusals. Called late, so that no coroutine
        is left unawaited if the screen closes before."""
        with self.app.refusals_shown():
            await begin()

    @property
    def is_busy(self) -> bool:
        """Whether a command of this screen is running, and keys wait for it."""
        return bool(self._being_done) and not self.app.is_working_for(self)

    def catch_up(self) -> None:
        """Show others' changes. Does nothing here: most questions stay as they are."""

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        self.app.tell(_("No field here takes what you pasted."), "warn")

    def reachable_modes(self) -> tuple[Mode, ...]:
        return ()

    def further_modes(self) -> tuple[Mode, ...]:
        return tuple(mode for mode in self.reachable_modes() if not mode.in_bar)

    def go_to(self, mode: str) -> None:
        self.app.switch_mode(mode)

    # The commands that are the same everywhere

    def do_help(self) -> None:
        self.app.explain(self.NAME, self.ABOUT, self.offered_commands(), self.reachable_modes())

    async def do_palette(self) -> None:
        """Open the box of g: people, commands, places."""
        await self.app.find(self)

    async def do_more(self) -> None:
        """Ask for one of the places that the bar does not show, and switch to it."""
        chosen = await self.app.choose_mode(self.further_modes())
        if chosen is not None:
            self.go_to(chosen)

    def do_incident(self) -> None:
        """Open the report of a breach over this screen."""
        self.app.push_screen(self.app.anywhere["incident"]())

    def do_cases(self) -> None:
        self.app.push_screen(self.app.anywhere["cases"]())

    def do_take_back(self) -> None:
        self.app.take_back()

    def do_mouse(self) -> None:
        """Leave the mouse to the terminal, or take it again."""
        self.app.toggle_mouse()

    def do_look(self) -> None:
        self.app.next_look()

    def do_language(self) -> None:
        self.app.set_language("en" if self.app.language == "zh_CN" else "zh_CN")

    def do_redraw(self) -> None:
        self.app.redraw()

    def do_stop_work(self) -> None:
        self.app.stop_work()

    async def _ask_to_stop(self) -> None:
        if await self.app.is_meant(_("Stop it?"), self.app.work_words or ""):
            self.app.stop_work()

    def do_sign_out(self) -> None:
        """End the session; where work is under way, only after asking."""
        if self.app.work_words is None:
            self.app.exit(SIGNED_OUT)
        else:
            self.begin_steps("sign-out", self._ask_to_sign_out(self.app.work_words))

    async def _ask_to_sign_out(self, words: Text) -> None:
        if await self.app.is_meant(_("Sign out, and stop this?"), words):
            self.app.exit(SIGNED_OUT)
