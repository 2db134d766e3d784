"""Options that several commands share, and how a group of commands is made."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.tongue import t


def group(text: str) -> typer.Typer:
    """A group of commands, with plain help pages and no options that Typer adds by itself."""
    return typer.Typer(
        help=text,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


Decide = Annotated[
    list[str] | None,
    typer.Option(
        "--decide", metavar="KEY=VALUE", help=t(_("What regulations leave to you, as in maintainer=hr."))
    ),
]
Dir = Annotated[
    Path | None,
    typer.Option("--dir", metavar="FOLDER", help=t(_("State folder (MINGCE_HOME, else /var/lib/mingce)."))),
]
Json = Annotated[bool, typer.Option("--json", help=t(_("Answer in JSON, for programs.")))]
Login = Annotated[str, typer.Argument(metavar="LOGIN", show_default=False, help=t(_("Whose account.")))]
Book = Annotated[str, typer.Argument(metavar="BOOK", show_default=False, help=t(_("The book's id.")))]
OneBook = Annotated[
    str, typer.Option("--book", metavar="BOOK", show_default=False, help=t(_("This book alone.")))
]
SignInAs = Annotated[
    str,
    typer.Option(
        "--login",
        metavar="LOGIN",
        show_default=False,
        help=t(_("Sign in as this account, at this terminal, instead of acting as the host's operator.")),
    ),
]
