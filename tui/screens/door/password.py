"""A new password: at its owner's wish, or because the old one is past its age (A.19)."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical

from auth.password_age import PasswordAge, age_of_actor
from auth.password_change import change_password
from db.language import Text, _, _n
from tui.kit import FramedScreen, Location, ScreenCommand, TextLine, clause_text
from tui.screens.door.secrets_form import patience, secret_field, to_next_empty, typed_value

FIELDS = ("current", "password", "repeated")
LABELS = 14
"""Cells that the labels take."""


class ChangePassword(FramedScreen):
    """Present password, new password, and that again."""

    CSS_PATH = "password.tcss"
    NAME = _("Change password")
    ABOUT = _(
        "A password has at least 12 characters, of any script, and is none of your last ones. Your other "
        "sessions end when you change it."
    )
    KEYS = (
        ScreenCommand(
            "change", "enter", _("Change it"), _("Put the new password in the old one's place."), "ctrl+s"
        ),
    )
    HOME = ""
    AUTO_FOCUS = "TextInput"
    SHOWS_MODES = False
    HOLDS_ON = True

    def __init__(self) -> None:
        super().__init__()
        self._age = age_of_actor(self.app.desk.actor)

    def where(self) -> Location:
        return Location(
            self.NAME, (clause_text(self._age.clause),) if self._age.days_left is not None else ()
        )

    def body(self) -> ComposeResult:
        with Vertical(classes="form"):
            yield TextLine(_reason(self._age), "warn" if self._age.expired else "")
            yield TextLine()
            yield secret_field("current", _("Present one"), LABELS)
            yield secret_field("password", _("New password"), LABELS)
            yield secret_field("repeated", _("Once more"), LABELS)
            yield TextLine()
            yield TextLine(
                _("At least 12 characters, of any script; a sentence is easiest to keep in mind."), "dim"
            )

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: no way back while the password must be changed; F10 signs
        out."""
        return command_id != "back" or not self._age.expired

    def do_back(self) -> None:
        self.dismiss(None)

    async def do_change(self) -> None:
        """Change the password, recorded, which takes a second or two, and close the screen; first focus a
        field that is empty. Raises Invalid."""
        if to_next_empty(self):
            return
        current, password, repeated = (typed_value(self, name) for name in FIELDS)
        async with patience(self):
            change_password(self.app.desk.actor, current, password, repeated)
        self.dismiss(None)
        self.app.call_later(self.app.tell, _("Your password is changed."))


def _reason(age: PasswordAge) -> Text:
    if age.days_left is None:
        return _("You can change your password at any time.")
    if age.expired:
        return _("Your password is older than the regulations allow. Choose a new one to go on.")
    return _n(
        "Your password is good for {days} more day.",
        "Your password is good for {days} more days.",
        days=age.days_left,
    )
