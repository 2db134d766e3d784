"""The commands of `mingce book` with their options and help."""

from __future__ import annotations

from typing import Annotated

import typer

from db.language import _
from tui.host.options import Decide, Dir, Json, group
from tui.host.tongue import t

book = group(t(_("The books, each a directory under its regulations.")))


@book.callback()
def _group() -> None:
    """Commands on books."""


@book.command(
    "create",
    short_help=t(_("Make a book.")),
    help=t(_("Make a book under one or several regulations, with the account that looks after it first.")),
)
def create(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", show_default=False, help=t(_("Its id: small letters and hyphens."))),
    ],
    policy: Annotated[
        list[str],
        typer.Option(
            "--policy",
            metavar="ID",
            show_default=False,
            help=t(_("A regulation; repeat it, in order of precedence.")),
        ),
    ],
    maintainer: Annotated[
        str,
        typer.Option(
            "--maintainer", metavar="LOGIN", show_default=False, help=t(_("Who looks after it first."))
        ),
    ],
    title: Annotated[str, typer.Option(help=t(_("Its title.")))] = "",
    title_en: Annotated[str, typer.Option(help=t(_("Its title in English.")))] = "",
    root: Annotated[str, typer.Option(help=t(_("Name of the unit above all others.")))] = "",
    decide: Decide = None,
    deputy: Annotated[
        str,
        typer.Option("--deputy", metavar="LOGIN", help=t(_("Who stands in, where a deputy is asked for."))),
    ] = "",
    dir: Dir = None,
    json: Json = False,
) -> None:
    """Make a book under one or several regulations, with the account that looks after it first."""
    from tui.host.book import create as run

    run(
        dir,
        name,
        policy,
        title=title,
        title_en=title_en,
        root=root,
        decide=decide or [],
        maintainer=maintainer,
        deputy=deputy,
        as_json=json,
    )
