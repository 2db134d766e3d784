"""What a command of `mingce` is, and the options that several of them have.

They are written as the commands over SSH are (`tui.plain.command`). What a command needs is loaded only when
it is run, so that help is there at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pkgutil import resolve_name

from db.language import _
from tui.plain.command import Described
from tui.plain.words import CommandWords, Option


@dataclass(frozen=True, slots=True)
class HostCommand(Described):
    """``run`` names the function as MODULE:FUNCTION in `tui.host`; it takes the words and returns the exit
    status, where it has one besides 0. ``passes_on``: options that it does not know are another command's.
    ``light``: it asks nothing of a desk, so the desk's subjects, and what they register, are not loaded."""

    run: str
    passes_on: bool = False
    light: bool = False

    def function(self) -> Callable[[CommandWords], int | None]:
        if not self.light:
            resolve_name("db.desk.desk")
        found: Callable[[CommandWords], int | None] = resolve_name(f"tui.host.{self.run}")
        return found


DIR = Option("dir", "FOLDER", _("State folder (MINGCE_HOME, else /var/lib/mingce)."))
LOGIN = Option(
    "login",
    "LOGIN",
    _("Sign in as this account, at this terminal, instead of acting as the host's operator."),
)
DECIDE = Option("decide", "KEY=VALUE", _("What regulations leave to you, as in maintainer=hr."), several=True)
IN_BOOK = Option("book", "BOOK", _("The directory's id."), required=True)
YES = Option("yes", "", _("Without being asked."))
SIGNING_KEY = Option("signing-key", "FILE", _("sign-audit, where it is not in keys/."))
