"""The sign-in as a screen, for OpenSSH's ForceCommand and the host's own terminal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from textual.app import ComposeResult
from textual.containers import Center, Middle, Vertical

from auth.delays import TooEarly
from auth.signin import SignedIn, SignIn
from auth.totp import CodeUsed
from db.desk import Unavailable
from db.language import Language, Text, _
from tui.kit import (
    SIGN_OUT,
    FormField,
    FramedScreen,
    KitApp,
    Look,
    ScreenCommand,
    TextInput,
    TextLine,
    confirm,
)
from tui.screens.door.secrets_form import (
    clear,
    focus_input,
    patience,
    secret_field,
    to_next_empty,
    typed_value,
)

TRIES = 3
GRACE = 60.0
"""Seconds to sign in."""
MARGIN = 5.0
"""Seconds that must be left of them after an answer was held back."""
HELP_TAKES = 2.0
"""Seconds until the answer to a call for help, so that its time tells nothing."""
FIELDS = ("login", "password", "code")
LABELS = 10
"""Cells that the labels take."""
CODE_USED = _("This code was used a moment ago. Wait for the next one, at most 30 s.")


class SignInScreen(FramedScreen):
    """Login, password and code. Dismisses itself with the SignedIn, or with why nobody came in."""

    CSS_PATH = "sign_in.tcss"
    NAME = _("Sign in")
    ABOUT = _(
        "Type your login, your password and the code that your authenticator shows. At a first sign-in "
        "the activation code is the password and the code stays empty; a recovery code does as the code."
    )
    KEYS = (
        ScreenCommand(
            "enter", "enter", _("Sign in"), _("Check what you typed and go in."), second="ctrl+s", looks=True
        ),
        ScreenCommand(
            "help_me",
            "f4",
            _("Locked out"),
            _("Ask for a reset of your sign-in, where phone or password is lost."),
        ),
        SIGN_OUT,
    )
    HOME = ""
    AUTO_FOCUS = "TextInput"
    SHOWS_MODES = False
    HOLDS_ON = True

    def __init__(self, organisation: str, source: str, answered: Callable[[], None]) -> None:
        super().__init__()
        self._organisation = organisation
        self._source = source
        self._answered = answered
        self._tries = 0
        self._checking = False
        self._deadline = time.monotonic() + GRACE

    def on_mount(self) -> None:
        """Set a timer that leaves the screen after `GRACE`, to make room for others."""
        self.set_timer(GRACE, self._too_late)

    def body(self) -> ComposeResult:
        with Middle(), Center(), Vertical(id="door"):
            yield TextLine(
                _("Contact directory of {organisation}", organisation=self._organisation), "strong"
            )
            yield TextLine()
            yield FormField("login", _("Login"), TextInput(max_length=64), label_width=LABELS)
            yield secret_field("password", _("Password"), LABELS)
            yield FormField("code", _("Code"), TextInput(max_length=64), label_width=LABELS)
            yield TextLine()
            yield TextLine(_("First sign-in, reset: activation code as password, no code."), "dim")
            yield TextLine(_("No authenticator at hand: a recovery code as code."), "dim")
            yield TextLine(_("Phone or password lost: your login, then F4."), "dim")

    def can(self, command_id: str) -> bool:
        """Return whether a command is possible: none while an answer is checked, and no way back."""
        return not self._checking and command_id != "back"

    async def do_enter(self) -> None:
        """Check what was typed after the delay for earlier failures, recorded, and close the screen with the
        session; else show that it was refused. First focus a field that is empty."""
        if to_next_empty(self):
            return
        login, password, code = (typed_value(self, name) for name in FIELDS)
        self._checking = True
        self._answered()
        why = _("Not accepted. Please try again.")
        answered, signed = True, None
        try:
            answered, signed = await self._in_turn(SignIn(login, self._source, "console"), password, code)
        except CodeUsed:
            why = CODE_USED
        finally:
            self._checking = False
        if signed is not None:
            self.dismiss(signed)
        elif answered:
            self._refuse_try(why)

    async def _in_turn(self, attempt: SignIn, password: str, code: str) -> tuple[bool, SignedIn | None]:
        """Wait for the delay, then check, again where another's turn came first; return whether there was an
        answer in time, and the session if any. Leaves the screen where there is no time. Raises CodeUsed."""
        delay = attempt.delay()
        while True:
            if delay > self._deadline - time.monotonic() - MARGIN:
                self._leave_screen(
                    _("Too many failures. Please try again in {seconds} s.", seconds=round(delay))
                )
                return False, None
            if delay >= 1:
                self.app.tell(_("After failed tries the answer takes {seconds} s.", seconds=round(delay)), "")
            await asyncio.sleep(delay)
            try:
                async with patience(self):
                    return True, attempt.answer(password, code.strip())
            except TooEarly as early:
                delay = early.seconds

    async def do_help_me(self) -> None:
        """Ask, record a call for help, announced to those who know the owner, and leave the screen; takes as
        long and shows the same for a name that nobody has."""
        login = typed_value(self, "login").strip()
        if not login:
            focus_input(self, "login")
            self.app.tell(_("Type your login first."), "bad")
            return
        if not await confirm(
            self,
            _("Ask for a reset of the sign-in of {login}?", login=login),
            text=_("Those who know you are told, and two of them bring you back. Call your head as well."),
        ):
            return
        self._answered()
        self._checking = True
        began = time.monotonic()
        with suppress(Unavailable):
            SignIn(login, self._source, "console").call_for_help()
        await asyncio.sleep(max(0.0, HELP_TAKES - (time.monotonic() - began)))
        self._leave_screen(_("Noted. If there is such an account, those who know its owner are told."))

    def _refuse_try(self, why: Text) -> None:
        self._tries += 1
        if self._tries >= TRIES:
            self._leave_screen(why if why is CODE_USED else _("Not accepted."))
            return
        if time.monotonic() > self._deadline:
            self._too_late()
            return
        for name in ("password", "code"):
            clear(self, name)
        focus_input(self, "password")
        self.app.tell(why, "bad")

    def _too_late(self) -> None:
        if not self._checking:
            self._leave_screen(_("The time to sign in is over."))

    def _leave_screen(self, why: Text) -> None:
        self.dismiss(why)


class SignInApp(KitApp):
    """The sign-in alone, before there is a desk. Once it has ended, ``signed`` says who came in; where
    nobody did, ``why`` says the reason, if it is not that they left.

    ``answered`` is called when somebody gives an answer to be checked.
    """

    def __init__(
        self,
        *,
        language: Language,
        look: Look,
        organisation: str,
        source: str,
        answered: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(language=language, look=look)
        self._organisation = organisation
        self._source = source
        self._answered = answered
        self.signed: SignedIn | None = None
        self.why: Text = ""

    def on_mount(self) -> None:
        self.push_screen(SignInScreen(self._organisation, self._source, self._answered), self._leave_with)

    def _leave_with(self, outcome: SignedIn | Text | None) -> None:
        if isinstance(outcome, SignedIn):
            self.signed = outcome
        elif outcome is not None:
            self.why = outcome
        self.exit(0 if self.signed is not None else 1)
