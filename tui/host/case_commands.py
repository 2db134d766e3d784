"""The commands of `mingce case` with their options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.options import Dir, Json, SignInAs, group
from tui.host.tongue import t

case = group(t(_("Evidence packs of cases: take, check, vouch for.")))


@case.command(
    "verify",
    short_help=t(_("Check an evidence pack.")),
    help=t(
        _(
            "Check an evidence pack: that no file was changed, that this installation signed it, that each "
            "record is as it was written and still stands so in the audit; exit status 1 where not."
        )
    ),
)
def case_verify(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", show_default=False, help=t(_("An evidence pack (ZIP).")))
    ],
    dir: Dir = None,
    json: Json = False,
) -> int:
    """Check an evidence pack; exit status 1 where something of it is wrong."""
    from tui.host.case import verify

    return verify(dir, file, json)


@case.command(
    "key",
    short_help=t(_("The key that signs evidence packs.")),
    help=t(_("Print the public key that evidence packs are signed with, to be stated to a court.")),
)
def case_key(dir: Dir = None, json: Json = False) -> int:
    """Print the public key that evidence packs are signed with."""
    from tui.host.case import key

    return key(dir, json)


@case.command(
    "pack",
    short_help=t(_("Take the evidence pack of a case.")),
    help=t(_("Write the signed evidence pack of a case to standard output, as whoever signs in.")),
)
def case_pack(
    number: Annotated[
        int, typer.Argument(metavar="NUMBER", show_default=False, help=t(_("Number of the case.")))
    ],
    dir: Dir = None,
    login: SignInAs = "",
) -> int:
    """Write the signed evidence pack of a case to standard output, as whoever signs in."""
    from tui.host.case import pack

    return pack(dir, number, login)
