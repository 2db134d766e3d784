"""The five steps of a first sign-in, beside whichever of them is on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Vertical

from db.language import Message, _
from tui.kit import TextLine

if TYPE_CHECKING:
    from tui.sheets.cell import Tone

STEPS = (
    _("Choose a password"),
    _("Scan the code"),
    _("Confirm it"),
    _("Note the recovery codes"),
    _("Read and accept"),
)
CODES_EXPLAINED = _(
    "Each replaces a code from the app once, when the phone is not at hand. They are shown only now."
)
EXPLANATIONS = (
    _("At least 12 characters, of any script; a sentence is easiest to keep in mind."),
    _("An authenticator app on your phone scans the picture. Without a camera, type this key into it:"),
    _("Type the six digits that the app shows now. That proves both sides agree."),
    CODES_EXPLAINED,
    _("Read what you undertake and what is kept of you, and accept each. Then you are in."),
)


class Steps(Vertical):
    """Which steps are done, which is next, and what it is about."""

    DEFAULT_CSS = """
    Steps { width: 34; height: auto; padding: 1 1 0 2; }
    Steps > .explanation { margin-top: 1; }
    """

    def __init__(self, step: int) -> None:
        super().__init__()
        self._step = step

    def compose(self) -> ComposeResult:
        for number, _name in enumerate(STEPS):
            yield TextLine(id=f"step-{number}")
        yield TextLine(classes="explanation")

    def on_mount(self) -> None:
        self.go(self._step)

    def go(self, step: int) -> None:
        self._step = step
        for number, name in enumerate(STEPS):
            mark, tone = _standing(number, step)
            line = Message("{mark} {number}  {name}", {"mark": mark, "number": number + 1, "name": name})
            self.query_one(f"#step-{number}", TextLine).show(line, tone)
        self.query_one(".explanation", TextLine).show(EXPLANATIONS[step])


def _standing(number: int, now: int) -> tuple[str, Tone]:
    """Return sign and tone of step ``number`` while ``now`` is the one to do."""
    if number < now:
        return "✓", "good"
    return ("▸", "strong") if number == now else (" ", "dim")
