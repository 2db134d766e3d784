"""The part of ``docs/commands.md`` that is drawn from the lists of `tui.sheets`: ``make docs`` writes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from db.language import say
from tui.plain.command import Command
from tui.plain.sheets import commands_of
from tui.sheets.registry import SHEETS

DOCUMENT = Path(__file__).parents[2] / "docs" / "commands.md"
BEGIN = "<!-- From here on it is drawn from tui/sheets: change it there, then `make docs`. -->\n"


def drawn() -> str:
    """The commands of all lists, in Markdown."""
    commands = (command for sheet in SHEETS for command in commands_of(sheet))
    return BEGIN + "".join(map("".join, map(_lines, commands)))


def _lines(command: Command) -> Iterable[str]:
    yield f"\n## {command.name}\n\n`{command.usage}`\n\n{say(command.help, 'en')}\n"
    if command.options:
        yield "\n| option | meaning |\n|---|---|\n"
    for option in command.options:
        usage = option.usage.replace("|", "\\|")
        yield f"| `{usage}` | {say(option.help, 'en')} |\n"
    yield f"\n    ssh HOST {command.example}\n"


if __name__ == "__main__":
    written = DOCUMENT.read_text("utf-8").partition(BEGIN)[0]
    DOCUMENT.write_text(written + drawn(), "utf-8")
