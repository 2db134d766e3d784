"""The commands of `mingce keys` with their options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.options import Dir, Json
from tui.host.tongue import t

keys = typer.Typer(
    help=t(_("The keys of the installation: list them, or rotate one. No command shows a key.")),
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@keys.callback()
def keys_list(context: typer.Context, dir: Dir = None, json: Json = False) -> None:
    """List every key: where it lies, how old it is, and what needs a retired one."""
    if context.invoked_subcommand is None:
        from tui.host.keys import show

        show(dir, json)


@keys.command(
    "rotate",
    short_help=t(_("Make a new key and have it take the old one's place.")),
    help=t(
        _(
            "Rotate field, database, backup, journal, audit or evidence while people work. One that was "
            "stopped goes on; old keys are kept until nothing needs them."
        )
    ),
)
def keys_rotate(
    what: Annotated[
        str,
        typer.Argument(
            metavar="KEY", show_default=False, help=t(_("field, database, backup, journal, audit, evidence."))
        ),
    ],
    dir: Dir = None,
    signing_key: Annotated[
        Path | None,
        typer.Option("--signing-key", metavar="FILE", help=t(_("sign-audit, where it is not in keys/."))),
    ] = None,
    json: Json = False,
) -> int:
    """Rotate one key while people work."""
    from tui.host.keys import rotate

    return rotate(dir, what, signing_key, json)


@keys.command(
    "prune",
    short_help=t(_("Destroy retired keys that nothing needs.")),
    help=t(_("Destroy the retired keys that no value, no backup and no day of the journal needs any more.")),
)
def keys_prune(dir: Dir = None, json: Json = False) -> int:
    """Destroy the retired keys that nothing needs any more."""
    from tui.host.keys import prune

    return prune(dir, json)
