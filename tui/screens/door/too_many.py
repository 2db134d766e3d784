"""Shown before everything else to whoever is signed in too often already: end the oldest, or leave."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from auth.session_limits import crowding_sessions, end_oldest
from db.language import _, _n
from tui.kit import SIGN_OUT, FactList, FramedScreen, ScreenCommand, TextLine


class TooManySessions(FramedScreen):
    """The reader's other screens; the oldest may be ended from here."""

    NAME = _("Signed in too often")
    ABOUT = _(
        "So many screens are open for you already that there is no place for this one. End the oldest, which "
        "may be one that you forgot, or sign out here. Plain commands have places of their own."
    )
    KEYS = (
        ScreenCommand(
            "end", "x", _("End the oldest"), _("End your oldest screen and go on here."), second="enter"
        ),
        SIGN_OUT,
    )
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"
    SHOWS_MODES = False
    HOLDS_ON = True
    DEFAULT_CSS = "TooManySessions .form { padding: 1 2; }"

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="form"):
            others = crowding_sessions(self.app.desk.actor)
            yield TextLine(
                _n(
                    "You have {count} screen open already, as many as are allowed.",
                    "You have {count} screens open already, as many as are allowed.",
                    count=len(others),
                ),
                "warn",
            )
            yield TextLine(_("x ends the oldest, the first below: what was confirmed there is saved."))
            yield TextLine(_("One that you don't know is somebody else: then change your password too."))
            yield TextLine(_("F10 signs you out."), "dim")
            yield TextLine()
            yield FactList([(one.started_at, f"{one.source} · {one.front}") for one in others])

    def do_end(self) -> None:
        """End the oldest other screen, recorded, and close this one; it opens again if there are still too
        many."""
        end_oldest(self.app.desk.actor)
        self.dismiss(None)

    def do_back(self) -> None:
        """Do nothing: there is no screen before this one."""
