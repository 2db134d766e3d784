"""One of several answers: the dialog that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import events
from textual.app import ComposeResult
from textual.strip import Strip

from db.language import Text, _
from tui.kit import seen
from tui.kit.commands import ScreenCommand
from tui.kit.datalist import DataList
from tui.kit.dialog import BORDER, Dialog
from tui.kit.keyed import Keyed
from tui.kit.letters import is_han
from tui.kit.window import Window
from tui.safe import cells
from tui.sheets.cell import Tone

YES = _("Yes")
NO = _("No")
LETTERS = "123456789abcdefimnoprstuvwxyz"
"""Keys given to options that bring none: without those that move the cursor or go back."""


@dataclass(frozen=True, slots=True)
class Pick:
    """One answer. ``key`` is given in order (1, 2, 3 …) if empty; ``note`` explains."""

    id: str
    label: Text
    key: str = ""
    note: Text = ""


class Options(Window):
    """The answers of ``Choose``, one a line with its key."""

    DEFAULT_CSS = """
    Options { height: auto; max-height: 18; }
    """

    def __init__(self, options: Sequence[Pick]) -> None:
        super().__init__()
        spare = iter(letter for letter in LETTERS if letter not in {option.key for option in options})
        self.options = [(option.key or next(spare, ""), option) for option in options]

    def get_content_height(self, *_sizes: object) -> int:
        return len(self.options)

    def nearest_row(self, row: int) -> int:
        return min(row, len(self.options) - 1)

    def last(self) -> int:
        return len(self.options) - 1

    def head(self, y: int, width: int) -> Strip:
        return self.paint((), width)

    def draw(self, row: int, width: int, *, cursor: bool) -> Strip:
        if row >= len(self.options):
            return self.paint((), width)
        return self.paint(self._pieces(row, cursor), width, "cursor" if cursor else "")

    def longest(self) -> int:
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
        ScreenCommand("take", "enter", _("Choose"), _("Take the answer under the cursor.")),
        ScreenCommand("back", "escape", _("Back"), _("Close without an answer.")),
    )
    AUTO_FOCUS = "Options"
    DEFAULT_CSS = "Choose > .box > .text { margin-bottom: 1; }"

    def __init__(
        self,
        title: Text,
        options: Sequence[Pick],
        text: Text = "",
        selected: str = "",
        lead: float | None = None,
    ) -> None:
        super().__init__(title, text)
        self._options = options
        self._selected = selected
        self._lead = lead
        self._said = ""

    @property
    def lead(self) -> float:
        """Seconds for which the question must be drawn before a key can answer it."""
        return self._lead or 0.0

    def _may_answer(self, typed_at: float) -> bool:
        """Return whether a key typed then counts as an answer: to a question that decides, only after it was
        drawn."""
        return self._lead is None or self.sight.may_mean(True, typed_at)

    def was_seen(self, command: ScreenCommand, rows: DataList[Any] | None) -> bool:
        """Return whether the question was drawn when its answer was typed; True for any key that answers
        nothing."""
        return command.id != "take" or self._may_answer(self.app.typed_at)

    def body(self) -> ComposeResult:
        yield Options(self._options)

    def on_mount(self) -> None:
        """Put the cursor on what is chosen now; make the box as wide as the longest answer."""
        options = self.query_one(Options)
        self.query_one(".box").styles.min_width = options.longest() + BORDER
        for row, option in enumerate(self._options):
            if option.id == self._selected:
                options.cursor = row

    def on_key(self, event: events.Key) -> None:
        if event.character is not None and is_han(event.character) and self._move_to(event.character):
            event.stop()
            event.prevent_default()
        for key, option in self.query_one(Options).options:
            if key and event.character == key:
                event.stop()
                if self._may_answer(event.time):
                    self.dismiss(option.id)
                else:
                    event.prevent_default()  # the notice stays till the next key
                    self.tell_unseen(option.label)

    def _move_to(self, typed: str) -> bool:
        """Move the cursor to the first option that contains the characters an input method ``typed`` so far,
        or just now; return whether there is one."""
        options = self.query_one(Options)
        for said in (self._said + typed, typed):
            for row, option in enumerate(self._options):
                if said in options.words(option.label):
                    self._said = said
                    options.go(row)
                    return True
        self._said = ""
        return False

    def do_take(self) -> None:
        options = self.query_one(Options)
        if options.options:
            self.dismiss(options.options[options.cursor][1].id)


async def choose(
    screen: Keyed,
    title: Text,
    options: Sequence[Pick],
    *,
    text: Text = "",
    selected: str = "",
    decides: bool = False,
) -> str | None:
    """Ask in a box over ``screen``; return the id of the option chosen, or None. ``decides``: keys typed
    before it is drawn don't count."""
    lead = 0.0 if decides else None
    return await screen.app.push_screen_wait(Choose(title, options, text, selected, lead))


def yes_or_no(title: Text, text: Text = "", yes: Text = YES, no: Text = NO) -> Choose:
    """Build a question, the cursor on no; keys typed before it could be read don't count. The caller shows
    it."""
    return Choose(title, [Pick("yes", yes, "y"), Pick("no", no, "n")], text, "no", seen.LEAD)


async def confirm(screen: Keyed, title: Text, *, text: Text = "", yes: Text = YES, no: Text = NO) -> bool:
    answer: str | None = await screen.app.push_screen_wait(yes_or_no(title, text, yes, no))
    return answer == "yes"
