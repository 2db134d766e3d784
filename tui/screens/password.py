"""A new password: at its owner's wish, or because the old one is past its age (A.19)."""

from __future__ import annotations

import asyncio

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from auth.age import PasswordAge, age_of_actor
from auth.change import change_password
from auth.passwords import LONGEST
from db.language import Text, _
from tui.kit import Command, FormField, Frame, Line, TextInput, Where, clause_text

LONGEST_TYPED = 4 * LONGEST
FIELDS = ("current", "password", "repeated")


async def settle(screen: Frame) -> None:
    """Say that it takes a moment, and let that be drawn: bcrypt keeps the session busy for a second."""
    screen.app.tell(_("One moment…"), "")
    await asyncio.sleep(0.1)


class ChangePassword(Frame):
    """Present password, new password, and that again."""

    CSS_PATH = "password.tcss"
    NAME = _("Change password")
    ABOUT = _(
        "A password has at least 12 characters, of any script, and is none of your last ones. Your other "
        "sessions end when you change it."
    )
    KEYS = (
        Command("change", "ctrl+s", _("Change it"), _("Put the new password in the old one's place."), "f4"),
    )
    HOME = ""
    AUTO_FOCUS = "TextInput"
    SHOWS_MODES = False

    def __init__(self) -> None:
        super().__init__()
        self._age = age_of_actor(self.app.desk.actor)

    def where(self) -> Where:
        """The clause that limits the age."""
        return Where(self.NAME, (clause_text(self._age.clause),) if self._age.days_left is not None else ())

    def body(self) -> ComposeResult:
        """Why, and three fields."""
        with Vertical(classes="form"):
            yield Line(_reason(self._age), "warn" if self._age.expired else "")
            yield Line()
            yield FormField("current", _("Present one"), _secret())
            yield FormField("password", _("New password"), _secret())
            yield FormField("repeated", _("Once more"), _secret())
            yield Line()
            yield Line(
                _("At least 12 characters, of any script; a sentence is easiest to keep in mind."), "dim"
            )

    def can(self, command_id: str) -> bool:
        """There is no way back where the password must be changed; F10 signs out."""
        return command_id != "back" or not self._age.expired

    def do_back(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)

    @on(Input.Submitted)
    def hand_in(self, event: Input.Submitted) -> None:
        """Enter in a field: the next field, or the change."""
        event.stop()
        following = {"current": "password", "password": "repeated"}
        for field in self.query(FormField):
            if field.editor is event.input and field.field in following:
                self.query_one(f"#field-{following[field.field]} TextInput").focus()
                return
        self.perform("change")

    async def do_change(self) -> None:
        """Change it. Raises Invalid."""
        current, password, repeated = (self.query_one(f"#field-{name}", FormField).value for name in FIELDS)
        await settle(self)
        change_password(self.app.desk.actor, current, password, repeated)
        self.app.tell(_("Your password is changed."))
        self.dismiss(None)


def _secret() -> TextInput:
    return TextInput(secret=True, max_length=LONGEST_TYPED)


def _reason(age: PasswordAge) -> Text:
    if age.days_left is None:
        return _("You can change your password at any time.")
    if age.expired:
        return _("Your password is older than the regulations allow. Choose a new one to go on.")
    return _("Your password is good for {days} more days.", days=age.days_left)
