"""The commands of `mingce`: how each is written, what its help says, and which function does it.

They are written as the commands over SSH are (`tui.plain.command`). What a command needs is loaded only when
it is run, so that help is there at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pkgutil import resolve_name

from db.language import _
from tui.plain.command import JSON, Described
from tui.plain.words import CommandWords, Option


@dataclass(frozen=True, slots=True)
class HostCommand(Described):
    """``run`` names the function as MODULE:FUNCTION in `tui.host`; it takes the words and returns the exit
    status, where it has one besides 0. ``passes_on``: options that it does not know are another command's.
    ``light``: it asks nothing of a desk, so the desk's subjects, and what they register, are not loaded."""

    run: str
    passes_on: bool = False
    light: bool = False

    def function(self) -> Callable[[CommandWords], int | None]:
        if not self.light:
            resolve_name("db.desk.desk")
        found: Callable[[CommandWords], int | None] = resolve_name(f"tui.host.{self.run}")
        return found


DIR = Option("dir", "FOLDER", _("State folder (MINGCE_HOME, else /var/lib/mingce)."))
LOGIN = Option(
    "login",
    "LOGIN",
    _("Sign in as this account, at this terminal, instead of acting as the host's operator."),
)
DECIDE = Option("decide", "KEY=VALUE", _("What regulations leave to you, as in maintainer=hr."), several=True)
IN_BOOK = Option("book", "BOOK", _("The book's id."), required=True)
ONE_BOOK = Option("book", "BOOK", _("This book alone."))
FROM = Option("from", "DAY", _("From which day it is in force, instead of the regulation's own."))
YES = Option("yes", "", _("Without being asked."))
SIGNING_KEY = Option("signing-key", "FILE", _("sign-audit, where it is not in keys/."))

COMMANDS = (
    HostCommand(
        "init",
        (),
        (
            DIR,
            Option("organisation", "TEXT", _("Name of the organisation.")),
            Option("language", "LANGUAGE", _("zh_CN or en, where a client names none.")),
            Option("database", "DATABASE", _("`sqlite:FILE` or `postgresql://…`.")),
            Option("country", "COUNTRY", _("Whose public holidays count (CN).")),
            Option("time-zone", "ZONE", _("IANA name (Asia/Shanghai).")),
            Option("host", "ADDRESS", _("Address to listen on.")),
            Option("port", "PORT", _("Port to listen on.")),
            Option("book", "BOOK", _("Id of the first book.")),
            Option("title", "TEXT", _("Title of the first book.")),
            Option(
                "policies", "IDS", _("Its regulations, ids or policy files of your own, separated by commas.")
            ),
            Option("hr-login", "LOGIN", _("Login of the first HR account.")),
            Option("hr-name", "NAME", _("Name of that person.")),
            Option("hr-unit", "UNIT", _("That person's unit.")),
            DECIDE,
            Option("accept", "", _("Accept the undertaking of confidentiality.")),
            JSON,
        ),
        _(
            "Make a new installation. It gets a state folder, keys, a database, a host key, its first book "
            "and its first HR account; at a terminal you are asked for what you leave out."
        ),
        "init --dir /var/lib/mingce",
        "init:init",
    ),
    HostCommand(
        "serve",
        (),
        (
            DIR,
            Option("host", "ADDRESS", _("Another address than the settings'.")),
            Option("port", "PORT", _("Another port than the settings'.")),
            Option("log", "FILE", _("Log file (else standard error).")),
        ),
        _("Serve over SSH. It goes on until Ctrl+C or SIGTERM."),
        "serve --dir /var/lib/mingce",
        "serve:serve",
    ),
    HostCommand(
        "console",
        (),
        (DIR,),
        _("Sign in on this terminal. The screen is the same here, or behind OpenSSH's ForceCommand."),
        "console",
        "console:console",
    ),
    HostCommand(
        "sshd-config",
        (),
        (
            DIR,
            Option("user", "USER", _("Everybody comes as this user of the system.")),
            Option("pam", "", _("Print the PAM service instead.")),
        ),
        _("Print the configuration of OpenSSH as the front. It goes into sshd_config.d."),
        "sshd-config > /etc/ssh/sshd_config.d/10-mingce.conf",
        "sshd:show",
    ),
    HostCommand(
        "systemd",
        ("[UNIT]",),
        (DIR,),
        _(
            "Print a unit for systemd. It has this installation's paths: the service (mingce.service), its "
            "socket, timers."
        ),
        "systemd mingce.socket > /etc/systemd/system/mingce.socket",
        "systemd:show",
    ),
    HostCommand(
        "demo",
        (),
        (
            Option("dir", "FOLDER", _("Its folder (./.mingce-demo).")),
            Option("port", "PORT", _("Port to listen on.")),
            Option("reset", "", _("Start again.")),
            Option("yes", "", _("Don't ask before starting again.")),
        ),
        _(
            "Show a demonstration. A believable organisation is made once and served on 127.0.0.1; it is "
            "said how to sign in."
        ),
        "demo",
        "demo.start:demo",
    ),
    HostCommand(
        "import",
        ("FILE",),
        (
            IN_BOOK,
            DIR,
            Option("dry-run", "", _("Only say what would happen.")),
            Option(
                "leave-out",
                "HEADING",
                _("Leave the column of this heading out; repeatable."),
                several=True,
            ),
            Option("leave-rest", "", _("Leave out every column that the directory has no place for.")),
            Option("alike", "", _("People whose names look like another's are two people.")),
            Option(
                "new-unit",
                "PATH",
                _("This department is a new one, though it looks like another; repeatable."),
                several=True,
            ),
            LOGIN,
            JSON,
        ),
        _(
            "Import a spreadsheet into a book. People and outside contacts are taken from an XLSX or CSV "
            "file, after a look at every row."
        ),
        "import people.xlsx --book staff --login chenjing",
        "import_:import_file",
    ),
    HostCommand(
        "report",
        ("[REPORT…]",),
        (DIR, LOGIN),
        _(
            "Make a report. It is written as over SSH, and without a name they are listed. It shows what "
            "its reader may see: the host's operator, or who signs in with --login."
        ),
        "report compliance --period 2026-Q4 --login chenjing",
        "report:report",
        passes_on=True,
    ),
    HostCommand(
        "trace",
        ("FILE|NUMBER",),
        (DIR, LOGIN, JSON),
        _(
            "Say whose a found copy is. It is known by its number (C0012-003), or by the file, a PDF, XLSX "
            "or text, marked or stripped."
        ),
        "trace found.pdf --login chenjing",
        "trace:trace",
    ),
    HostCommand(
        "who",
        (),
        (DIR, LOGIN, JSON),
        _("List who is signed in. It says since when, from where, and which process serves them."),
        "who",
        "sessions:who",
    ),
    HostCommand(
        "kick",
        ("LOGIN|SESSION",),
        (DIR, LOGIN),
        _(
            "End somebody's sessions. All of a login end at once, or one by its number as `mingce who` "
            "lists it; it goes on record."
        ),
        "kick zhangwei",
        "sessions:kick",
    ),
    HostCommand(
        "metrics",
        (),
        (DIR,),
        _(
            "Print the numbers for monitoring. They say in OpenMetrics text what the record and the state "
            "folder hold, without personal data."
        ),
        "metrics",
        "sessions:metrics",
    ),
    HostCommand(
        "announce",
        ("TEXT",),
        (DIR, LOGIN),
        _("Say something on every screen. All that are open on this host show the line; it goes on record."),
        'announce "Down from 18:00 to 18:30."',
        "sessions:announce",
    ),
    HostCommand(
        "accept",
        (),
        (DIR, Option("yes", "", _("Without being asked; it is still shown."))),
        _(
            "Accept, as the host's operator, the undertakings in force (A.17). Each is shown before you "
            "are asked."
        ),
        "accept",
        "accept:accept",
    ),
    HostCommand(
        "doctor",
        (),
        (DIR, JSON),
        _(
            "Check the whole installation. That is folder, keys, database, tables, chain, regulations, "
            "clock, terminal and disk."
        ),
        "doctor",
        "doctor:doctor",
    ),
    HostCommand(
        "restore",
        (),
        (
            DIR,
            Option("list", "", _("Only say what would be restored.")),
            YES,
            SIGNING_KEY,
            Option("skip-damaged", "", _("Take what follows a damaged place in the journal.")),
            Option("without-keys", "", _("Persons whose keys are lost come back as numbers.")),
            Option("journal", "FOLDER", _("The journal of another host; repeat it."), several=True),
            Option("without-journal", "HOST", _("Its journal is lost for good."), several=True),
            JSON,
        ),
        _(
            "Restore from a backup and the journal. The newest good backup is taken, what it lacks is said "
            "and applied from the journal, and the audit chain is proved up to what was signed. Stop the "
            "server first."
        ),
        "restore --list",
        "restore:restore_home",
    ),
    HostCommand(
        "catch-up",
        (),
        (
            DIR,
            Option("list", "", _("Only say what is lacking.")),
            Option("yes", "", _("Without being asked.")),
            Option("journal", "FOLDER", _("The journal of another host; repeat it."), several=True),
            Option("without-journal", "HOST", _("Its journal is lost for good."), several=True),
            Option("keep-database", "", _("Of two histories, keep the one of the database.")),
            JSON,
        ),
        _(
            "Bring a database that lags to where the journals end. What it lacks, as a replica after a "
            "failover does, is named act by act and brought back; two histories are told apart. Stop the "
            "server first."
        ),
        "catch-up --list",
        "catch_up:catch_up",
    ),
    HostCommand(
        "account list",
        ("BOOK",),
        (DIR, LOGIN, JSON),
        _("List the accounts of a book. Each has its state and roles beside it."),
        "account list staff",
        "account:list_accounts",
    ),
    HostCommand(
        "account create",
        ("[LOGIN]",),
        (
            IN_BOOK,
            Option("name", "NAME", _("Name as in the book.")),
            Option("unit", "PATH", _("Where several have the name.")),
            Option("list", "FILE", _("XLSX or CSV with 帐号 and 姓名 of many; 部门 may stand beside them.")),
            Option("letters", "FILE", _("PDF for their codes, a page each; `-` is standard output.")),
            DIR,
            LOGIN,
            JSON,
        ),
        _(
            "Make an account for somebody in a book. Its activation code is shown once; those of many people "
            "are written as letters."
        ),
        "account create zhangwei --book staff --name 张伟",
        "account_making:create",
    ),
    HostCommand(
        "account cards",
        ("FILE",),
        (Option("call", "TEXT", _("Whom to ask, as printed on the cards.")), DIR),
        _(
            "Draw the two cards that go with a code, for staff and for human resources. Each says how to "
            "come in here and what to press; `-` is standard output."
        ),
        "account cards cards.pdf --call 'HR 8301'",
        "key_cards:make",
        light=True,
    ),
    HostCommand(
        "account activate",
        ("LOGIN",),
        (DIR, LOGIN, JSON),
        _("Issue a new activation code. It is for an account that was never enrolled."),
        "account activate zhangwei",
        "account:activate",
    ),
    HostCommand(
        "account reset",
        ("LOGIN",),
        (
            Option("book", "BOOK", _("With --login: in which.")),
            Option("reason", "TEXT", _("With --login: why.")),
            DIR,
            LOGIN,
            JSON,
        ),
        _(
            "Let the owner enrol again (breaks the glass). It needs neither password nor authenticator; "
            "the owner and everybody who supervises are told. With --login it asks for a reset instead, "
            "which a second office vouches for."
        ),
        "account reset zhangwei",
        "account:reset",
    ),
    HostCommand(
        "account disable",
        ("LOGIN",),
        (DIR, LOGIN),
        _("Shut an account off. Its sessions end at once."),
        "account disable zhangwei",
        "account:disable",
    ),
    HostCommand(
        "account enable",
        ("LOGIN",),
        (DIR, LOGIN),
        _("Open an account that was shut off."),
        "account enable zhangwei",
        "account:enable",
    ),
    HostCommand(
        "account unlock",
        ("LOGIN",),
        (DIR,),
        _(
            "Forget an account's failed sign-ins. Failures cost time and lock nobody out; after the clock "
            "was ahead, or where somebody fails codes on purpose, this lets the owner in at once. The owner "
            "and everybody who supervises are told."
        ),
        "account unlock zhangwei",
        "account:unlock",
    ),
    HostCommand(
        "account grant",
        ("LOGIN", "ROLE"),
        (
            IN_BOOK,
            Option("unit", "PATH", _("From this unit down.")),
            Option("until", "DATE", _("Last day.")),
            DIR,
            LOGIN,
        ),
        _("Give a role. The regulations say who may: mostly HR, so sign in with --login."),
        "account grant sunhao it --book staff --login chenjing",
        "account:grant",
    ),
    HostCommand(
        "account revoke",
        ("LOGIN", "ROLE"),
        (IN_BOOK, DIR, LOGIN),
        _("Take a role back. It no longer holds for the very next act."),
        "account revoke sunhao it --book staff --login chenjing",
        "account:revoke",
    ),
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
    HostCommand(
        "book create",
        ("NAME",),
        (
            Option(
                "policy",
                "ID",
                _("A regulation; repeat it, in order of precedence."),
                required=True,
                several=True,
            ),
            Option("maintainer", "LOGIN", _("Who looks after it first."), required=True),
            Option("title", "TEXT", _("Its title.")),
            Option("title-en", "TEXT", _("Its title in English.")),
            Option("root", "TEXT", _("Name of the unit above all others.")),
            DECIDE,
            Option("deputy", "LOGIN", _("Who stands in, where a deputy is asked for.")),
            DIR,
            JSON,
        ),
        _("Make a book under one or several regulations. Its name is small letters and hyphens."),
        "book create safety --policy safety-officers --maintainer chenjing",
        "book:create",
    ),
    HostCommand(
        "policy show",
        ("BOOK",),
        (DIR, JSON),
        _("Say what is in force over a book. Each rule has its clause beside it."),
        "policy show staff",
        "policy:show",
    ),
    HostCommand(
        "policy check",
        ("FILE|ID…",),
        (DECIDE, JSON),
        _(
            "Check policy files. It says with line and reason what is wrong with one, and of several what "
            "keeps them from one book or is the organisation's to decide; exit status 1 where something is."
        ),
        "policy check own.toml enterprise",
        "policy:check",
    ),
    HostCommand(
        "policy try",
        ("BOOK", "FILE|ID"),
        (FROM, DIR, JSON),
        _(
            "Say what a regulation would change in a book: who gains and who loses sight of "
            "what, and which rules begin and end."
        ),
        "policy try staff own.toml",
        "policy:try_out",
    ),
    HostCommand(
        "policy add",
        ("FILE|ID",),
        (
            FROM,
            Option("replace", "", _("Put it in the place of the one of its id that comes with mingce.")),
            YES,
            DIR,
            LOGIN,
            JSON,
        ),
        _(
            "Put a regulation or a new version on record. It is a policy file (TOML), or the id of one that "
            "comes with mingce. Who gains and who loses sight of what is said first. Everybody whom it binds "
            "is told; requests under way go on by the version that they began under."
        ),
        "policy add own.toml",
        "policy:add",
    ),
    HostCommand(
        "policy set",
        ("BOOK", "ID…"),
        (replace(FROM, required=True), DECIDE, YES, DIR, LOGIN, JSON),
        _(
            "Put a book under other regulations. Name all of them, in order of precedence. Who "
            "gains and who loses sight of what is said first."
        ),
        "policy set staff enterprise own --from 2026-12-01",
        "policy:put_over",
    ),
    HostCommand(
        "policy withdraw",
        ("ID", "VERSION"),
        (DIR, LOGIN),
        _("Withdraw a version before its day. Everybody who was told of it is told."),
        "policy withdraw enterprise 2",
        "policy:withdraw",
    ),
    HostCommand(
        "policy unset",
        ("BOOK", "DAY"),
        (DIR, LOGIN),
        _("Withdraw before that day what `policy set` put a book under."),
        "policy unset staff 2026-12-01",
        "policy:withdraw_rules",
    ),
    HostCommand(
        "policy list",
        (),
        (DIR, JSON),
        _("List the versions on record with their days, and those that come with mingce and are not."),
        "policy list",
        "policy:show_recorded",
    ),
    HostCommand(
        "policy text",
        ("ID", "[VERSION]"),
        (DIR,),
        _("Write the text of a version on record (default: the newest)."),
        "policy text enterprise 2 > enterprise.toml",
        "policy:show_text",
    ),
)
