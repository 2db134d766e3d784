"""Dialogs: awaited from a ``do_`` coroutine, answered by one key where that can be.

    purpose = await choose(self, _("Show the number"), [Option("client", _("Client work")), ...])
    if await confirm(self, _("Discard what you changed?"), yes=_("Discard")): ...
    comment = await ask_text(self, _("Reject"), _("Reason"), required=True)

Each gives None (``confirm``: False) where the person went back with Esc.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.widgets import Input

from db.desk import Invalid, Refused
from db.language import Message, Text, _
from tui.kit.commands import Command
from tui.kit.facts import Facts
from tui.kit.fields import TextInput
from tui.kit.footer import Footer
from tui.kit.house import BACK, LANGUAGE, LOOK, MOUSE, REDRAW, SIGN_OUT
from tui.kit.keyed import Keyed
from tui.kit.painted import Line
from tui.kit.safe import cells
from tui.kit.window import Window
from tui.sheets.cell import Fact, Tone

YES = _("Yes")
NO = _("No")
Answer = TypeVar("Answer")
LETTERS = "123456789abcdefimnoprstuvwxyz"
"""Keys given to options that bring none: without those that move the cursor or go back."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer. ``key`` is given in order (1, 2, 3 …) if empty; ``note`` explains."""

    id: str
    label: Text
    key: str = ""
    note: Text = ""


BORDER = 4
"""Cells of a box beside what it holds: its lines, and a blank at each side."""


class Dialog(Keyed, ModalScreen[Answer | None], Generic[Answer]):
    """A box over the screen. Esc closes it with None."""

    SHARED: ClassVar[tuple[Command, ...]] = (BACK, MOUSE, LOOK, LANGUAGE, REDRAW, SIGN_OUT)
    DEFAULT_CSS = """
    Dialog { align: center middle; background: transparent; }
    Dialog > .box {
        width: 64; max-width: 96%; height: auto; max-height: 90%;
        border: round $accent; background: $surface; padding: 0 1;
    }
    Dialog > .box > .title { color: $strong; text-style: bold; padding-bottom: 1; }
    Dialog > .box > .text { height: auto; max-height: 12; }
    """

    def __init__(self, title: Text, text: Text = "") -> None:
        super().__init__()
        self._title_text = title
        self._text = text

    def body(self) -> ComposeResult:
        """What is in the box under its title and text."""
        yield from ()

    def compose(self) -> ComposeResult:
        """The box, and the keys at the bottom of the screen."""
        with Vertical(classes="box"):
            yield Line(self._title_text, "strong", classes="title")
            if self._text:
                with VerticalScroll(can_focus=False, classes="text"):
                    yield Line(self._text)
            yield from self.body()
        yield Footer()

    def do_back(self) -> None:
        """Close without an answer."""
        self.dismiss(None)


class Options(Window):
    """The answers of ``Choose``, one a line with its key."""

    DEFAULT_CSS = """
    Options { height: auto; max-height: 18; margin-top: 1; }
    """

    def __init__(self, options: Sequence[Option]) -> None:
        super().__init__()
        spare = iter(letter for letter in LETTERS if letter not in {option.key for option in options})
        self.options = [(option.key or next(spare, ""), option) for option in options]

    def get_content_height(self, *_sizes: object) -> int:
        """One line an option."""
        return len(self.options)

    def reach(self, row: int) -> int:
        """``row`` if it exists, else the last one."""
        return min(row, len(self.options) - 1)

    def last(self) -> int:
        """The last option."""
        return len(self.options) - 1

    def head(self, y: int, width: int) -> Strip:
        """There is no heading."""
        return self.paint((), width)

    def draw(self, row: int, width: int, *, cursor: bool) -> Strip:
        """Key, label and note of an option."""
        if row >= len(self.options):
            return self.paint((), width)
        return self.paint(self._pieces(row, cursor), width, "cursor" if cursor else "")

    def longest(self) -> int:
        """Cells that the longest answer takes."""
        lines = (self._pieces(row, False) for row in range(len(self.options)))
        return max((sum(cells(text) for text, _tone in line) for line in lines), default=0)

    def _pieces(self, row: int, cursor: bool) -> list[tuple[str, Tone]]:
        key, option = self.options[row]
        note = self.words(option.note)
        return [
            ("▸ " if cursor else "  ", ""),
            (f"{key or ' '}  ", "accent"),
            (self.words(option.label), ""),
            (f"  {note}", "dim"),
        ]


class Choose(Dialog[str]):
    """One of several answers, each by one key or by Enter on it."""

    NAME = _("Choice")
    ABOUT = _("Press the key in front of an answer, or move to it and press Enter. Esc goes back.")
    KEYS = (
        Command("take", "enter", _("Choose"), _("Take the answer under the cursor.")),
        Command("back", "escape", _("Back"), _("Close without an answer."), second="q"),
    )
    AUTO_FOCUS = "Options"

    def __init__(self, title: Text, options: Sequence[Option], text: Text = "", selected: str = "") -> None:
        super().__init__(title, text)
        self._options = options
        self._selected = selected

    def body(self) -> ComposeResult:
        """The options."""
        yield Options(self._options)

    def on_mount(self) -> None:
        """The cursor starts on what is chosen now; the box is as wide as the longest answer asks for."""
        options = self.query_one(Options)
        self.query_one(".box").styles.min_width = options.longest() + BORDER
        for row, option in enumerate(self._options):
            if option.id == self._selected:
                options.cursor = row

    def on_key(self, event: events.Key) -> None:
        """An option's key chooses it."""
        for key, option in self.query_one(Options).options:
            if key and event.character == key:
                event.stop()
                self.dismiss(option.id)

    def do_take(self) -> None:
        """Take the option under the cursor."""
        options = self.query_one(Options)
        if options.options:
            self.dismiss(options.options[options.cursor][1].id)


class AskText(Dialog["str | Refused"]):
    """A sentence. ``required`` does not take a blank one; ``check``, which may be the act itself, raises
    Invalid, or Refused with a field, for one that can't be taken, and what is wrong is said under it. What is
    refused whatever the sentence is the answer then. A ``value`` is proposed: typing replaces it; ``wrong``
    is what was found wrong with it before."""

    NAME = _("A word about it")
    ABOUT = _("Type the text and press Enter. Esc goes back without it.")
    KEYS = (
        Command("take", "enter", _("Done"), _("Hand in what you typed.")),
        Command("back", "escape", _("Back"), _("Close without an answer.")),
    )
    AUTO_FOCUS = "Input"

    def __init__(
        self,
        title: Text,
        label: Text,
        *,
        text: Text = "",
        value: str = "",
        required: bool = False,
        longest: int = 500,
        check: Callable[[str], object] | None = None,
        wrong: Text = "",
    ) -> None:
        super().__init__(title, text)
        self._label = label
        self._wrong_before = wrong
        self._check = check
        self._value = value
        self._required = required
        self._longest = longest

    def body(self) -> ComposeResult:
        """Label, field, and what is wrong with it."""
        yield Line(self._label, "dim")
        yield TextInput(self._value, max_length=self._longest)
        yield Line(id="wrong")

    def on_mount(self) -> None:
        """What is proposed is selected, and what is wrong with it said."""
        self.query_one(TextInput).select_all()
        if self._wrong_before:
            self._wrong(self._wrong_before)

    def on_input_changed(self, event: Input.Changed) -> None:
        """What was wrong with the text before is not said of the next one."""
        if event.value != self._value:
            self._say("")

    def do_take(self) -> None:
        """Hand in the text, without blanks around it."""
        value = self.query_one(TextInput).value.strip()
        if self._required and not value:
            self._say(_("✗ This can't be left blank."))
            return
        try:
            if self._check is not None:
                self._check(value)
        except Invalid as invalid:
            self._wrong(invalid.problems[0].message)
        except Refused as refused:
            if refused.field:
                self._wrong(_("{text} {advice}", text=refused.cited(), advice=refused.advice))
            else:
                self.dismiss(refused)
        else:
            self.dismiss(value)

    def _wrong(self, message: Text) -> None:
        self._say(Message("✗ {text}", {"text": message}))
        self.query_one(TextInput).select_all()

    def _say(self, wrong: Text) -> None:
        self.query_one("#wrong", Line).show(wrong, "bad")


class Say(Dialog[bool]):
    """Something to read; Enter or Esc closes it."""

    NAME = _("Message")
    ABOUT = _("Read it, then press Enter or Esc.")
    KEYS: ClassVar[tuple[Command, ...]] = (
        Command("close", "enter", _("Close"), _("Close this message.")),
        Command("back", "escape", _("Back"), _("Close this message."), second="q", footer=False),
    )

    def do_close(self) -> None:
        """Close it."""
        self.dismiss(True)


class SayFacts(Say):
    """Labels and values to read, one under the other; the arrows move where there are many."""

    DEFAULT_CSS = """
    SayFacts > .box > .facts { height: auto; max-height: 16; }
    """
    AUTO_FOCUS = ".facts"

    def __init__(self, title: Text, facts: Sequence[Fact]) -> None:
        super().__init__(title)
        self._facts = facts

    def body(self) -> ComposeResult:
        """The facts."""
        with VerticalScroll(classes="facts"):
            yield Facts(self._facts)


async def choose(
    screen: Keyed, title: Text, options: Sequence[Option], *, text: Text = "", selected: str = ""
) -> str | None:
    """The id of the option chosen, or None."""
    return await screen.app.push_screen_wait(Choose(title, options, text, selected))


async def confirm(screen: Keyed, title: Text, *, text: Text = "", yes: Text = YES, no: Text = NO) -> bool:
    """Whether the person said yes. The cursor starts on no."""
    options = [Option("yes", yes, "y"), Option("no", no, "n")]
    return await choose(screen, title, options, text=text, selected="no") == "yes"


async def ask_text(
    screen: Keyed,
    title: Text,
    label: Text,
    *,
    text: Text = "",
    value: str = "",
    required: bool = False,
    longest: int = 500,
    check: Callable[[str], object] | None = None,
    wrong: Text = "",
) -> str | None:
    """What the person typed, without blanks around it, or None. Raises Refused where ``check`` does, whatever
    was typed."""
    dialog = AskText(
        title, label, text=text, value=value, required=required, longest=longest, check=check, wrong=wrong
    )
    answer: str | Refused | None = await screen.app.push_screen_wait(dialog)
    if isinstance(answer, Refused):
        raise answer
    return answer


async def tell_at_length(screen: Keyed, title: Text, text: Text) -> None:
    """Show a text that is too long for the notice line, until it is closed."""
    await screen.app.push_screen_wait(Say(title, text))


async def tell_facts(screen: Keyed, title: Text, facts: Sequence[Fact]) -> None:
    """Show labels and values until they are closed."""
    await screen.app.push_screen_wait(SayFacts(title, facts))
