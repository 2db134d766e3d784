"""`mingce`: the commands of the host with their options and help; each group of them has a file of its own.
What a command does is loaded only when it is called, so that ``--help`` is there at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from db.language import _
from tui.host.account_commands import account
from tui.host.audit_commands import audit
from tui.host.backup_commands import backup
from tui.host.book_commands import book
from tui.host.case_commands import case
from tui.host.duties_commands import duties
from tui.host.keys_commands import keys
from tui.host.mail_commands import mail
from tui.host.options import Decide, Dir, Json, SignInAs, group
from tui.host.policy_commands import policy
from tui.host.tongue import Formatter, t
from tui.host.wecom_commands import wecom

typer.core.TyperCommand.context_class.formatter_class = Formatter


app = group(t(_("mingce: the organisation's contact directories under its own regulations.")))
app.add_typer(account, name="account", short_help=t(_("Accounts: create, activate, grant, disable …")))
app.add_typer(audit, name="audit", short_help=t(_("Check the audit chain.")))
app.add_typer(backup, name="backup", short_help=t(_("Make, list and check backups.")))
app.add_typer(keys, name="keys", short_help=t(_("List and rotate the keys.")))
app.add_typer(mail, name="mail", short_help=t(_("Send the mail that waits.")))
app.add_typer(wecom, name="wecom", short_help=t(_("Keep WeCom in step.")))
app.add_typer(duties, name="duties", short_help=t(_("Open tasks, remind and escalate.")))
app.add_typer(case, name="case", short_help=t(_("Evidence packs of cases: take, check, vouch for.")))
app.add_typer(book, name="book", short_help=t(_("Make a book.")))
app.add_typer(policy, name="policy", short_help=t(_("Show and check regulations.")))


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"mingce {version('mingce')}")
        raise typer.Exit


@app.callback()
def _whole(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help=t(_("Say which version this is."))
        ),
    ] = False,
) -> None:
    """What stands before a command."""


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
    port: Annotated[int, typer.Option(show_default=False, help=t(_("Port to listen on.")))] = 0,
    book: Annotated[str, typer.Option(help=t(_("Id of the first book.")))] = "",
    title: Annotated[str, typer.Option(help=t(_("Title of the first book.")))] = "",
    policies: Annotated[str, typer.Option(help=t(_("Its regulations, separated by commas.")))] = "",
    hr_login: Annotated[str, typer.Option(help=t(_("Login of the first HR account.")))] = "",
    hr_name: Annotated[str, typer.Option(help=t(_("Name of that person.")))] = "",
    hr_unit: Annotated[str, typer.Option(help=t(_("That person's unit.")))] = "",
    decide: Decide = None,
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
            decide=tuple(decide or ()),
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
    "sshd-config",
    short_help=t(_("Print the configuration of OpenSSH as the front.")),
    help=t(_("Print what OpenSSH's configuration must say where it is the front, for sshd_config.d.")),
)
def sshd_config(
    dir: Dir = None,
    user: Annotated[str, typer.Option(help=t(_("Everybody comes as this user of the system.")))] = "",
    pam: Annotated[bool, typer.Option("--pam", help=t(_("Print the PAM service instead.")))] = False,
) -> None:
    """Print what OpenSSH's configuration must say where it is the front, for sshd_config.d."""
    from tui.host.sshd import show

    show(dir, user, pam)


@app.command(
    short_help=t(_("Print a unit for systemd.")),
    help=t(_("Print a unit for systemd with this installation's paths: the service, its socket, timers.")),
)
def systemd(
    unit: Annotated[str, typer.Argument(metavar="UNIT", help=t(_("Its file's name.")))] = "mingce.service",
    dir: Dir = None,
) -> None:
    """Print a unit for systemd with this installation's paths: the service, its socket, timers."""
    from tui.host.units import show

    show(dir, unit)


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
    leave_out: Annotated[
        list[str] | None,
        typer.Option(
            "--leave-out",
            metavar="HEADING",
            help=t(_("Leave the column of this heading out; repeatable.")),
        ),
    ] = None,
    alike: Annotated[
        bool, typer.Option("--alike", help=t(_("People whose names look like another's are two people.")))
    ] = False,
    login: SignInAs = "",
    json: Json = False,
) -> int:
    """Import people and outside contacts from an XLSX or CSV file: every row, or none."""
    from db.desk.importing.importing import Wishes
    from tui.host.import_ import import_file as run

    return run(dir, file, book, dry_run, login, json, Wishes(tuple(leave_out or ()), alike))


@app.command(
    short_help=t(_("Make a report.")),
    context_settings={"ignore_unknown_options": True},
    help=t(_("Make a report of what its reader may see: the host's operator, or who signs in with --login.")),
)
def report(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="REPORT …", help=t(_("As over SSH; without a name, `report` lists them."))),
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
    short_help=t(_("List who is signed in.")),
    help=t(_("List who is signed in, since when, from where, and which process serves them.")),
)
def who(dir: Dir = None, login: SignInAs = "", json: Json = False) -> None:
    """List who is signed in, since when, from where, and which process serves them."""
    from tui.host.inside import who as run

    run(dir, login, json)


@app.command(
    short_help=t(_("End somebody's sessions.")),
    help=t(_("End every session of a login, or one session by its number, at once; it goes on record.")),
)
def kick(
    whom: Annotated[
        str, typer.Argument(metavar="LOGIN|SESSION", show_default=False, help=t(_("Whose, or which.")))
    ],
    dir: Dir = None,
    login: SignInAs = "",
) -> None:
    """End every session of a login, or one session by its number, at once; it goes on record."""
    from tui.host.inside import kick as run

    run(dir, whom, login)


@app.command(
    short_help=t(_("Print the numbers for monitoring.")),
    help=t(_("Print, in OpenMetrics text, what the record and the state folder say, without personal data.")),
)
def metrics(dir: Dir = None) -> int:
    """Print, in OpenMetrics text, what the record and the state folder say, without personal data."""
    from tui.host.inside import metrics as run

    return run(dir)


@app.command(
    short_help=t(_("Say something on every screen.")),
    help=t(_("Show a line on every screen that is open on this host; it goes on record.")),
)
def announce(
    text: Annotated[str, typer.Argument(metavar="TEXT", show_default=False, help=t(_("The line.")))],
    dir: Dir = None,
    login: SignInAs = "",
) -> None:
    """Show a line on every screen that is open on this host; it goes on record."""
    from tui.host.inside import announce as run

    run(dir, text, login)


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
    without_keys: Annotated[
        bool, typer.Option("--without-keys", help=t(_("Persons whose keys are lost come back as numbers.")))
    ] = False,
    journal: Annotated[
        list[Path] | None,
        typer.Option("--journal", metavar="FOLDER", help=t(_("The journal of another host; repeat it."))),
    ] = None,
    without_journal: Annotated[
        list[str] | None,
        typer.Option("--without-journal", metavar="HOST", help=t(_("Its journal is lost for good."))),
    ] = None,
    json: Json = False,
) -> int:
    """Restore the record from the newest good backup and the journal."""
    from tui.host.restore import Others, restore_home

    others = Others(tuple(folder.absolute() for folder in journal or ()), tuple(without_journal or ()))
    return restore_home(dir, only_list, yes, signing_key, json, without_keys, others)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status (0 done, 1 refused or failed, 2 wrong usage)."""
    from tui.front.confine import no_core_files
    from tui.host.shell import FAILED, WRONG_USAGE, Failure, failures_in_words, warn
    from tui.host.streams import ready, unread
    from tui.host.usage import Usage, in_words

    no_core_files()
    ready()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not all(_is_text(word) for word in words):
        warn(_("The words of a command are text in UTF-8; one of these is not."))
        return WRONG_USAGE
    try:
        with failures_in_words():
            status = app(args=words, prog_name="mingce", standalone_mode=False)
            sys.stdout.flush()
    except BrokenPipeError:
        unread()
        return FAILED
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


def entry() -> int:
    """`main`, where even what nobody foresaw is told in a sentence, with what mends it: kinds of errors and
    places in the program, nothing of anybody's."""
    try:
        return main()
    except Exception as error:
        import json

        from tui.front.incident import describe
        from tui.host.shell import DEFECT, warn

        warn(_("mingce itself is at fault here and went no further. Please report the command and this:"))
        warn(json.dumps(describe(error)))
        return DEFECT


def _is_text(word: str) -> bool:
    """Whether the system could read ``word``; bytes that it could not stand in it as lone surrogates."""
    try:
        word.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in word


if __name__ == "__main__":
    sys.exit(entry())
