"""``get``: the file that was taken out on the screen, by its pick-up code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from db.language import _
from tui.plain.command import Command, find_among
from tui.plain.room import Room
from tui.plain.words import CommandWords


def get_from(commands: Sequence[Command]) -> Command:
    """Return the command ``get``, which uses up a pick-up code and runs the command, one of ``commands``,
    that it was made for."""

    def run(room: Room, words: CommandWords) -> int:
        taken = room.desk.pickups.take(*words.operands)
        command, rest = find_among(commands, taken[1] if taken is not None else ())
        if taken is None or command is None:
            raise TypeError("a pick-up code of no command")
        return command.run(replace(room, language=taken[0]), command.read(rest))

    return Command(
        "get",
        ("[NUMBER]",),
        (),
        _(
            "Write the file that you took out on the screen with o to standard output; asks "
            "for the pick-up code alone."
        ),
        "get > deadlines-2026-11.xlsx",
        run,
    )
