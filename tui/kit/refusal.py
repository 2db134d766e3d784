"""How a refusal looks: what, what to do instead, and by which clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult

from db.desk import Invalid, Overtaken, Refused, Unavailable
from db.language import Message, Text, _
from tui.kit.dialogs import Say
from tui.kit.fields import FormField, show_problems
from tui.kit.framed_screen import FramedScreen
from tui.kit.painted import TextLine
from tui.sheets.clauses import ground_text

if TYPE_CHECKING:
    from tui.kit.base import KitApp


class Refusal(Say):
    """A refusal: the sentence, the advice, the clause."""

    NAME = _("Not allowed")

    def __init__(self, refused: Refused) -> None:
        super().__init__(_("✗ Not allowed"), refused.message)
        self._advice = refused.advice
        self._clause = refused.clause

    def body(self) -> ComposeResult:
        yield TextLine()
        yield TextLine(Message("→ {advice}", {"advice": self._advice}), "accent")
        yield TextLine()
        yield TextLine(ground_text(self._clause), "dim")


def show_refusal(app: KitApp, refusal: Refused | Invalid) -> None:
    """Show why nothing was done: problems under their fields, the first one focused, else in a box. If
    somebody was faster, refresh the screen and show that as a notice."""
    if isinstance(refusal, Overtaken):
        if isinstance(app.screen, FramedScreen):
            app.screen.catch_up()
        app.call_later(app.tell, refusal.message, "warn")
        return
    if isinstance(refusal, Refused):
        if refusal.field:
            show_problems(app.screen, {refusal.field: refusal.with_clause()})
        app.push_screen(Refusal(refusal))
        return
    problems: dict[str, Text] = {problem.field: problem.message for problem in refusal.problems}
    if not show_problems(app.screen, problems):
        lines = [Message("✗ {text}", {"text": problem.message}) for problem in refusal.problems]
        app.push_screen(Problems(lines, of_form=bool(app.screen.query(FormField))))


def show_failure(app: KitApp, failure: Unavailable) -> None:
    """Open a box that says why the record is unavailable, unless one is open."""
    if not isinstance(app.screen, Failure):
        app.push_screen(Failure(failure))


class Failure(Say):
    """What the record lies on does not do it now."""

    NAME = _("Not possible now")

    def __init__(self, failure: Unavailable) -> None:
        super().__init__(_("✗ Not now"), failure.message)


class Problems(Say):
    """What must be mended first, or why nothing was done where no form is handed in; one a line."""

    NAME = _("Nothing done")

    def __init__(self, lines: list[Message], *, of_form: bool) -> None:
        super().__init__(_("This can't be taken yet") if of_form else _("✗ Nothing done"))
        self._problems = lines

    def body(self) -> ComposeResult:
        for line in self._problems:
            yield TextLine(line, "bad")
