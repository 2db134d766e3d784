"""What is read and accepted before anything else: undertakings of confidentiality (A.17), and the notice at
collection (PIPL 17)."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll

from db.desk.me import UndertakingDue
from db.desk.privacy.collection import NoticeDue
from db.language import Message, Text, _
from tui.kit import FramedScreen, Location, ScreenCommand, TextLine, clause_text
from tui.screens.requests.steps import Steps
from tui.sheets.date_words import day


class ToAccept(FramedScreen):
    """One text that waits for the reader. ``step`` is set as part of a first sign-in."""

    CSS_PATH = "undertaking.tcss"
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False
    HOLDS_ON = True
    REMARK: ClassVar[Message]
    due: UndertakingDue | NoticeDue

    def __init__(self, step: int | None = None) -> None:
        super().__init__()
        self._step = step

    def where(self) -> Location:
        return Location(self.NAME, (self.due.title, clause_text(self.due.clause)))

    def body(self) -> ComposeResult:
        with Horizontal():
            with Vertical(classes="form"):
                yield TextLine(self.due.title, "strong")
                yield TextLine(self.version_words(), "dim")
                yield TextLine()
                with VerticalScroll():
                    yield TextLine(self.due.text)
                yield TextLine()
                yield TextLine(self.REMARK, "dim")
            if self._step is not None:
                yield Steps(self._step)

    def version_words(self) -> Text:
        """Return words for the version that is accepted, as a person can name it."""
        return _("Version {version}", version=self.due.version)

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: there is no way back."""
        return command_id != "back"


class UndertakingScreen(ToAccept):
    """The first undertaking that waits for the reader."""

    NAME = _("Undertaking")
    ABOUT = _(
        "A regulation of your directory asks you to undertake this before you use it, and again when the "
        "regulation changes. That you accepted it, in which version and when, is recorded."
    )
    KEYS = (
        ScreenCommand(
            "accept", "a", _("I accept"), _("Accept it, which is recorded, and go on."), second="ctrl+s"
        ),
    )
    REMARK = _("Without it you can't use the directory. F10 signs you out.")

    def __init__(self, step: int | None = None) -> None:
        super().__init__(step)
        self.due: UndertakingDue = self.app.desk.me.undertakings()[0]

    def do_accept(self) -> None:
        """Record the acceptance of exactly the version shown, and close the screen. Raises Invalid if it
        changed."""
        self.app.desk.me.accept(self.due.policy, self.due.version)
        self.dismiss(None)


class CollectionNoticeScreen(ToAccept):
    """The first notice at collection that waits for the reader."""

    NAME = _("Notice at collection")
    ABOUT = _(
        "What your directory holds of you, on which basis, for whom, how long, and what you may do. You "
        "accept it once, and once more where there is more to it than you accepted. My data shows it again"
        " at any time (0, b: My data, v)."
    )
    KEYS = (
        ScreenCommand(
            "accept",
            "a",
            _("I have read it"),
            _("Note that you read and accept it, which is recorded, and go on."),
            second="ctrl+s",
        ),
    )
    REMARK = _("You may withdraw what rests on your consent at any time: My data, v. F10 signs you out.")

    def __init__(self, step: int | None = None) -> None:
        super().__init__(step)
        self.due: NoticeDue = self.app.desk.privacy.notices_due()[0]

    def version_words(self) -> Text:
        law = _("PIPL is the Personal Information Protection Law")
        return _("Version of {day}. {law}", day=day(self.due.day), law=law)

    def do_accept(self) -> None:
        self.app.desk.privacy.accept_notice(self.due.book, self.due.version)
        self.dismiss(None)
