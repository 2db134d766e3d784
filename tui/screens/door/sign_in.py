"""The sign-in as a screen, for OpenSSH's ForceCommand and the host's own terminal."""

from __future__ import annotations

import asyncio

from textual.app import ComposeResult
from textual.containers import Center, Middle, Vertical

from auth.signin import SignedIn, SignIn
from db.language import Language, _
from tui.kit import SIGN_OUT, Command, FormField, Frame, KitApp, Line, Look, TextInput
from tui.screens.door.secrets_form import clear, enter, patience, secret_field, to_next_empty, typed

TRIES = 3
FIELDS = ("login", "password", "code")


class SignInScreen(Frame):
    """Login, password and code. Dismisses itself with the SignedIn, or None after three failures."""

    CSS_PATH = "sign_in.tcss"
    NAME = _("Sign in")
    ABOUT = _(
        "Type your login, your password and the code that your authenticator shows. At a first sign-in "
        "the activation code is the password and the code stays empty; a recovery code does as the code."
    )
    KEYS = (
        Command("enter", "enter", _("Sign in"), _("Check what you typed and go in."), second="ctrl+s"),
        SIGN_OUT,
    )
    HOME = ""
    AUTO_FOCUS = "TextInput"
    SHOWS_MODES = False

    def __init__(self, organisation: str, source: str) -> None:
        super().__init__()
        self._organisation = organisation
        self._source = source
        self._tries = 0
        self._checking = False

    def body(self) -> ComposeResult:
        """Three fields in a box."""
        with Middle(), Center(), Vertical(id="door"):
            yield Line(_("Contact directory of {organisation}", organisation=self._organisation), "strong")
            yield Line()
            yield FormField("login", _("Login"), TextInput(max_length=64))
            yield secret_field("password", _("Password"))
            yield FormField("code", _("Code"), TextInput(max_length=64))
            yield Line()
            yield Line(_("First sign-in: the activation code as password, no code."), "dim")
            yield Line(_("No authenticator at hand: a recovery code as code."), "dim")

    def can(self, command_id: str) -> bool:
        """Nothing while an answer is checked; there is no screen before this one."""
        return not self._checking and command_id != "back"

    async def do_enter(self) -> None:
        """Hold the answer as long as failures before ask for, then give it."""
        if to_next_empty(self):
            return
        login, password, code = (typed(self, name) for name in FIELDS)
        self._checking = True
        try:
            attempt = SignIn(login, self._source, "console")
            delay = attempt.delay()
            if delay >= 1:
                self.app.tell(_("After failed tries the answer takes {seconds} s.", seconds=round(delay)), "")
                await asyncio.sleep(delay)
            async with patience(self):
                signed = attempt.answer(password, code.strip())
        finally:
            self._checking = False
        if signed is not None:
            self.dismiss(signed)
        else:
            self._refuse()

    def _refuse(self) -> None:
        self._tries += 1
        if self._tries >= TRIES:
            self.dismiss(None)
            return
        for name in ("password", "code"):
            clear(self, name)
        enter(self, "password")
        self.app.tell(_("Not accepted. Please try again."), "bad")


class Door(KitApp):
    """The sign-in alone, before there is a desk. ``signed`` says who came in, once it has ended."""

    def __init__(self, *, language: Language, look: Look, organisation: str, source: str) -> None:
        super().__init__(language=language, look=look)
        self._organisation = organisation
        self._source = source
        self.signed: SignedIn | None = None

    def on_mount(self) -> None:
        """Straight to the screen."""
        self.push_screen(SignInScreen(self._organisation, self._source), self._done)

    def _done(self, signed: SignedIn | None) -> None:
        self.signed = signed
        self.exit(0 if signed is not None else 1)


def ask_who(*, language: Language, look: Look, organisation: str, source: str) -> SignedIn | None:
    """Run the sign-in on this terminal. None: nobody came in. ``source`` is the client's address, or
    ``console``. Raises what went wrong inside, once the terminal is restored."""
    door = Door(language=language, look=look, organisation=organisation, source=source)
    door.run()
    if door.crash is not None:
        raise door.crash
    return door.signed
