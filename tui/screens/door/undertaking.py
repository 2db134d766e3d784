"""The undertaking of confidentiality: read, and accepted before anything else (A.17)."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from db.language import _
from tui.kit import Command, Frame, Line, Where, clause_text
from tui.screens.requests.steps import Steps


class Undertaking(Frame):
    """The first undertaking that waits for the reader. ``step`` is set as part of a first sign-in."""

    CSS_PATH = "undertaking.tcss"
    NAME = _("Undertaking")
    ABOUT = _(
        "A regulation of your directory asks you to undertake this before you use it, and again when the "
        "regulation changes. That you accepted it, in which version and when, is recorded."
    )
    KEYS = (
        Command("accept", "a", _("I accept"), _("Accept it, which is recorded, and go on."), second="ctrl+s"),
    )
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False
    HOLDS_ON = True

    def __init__(self, step: int | None = None) -> None:
        super().__init__()
        self._step = step
        self._due = self.app.desk.me.undertakings()[0]

    def where(self) -> Where:
        """The regulation and its clause."""
        return Where(self.NAME, (self._due.title, clause_text(self._due.clause)))

    def body(self) -> ComposeResult:
        """The text, and beside it the steps of a first sign-in."""
        with Horizontal():
            with Vertical(classes="form"):
                yield Line(self._due.title, "strong")
                yield Line(_("Version {version}", version=self._due.version), "dim")
                yield Line()
                with VerticalScroll():
                    yield Line(self._due.text)
                yield Line()
                yield Line(_("Without it you can't use the directory. F10 signs you out."), "dim")
            if self._step is not None:
                yield Steps(self._step)

    def can(self, command_id: str) -> bool:
        """There is no way around it."""
        return command_id != "back"

    def do_accept(self) -> None:
        """Accept exactly what is shown. Raises Invalid where it has changed."""
        self.app.desk.me.accept(self._due.policy, self._due.version)
        self.dismiss(None)
