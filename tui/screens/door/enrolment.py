"""A first sign-in: password, QR code, code, recovery codes, undertaking."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical

from auth.enrolment import Enrolment
from db.language import Message, _
from tui.kit import FormField, FramedScreen, Location, ScreenCommand, TextInput, TextLine
from tui.safe import draws_plain
from tui.screens.door.qr_code import QrCode
from tui.screens.door.recovery_codes import are_codes_noted, code_lines
from tui.screens.door.secrets_form import (
    focus_input,
    patience,
    secret_field,
    to_next_empty,
    typed_value,
    wrong_ones_emptied,
)
from tui.screens.door.undertaking import CollectionNoticeScreen, UndertakingScreen
from tui.screens.requests.steps import STEPS, Steps

PASSWORD, SCAN, CONFIRM, CODES, UNDERTAKING = range(5)


LABELS = 13
"""Cells that the labels take beside a new password."""


class FirstSignIn(FramedScreen):
    """Five steps, of which nothing is stored until the recovery codes are noted."""

    CSS_PATH = "enrolment.tcss"
    NAME = _("First sign-in")
    ABOUT = _(
        "Your account is being set up, by you alone. If the line is cut before the recovery codes are "
        "noted, nothing is stored: sign in with the activation code again."
    )
    KEYS = (
        ScreenCommand(
            "next", "enter", _("Next step"), _("Submit this step and go to the next one."), second="ctrl+s"
        ),
        ScreenCommand("previous", "escape", _("Step back"), _("Go back to the step before.")),
        ScreenCommand(
            "invert", "v", _("Invert"), _("Exchange dark and light in the picture, if it won't scan.")
        ),
    )
    HOME = ""
    AUTO_FOCUS = ""
    SHOWS_MODES = False
    HOLDS_ON = True

    def __init__(self) -> None:
        super().__init__()
        self.enrolment = Enrolment(self.app.desk.actor)
        self.step = PASSWORD

    def where(self) -> Location:
        count = Message("{step}/{steps}", {"step": self.step + 1, "steps": len(STEPS)})
        return Location(self.NAME, (count, STEPS[self.step]))

    def body(self) -> ComposeResult:
        enrolment = self.enrolment
        with Horizontal():
            with Vertical(id="doing"):
                with Vertical(id="choosing", classes="form"):
                    yield TextLine(_("Welcome, {name}.", name=self.app.reader.name), "strong")
                    yield TextLine()
                    yield secret_field("password", _("New password"), LABELS)
                    yield secret_field("repeated", _("Once more"), LABELS)
                yield _no_picture() if draws_plain() else QrCode(enrolment.uri, id="picture")
                with Vertical(id="codes", classes="form"):
                    yield from code_lines(enrolment.codes)
            with Vertical(id="steps"):
                yield Steps(self.step)
                with Vertical(id="key"):
                    for start in range(0, len(enrolment.secret), 16):
                        yield TextLine(_in_fours(enrolment.secret[start : start + 16]), "accent")
                with Vertical(id="confirming"):
                    yield FormField("code", _("Code"), TextInput(max_length=32), label_width=8)

    def on_mount(self) -> None:
        self._go_to_step(PASSWORD)

    def can(self, command_id: str) -> bool:
        if command_id == "previous":
            return self.step in (SCAN, CONFIRM)
        if command_id == "invert":
            return self.step == SCAN and bool(self.query(QrCode))
        return command_id != "back"

    async def do_next(self) -> None:
        """Take the input of this step and show the next; the last one stores everything. Raises Invalid."""
        if to_next_empty(self):
            return
        if self.step == PASSWORD:
            await self._choose_password()
        elif self.step == CONFIRM:
            with wrong_ones_emptied(self):
                self.enrolment.confirm(typed_value(self, "code").strip())
        elif self.step == CODES:
            if await are_codes_noted(self):
                await self._finish()
            return
        self._go_to_step(self.step + 1)

    def do_previous(self) -> None:
        self._go_to_step(self.step - 1)

    def do_invert(self) -> None:
        self.query_one(QrCode).invert()

    async def _choose_password(self) -> None:
        password, repeated = typed_value(self, "password"), typed_value(self, "repeated")
        async with patience(self):
            self.enrolment.choose_password(password, repeated)

    async def _finish(self) -> None:
        self.enrolment.finish()
        while self.app.desk.me.undertakings():
            await self.app.push_screen_wait(UndertakingScreen(UNDERTAKING))
        while self.app.desk.privacy.notices_due():
            await self.app.push_screen_wait(CollectionNoticeScreen(UNDERTAKING))
        self.dismiss(None)

    def _go_to_step(self, step: int) -> None:
        self.step = step
        for field in self.query(FormField):
            field.show_error("")
        for name, steps in (
            ("choosing", {PASSWORD}),
            ("picture", {SCAN, CONFIRM}),
            ("key", {SCAN}),
            ("confirming", {CONFIRM}),
            ("codes", {CODES}),
        ):
            self.query_one(f"#{name}").display = step in steps
        self.query_one(Steps).go(step)
        if step in (PASSWORD, CONFIRM):
            focus_input(self, "password" if step == PASSWORD else "code")
        else:
            self.set_focus(None)
        self.refresh_keys()
        self.refresh_top()


def _no_picture() -> TextLine:
    """Return the line in place of the QR code, for terminals that would draw its blocks two columns wide."""
    return TextLine(_("This terminal can't draw the code: type the key instead."), id="picture")


def _in_fours(text: str) -> str:
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))
