"""One's own account: password, recovery codes, sessions."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import VerticalScroll

from auth.own_signin import OwnSignIn, end_other_sessions, overview_of
from auth.recovery import regenerate_codes
from db.language import Message, Text, _, _n
from tui.kit import FactList, FramedScreen, Pick, ScreenCommand, Styled, TextLine, ask_text, choose, confirm
from tui.safe import draws_plain
from tui.screens.door.password import ChangePassword
from tui.screens.door.recovery_codes import RecoveryCodes
from tui.screens.door.tokens import TokensScreen
from tui.sheets.tokens import TOKENS

FEW_CODES = 3
DRAWINGS: Final = (
    Pick(
        "probe",
        _("detected"),
        note=_("as the terminal answers when you sign in"),
    ),
    Pick("plain", _("plain"), note=_("for terminals that draw lines and arrows two columns wide")),
    Pick("drawn", _("drawn"), note=_("for terminals that draw them in one, where tmux answers otherwise")),
)


class MyAccount(FramedScreen):
    """What stands between a stranger and the reader's account."""

    CSS_PATH = "account.tcss"
    NAME = _("My account")
    ABOUT = _(
        "How you sign in, and where you are signed in now. A session that you don't know means that "
        "somebody else is in: sign it out and change your password at once."
    )
    KEYS = (
        ScreenCommand("password", "e", _("Change password"), _("Choose a new password.")),
        ScreenCommand(
            "codes", "e", _("New recovery codes"), _("Replace all recovery codes by ten new ones.")
        ),
        ScreenCommand("others", "x", _("Sign out elsewhere"), _("End all your sessions but this one.")),
        ScreenCommand("tokens", "v", TOKENS.title, _("The tokens of your scripts.")),
        ScreenCommand("lines", "e", _("Lines and marks"), _("Choose how lines and marks are drawn here.")),
    )
    HOME = ""
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self) -> None:
        super().__init__()
        self._others = False

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="form"):
            yield FactList(id="facts")
            yield TextLine()
            yield TextLine(_("Signed in now"), "head")
            yield FactList(id="sessions")

    def on_mount(self) -> None:
        self._show_facts()

    def come_back(self) -> None:
        self._show_facts()

    def can(self, command_id: str) -> bool:
        return command_id != "others" or self._others

    async def do_password(self) -> None:
        await self.app.push_screen_wait(ChangePassword())

    async def do_codes(self) -> None:
        """Ask for a present code of the authenticator until it is right, replace the recovery codes,
        recorded, and show them."""
        made: list[str] = []

        def renew(code: str) -> None:
            made.extend(regenerate_codes(self.app.desk.actor, code))

        code = await ask_text(
            self,
            _("New recovery codes"),
            _("Code"),
            text=_("The old ones are void as soon as you see the new ones."),
            required=True,
            longest=32,
            check=renew,
            yes=_("Make new codes"),
        )
        if code is not None:
            await self.app.push_screen_wait(RecoveryCodes(tuple(made)))

    async def do_lines(self) -> None:
        chosen = await choose(self, _("Lines and marks"), DRAWINGS, selected=self.app.drawing)
        if chosen is not None:
            self.app.choose_drawing(chosen)
            self._show_facts()

    def do_tokens(self) -> None:
        self.app.push_screen(TokensScreen())

    async def do_others(self) -> None:
        if await confirm(self, _("End all your sessions but this one?")):
            end_other_sessions(self.app.desk.actor)
            self._show_facts()
            self.app.tell(_("Your other sessions have ended."))

    def _drawing(self) -> Text:
        chosen = next(option.label for option in DRAWINGS if option.id == self.app.drawing)
        found = _("plain") if draws_plain() else _("drawn")
        return chosen if self.app.drawing != "probe" else _("{chosen}: {found}", chosen=chosen, found=found)

    def _show_facts(self) -> None:
        seen = overview_of(self.app.desk.actor)
        self.query_one("#facts", FactList).show(
            [
                (_("Login"), self.app.desk.actor.login),
                (_("Password"), _password(seen)),
                (_("Recovery codes"), _codes(seen.recovery_codes)),
                (_("Lines and marks"), self._drawing()),
            ]
        )
        self.query_one("#sessions", FactList).show(
            [
                (session.started_at, _place(session.source, session.id == self.app.desk.actor.session))
                for session in seen.sessions
            ]
        )
        self._others = len(seen.sessions) > 1
        self.refresh_keys()


def _password(seen: OwnSignIn) -> Styled:
    age = seen.password
    if age.days_left is None:
        return Styled(_("does not expire"))
    text = _n(
        "good for {days} more day ({clause})",
        "good for {days} more days ({clause})",
        days=age.days_left,
        clause=age.clause,
    )
    return Styled(text, "warn" if age.warned else "")


def _codes(left: int) -> Styled:
    if left < FEW_CODES:
        few = _("! only {count} left; make new ones", count=left) if left else _("! none left; make new ones")
        return Styled(few, "warn")
    return Styled(_("{count} left", count=left))


def _place(source: str, here: bool) -> Text:
    return Message("{source} · {here}", {"source": source, "here": _("this session")}) if here else source
