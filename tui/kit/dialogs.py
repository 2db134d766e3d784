"""What is asked and said in boxes: awaited from a ``do_`` coroutine, answered by one key where that can be.

    purpose = await choose(self, _("Show the number"), [Option("client", _("Client work")), ...])
    if await confirm(self, _("Discard what you changed?"), yes=_("Discard")): ...
    comment = await ask_text(self, _("Reject"), _("Reason"), required=True)

Each gives None (``confirm``: False) where the person went back with Esc.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import ClassVar, Concatenate, ParamSpec

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.widgets import Input

from db.desk import Invalid, Refused
from db.language import Message, Text, _
from tui.kit.commands import ScreenCommand
from tui.kit.dialog import Dialog
from tui.kit.facts import FactList
from tui.kit.fields import TextInput
from tui.kit.keyed import Keyed
from tui.kit.painted import TextLine
from tui.sheets.cell import Fact

GO_ON = _("Go on")
P = ParamSpec("P")


class AskText(Dialog["str | Refused"]):
    """A sentence. ``required`` does not take a blank one; ``check``, which may be the act itself, raises
    Invalid, or Refused with a field, for one that can't be taken, and what is wrong is said under it. What is
    refused whatever the sentence is the answer then. A ``value`` is proposed: typing replaces it; ``wrong``
    is what was found wrong with it before; ``yes`` is what Enter does."""

    NAME = _("A word about it")
    ABOUT = _("Type the text and press Enter. Esc goes back without it.")
    KEYS = (
        ScreenCommand("take", "enter", GO_ON, _("Submit what you typed.")),
        ScreenCommand("back", "escape", _("Back"), _("Close without an answer.")),
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
        yes: Text = GO_ON,
    ) -> None:
        super().__init__(title, text)
        self._yes = yes
        self._label = label
        self._wrong_before = wrong
        self._check = check
        self._value = value
        self._required = required
        self._longest = longest

    @property
    def yes(self) -> Text:
        return self._yes

    def body(self) -> ComposeResult:
        yield TextLine(self._label, "dim")
        yield TextInput(self._value, max_length=self._longest)
        yield TextLine(id="wrong")

    def on_mount(self) -> None:
        self.query_one(TextInput).select_all()
        if self._wrong_before:
            self._wrong(self._wrong_before)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Hide the error once the text changes."""
        if event.value != self._value:
            self._show_wrong("")

    def do_take(self) -> None:
        """Call the check with the stripped text and close the dialog with it. Shows an error under the field
        if it is blank, Invalid, or Refused for that field; closes with any other refusal."""
        value = self.query_one(TextInput).value.strip()
        if self._required and not value:
            self._show_wrong(_("✗ This can't be left blank."))
            return
        try:
            if self._check is not None:
                self._check(value)
        except Invalid as invalid:
            self._wrong(invalid.problems[0].message)
        except Refused as refused:
            if refused.field:
                self._wrong(_("{text} {advice}", text=refused.with_clause(), advice=refused.advice))
            else:
                self.dismiss(refused)
        else:
            self.dismiss(value)

    def _wrong(self, message: Text) -> None:
        self._show_wrong(Message("✗ {text}", {"text": message}))
        self.query_one(TextInput).select_all()

    def _show_wrong(self, wrong: Text) -> None:
        self.query_one("#wrong", TextLine).show(wrong, "bad")


class Say(Dialog[bool]):
    """Something to read; Enter or Esc closes it."""

    NAME = _("Message")
    ABOUT = _("Read it, then press Enter or Esc.")
    KEYS: ClassVar[tuple[ScreenCommand, ...]] = (
        ScreenCommand("close", "enter", _("Close"), _("Close this message.")),
        ScreenCommand("back", "escape", _("Back"), _("Close this message."), footer=False),
    )

    def do_close(self) -> None:
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
        with VerticalScroll(classes="facts"):
            yield FactList(self._facts)


def _await_answer(dialog: Callable[P, AskText]) -> Callable[Concatenate[Keyed, P], Awaitable[str | None]]:
    async def ask(screen: Keyed, /, *said: P.args, **more: P.kwargs) -> str | None:
        answer: str | Refused | None = await screen.app.push_screen_wait(dialog(*said, **more))
        if isinstance(answer, Refused):
            raise answer
        return answer

    return ask


ask_text = _await_answer(AskText)
"""Return what was typed, without blanks around it, or None. Raises Refused where ``check`` does."""


async def tell_at_length(screen: Keyed, title: Text, text: Text) -> None:
    """Show ``text`` in a box and wait until it is closed."""
    await screen.app.push_screen_wait(Say(title, text))


async def tell_facts(screen: Keyed, title: Text, facts: Sequence[Fact]) -> None:
    """Show labels and values in a box and wait until it is closed."""
    await screen.app.push_screen_wait(SayFacts(title, facts))
