"""The commands of `mingce backup` with their options and help."""

from __future__ import annotations

from db.language import _
from tui.host.options import Dir, Json, group
from tui.host.tongue import t

backup = group(t(_("Backups of the record.")))


@backup.command(
    "run",
    short_help=t(_("Make a backup now.")),
    help=t(
        _(
            "Make a backup while people work, restore it on trial, and store it in every place; exit status "
            "1 where a place lacks it."
        )
    ),
)
def backup_run(dir: Dir = None, json: Json = False) -> int:
    """Make a backup while people work, restore it on trial, and store it in every place."""
    from tui.host.backup import run_now

    return run_now(dir, json)


@backup.command(
    "list",
    short_help=t(_("List the backups of every place.")),
    help=t(_("List the backups of every place; exit status 1 where one lacks what the regulations ask.")),
)
def backup_list(dir: Dir = None, json: Json = False) -> int:
    """List the backups of every place; exit status 1 where one lacks what the regulations ask."""
    from tui.host.backup import list_all

    return list_all(dir, json)


@backup.command(
    "verify",
    short_help=t(_("Restore the newest backups on trial.")),
    help=t(_("Restore the newest backup of every place on trial; exit status 1 where one is not good.")),
)
def backup_verify(dir: Dir = None, json: Json = False) -> int:
    """Restore the newest backup of every place on trial; exit status 1 where one is not good."""
    from tui.host.backup import verify

    return verify(dir, json)
