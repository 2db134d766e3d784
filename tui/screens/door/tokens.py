"""One's tokens for scripts, and the command that makes one."""

from __future__ import annotations

from typing import ClassVar

from db.desk.accounts.tokens import TokenView
from db.language import Text, _
from tui.kit import ScreenCommand, tell_command
from tui.screens.sheets.list import SheetScreen
from tui.sheets.sheet import Sheet
from tui.sheets.tokens import TOKENS


class TokensScreen(SheetScreen[TokenView]):
    """The list, from which n leads to the command that makes another."""

    SHEET: ClassVar[Sheet[TokenView]] = TOKENS
    KEYS = (ScreenCommand("make", "n", _("New"), _("Show the command that makes a token.")),)

    def _empty_words(self) -> Text:
        words = super()._empty_words()
        return _("You have no tokens. n shows how to make one.") if words == self.SHEET.empty else words

    async def do_make(self) -> None:
        """Show the command: a token is made by plain ssh alone, as it is written out once."""
        about = _(
            "In place of COMMAND comes what the script will run, such as {example}. It is asked for password "
            "and code; the token is then in the file, and nowhere else.",
            example="report deadlines --book staff --format csv",
        )
        await tell_command(self, f"""{self.app.desk.actor.ssh} tokens make "'COMMAND'" > token.txt""", about)
