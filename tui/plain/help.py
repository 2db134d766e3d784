"""``help``: what can be asked, how each command is written, and which does what one says one wants to do."""

from __future__ import annotations

from collections.abc import Sequence

from db.language import _
from tui.jobs import find_jobs, list_jobs
from tui.plain.command import Command, WrongUsage
from tui.plain.page import columns, page
from tui.plain.room import Room
from tui.plain.words import CommandWords


def help_on(others: Sequence[Command]) -> Command:
    def run(room: Room, words: CommandWords) -> int:
        return tell(room, words, (command, *others))

    command = Command(
        "help",
        ("[COMMAND… | WORDS…]",),
        (),
        _("List the commands, explain one, or find what you want to do."),
        "help report",
        run,
        classified=False,
    )
    return command


def tell(room: Room, words: CommandWords, commands: Sequence[Command]) -> int:
    """Write a list of all ``commands``, the pages of those named, or fitting jobs (``jobs``: all). Return 0.
    Raises WrongUsage if nothing fits."""
    if not words.operands:
        room.write_line(_("Commands of mingce. `help COMMAND` explains one."))
        room.write_lines(
            columns([(command.name, room.words(command.help)) for command in commands], room.width)
        )
        # Last, where a terminal without a screen shows it still.
        room.write_line(_("`help WORDS` finds what you want to do, `help jobs` lists all of it."))
        return 0
    name = " ".join(words.operands)
    named = [command for command in commands if command.name == name or command.name.split()[0] == name]
    for command in named:
        explain(room, command)
    if not named:
        mine = list_jobs(room.desk)
        wanted = mine if name == "jobs" else find_jobs(name, mine)
        if not wanted:
            raise WrongUsage(_("There is no command or job “{words}”; `help jobs` lists yours.", words=name))
        heads = (_("To do"), _("On the screen"), _("Command"), _("Page"))
        room.write_table(heads, [(job.title, job.keys, job.command, job.page) for job in wanted])
    return 0


def explain(room: Room, command: Command) -> None:
    room.write_lines(page(command, room.desk.actor.ssh, room.words, room.width))
