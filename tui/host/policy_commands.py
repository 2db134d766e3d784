"""The commands of `mingce policy` with their options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.options import Book, Decide, Dir, Json, SignInAs, group
from tui.host.tongue import t

policy = group(t(_("The regulations in force.")))


@policy.command(
    "show",
    short_help=t(_("What is in force over a book.")),
    help=t(_("Show the effective policy of a book with its clauses.")),
)
def policy_show(book: Book, dir: Dir = None, json: Json = False) -> None:
    """Show the effective policy of a book with its clauses."""
    from tui.host.policy import show

    show(dir, book, json)


@policy.command(
    "check",
    short_help=t(_("Check policy files.")),
    help=t(
        _(
            "Say with line and reason what is wrong with a policy file, and of several what keeps them from "
            "one book or is the organisation's to decide; exit status 1 where something is."
        )
    ),
)
def policy_check(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", show_default=False, help=t(_("Policy files (TOML), or ids of regulations."))
        ),
    ],
    decide: Decide = None,
    json: Json = False,
) -> int:
    """Say with line and reason what is wrong with policy files; exit status 1 where something is."""
    from tui.host.policy import check

    return check(files, decide or [], json)


@policy.command(
    "add",
    short_help=t(_("Add a regulation or a new version.")),
    help=t(
        _(
            "Add a regulation, or a new version of one, from a file. Everybody whom it binds is told; "
            "requests under way go on by the version that they began under."
        )
    ),
)
def policy_add(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help=t(_("A policy file (TOML).")))
    ],
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help=t(_("Put it in the place of the one of its id that comes with mingce."))
        ),
    ] = False,
    dir: Dir = None,
    login: SignInAs = "",
    json: Json = False,
) -> int:
    """Add a regulation, or a new version of one, from a file, and tell everybody whom it binds."""
    from tui.host.policy import add

    return add(dir, file, replace, login, json)
