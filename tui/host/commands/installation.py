"""The commands that make an installation, serve it and look after it."""

from __future__ import annotations

from db.language import _
from tui.host.commands.host_command import DECIDE, DIR, IN_BOOK, LOGIN, SIGNING_KEY, YES, HostCommand
from tui.plain.command import JSON
from tui.plain.words import Option

INSTALLATION = (
    HostCommand(
        "init",
        (),
        (
            DIR,
            Option("organisation", "TEXT", _("Name of the organisation.")),
            Option(
                "privacy-contact",
                "TEXT",
                _("Phone, e-mail or address for questions about personal information."),
            ),
            Option("language", "LANGUAGE", _("zh_CN or en, where a client names none.")),
            Option("database", "DATABASE", _("`sqlite:FILE` or `postgresql://…`.")),
            Option("country", "COUNTRY", _("Whose public holidays count (CN).")),
            Option("time-zone", "ZONE", _("IANA name (Asia/Shanghai).")),
            Option("host", "ADDRESS", _("Address to listen on.")),
            Option("port", "PORT", _("Port to listen on.")),
            Option("book", "BOOK", _("Id of the first directory.")),
            Option("title", "TEXT", _("Title of the first directory.")),
            Option(
                "policies", "IDS", _("Its regulations, ids or policy files of your own, separated by commas.")
            ),
            Option(
                "hr-login",
                "LOGIN",
                _("Login of who looks after the first directory: HR, or a class teacher."),
            ),
            Option("hr-name", "NAME", _("Name of that person.")),
            Option("hr-unit", "UNIT", _("That person's unit.")),
            Option("deputy-login", "LOGIN", _("Login of the deputy, where the regulations ask for one.")),
            Option("deputy-name", "NAME", _("Name of the deputy.")),
            Option(
                "rights-login", "LOGIN", _("Login of who gives roles, where that is another, as a school.")
            ),
            Option("rights-name", "NAME", _("Name of that person.")),
            DECIDE,
            Option("accept", "", _("Accept the undertaking of confidentiality.")),
            JSON,
        ),
        _(
            "Make a new installation. It gets a state folder, keys, a database, a host key, its first "
            "directory and its first accounts; at a terminal you are asked for what you leave out."
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
        "sshd-config > /etc/ssh/sshd_config.d/00-mingce.conf",
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
            "Import a spreadsheet into a directory. People and outside contacts are taken from an XLSX, ODS, "
            "CSV, vCard, LDIF or SCIM file, after a look at every row."
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
)
