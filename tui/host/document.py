"""The table of the host's commands in ``docs/administrators.md``: ``make docs`` writes it."""

from __future__ import annotations

from pathlib import Path

from db.language import say
from tui.host.commands import COMMANDS, HostCommand

DOCUMENT = Path(__file__).parents[2] / "docs" / "administrators.md"
BEGIN = "<!-- This table is drawn from tui/host/commands.py: change it there, then `make docs`. -->\n"
END = "\n## "


def written(page: str) -> str:
    """``page`` with the table as it is today."""
    before, _begin, after = page.partition(BEGIN)
    _old, _end, rest = after.partition(END)
    return before + BEGIN + "\n| command | help |\n|---|---|\n" + "".join(map(_line, COMMANDS)) + END + rest


def _line(command: HostCommand) -> str:
    needed = (option.usage for option in command.options if option.required)
    usage = " ".join([command.name, *command.operands, *needed]).replace("|", "\\|")
    return f"| `mingce {usage}` | {say(command.help, 'en')} |\n"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
