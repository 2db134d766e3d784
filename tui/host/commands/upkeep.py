"""The commands that keep what is on record: its proof, backups, keys, what goes out, duties and cases."""

from __future__ import annotations

from db.language import _
from tui.host.commands.host_command import DIR, LOGIN, SIGNING_KEY, HostCommand
from tui.plain.command import JSON
from tui.plain.words import Option

ONE_BOOK = Option("book", "BOOK", _("This directory alone."))

UPKEEP = (
    HostCommand(
        "audit verify",
        (),
        (DIR, JSON),
        _(
            "Check the whole chain, and every table. Each record must be as it was written, the chain's "
            "end not older than what was signed, and each row what the program wrote; exit status 1 and "
            "the first bad record or the rows that were changed where it is not so."
        ),
        "audit verify",
        "audit:verify",
    ),
    HostCommand(
        "audit signer",
        (),
        (
            Option("key", "FILE", _("The private key, sign-audit."), required=True),
            Option(
                "to",
                "FOLDER",
                _("Where the checkpoints go; may be repeated."),
                required=True,
                several=True,
            ),
            Option("syslog", "", _("To the system's log too.")),
        ),
        _(
            "Sign the chain's ends, as a service. The server sends them, a line of JSON each on standard "
            "input; systemd starts it at a socket, as a user of its own."
        ),
        "audit signer --key sign-audit --to /var/lib/mingce-signer",
        "audit:signer",
    ),
    HostCommand(
        "backup run",
        (),
        (DIR, JSON),
        _(
            "Make a backup now. It is made while people work, restored on trial, and stored in every "
            "place; exit status 1 where a place lacks it."
        ),
        "backup run",
        "backup:run_now",
    ),
    HostCommand(
        "backup list",
        (),
        (DIR, JSON),
        _("List the backups of every place. Exit status 1 where one lacks what the regulations ask."),
        "backup list",
        "backup:list_all",
        light=True,
    ),
    HostCommand(
        "backup verify",
        (),
        (DIR, JSON),
        _("Restore the newest backup of every place on trial. Exit status 1 where one is not good."),
        "backup verify",
        "backup:verify",
    ),
    HostCommand(
        "keys",
        (),
        (DIR, JSON),
        _(
            "List the keys. It says where each lies, how old it is, and what needs a retired one; no "
            "command shows a key."
        ),
        "keys",
        "keys:show",
        light=True,
    ),
    HostCommand(
        "keys rotate",
        ("KEY",),
        (DIR, SIGNING_KEY, JSON),
        _(
            "Make a new key and have it take the old one's place. KEY is field, database, backup, journal, "
            "proof, audit or evidence. People go on working. One that was stopped goes on; old keys are "
            "kept until nothing needs them."
        ),
        "keys rotate field",
        "keys:rotate",
    ),
    HostCommand(
        "keys prune",
        (),
        (DIR, JSON),
        _("Destroy retired keys that nothing needs any more."),
        "keys prune",
        "keys:prune",
    ),
    HostCommand(
        "mail send",
        (),
        (DIR, JSON),
        _("Send the mail that waits. Exit status 1 where some that is due could not be sent."),
        "mail send",
        "mail:send",
    ),
    HostCommand(
        "mail bounced",
        (),
        (DIR,),
        _(
            "Take in a delivery failure notice. It comes on standard input; exit status 1 for "
            "any other message."
        ),
        "mail bounced",
        "mail:take_bounced",
    ),
    HostCommand(
        "wecom drift",
        (),
        (ONE_BOOK, DIR, LOGIN, JSON),
        _(
            "Compare the directory with WeCom. It gives numbers, and with --login who and what; exit "
            "status 1 where they differ."
        ),
        "wecom drift --login chenjing",
        "wecom:drift",
    ),
    HostCommand(
        "wecom push",
        (),
        (ONE_BOOK, DIR, LOGIN, JSON),
        _("Tell WeCom what waits. With --login it is also everything that the last comparison found."),
        "wecom push",
        "wecom:push",
    ),
    HostCommand(
        "wecom export",
        ("BOOK", "FILE"),
        (DIR, LOGIN),
        _(
            "Write WeCom's import file. It is a new XLSX for where WeCom is not reached by its API; `-` is "
            "standard output."
        ),
        "wecom export staff members.xlsx --login chenjing",
        "wecom:export",
    ),
    HostCommand(
        "duties run",
        (),
        (DIR, JSON),
        _(
            "Open tasks, remind and escalate. It does once what the server does by itself every ten "
            "minutes, mail and WeCom included."
        ),
        "duties run",
        "duties:run",
    ),
    HostCommand(
        "case verify",
        ("FILE",),
        (DIR, JSON),
        _(
            "Check an evidence pack (ZIP). No file may have been changed, this installation must have "
            "signed it, and each record must be as it was written and still stand so in the audit; exit "
            "status 1 where not."
        ),
        "case verify pack.zip",
        "case:verify",
    ),
    HostCommand(
        "case key",
        (),
        (DIR, JSON),
        _("Print the public key that evidence packs are signed with. It is to be stated to a court."),
        "case key",
        "case:key",
    ),
    HostCommand(
        "case pack",
        ("NUMBER",),
        (DIR, LOGIN),
        _("Take the evidence pack of a case. It goes to standard output, signed, as whoever signs in."),
        "case pack 3 --login helei > pack.zip",
        "case:pack",
    ),
)
