"""`mingce account …`: the commands, their options and their help."""

from __future__ import annotations

from typing import Annotated

import typer

from db.language import _
from tui.host.options import Book, Dir, Json, Login, SignInAs, group
from tui.host.tongue import t

account = group(t(_("Accounts: who may sign in and in which roles.")))
Role = Annotated[str, typer.Argument(metavar="ROLE", show_default=False, help=t(_("The role's id.")))]
InBook = Annotated[str, typer.Option("--book", metavar="BOOK", help=t(_("The book's id.")))]


@account.command(
    "list",
    short_help=t(_("Accounts of a book.")),
    help=t(_("List the accounts of a book with their states and roles.")),
)
def account_list(book: Book, dir: Dir = None, login: SignInAs = "", json: Json = False) -> None:
    """List the accounts of a book with their states and roles."""
    from tui.host.account import list_accounts

    list_accounts(dir, book, login, json)


@account.command(
    "create",
    short_help=t(_("Make an account.")),
    help=t(_("Make an account for somebody in a book and show its activation code once.")),
)
def account_create(
    name: Login,
    book: Annotated[str, typer.Option("--book", metavar="BOOK", help=t(_("The book's id.")))],
    person: Annotated[str, typer.Option("--name", metavar="NAME", help=t(_("Name as in the book.")))],
    unit: Annotated[
        str, typer.Option("--unit", metavar="PATH", help=t(_("Where several have the name.")))
    ] = "",
    dir: Dir = None,
    login: SignInAs = "",
    json: Json = False,
) -> None:
    """Make an account for somebody in a book and show its activation code once."""
    from tui.host.account import create

    create(dir, name, book, person, unit, login, json)


@account.command(
    "activate",
    short_help=t(_("A new activation code.")),
    help=t(_("Issue a new activation code for an account that was never enrolled.")),
)
def account_activate(name: Login, dir: Dir = None, login: SignInAs = "", json: Json = False) -> None:
    """Issue a new activation code for an account that was never enrolled."""
    from tui.host.account import activate

    activate(dir, name, login, json)


@account.command(
    "reset",
    short_help=t(_("Let the owner enrol anew (breaks the glass).")),
    help=t(
        _(
            "Break the glass: let an owner without password or authenticator enrol anew by the host's word "
            "alone. The owner and everybody who supervises are told. With --login it asks for a reset "
            "instead, which a second office vouches for."
        )
    ),
)
def account_reset(
    name: Login,
    book: Annotated[str, typer.Option("--book", metavar="BOOK", help=t(_("With --login: in which.")))] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help=t(_("With --login: why.")))] = "",
    dir: Dir = None,
    login: SignInAs = "",
    json: Json = False,
) -> None:
    """Break the glass, or with --login ask for a reset that a second office vouches for."""
    from tui.host.account import reset

    reset(dir, name, book, reason, login, json)


@account.command(
    "disable",
    short_help=t(_("Shut an account off.")),
    help=t(_("Shut an account off; its sessions end at once.")),
)
def account_disable(name: Login, dir: Dir = None, login: SignInAs = "") -> None:
    """Shut an account off; its sessions end at once."""
    from tui.host.account import disable

    disable(dir, name, login)


@account.command(
    "enable", short_help=t(_("Open an account again.")), help=t(_("Open an account that was shut off."))
)
def account_enable(name: Login, dir: Dir = None, login: SignInAs = "") -> None:
    """Open an account that was shut off."""
    from tui.host.account import enable

    enable(dir, name, login)


@account.command(
    "grant",
    short_help=t(_("Give a role.")),
    help=t(_("Give a role. The regulations say who may: mostly HR, so sign in with --login.")),
)
def account_grant(
    name: Login,
    role: Role,
    book: InBook,
    unit: Annotated[str, typer.Option("--unit", metavar="PATH", help=t(_("From this unit down.")))] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE", help=t(_("Last day.")))] = "",
    dir: Dir = None,
    login: SignInAs = "",
) -> None:
    """Give a role. The regulations say who may: mostly HR, so sign in with --login."""
    from tui.host.account import grant

    grant(dir, name, role, book, unit, until, login)


@account.command(
    "revoke",
    short_help=t(_("Take a role back.")),
    help=t(_("Take a role back; it no longer holds for the very next act.")),
)
def account_revoke(name: Login, role: Role, book: InBook, dir: Dir = None, login: SignInAs = "") -> None:
    """Take a role back; it no longer holds for the very next act."""
    from tui.host.account import revoke

    revoke(dir, name, role, book, login)
