"""``help``: what can be asked, and how each command is written."""

from __future__ import annotations

from collections.abc import Sequence

from db.language import _
from tui.plain.command import Command, WrongUsage
from tui.plain.page import columns, page
from tui.plain.room import Room
from tui.plain.words import Words


def help_on(others: Sequence[Command]) -> Command:
    """The command ``help``, which knows itself and ``others``."""

    def run(room: Room, words: Words) -> int:
        return tell(room, words, (command, *others))

    command = Command(
        "help",
        ("[COMMAND…]",),
        (),
        _("List the commands, or explain one."),
        "help report",
        run,
        classified=False,
    )
    return command


def tell(room: Room, words: Words, commands: Sequence[Command]) -> int:
    """All ``commands`` in short, or those that are asked for in full."""
    if not words.operands:
        room.tell(_("Commands of mingce. `help COMMAND` explains one."))
        room.lines(columns([(command.name, room.words(command.help)) for command in commands], room.width))
        return 0
    name = " ".join(words.operands)
    found = [command for command in commands if command.name == name or command.name.split()[0] == name]
    if not found:
        raise WrongUsage(_("There is no command “{words}”.", words=name))
    for command in found:
        explain(room, command)
    return 0


def explain(room: Room, command: Command) -> None:
    """One command in full."""
    room.lines(page(command, room.desk.actor.ssh, room.words, room.width))
