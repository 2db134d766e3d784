"""`mingce`: every command of the host, its options and its help. What a command does is in its own file
and is loaded only when it is called, so that ``--help`` is there at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.account_commands import account
from tui.host.book_commands import book
from tui.host.options import Book, Decide, Dir, Json, OneBook, SignInAs, group
from tui.host.tongue import Formatter, t

typer.core.TyperCommand.context_class.formatter_class = Formatter


app = group(t(_("mingce: the organisation's contact directories under its own regulations.")))
audit = group(t(_("The audit chain.")))
backup = group(t(_("Backups of the record.")))
mail = group(t(_("Mail that waits to be sent.")))
policy = group(t(_("The regulations in force.")))
wecom = group(t(_("WeCom, kept in step with the directory.")))
duties = group(t(_("What has to be done by a due day.")))
case = group(t(_("Evidence packs of cases: take, check, vouch for.")))
app.add_typer(account, name="account", short_help=t(_("Accounts: create, activate, grant, disable …")))
app.add_typer(audit, name="audit", short_help=t(_("Check the audit chain.")))
app.add_typer(backup, name="backup", short_help=t(_("Make, list and check backups.")))
app.add_typer(mail, name="mail", short_help=t(_("Send the mail that waits.")))
app.add_typer(wecom, name="wecom", short_help=t(_("Keep WeCom in step.")))
app.add_typer(duties, name="duties", short_help=t(_("Open tasks, remind and escalate.")))
app.add_typer(case, name="case", short_help=t(_("Evidence packs of cases: take, check, vouch for.")))
app.add_typer(book, name="book", short_help=t(_("Make a book.")))
app.add_typer(policy, name="policy", short_help=t(_("Show and check regulations.")))


@app.command(
    short_help=t(_("Make a new installation.")),
    help=t(
        _("Make a new installation: state folder, keys, database, host key, first book, first HR account.")
    ),
)
def init(
    dir: Dir = None,
    organisation: Annotated[str, typer.Option(help=t(_("Name of the organisation.")))] = "",
    language: Annotated[str, typer.Option(help=t(_("zh_CN or en, where a client names none.")))] = "",
    database: Annotated[str, typer.Option(help=t(_("`sqlite:FILE` or `postgresql://…`.")))] = "",
    country: Annotated[str, typer.Option(help=t(_("Whose public holidays count (CN).")))] = "",
    time_zone: Annotated[str, typer.Option(help=t(_("IANA name (Asia/Shanghai).")))] = "",
    host: Annotated[str, typer.Option(help=t(_("Address to listen on.")))] = "",
    port: Annotated[int, typer.Option(help=t(_("Port to listen on.")))] = 0,
    book: Annotated[str, typer.Option(help=t(_("Id of the first book.")))] = "",
    title: Annotated[str, typer.Option(help=t(_("Title of the first book.")))] = "",
    policies: Annotated[str, typer.Option(help=t(_("Its regulations, separated by commas.")))] = "",
    hr_login: Annotated[str, typer.Option(help=t(_("Login of the first HR account.")))] = "",
    hr_name: Annotated[str, typer.Option(help=t(_("Name of that person.")))] = "",
    hr_unit: Annotated[str, typer.Option(help=t(_("That person's unit.")))] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help=t(_("Accept the undertaking of confidentiality.")))
    ] = False,
    json: Json = False,
) -> None:
    """Make a new installation: state folder, keys, database, host key, first book, first HR account."""
    from tui.host.init import Wishes
    from tui.host.init import init as run

    run(
        dir,
        Wishes(
            organisation=organisation,
            language=language,
            database=database,
            country=country,
            time_zone=time_zone,
            host=host,
            port=port,
            book=book,
            title=title,
            policies=policies,
            hr_login=hr_login,
            hr_name=hr_name,
            hr_unit=hr_unit,
            accept=accept,
        ),
        json,
    )


@app.command(
    short_help=t(_("Serve over SSH.")), help=t(_("Serve the directory over SSH until Ctrl+C or SIGTERM."))
)
def serve(
    dir: Dir = None,
    host: Annotated[str | None, typer.Option(help=t(_("Another address than the settings'.")))] = None,
    port: Annotated[int | None, typer.Option(help=t(_("Another port than the settings'.")))] = None,
    log: Annotated[Path | None, typer.Option(help=t(_("Log file (else standard error).")))] = None,
) -> int:
    """Serve the directory over SSH until Ctrl+C or SIGTERM."""
    from tui.host.serve import serve as run

    return run(dir, host, port, log)


@app.command(
    short_help=t(_("Sign in on this terminal.")),
    help=t(_("Sign in as a screen on this terminal, or behind OpenSSH's ForceCommand.")),
)
def console(dir: Dir = None) -> int:
    """Sign in as a screen on this terminal, or behind OpenSSH's ForceCommand."""
    from tui.host.console import console as run

    return run(dir)


@app.command(
    short_help=t(_("Show a demonstration.")),
    help=t(_("Make a believable organisation once, say how to sign in, and serve it on 127.0.0.1.")),
)
def demo(
    dir: Annotated[
        Path, typer.Option("--dir", metavar="FOLDER", help=t(_("Its folder (./.mingce-demo).")))
    ] = Path(".mingce-demo"),
    port: Annotated[int, typer.Option(help=t(_("Port to listen on.")))] = 8022,
    reset: Annotated[bool, typer.Option("--reset", help=t(_("Begin anew.")))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=t(_("Don't ask before beginning anew.")))] = False,
) -> int:
    """Make a believable organisation once, say how to sign in, and serve it on 127.0.0.1."""
    from tui.host.demo.start import demo as run

    return run(dir, port, reset, yes)


@app.command(
    "import",
    short_help=t(_("Import a spreadsheet into a book.")),
    help=t(_("Import people and outside contacts from an XLSX or CSV file: every row, or none.")),
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, help=t(_("XLSX or CSV.")))],
    book: Annotated[str, typer.Option("--book", metavar="BOOK", help=t(_("The book's id.")))],
    dir: Dir = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=t(_("Only say what would happen.")))] = False,
    login: SignInAs = "",
    json: Json = False,
) -> int:
    """Import people and outside contacts from an XLSX or CSV file: every row, or none."""
    from tui.host.import_ import import_file as run

    return run(dir, file, book, dry_run, login, json)


@app.command(
    short_help=t(_("Make a report.")),
    context_settings={"ignore_unknown_options": True},
    help=t(_("Make a report of what its reader may see: the host's operator, or who signs in with --login.")),
)
def report(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="REPORT …", help=t(_("As over SSH: `report help` lists them."))),
    ] = None,
    dir: Dir = None,
    login: SignInAs = "",
) -> int:
    """Make a report of what its reader may see: the host's operator, or who signs in with --login."""
    from tui.host.report import report as run

    return run(dir, words or [], login)


@app.command(
    short_help=t(_("Say whose a found copy is.")),
    help=t(_("Say to whom a found copy was issued, by its number or by the file, marked or stripped.")),
)
def trace(
    what: Annotated[
        str,
        typer.Argument(
            metavar="FILE|NUMBER", show_default=False, help=t(_("A PDF, XLSX or text; or C0012-003."))
        ),
    ],
    dir: Dir = None,
    login: SignInAs = "",
    json: Json = False,
) -> int:
    """Say to whom a found copy was issued, by its number or by the file, marked or stripped."""
    from tui.host.trace import trace as run

    return run(dir, what, login, json)


@app.command(
    short_help=t(_("Accept the undertaking of confidentiality.")),
    help=t(_("Read and accept, as the host's operator, the undertakings that are in force (A.17).")),
)
def accept(
    dir: Dir = None,
    yes: Annotated[bool, typer.Option("--yes", help=t(_("Without being asked; it is still shown.")))] = False,
) -> None:
    """Read and accept, as the host's operator, the undertakings that are in force (A.17)."""
    from tui.host.accept import accept as run

    run(dir, yes)


@app.command(
    short_help=t(_("Check the whole installation.")),
    help=t(_("Check folder, keys, database, tables, chain, regulations, clock, terminal and disk.")),
)
def doctor(dir: Dir = None, json: Json = False) -> int:
    """Check folder, keys, database, tables, chain, regulations, clock, terminal and disk."""
    from tui.host.doctor import doctor as run

    return run(dir, json)


@app.command(
    short_help=t(_("Restore from a backup and the journal.")),
    help=t(
        _(
            "Take the newest good backup, say what it lacks, apply that from the journal, and prove the "
            "audit chain up to what was signed. Stop the server first."
        )
    ),
)
def restore(
    dir: Dir = None,
    only_list: Annotated[bool, typer.Option("--list", help=t(_("Only say what would be restored.")))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=t(_("Without being asked.")))] = False,
    signing_key: Annotated[
        Path | None,
        typer.Option("--signing-key", metavar="FILE", help=t(_("sign-audit, where it is not in keys/."))),
    ] = None,
    json: Json = False,
) -> int:
    """Restore the record from the newest good backup and the journal."""
    from tui.host.restore import restore_home

    return restore_home(dir, only_list, yes, signing_key, json)


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


@mail.command(
    "send",
    short_help=t(_("Send the mail that waits.")),
    help=t(_("Send the mail that waits and is due; exit status 1 where some of it could not be sent.")),
)
def mail_send(dir: Dir = None, json: Json = False) -> int:
    """Send the mail that waits and is due; exit status 1 where some of it could not be sent."""
    from tui.host.mail import send

    return send(dir, json)


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


@audit.command(
    "verify",
    short_help=t(_("Check the whole chain.")),
    help=t(
        _(
            "Check every record of the audit chain, and that its end is not older than what was signed; "
            "exit status 1 and the first bad record where it breaks."
        )
    ),
)
def audit_verify(dir: Dir = None, json: Json = False) -> int:
    """Check every record of the audit chain; exit status 1 and the first bad record where it breaks."""
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


@duties.command(
    "run",
    short_help=t(_("Open tasks, remind and escalate.")),
    help=t(
        _("Open the tasks that are due to be opened, remind before a due day and escalate after it, once.")
    ),
)
def duties_run(dir: Dir = None, json: Json = False) -> int:
    """Open the tasks that are due to be opened, remind before a due day and escalate after it, once."""
    from tui.host.duties import run

    return run(dir, json)


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
    dir: Dir = None,
    login: SignInAs = "",
    json: Json = False,
) -> int:
    """Add a regulation, or a new version of one, from a file, and tell everybody whom it binds."""
    from tui.host.policy import add

    return add(dir, file, login, json)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status (0 done, 1 refused or failed, 2 wrong usage)."""
    from tui.host.shell import WRONG_USAGE, Failure, warn
    from tui.host.usage import Usage, in_words

    try:
        status = app(
            args=list(arguments) if arguments is not None else None, prog_name="mingce", standalone_mode=False
        )
    except Failure as failure:
        warn(failure.message)
        if failure.advice:
            warn(failure.advice)
        return failure.status
    except Usage as usage:
        warn(in_words(usage))
        return WRONG_USAGE
    except (KeyboardInterrupt, typer.Abort):
        warn(_("Stopped."))
        return 1
    return status if isinstance(status, int) else 0


if __name__ == "__main__":
    sys.exit(main())
