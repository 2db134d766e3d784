"""The commands of `mingce wecom` with their options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.options import Book, Dir, Json, OneBook, SignInAs, group
from tui.host.tongue import t

wecom = group(t(_("WeCom, kept in step with the directory.")))


@wecom.command(
    "drift",
    short_help=t(_("Compare the directory with WeCom.")),
    help=t(
        _(
            "Compare the directory with WeCom now: numbers, and with --login who and what. Exit status 1 "
            "where they differ."
        )
    ),
)
def wecom_drift(book: OneBook = "", dir: Dir = None, login: SignInAs = "", json: Json = False) -> int:
    """Compare the directory with WeCom now."""
    from tui.host.wecom import drift

    return drift(dir, book, login, json)


@wecom.command(
    "push",
    short_help=t(_("Tell WeCom what waits.")),
    help=t(_("Tell WeCom what waits, now; with --login also everything that the last comparison found.")),
)
def wecom_push(book: OneBook = "", dir: Dir = None, login: SignInAs = "", json: Json = False) -> int:
    """Tell WeCom what waits, now."""
    from tui.host.wecom import push

    return push(dir, book, login, json)


@wecom.command(
    "export",
    short_help=t(_("Write WeCom's import file.")),
    help=t(_("Write the file that WeCom imports members from, for where it is not reached by its API.")),
)
def wecom_export(
    book: Book,
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help=t(_("A new XLSX.")))],
    dir: Dir = None,
    login: SignInAs = "",
) -> int:
    """Write the file that WeCom imports members from."""
    from tui.host.wecom import export

    return export(dir, book, file, login)
