"""The commands on accounts."""

from __future__ import annotations

from db.language import _
from tui.host.commands.host_command import DIR, IN_BOOK, LOGIN, HostCommand
from tui.plain.command import JSON
from tui.plain.words import Option

ACCOUNTS = (
    HostCommand(
        "account list",
        ("BOOK",),
        (DIR, LOGIN, JSON),
        _("List the accounts of a directory. Each has its state and roles beside it."),
        "account list staff",
        "account:list_accounts",
    ),
    HostCommand(
        "account create",
        ("[LOGIN]",),
        (
            IN_BOOK,
            Option("name", "NAME", _("Name as in the directory.")),
            Option("unit", "PATH", _("Where several have the name: unit, or unit/position.")),
            Option("list", "FILE", _("XLSX or CSV with 帐号 and 姓名 of many; 部门 may stand beside them.")),
            Option("letters", "FILE", _("PDF for their codes, a page each; `-` is standard output.")),
            DIR,
            LOGIN,
            JSON,
        ),
        _(
            "Make an account for somebody in a directory. Its activation code is shown once; those of "
            "many people are written as letters."
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
            "Forget an account's failed sign-ins. Failures cost time and lock nobody out; where "
            "somebody fails codes on purpose, this lets the owner in at once; after the clock was ahead, "
            "with the second code that the app shows from now on, within a minute. The owner and everybody "
            "who supervises are told."
        ),
        "account unlock zhangwei",
        "account:unlock",
    ),
    HostCommand(
        "account grant",
        ("LOGIN", "ROLE"),
        (
            IN_BOOK,
            Option("unit", "PATH", _("From which unit down; nothing: the whole directory.")),
            Option("until", "DATE", _("Last day; nothing: until further notice.")),
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
)
