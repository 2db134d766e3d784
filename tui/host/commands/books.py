"""The commands on books and their regulations."""

from __future__ import annotations

from dataclasses import replace

from db.language import _
from tui.host.commands.host_command import DECIDE, DIR, LOGIN, YES, HostCommand
from tui.plain.command import JSON
from tui.plain.words import Option

FROM = Option("from", "DAY", _("From which day it is in force, instead of the regulation's own."))

BOOKS = (
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
        _("Make a directory under one or several regulations. Its name is small letters and hyphens."),
        "book create safety --policy safety-officers --maintainer chenjing",
        "book:create",
    ),
    HostCommand(
        "policy show",
        ("BOOK",),
        (DIR, JSON),
        _("Say what is in force over a directory. Each rule has its clause beside it."),
        "policy show staff",
        "policy:show",
    ),
    HostCommand(
        "policy check",
        ("FILE|ID…",),
        (DECIDE, JSON),
        _(
            "Check policy files. It says with line and reason what is wrong with one, and of several "
            "what keeps them from one directory or is the organisation's to decide; exit status 1 where "
            "something is."
        ),
        "policy check own.toml enterprise",
        "policy:check",
    ),
    HostCommand(
        "policy try",
        ("BOOK", "FILE|ID"),
        (FROM, DIR, JSON),
        _(
            "Say what a regulation would change in a directory: who gains and who loses sight of "
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
            "Put a directory under other regulations. Name all of them, in order of precedence. Who "
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
        _("Withdraw before that day what `policy set` put a directory under."),
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
