"""The commands of `mingce audit` with their options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.options import Dir, Json, group
from tui.host.tongue import t

audit = group(t(_("The audit chain.")))


@audit.command(
    "verify",
    short_help=t(_("Check the whole chain, and every table.")),
    help=t(
        _(
            "Check every record of the audit chain, that its end is not older than what was signed, and that "
            "every row of every table is what the program wrote; exit status 1 and the first bad record or "
            "the rows that were changed where it is not so."
        )
    ),
)
def audit_verify(dir: Dir = None, json: Json = False) -> int:
    """Check every record of the audit chain and every row; exit status 1 where one is not as written."""
    from tui.host.audit import verify

    return verify(dir, json)


@audit.command(
    "signer",
    short_help=t(_("Sign the chain's ends, as a service.")),
    help=t(
        _(
            "Sign, as a user of its own, the ends of the chain that the server sends, a line of JSON each on "
            "standard input; systemd starts it at a socket."
        )
    ),
)
def audit_signer(
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help=t(_("The private key, sign-audit.")))],
    to: Annotated[
        list[Path],
        typer.Option("--to", metavar="FOLDER", help=t(_("Where the checkpoints go; may be repeated."))),
    ],
    syslog: Annotated[bool, typer.Option("--syslog", help=t(_("To the system's log too.")))] = False,
) -> int:
    """Sign, as a user of its own, the ends of the chain that the server sends."""
    from tui.host.audit import signer

    return signer(key, to, syslog)
