"""``tokens make``: a script's way in, for the commands that it names."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from auth.tokens import new_token
from db.desk.notation.localtime import last_day
from db.desk.notation.parsing import read_day
from db.language import Message, _, listed
from tui.plain.command import JSON, Command, WrongUsage, find_among
from tui.plain.room import Room
from tui.plain.words import CommandWords, Option

MAY = ("audit", "card", "find", "queue", "report", "requests", "tasks", "today", "today calendar", "whoami")
"""The commands of which a token can be: they look, or take a report out."""


def make_from(commands: Sequence[Command]) -> Command:
    """Return the command ``tokens make``, which stores a token for some of ``commands`` and writes it
    once."""

    def run(room: Room, words: CommandWords) -> int:
        asked = [_read(commands, text) for text in words.operands]
        day = read_day(words.option_value("until")) if words.has("until") else None
        if isinstance(day, Message):
            raise WrongUsage(day)
        token, digest = new_token()
        made = room.desk.tokens.make(digest, asked, words.option_value("from", ""), day)
        if words.has("json"):
            room.write_json({"token": token, "number": made.number, "from": made.source, "until": made.until})
            return 0
        room.write_line(token)
        room.warn(
            _(
                "Token {number}, shown this once, is good from {source} until {until}. Keep it where only "
                "the script reads it; `tokens withdraw {number}` ends it.",
                number=made.number,
                source=made.source,
                until=last_day(made.until),
            )
        )
        return 0

    return Command(
        "tokens make",
        ("COMMAND…",),
        (
            Option("from", "NETWORK", _("Address or network it is good from; else the one you are at.")),
            Option("until", "DAY", _("Its last day; else the thirtieth from now, or the last allowed.")),
            JSON,
        ),
        _(
            "Make a token that stands for password and code in a script, for these commands alone, each "
            "quoted as one word. It is written to standard output, once."
        ),
        "tokens make 'report compliance --book staff --format csv' > token.txt",
        run,
        classified=False,
    )


def _read(commands: Sequence[Command], text: str) -> list[str]:
    """Return the words of a command that a token may be for. Raises WrongUsage, Misread."""
    try:
        argv = shlex.split(text)
    except ValueError:
        raise WrongUsage(_("A quotation mark in the command is not closed.")) from None
    command, rest = find_among(commands, argv)
    if command is None or command.name not in MAY:
        raise WrongUsage(
            _("No token is of “{command}”. It can be of: {commands}.", command=text, commands=listed(MAY))
        )
    command.read(rest)
    return argv
