"""All plain commands. Help, the SSH front's list and the documentation are drawn from here."""

from __future__ import annotations

from collections.abc import Sequence

from tui.plain import audit, change, evidence, help, look, me, queue, report, requests
from tui.plain.command import Command

COMMANDS: tuple[Command, ...] = (
    *help.COMMANDS,
    *me.COMMANDS,
    *look.COMMANDS,
    *change.COMMANDS,
    *evidence.COMMANDS,
    *requests.COMMANDS,
    *queue.COMMANDS,
    *report.COMMANDS,
    *audit.COMMANDS,
)

NAMES = frozenset(command.name.split()[0] for command in COMMANDS)
"""Every word that a command begins with."""


def find_command(argv: Sequence[str]) -> tuple[Command | None, list[str]]:
    """The command that ``argv`` begins with, the longest name first, and the words after it."""
    for length in (2, 1):
        name = " ".join(argv[:length])
        for command in COMMANDS:
            if command.name == name and len(argv) >= length:
                return command, list(argv[length:])
    return None, list(argv)
